//! Temporary credentials of the function's role.

use crate::fc::config::credentials::StsCredentials;
pub(crate) use crate::oss::auth::access_key::AccessKey;
pub(crate) use crate::oss::auth::policy::Policy;
use crate::oss::server::Oss;

/// Creates temporary credentials and admits them to OSS.
pub(crate) fn assume_role(oss: &Oss, policy: &Option<Policy>) -> StsCredentials {
    let word = || format!("{:032x}", rand::random::<u128>());
    let (access_key_id, access_key_secret, security_token) = (format!("STS.{}", word()), word(), word());
    let (id, secret, token) =
        (access_key_id.clone(), access_key_secret.clone(), Some(security_token.clone()));
    oss.add_key(AccessKey { token, policy: policy.clone(), ..AccessKey::permanent(id, secret) });
    StsCredentials { access_key_id, access_key_secret, security_token }
}

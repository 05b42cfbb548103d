//! What a client needs to know before its first attempt.

use ipnet::IpNet;
use secrecy::SecretString;

/// How callbacks are signed and what they may reach.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Signing secrets, each `whsec_` and the base64 of 24 to 64 bytes. Requests are signed with every one of them: the new and the old
    /// during a rotation. None: requests are not signed.
    pub secrets: Vec<SecretString>,
    /// What callbacks may reach.
    pub guard: GuardConfig,
}

/// What callbacks may reach. Whatever stands here, redirects are not followed and no proxy is used.
#[derive(Debug, Clone)]
pub struct GuardConfig {
    /// Whether `http` is accepted as well as `https`. Default: no.
    pub allow_http: bool,
    /// The ports that are accepted. Default: 443 and 80.
    pub ports: Vec<u16>,
    /// The only way into private networks. Default: none.
    pub allowed: Vec<Allowance>,
    /// Where it is not empty, only these hosts are accepted, those of [`allowed`](Self::allowed) not excepted. Default: empty.
    pub only_hosts: Vec<String>,
}

impl Default for GuardConfig {
    fn default() -> Self {
        Self { allow_http: false, ports: vec![443, 80], allowed: Vec::new(), only_hosts: Vec::new() }
    }
}

/// Lets one host have addresses that are refused otherwise. The host may be a bare name or an address.
#[derive(Debug, Clone)]
pub struct Allowance {
    /// The host exactly, as it stands in the URL.
    pub host: String,
    /// The network in which its addresses may lie.
    pub network: IpNet,
    /// Whether any port of it is accepted, not only those of [`ports`](GuardConfig::ports).
    pub any_port: bool,
}

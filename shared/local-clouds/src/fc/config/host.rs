//! Settings of a host.

use crate::fc::config::function::FunctionConfig;

/// One account's functions in one region.
#[derive(Clone)]
pub struct FcConfig {
    /// Region id as functions see it, e.g. `cn-hangzhou`.
    pub region: String,
    /// The owner's account id.
    pub account_id: String,
    /// Access key ids and secrets that may call `InvokeFunction` and HTTP triggers with `authType: function`.
    pub keys: Vec<(String, String)>,
    /// The functions.
    pub functions: Vec<FunctionConfig>,
}

impl Default for FcConfig {
    fn default() -> Self {
        Self {
            region: "cn-hangzhou".to_owned(),
            account_id: "1234567890123456".to_owned(),
            keys: Vec::new(),
            functions: Vec::new(),
        }
    }
}

//! What a function, its instances and its calls share.

use std::sync::{Arc, Mutex};

use crate::fc::config::credentials::StsCredentials;
use crate::fc::config::function::FunctionConfig;
use crate::fc::error::FcError;
use crate::fc::lock::lock;
use crate::fc::platform::Platform;

/// Settings, host and current role credentials of one function.
pub(crate) struct FunctionContext {
    pub(crate) config: FunctionConfig,
    pub(crate) platform: Arc<Platform>,
    credentials: Mutex<Option<StsCredentials>>,
}

impl FunctionContext {
    pub(crate) fn new(config: FunctionConfig, platform: Arc<Platform>) -> Arc<Self> {
        Arc::new(Self { credentials: Mutex::new(config.credentials.clone()), config, platform })
    }

    pub(crate) fn credentials(&self) -> Option<StsCredentials> {
        lock(&self.credentials).clone()
    }

    pub(crate) fn set_credentials(&self, credentials: Option<StsCredentials>) {
        *lock(&self.credentials) = credentials;
    }

    /// The error of a call that took longer than the function's limit.
    pub(crate) fn timeout_error(&self) -> FcError {
        let seconds = self.config.timeout.as_secs_f64();
        FcError::function("FunctionTimeoutError", format!("Function timed out after {seconds} seconds"))
    }
}

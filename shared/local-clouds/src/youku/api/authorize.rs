//! Whose call it is.

use std::time::SystemTime;

use crate::youku::error::ApiError;
use crate::youku::params::Params;
use crate::youku::state::YoukuService;

impl YoukuService {
    /// Identifies the caller: a known client within its hourly limit, with a valid access token.
    pub(crate) fn authorize(&self, params: &Params) -> Result<String, ApiError> {
        let client = self.identify_client(params)?;
        self.state().tokens.check(&client, params.get("access_token"), SystemTime::now())?;
        Ok(client)
    }

    /// The name of the account whose application this is; empty if there is none.
    pub(crate) fn account_name(&self, client: &str) -> String {
        let account = self.0.config.accounts.iter().find(|account| account.client_id == client);
        account.map_or_else(String::new, |account| account.name.clone())
    }

    pub(crate) fn identify_client(&self, params: &Params) -> Result<String, ApiError> {
        let id = params.get("client_id").ok_or_else(ApiError::client_invalid)?;
        if !self.0.config.accounts.iter().any(|account| account.client_id == id) {
            return Err(ApiError::client_invalid());
        }
        self.state().tokens.count_call(id, self.0.config.rate_limit_per_hour, SystemTime::now())?;
        Ok(id.to_owned())
    }
}

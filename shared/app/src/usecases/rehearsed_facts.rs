//! What rehearsals found that settings must fit: a rehearsal keeps it in the ledger, `doctor` asks for it.

use crate::application::App;
use futures_util::future::BoxFuture;
use std::collections::BTreeMap;
use upload_core::{Error, ledger::RehearsedFact};
use youku::DEFAULT_API;

impl App {
    /// What rehearsals found of Youku as an account's application or, without an account, of the ledger's bucket. Nothing is made.
    ///
    /// # Errors
    /// As [`ledger_to_read`](Self::ledger_to_read); [`Config`](upload_core::ErrorKind::Config) where the settings have no such account.
    pub fn rehearsed_facts<'a>(
        &'a self,
        account: Option<&'a str>,
    ) -> BoxFuture<'a, Result<BTreeMap<String, RehearsedFact>, Error>> {
        Box::pin(async move {
            let client = self.youku_as(account)?;
            match self.ledger_to_read(None).await? {
                Some(ledger) => ledger.rehearsed_facts(client.as_deref()).await,
                None => Ok(BTreeMap::new()),
            }
        })
    }

    /// Keeps in the ledger what a rehearsal found, for `doctor`: each fact's name and word, and the least number that its setting needs.
    /// False: the ledger has not been used yet, and is left as it is. Its first use makes its folder and key and records its birth, before
    /// which no object is new: a rehearsal must not set that time.
    ///
    /// # Errors
    /// As [`ledger_to_read`](Self::ledger_to_read); [`Ledger`](upload_core::ErrorKind::Ledger) where the note of the ledger's bucket is
    /// damaged; [`Config`](upload_core::ErrorKind::Config) where the settings have no such account.
    pub fn keep_rehearsed_facts<'a>(
        &'a self,
        account: Option<&'a str>,
        found: Vec<(&'static str, String, Option<u64>)>,
    ) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(async move {
            let client = self.youku_as(account)?;
            // What is kept is sealed with no key.
            match self.ledger_to_read(None).await? {
                Some(ledger) => ledger.keep_rehearsed_facts(client.as_deref(), found).await,
                None => Ok(false),
            }
        })
    }

    /// What stands for Youku as an account's application: its client id, with the API's address where that is not Youku's own. What stands
    /// in for Youku says nothing of it.
    fn youku_as(&self, account: Option<&str>) -> Result<Option<String>, Error> {
        let Some(account) = account else { return Ok(None) };
        let client = self.account(account)?.client.client_id();
        let api = self.settings.youku.api.as_deref().map(|api| api.trim_end_matches('/'));
        Ok(Some(match api.filter(|api| *api != DEFAULT_API) {
            None => client.to_owned(),
            Some(api) => format!("{client} {api}"),
        }))
    }
}

//! What rehearsals found that settings must fit: a rehearsal keeps it in the ledger, `doctor` asks for it.

use crate::application::App;
use futures_util::future::BoxFuture;
use std::collections::BTreeMap;
use upload_core::{Error, ledger::RehearsedFact};

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
            let client = self.client_id_of(account)?;
            match self.ledger_to_read(None).await? {
                Some(ledger) => ledger.rehearsed_facts(client).await,
                None => Ok(BTreeMap::new()),
            }
        })
    }

    /// Keeps in the ledger what a rehearsal found, for `doctor`: each fact's name and word, and the least number that its setting needs.
    ///
    /// # Errors
    /// As [`ledger`](Self::ledger); [`Config`](upload_core::ErrorKind::Config) where the settings have no such account.
    pub fn keep_rehearsed_facts<'a>(
        &'a self,
        account: Option<&'a str>,
        found: Vec<(&'static str, String, Option<u64>)>,
    ) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            let client = self.client_id_of(account)?;
            self.ledger(None).await?.keep_rehearsed_facts(client, found).await
        })
    }

    fn client_id_of(&self, account: Option<&str>) -> Result<Option<&str>, Error> {
        account.map(|name| self.account(name).map(|account| account.client.client_id())).transpose()
    }
}

//! Every upload of one version of an object, those that asked for another video with `again` too, or of an object that is gone.

use super::upload_details::UploadDetails;
use crate::{
    application::App,
    usecases::{page_token::ListState, upload_list::ListQuery},
};
use futures_util::future::BoxFuture;
use std::{cmp::Reverse, collections::BTreeSet};
use upload_core::{Error, Job, Location, Object, UploadId, ledger::Record};

/// Uploads that are looked through, of the open ones and of those that ended: one list each.
const MOST: usize = 1000;

impl App {
    /// Finds the uploads of this version of an object, the newest first: the one that an event or `upload` begins under one of `accounts`,
    /// and every other that is open or among the latest thousand that ended in the last 30 days, under any account or under `account` alone.
    /// The ids of those with `again` cannot be derived from the object.
    ///
    /// # Errors
    /// Where the ledger cannot be read. A list of it that has a damaged entry is left out.
    pub fn object_uploads<'a>(
        &'a self,
        object: &'a Object,
        accounts: &'a [String],
        account: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Vec<UploadDetails>, Error>> {
        Box::pin(async move {
            let mut ids: BTreeSet<UploadId> =
                accounts.iter().map(|account| self.upload_id_of(object, account)).collect();
            ids.extend(self.find_listed(&object.location, account).await);
            self.read_uploads(ids, |record| is_of_version(record, object)).await
        })
    }

    /// Finds the uploads of whatever version of an object that is not there any more, the newest first: those that are open or among the
    /// latest thousand that ended in the last 30 days, under any account or under `account` alone.
    ///
    /// # Errors
    /// As [`object_uploads`](Self::object_uploads).
    pub fn gone_object_uploads<'a>(
        &'a self,
        location: &'a Location,
        account: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Vec<UploadDetails>, Error>> {
        Box::pin(async move {
            let ids = self.find_listed(location, account).await;
            self.read_uploads(ids, |_| true).await
        })
    }

    /// The listed uploads of an object.
    async fn find_listed(&self, location: &Location, account: Option<&str>) -> BTreeSet<UploadId> {
        let (location, mut ids) = (location.to_string(), BTreeSet::new());
        for state in [ListState::Open, ListState::Finished] {
            let query = ListQuery { state: Some(state), limit: MOST, after: None };
            let listed = self.list(&query, None).await.map(|list| list.uploads).unwrap_or_default();
            let same = listed
                .into_iter()
                .filter(|one| one.object == location && account.is_none_or(|account| one.account == account));
            ids.extend(same.map(|one| one.upload_id));
        }
        ids
    }

    /// Reads those of the uploads that `is_meant`, the newest first.
    async fn read_uploads(
        &self,
        ids: BTreeSet<UploadId>,
        is_meant: impl Fn(&Record) -> bool,
    ) -> Result<Vec<UploadDetails>, Error> {
        let mut found = Vec::new();
        for id in ids {
            let details = self.upload_details(&id).await?;
            found.extend(details.filter(|details| is_meant(&details.record)));
        }
        found.sort_by_key(|details| Reverse(details.record.history.first().map(|first| first.at.get())));
        Ok(found)
    }
}

/// Whether the upload is of this version: its id is that of the version under the account and nonce of its request.
fn is_of_version(record: &Record, object: &Object) -> bool {
    let request = &record.request;
    let job = Job {
        location: object.location.clone(),
        account: request.account.clone(),
        video: Default::default(),
        publication: None,
        mode: request.mode,
        md5: None,
        force_nonce: request.force_nonce.clone(),
    };
    UploadId::new(object, &job) == record.id
}

//! Lists of uploads: what is open, and how the latest ended.

use super::{
    page_token::{ListState, PageToken},
    upload_list::{ListError, ListQuery, ListedUpload, UploadList},
};
use crate::application::App;
use futures_util::future::BoxFuture;
use futures_util::{StreamExt, stream};
use object_storage::Credentials;
use upload_core::{Error, RetryAdvice};

/// Open marks that are read at once.
const READS: usize = 8;

impl App {
    /// Lists a page of uploads: one list of the ledger, or two where the open ones end in it, and one read an upload; two more for one that
    /// ended and still waits for its callback. Each upload is listed once, unless it ended twice. Open ones whose mark cannot be read are
    /// troubles next to them.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub fn list<'a>(
        &'a self,
        query: &'a ListQuery,
        credentials: Option<Credentials>,
    ) -> BoxFuture<'a, Result<UploadList, Error>> {
        Box::pin(async move {
            let mut list = UploadList::default();
            let Some(ledger) = self.ledger_to_read(credentials).await? else { return Ok(list) };
            let ended_after = match (&query.after, query.state) {
                (Some(PageToken::Finished(key)), _) => key.clone(),
                (None, Some(ListState::Finished)) => None,
                (after, state) => {
                    let after = after.as_ref().and_then(PageToken::open_id);
                    let marks = ledger.open_marks(after, query.limit).await?;
                    list.troubles = marks.foreign.iter().map(ListError::from_error).collect();
                    let mut read = stream::iter(marks.uploads)
                        .map(|upload| ListedUpload::read_open(&ledger, upload))
                        .buffered(READS);
                    while let Some(read) = read.next().await {
                        match read {
                            Ok(listed) => list.uploads.extend(listed),
                            // One damaged mark hides no other.
                            Err(error) if error.advice() == RetryAdvice::Permanent => {
                                list.troubles.push(ListError::from_error(&error));
                            }
                            Err(error) => return Err(error),
                        }
                    }
                    let next = match marks.next {
                        Some(next) => Some(PageToken::Open(next)),
                        None if state.is_none() && list.uploads.len() >= query.limit => {
                            Some(PageToken::Finished(None))
                        }
                        None => None,
                    };
                    if next.is_some() || state.is_some() {
                        list.next = next.map(|next| next.to_string());
                        return Ok(list);
                    }
                    None
                }
            };
            let ended =
                ledger.finished_uploads(ended_after.as_ref(), query.limit - list.uploads.len()).await?;
            list.next = ended.next.map(|key| key.to_string());
            let mut read = stream::iter(ended.uploads)
                .map(|(id, finished)| ListedUpload::read_finished(&ledger, id, finished))
                .buffered(READS);
            while let Some(listed) = read.next().await {
                let listed = listed?;
                if listed.callback.is_none() || query.state.is_some() {
                    list.uploads.push(listed);
                    continue;
                }
                // It is among the open ones already, on this page or an earlier one; its mark may not tell yet that it ended.
                let known = list.uploads.iter_mut().find(|known| known.upload_id == listed.upload_id);
                if let Some(known) = known.filter(|known| known.callback.is_none()) {
                    *known = listed;
                }
            }
            Ok(list)
        })
    }
}

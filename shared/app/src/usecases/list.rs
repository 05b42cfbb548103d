//! Lists of uploads: what is open, and how the latest ended.

use super::{
    page_token::{ListState, PageToken},
    upload_list::{ListError, ListQuery, ListedUpload, UploadList},
};
use crate::application::App;
use futures_util::{StreamExt, stream};
use object_storage::Credentials;
use upload_core::{Error, RetryAdvice};

/// Open marks that are read at once.
const READS: usize = 8;

impl App {
    /// Lists a page of uploads: one list of the ledger, or two where the open ones end in it, and one read an upload. Open ones whose mark
    /// cannot be read are troubles next to them.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub async fn list(
        &self,
        query: &ListQuery,
        credentials: Option<Credentials>,
    ) -> Result<UploadList, Error> {
        let ledger = self.ledger(credentials).await?;
        let mut list = UploadList::default();
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
        let ended = ledger.finished_uploads(ended_after.as_ref(), query.limit - list.uploads.len()).await?;
        list.uploads.extend(
            ended.uploads.into_iter().map(|(id, finished)| ListedUpload::from_finished(id, finished)),
        );
        list.next = ended.next.map(|key| key.to_string());
        Ok(list)
    }
}

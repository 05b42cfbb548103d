//! What still keeps an open upload from being resumed.

use super::upload_details::UploadDetails;
use crate::application::App;
use futures_util::TryStreamExt;
use futures_util::future::BoxFuture;
use upload_core::{Error, Object, ledger::StoredVersion};

impl App {
    /// Finds what keeps an upload that nobody holds from being resumed now, as far as trying tells: its secrets do not open, its object
    /// cannot be read. `None` where nothing is found, the upload needs neither any more, or its file is on another machine. Writes nothing.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub fn find_obstacle<'a>(
        &'a self,
        details: &'a UploadDetails,
    ) -> BoxFuture<'a, Result<Option<Error>, Error>> {
        Box::pin(async move {
            let record = &details.record;
            if record.state.has_ended() || details.holder.is_some() {
                return Ok(None);
            }
            let Some(ledger) = self.ledger_to_read(None).await? else { return Ok(None) };
            if let Err(error) = ledger.test_seal(record) {
                return Ok(Some(error));
            }
            if record.request.location.is_carried() {
                return Ok(None);
            }
            let StoredVersion { etag, version_id, size, .. } = record.request.object.clone();
            let object = Object { version_id, ..Object::new(record.request.location.clone(), etag, size) };
            let reading = async { self.source(None).read(&object, 0..1).await?.try_next().await };
            Ok(reading.await.err())
        })
    }
}

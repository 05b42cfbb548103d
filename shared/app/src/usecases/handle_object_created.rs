//! An event reports an object.

use super::{object_result::ObjectResult, upload_object::ObjectOutcome};
use crate::application::App;
use futures_util::future::BoxFuture;
use object_storage::Credentials;
use tracing::Instrument;
use upload_core::{Error, Location, Outcome, RunContext, SidecarResult};

impl App {
    /// Publishes an object that an event reported, if the rules want it. `size` is the event's, in bytes; `None` where it
    /// states none, which excludes nothing: the HEAD that follows knows.
    ///
    /// # Errors
    /// Those for which the event must come again; what failed for good is a result.
    pub fn handle_object_created<'a>(
        &'a self,
        location: &'a Location,
        size: Option<u64>,
        credentials: Option<Credentials>,
        run: &'a RunContext,
    ) -> BoxFuture<'a, Result<ObjectResult, Error>> {
        Box::pin(async move {
            let key = location.key.clone();
            let span = tracing::info_span!("object", object = %location);
            let uploading = self.upload_object(location, size, credentials.clone(), run);
            let ended = uploading.instrument(span.clone()).await;
            if !matches!(ended, Ok(ObjectOutcome::Skipped(_))) {
                self.tell_robots(credentials, run).instrument(span.clone()).await;
            }
            let result = match ended {
                Ok(ObjectOutcome::Skipped(reason)) => {
                    span.in_scope(|| tracing::info!(reason, "skipped"));
                    return Ok(ObjectResult::Skipped { key, skipped: reason });
                }
                Ok(ObjectOutcome::Sidecar(result)) => {
                    let sidecar = if result == SidecarResult::Changed { "changed" } else { "known" };
                    span.in_scope(|| tracing::info!(sidecar, "the sidecar was read"));
                    return Ok(ObjectResult::Sidecar { key, sidecar });
                }
                Ok(ObjectOutcome::Published(published)) => Ok(published),
                Err(error) => {
                    span.in_scope(|| tracing::error!(?error, code = error.kind().code(), "failed"));
                    if !self.is_settled(&error) {
                        return Err(error);
                    }
                    Err(error)
                }
            };
            Ok(ObjectResult::Outcome(Box::new(Outcome::new(&key, &result))))
        })
    }
}

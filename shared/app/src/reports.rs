//! What became of objects, as functions answer and log it: nobody but the log and a destination reads it.

use crate::{App, Credentials, ObjectOutcome};
use serde::Serialize;
use tracing::Instrument;
use upload_core::{Error, Location, Outcome, RunContext, ScanError, StopReason};

/// What became of one object.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum ObjectResult {
    /// It was to be uploaded.
    Outcome(Outcome),
    /// It was left alone.
    Skipped {
        /// The object's key.
        key: String,
        /// The stable code of the reason.
        skipped: &'static str,
    },
}

impl ObjectResult {
    /// An object that is left alone.
    #[must_use]
    pub fn skipped(key: String, skipped: &'static str) -> Self {
        tracing::info!(key, reason = skipped, "skipped");
        Self::Skipped { key, skipped }
    }
}

impl App {
    /// Publishes an object that an event told of, if the rules want it.
    ///
    /// # Errors
    /// Those for which the event must come again; what failed for good is a result.
    pub async fn handle_object_created(
        &self,
        location: &Location,
        size: u64,
        credentials: Option<Credentials>,
        run: &RunContext,
    ) -> Result<ObjectResult, Error> {
        let key = location.key.clone();
        let span = tracing::info_span!("object", object = %location);
        let arrived = self.upload_object(location, size, credentials, run);
        let result = match arrived.instrument(span.clone()).await {
            Ok(ObjectOutcome::Skipped(reason)) => {
                span.in_scope(|| tracing::info!(reason, "skipped"));
                return Ok(ObjectResult::Skipped { key, skipped: reason });
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
        Ok(ObjectResult::Outcome(Outcome::new(&key, &result)))
    }

    /// One sweep that a timer asks for.
    ///
    /// # Errors
    /// As [`sweep`](Self::sweep).
    pub async fn run_sweep(
        &self,
        credentials: Option<Credentials>,
        run: &RunContext,
    ) -> Result<Vec<ObjectResult>, Error> {
        let swept = self.sweep(credentials, run).await?;
        let found = &swept.discovered;
        tracing::info!(
            resumed = swept.resumed.len(),
            told = swept.callbacks_delivered,
            left = swept.skipped,
            cleared = swept.marks_cleared,
            found = found.uploads.len(),
            known = found.known,
            older = found.older,
            stopped = found.stopped.map(StopReason::code),
            "swept"
        );
        for error in &swept.errors {
            tracing::error!(?error, code = error.kind().code(), "an open mark cannot be read");
        }
        for ScanError { location, error } in &found.troubles {
            let object = location.as_ref().map(ToString::to_string);
            tracing::error!(object, ?error, code = error.kind().code(), "not looked at");
        }
        let resumed = swept.resumed.iter().map(|(id, ended)| (id, id.as_str(), ended));
        let begun = found.uploads.iter().map(|found| (&found.id, found.location.key.as_str(), &found.ended));
        let results = resumed.chain(begun).map(|(id, key, ended)| {
            if let Err(error) = ended {
                tracing::error!(upload_id = %id, ?error, code = error.kind().code(), "failed");
            }
            ObjectResult::Outcome(Outcome::new(key, ended))
        });
        Ok(results.collect())
    }
}

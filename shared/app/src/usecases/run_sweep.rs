//! The sweep that a timer asks for, with its report in the log.

use super::object_result::ObjectResult;
use crate::application::App;
use futures_util::future::BoxFuture;
use object_storage::Credentials;
use upload_core::{Error, Outcome, RunContext, ScanError, StopReason, SweepReport};

impl App {
    /// Runs one sweep and logs its report.
    ///
    /// # Errors
    /// As [`sweep`](Self::sweep).
    pub fn run_sweep<'a>(
        &'a self,
        credentials: Option<Credentials>,
        run: &'a RunContext,
    ) -> BoxFuture<'a, Result<Vec<ObjectResult>, Error>> {
        Box::pin(async move {
            // What the sweep finds belongs to the traces of the uploads, not to that of the timer.
            let run = &RunContext { trace: None, ..run.clone() };
            let report = self.sweep(credentials, run).await?;
            log_report(&report);
            let found = &report.discovered;
            let resumed = report.resumed.iter().map(|(id, ended)| (id, id.as_str(), ended));
            let begun =
                found.uploads.iter().map(|found| (&found.id, found.location.key.as_str(), &found.result));
            let results = resumed.chain(begun).map(|(id, key, ended)| {
                if let Err(error) = ended {
                    tracing::error!(upload_id = %id, ?error, code = error.kind().code(), "failed");
                }
                ObjectResult::Outcome(Box::new(Outcome::new(key, ended)))
            });
            Ok(results.collect())
        })
    }
}

fn log_report(report: &SweepReport) {
    let found = &report.discovered;
    tracing::info!(
        resumed = report.resumed.len(),
        callbacks_delivered = report.callbacks_delivered,
        skipped = report.skipped + report.carried,
        marks_cleared = report.marks_cleared,
        unfinished = report.is_unfinished(),
        found = found.uploads.len(),
        known = found.known,
        older = found.older,
        junk = found.junk,
        stopped = found.stopped.map(StopReason::code),
        "swept"
    );
    for error in &report.errors {
        tracing::error!(?error, code = error.kind().code(), "an open mark cannot be read");
    }
    for ScanError { location, error } in &found.errors {
        let object = location.as_ref().map(ToString::to_string);
        tracing::error!(object, ?error, code = error.kind().code(), "not looked at");
    }
}

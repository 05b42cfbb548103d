//! The preflight of a local file, before it is read for its digests, and of a dry run.

use super::{batch::Batch, local_file, prepare::Prepared};
use crate::{error::CliError, ui::messages::upload::describe_unstable};
use app::core::{Preflight, PreflightReport, RetryPolicy, probe_object};
use std::{
    path::Path,
    time::{Duration, SystemTime},
};
use tokio::time::sleep;

/// Time between two looks at a file that may still be written.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);

impl Batch<'_> {
    /// Looks at a file before it is read. One that an encoder may still be writing is waited for, as long as --wait-stable says.
    ///
    /// # Errors
    /// [`NotPublishable`](app::core::ErrorKind::NotPublishable), for which no upload begins.
    pub(super) async fn check_file(&self, path: &Path) -> Result<(), CliError> {
        let mode = self.stated.preflight.unwrap_or_default();
        if mode == Preflight::Off {
            return Ok(());
        }
        let limits = self.app.settings().video_limits()?;
        let mut announced = false;
        loop {
            let looking = Box::pin(async {
                let (object, file) = local_file::look(path).await?;
                let report = probe_object(&file, &object, limits, RetryPolicy::default()).await?;
                Ok::<_, CliError>(PreflightReport::from(&report))
            });
            let report = self.shutdown.guard(looking).await?;
            let left = self.time_left(path, &report);
            if left.is_zero() {
                return match mode {
                    // Its upload records and logs what was found.
                    Preflight::Warn => Ok(()),
                    _ => report.refuse().map_err(CliError::from),
                };
            }
            if !std::mem::replace(&mut announced, true) {
                self.reporter.print_note(describe_unstable(path, left));
            }
            let pause = async {
                sleep(left.min(LOOK_INTERVAL)).await;
                Ok::<_, CliError>(())
            };
            self.shutdown.guard(pause).await?;
        }
    }

    /// How long to wait for a file that an encoder may still be writing: zero for one that is whole, or at rest for long enough.
    fn time_left(&self, path: &Path, report: &PreflightReport) -> Duration {
        let is_unfinished =
            report.refusals().any(|finding| ["no_index", "truncated"].contains(&finding.word.as_str()));
        let modified = path.metadata().and_then(|metadata| metadata.modified()).ok();
        // A time to come is that of another clock: it says nothing.
        let age = modified.and_then(|time| SystemTime::now().duration_since(time).ok());
        let stable = Duration::from_secs(self.args.wait_stable);
        match age.filter(|_| is_unfinished) {
            Some(age) => stable.saturating_sub(age),
            None => Duration::ZERO,
        }
    }

    /// What the preflight of a planned upload finds; `None` where it is turned off.
    pub(super) async fn plan_preflight(
        &self,
        prepared: &Prepared,
    ) -> Result<Option<PreflightReport>, CliError> {
        let request = &prepared.request;
        if request.job.video.preflight == Some(Preflight::Off) {
            return Ok(None);
        }
        let probing = Box::pin(async {
            let (source, limits) = (&*prepared.source, self.app.settings().video_limits()?);
            let report = probe_object(source, &request.object, limits, RetryPolicy::default()).await?;
            Ok::<_, CliError>(PreflightReport::from(&report))
        });
        self.shutdown.guard(probing).await.map(Some)
    }
}

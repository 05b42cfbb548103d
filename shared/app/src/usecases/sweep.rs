//! The sweep, as the settings or a person ask for it: first the open uploads, then objects whose event was missed.

use crate::application::App;
use futures_util::future::BoxFuture;
use object_storage::Credentials;
use std::time::Duration;
use upload_core::{
    Bounds, Discovery, DiscoveryReport, Error, RunContext, Since, SweepPreview, SweepReport, UploadId,
    discover,
    ledger::{Ledger, Timestamp},
    preview_sweep, sweep_with, watch_videos,
};

/// Most uploads that one sweep resumes or begins, where the settings do not say.
const SWEEP_LIMIT: usize = 100;
/// Names the cursor of where the last sweep ended.
const SWEEP_CURSOR: &str = "sweep";

/// What one sweep does otherwise than the settings say.
#[derive(Debug, Clone, Copy, Default)]
pub struct SweepOptions {
    /// Look for objects from this time on, whatever the ledger's age.
    pub since: Option<Since>,
    /// Most uploads that it resumes or begins.
    pub limit: Option<usize>,
}

impl App {
    /// Resumes the open uploads that nobody holds, from where the last sweep ended; then finds objects whose event was missed.
    ///
    /// # Errors
    /// Where the ledger cannot be read; the report says how each upload ended.
    pub fn sweep<'a>(
        &'a self,
        credentials: Option<Credentials>,
        run: &'a RunContext,
    ) -> BoxFuture<'a, Result<SweepReport, Error>> {
        Box::pin(async move { self.sweep_as(SweepOptions::default(), credentials, run).await })
    }

    /// Sweeps with options.
    ///
    /// # Errors
    /// As [`sweep`](Self::sweep).
    pub fn sweep_as<'a>(
        &'a self,
        options: SweepOptions,
        credentials: Option<Credentials>,
        run: &'a RunContext,
    ) -> BoxFuture<'a, Result<SweepReport, Error>> {
        Box::pin(async move {
            self.check_ledger(credentials.clone()).await?;
            let ledger = self.ledger(credentials.clone()).await?;
            self.record_settings_tokens(&ledger).await;
            let after = ledger.cursor(SWEEP_CURSOR).await?.as_deref().and_then(UploadId::parse);
            let limit = self.sweep_limit(options);
            let began_after = after.clone();
            let find_uploader =
                |id, mark| self.uploader_for_mark(id, mark, ledger.clone(), credentials.clone());
            let discovers = self.discovers(options);
            let open_limit = if discovers { share_for_open(limit) } else { limit };
            let tokens = self.token_hashes(&ledger);
            let mut report = sweep_with(&ledger, &find_uploader, &tokens, after, open_limit, run).await?;
            if report.next != began_after {
                ledger.set_cursor(SWEEP_CURSOR, report.next.as_ref().map(UploadId::as_str)).await?;
            }
            if discovers {
                let bounds = self.sweep_bounds(options, limit.saturating_sub(report.calls_made()));
                report.discovered = self.discover(bounds, false, &ledger, credentials.clone(), run).await;
            }
            // After every upload: all of them share Youku's calls.
            let left = limit.saturating_sub(report.calls_made()).max(share_for_events(limit));
            watch_videos(&ledger, find_uploader, &mut report, left, run).await?;
            self.tell_robots_in_sweep(&ledger, report.uploads_wait(), run).await;
            match ledger.forget_finished().await {
                Ok(0) => {}
                Ok(entries) => {
                    tracing::info!(entries, "deleted what was listed of uploads that ended long ago")
                }
                // The next sweep does it.
                Err(error) => tracing::warn!(?error, "could not shorten the list of recent ends"),
            }
            // Only people want to know.
            if let Err(error) = ledger.record_sweep().await {
                tracing::warn!(?error, "could not note the time of this sweep");
            }
            Ok(report)
        })
    }

    /// When the last sweep of this ledger ended, by the store's clock; `None` where none has.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub fn last_sweep<'a>(
        &'a self,
        credentials: Option<Credentials>,
    ) -> BoxFuture<'a, Result<Option<Timestamp>, Error>> {
        Box::pin(async move {
            let Some(ledger) = self.ledger_to_read(credentials).await? else { return Ok(None) };
            Ok(ledger.last_sweep().await?.map(Timestamp::from))
        })
    }

    /// Finds what [`sweep_as`](Self::sweep_as) would resume, notify and upload now. Nothing is written, sent or uploaded: a ledger that is
    /// not there yet has nothing open, and the first sweep leaves alone what is older than it.
    ///
    /// # Errors
    /// Where the ledger cannot be read; the report names what else cannot.
    pub fn preview_sweep<'a>(
        &'a self,
        options: SweepOptions,
        credentials: Option<Credentials>,
        run: &'a RunContext,
    ) -> BoxFuture<'a, Result<SweepPreview, Error>> {
        Box::pin(async move {
            let Some(ledger) = self.ledger_to_read(credentials.clone()).await? else {
                return Ok(SweepPreview::default());
            };
            let after = ledger.cursor(SWEEP_CURSOR).await?.as_deref().and_then(UploadId::parse);
            let (limit, discovers) = (self.sweep_limit(options), self.discovers(options));
            let open_limit = if discovers { share_for_open(limit) } else { limit };
            let tokens = self.token_hashes(&ledger);
            let mut preview = preview_sweep(&ledger, &tokens, after, open_limit).await?;
            if discovers {
                let bounds = self.sweep_bounds(options, limit.saturating_sub(preview.calls()));
                preview.discovered = self.discover(bounds, true, &ledger, credentials, run).await;
            }
            Ok(preview)
        })
    }

    fn sweep_limit(&self, options: SweepOptions) -> usize {
        options.limit.or(self.settings.sweep.limit).unwrap_or(SWEEP_LIMIT)
    }

    fn discovers(&self, options: SweepOptions) -> bool {
        self.settings.sweep.discover || options.since.is_some()
    }

    fn sweep_bounds(&self, options: SweepOptions, uploads: usize) -> Bounds {
        Bounds {
            uploads,
            requests: self.settings.sweep.requests,
            grace: Duration::from_secs(self.settings.sweep.grace_seconds),
            since: options.since,
        }
    }

    async fn discover(
        &self,
        bounds: Bounds,
        is_dry: bool,
        ledger: &Ledger,
        credentials: Option<Credentials>,
        run: &RunContext,
    ) -> DiscoveryReport {
        let source = self.source(credentials);
        let provider = self.settings.source.provider;
        let discovery =
            Discovery { intake: self.intake_policy(), source: &*source, provider, ledger, bounds, is_dry };
        let find_uploader = |account: &str| self.uploader(account, source.clone(), ledger.clone());
        discover(&discovery, find_uploader, run).await.unwrap_or_else(DiscoveryReport::from_error)
    }
}

/// How many of a sweep's uploads may be open ones: they must not keep out forever those that nobody has begun.
fn share_for_open(limit: usize) -> usize {
    if limit > 1 { limit - limit.div_ceil(4) } else { limit }
}

/// How many events a sweep may deliver whose uploads took all of its room.
fn share_for_events(limit: usize) -> usize {
    limit.div_ceil(10)
}

#[cfg(test)]
mod tests {
    use super::share_for_open;

    /// A quarter of a sweep is kept for objects that nobody has begun to upload.
    #[test]
    fn a_quarter_of_a_sweep_is_kept_for_new_uploads() {
        let shares = [0, 1, 2, 4, 10, 100].map(|limit| (limit, share_for_open(limit)));
        assert_eq!(shares, [(0, 0), (1, 1), (2, 1), (4, 3), (10, 7), (100, 75)]);
    }
}

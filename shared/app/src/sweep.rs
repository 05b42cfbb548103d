//! The sweep, as the settings and a person want it: what is open first, then what no event told of.

use crate::{App, Credentials};
use std::time::Duration;
use upload_core::{
    Bounds, Discovery, DiscoveryReport, Error, RunContext, Since, SweepReport, UploadId, discover,
    ledger::Ledger, sweep_with,
};

/// Uploads that one sweep goes on with or begins at most, where the settings do not say.
const SWEEP_LIMIT: usize = 100;
/// The note of where the last sweep ended.
const SWEEP_CURSOR: &str = "sweep";

/// What one sweep is to do otherwise than the settings say.
#[derive(Debug, Clone, Copy, Default)]
pub struct SweepOptions {
    /// Look for objects from this time on, whatever the ledger's age.
    pub since: Option<Since>,
    /// Uploads that it goes on with or begins at most.
    pub limit: Option<usize>,
}

impl App {
    /// Goes on with what is open and nobody holds, from where the last sweep ended; then finds objects that no event told of.
    ///
    /// # Errors
    /// Where the ledger cannot be read; how single uploads end is in the answer.
    pub async fn sweep(
        &self,
        credentials: Option<Credentials>,
        run: &RunContext,
    ) -> Result<SweepReport, Error> {
        self.sweep_as(SweepOptions::default(), credentials, run).await
    }

    /// The same, as somebody wishes.
    ///
    /// # Errors
    /// As [`sweep`](Self::sweep).
    pub async fn sweep_as(
        &self,
        wish: SweepOptions,
        credentials: Option<Credentials>,
        run: &RunContext,
    ) -> Result<SweepReport, Error> {
        self.check_ledger(credentials.clone()).await?;
        let ledger = self.ledger(credentials.clone()).await?;
        self.record_settings_tokens(&ledger).await;
        let after = ledger.cursor(SWEEP_CURSOR).await?.as_deref().and_then(UploadId::parse);
        let limit = wish.limit.or(self.settings.sweep.limit).unwrap_or(SWEEP_LIMIT);
        let began = after.clone();
        let uploader_of = |id, mark| self.uploader_for_task(id, mark, ledger.clone(), credentials.clone());
        let discovers = self.settings.sweep.discover || wish.since.is_some();
        let open_limit = if discovers { share_of_open(limit) } else { limit };
        let tokens = self.token_hashes(&ledger);
        let mut swept = sweep_with(&ledger, uploader_of, &tokens, after, open_limit, run).await?;
        if swept.next != began {
            ledger.set_cursor(SWEEP_CURSOR, swept.next.as_ref().map(UploadId::as_str)).await?;
        }
        if discovers {
            let bounds = Bounds {
                uploads: limit.saturating_sub(swept.calls_made()),
                requests: self.settings.sweep.requests,
                grace: Duration::from_secs(self.settings.sweep.grace_seconds),
                since: wish.since,
            };
            swept.discovered = self.discover(bounds, &ledger, credentials, run).await;
        }
        match ledger.forget_finished().await {
            Ok(0) => {}
            Ok(entries) => tracing::info!(entries, "deleted what was listed of uploads that ended long ago"),
            // The next sweep does it.
            Err(error) => tracing::warn!(?error, "could not shorten the list of recent ends"),
        }
        Ok(swept)
    }

    async fn discover(
        &self,
        bounds: Bounds,
        ledger: &Ledger,
        credentials: Option<Credentials>,
        run: &RunContext,
    ) -> DiscoveryReport {
        let source = self.source(credentials);
        let provider = self.settings.source.provider;
        let discovery =
            Discovery { automatic: self.intake_policy(), source: &*source, provider, ledger, bounds };
        let uploader_of = |account: &str| self.uploader(account, source.clone(), ledger.clone());
        discover(&discovery, uploader_of, run).await.unwrap_or_else(DiscoveryReport::failed)
    }
}

/// How many of the uploads that a sweep may go on with or begin are open ones: they must not keep those for ever that nobody has begun.
fn share_of_open(limit: usize) -> usize {
    if limit > 1 { limit - limit.div_ceil(4) } else { limit }
}

#[cfg(test)]
mod tests {
    use super::share_of_open;

    #[test]
    fn a_quarter_of_a_sweep_is_kept_for_what_nobody_has_begun() {
        let shares = [0, 1, 2, 4, 10, 100].map(|limit| (limit, share_of_open(limit)));
        assert_eq!(shares, [(0, 0), (1, 1), (2, 1), (4, 3), (10, 7), (100, 75)]);
    }
}

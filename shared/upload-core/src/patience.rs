//! How long, and how often, a failing call is tried again.
//!
//! Retries are bounded by time, not by number, and the time is renewed whenever the upload makes progress: an upload of hours
//! survives any number of short troubles and ends soon in a lasting one.

use crate::{Error, Verdict, sentence::LAST_ERROR};
use backon::{BackoffBuilder, ExponentialBuilder};
use std::{
    future::Future,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::time::{Instant, sleep};

/// How retries are spaced and bounded.
#[derive(Debug, Clone, Copy)]
pub struct RetrySettings {
    /// The first pause, before jitter.
    pub first: Duration,
    /// The longest pause, before jitter.
    pub longest: Duration,
    /// How long an upload may go without progress before a failing call gives up.
    pub patience: Duration,
    /// How often a call is tried at least, however long the tries took.
    pub tries: u32,
    /// The longest wish of the other side to be left alone that is waited for; a longer one ends the run.
    pub longest_wish: Duration,
}

impl Default for RetrySettings {
    /// 200 ms doubling to 10 s, as the official SDKs space theirs; two minutes without progress; four tries at least.
    fn default() -> Self {
        Self {
            first: Duration::from_millis(200),
            longest: Duration::from_secs(10),
            patience: Duration::from_secs(120),
            tries: 4,
            longest_wish: Duration::from_secs(45),
        }
    }
}

impl RetrySettings {
    /// The same, for what must have ended by `deadline`: it gives up before, with the error that it met.
    #[must_use]
    pub fn ending_by(self, deadline: Option<Instant>) -> Self {
        let Some(deadline) = deadline else { return self };
        let left = deadline.saturating_duration_since(Instant::now());
        if left >= self.patience { self } else { Self { patience: left, tries: 1, ..self } }
    }
}

/// The patience of one upload, shared by all that works on it.
#[derive(Debug, Clone)]
pub(crate) struct Patience {
    settings: RetrySettings,
    last_progress: Arc<Mutex<Instant>>,
    /// The last error that was waited out, for a run that its deadline ends.
    last_trouble: Arc<Mutex<Option<Trouble>>>,
}

/// What was waited out: its code and the call's name, without anything that only the log may hold.
type Trouble = (&'static str, &'static str);

impl Patience {
    pub(crate) fn new(settings: RetrySettings) -> Self {
        let last_progress = Arc::new(Mutex::new(Instant::now()));
        Self { settings, last_progress, last_trouble: Arc::default() }
    }

    /// Something was achieved: failing calls get their full time again.
    pub(crate) fn renew(&self) {
        *self.last_progress.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// The same error, naming the last one that was waited out. A deadline alone does not say what took the time.
    pub(crate) fn naming_trouble(&self, error: Error) -> Error {
        match *self.last_trouble.lock().unwrap_or_else(PoisonError::into_inner) {
            Some((code, operation)) => error.with(LAST_ERROR, format!("{code} in {operation}")),
            None => error,
        }
    }

    /// A fresh run of tries of one call.
    pub(crate) fn tries(&self) -> Tries<'_> {
        let delays = ExponentialBuilder::default()
            .with_jitter()
            .with_min_delay(self.settings.first)
            .with_max_delay(self.settings.longest)
            .without_max_times()
            .build();
        Tries { patience: self, delays, failed: 0 }
    }

    /// Calls until it succeeds, fails for good, or patience ends. Whether success is progress is for the caller to say.
    pub(crate) async fn retrying<T, F, Fut>(&self, mut call: F) -> Result<T, Error>
    where
        F: FnMut() -> Fut,
        Fut: Future<Output = Result<T, Error>>,
    {
        let mut tries = self.tries();
        loop {
            match call().await {
                Ok(answer) => return Ok(answer),
                Err(error) => tries.after(error).await?,
            }
        }
    }
}

/// The tries of one call.
pub(crate) struct Tries<'a> {
    patience: &'a Patience,
    delays: backon::ExponentialBackoff,
    failed: u32,
}

impl Tries<'_> {
    /// Waits before the next try, or hands the error back when there is to be none.
    pub(crate) async fn after(&mut self, error: Error) -> Result<(), Error> {
        let Verdict::Retry { not_before } = error.verdict() else { return Err(error) };
        if not_before.is_some_and(|wish| wish > self.patience.settings.longest_wish) {
            return Err(error);
        }
        self.failed += 1;
        let trouble = Some((error.kind().code(), error.operation()));
        *self.patience.last_trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
        let settings = &self.patience.settings;
        let delay = self.delays.next().unwrap_or(settings.longest).max(not_before.unwrap_or_default());
        let last = *self.patience.last_progress.lock().unwrap_or_else(PoisonError::into_inner);
        if self.failed >= settings.tries && last.elapsed() + delay > settings.patience {
            return Err(error.verdict_is(Verdict::GaveUp));
        }
        // Once a call, so that a run that is killed in the middle has said why it waited.
        if self.failed == settings.tries {
            tracing::warn!(?error, "it goes on failing: trying again");
        } else {
            tracing::debug!(?error, ?delay, "trying again");
        }
        sleep(delay).await;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;
    use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

    fn trouble() -> Error {
        Error::new(ErrorKind::Source, "read", "trouble").retryable()
    }

    #[tokio::test(start_paused = true)]
    async fn a_permanent_error_is_not_tried_again() {
        let calls = AtomicU32::new(0);
        let patience = Patience::new(RetrySettings::default());
        let result: Result<(), Error> = patience
            .retrying(|| async {
                calls.fetch_add(1, SeqCst);
                Err(Error::new(ErrorKind::Source, "read", "no"))
            })
            .await;
        assert!(result.is_err());
        assert_eq!(calls.load(SeqCst), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn lasting_trouble_gives_up_when_patience_ends() {
        let begun = Instant::now();
        let settings = RetrySettings::default();
        let result: Result<(), Error> = Patience::new(settings).retrying(|| async { Err(trouble()) }).await;
        assert_eq!(result.expect_err("it never succeeds").verdict(), Verdict::GaveUp);
        assert!(begun.elapsed() <= settings.patience);
        assert!(begun.elapsed() > settings.patience / 2);
    }

    #[tokio::test(start_paused = true)]
    async fn progress_renews_patience() {
        let patience = Patience::new(RetrySettings::default());
        let begun = Instant::now();
        let result = patience
            .retrying(|| {
                patience.renew();
                let over = begun.elapsed() > Duration::from_secs(3600);
                async move { if over { Ok(()) } else { Err(trouble()) } }
            })
            .await;
        assert!(result.is_ok(), "an hour of trouble with progress in between is survived");
    }

    #[tokio::test(start_paused = true)]
    async fn the_other_sides_wish_is_waited_for() {
        let patience = Patience::new(RetrySettings::default());
        let begun = Instant::now();
        let wish = Duration::from_secs(37);
        let result = patience
            .retrying(|| {
                let early = begun.elapsed() < wish;
                async move {
                    if early {
                        Err(trouble().verdict_is(Verdict::Retry { not_before: Some(wish) }))
                    } else {
                        Ok(())
                    }
                }
            })
            .await;
        assert!(result.is_ok());
        assert!(begun.elapsed() >= wish);
    }
}

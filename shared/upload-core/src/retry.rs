//! Retries of failing calls: how long, and how often.
//!
//! Time bounds retries, not their number, and the time starts again whenever the upload makes progress: an
//! upload of hours survives any number of short outages, and ends soon in a lasting one.

use crate::{Error, ErrorKind, RetryAdvice, error::LAST_ERROR, retry_watch::ObservedCall};
use backon::{BackoffBuilder, ExponentialBuilder};
use std::{
    future::Future,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// How retries are spaced and bounded.
#[derive(Debug, Clone, Copy)]
pub struct RetryPolicy {
    /// The first pause, before jitter.
    pub initial_backoff: Duration,
    /// The longest pause, before jitter.
    pub max_backoff: Duration,
    /// How long an upload may go without progress before a failing call gives up.
    pub idle_timeout: Duration,
    /// Minimum number of attempts of a call, however long they took.
    pub min_attempts: u32,
    /// Longest `Retry-After` honored within a run; a longer one ends the run.
    pub max_retry_after: Duration,
}

impl Default for RetryPolicy {
    /// 200 ms doubling to 10 s, as the official SDKs space theirs; two minutes without progress; at least four
    /// attempts.
    fn default() -> Self {
        Self {
            initial_backoff: Duration::from_millis(200),
            max_backoff: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(120),
            min_attempts: 4,
            max_retry_after: Duration::from_secs(45),
        }
    }
}

impl RetryPolicy {
    /// Limits the policy to calls that must have ended by `deadline`: a call gives up before it, with its own
    /// error.
    #[must_use]
    pub fn with_deadline(self, deadline: Option<Instant>) -> Self {
        let Some(deadline) = deadline else { return self };
        let remaining = deadline.saturating_duration_since(Instant::now());
        if remaining >= self.idle_timeout {
            self
        } else {
            Self { idle_timeout: remaining, min_attempts: 1, ..self }
        }
    }

    /// Makes a call that stands alone until it succeeds, fails for good, or the policy's time is over.
    ///
    /// # Errors
    /// The call's last error.
    pub async fn retry<T, F, Fut>(self, call: F) -> Result<T, Error>
    where
        F: FnMut() -> Fut,
        Fut: Future<Output = Result<T, Error>>,
    {
        RetryBudget::new(self).retry(call).await
    }
}

/// The retry budget of one upload, shared by all of its calls.
#[derive(Debug, Clone)]
pub(crate) struct RetryBudget {
    policy: RetryPolicy,
    last_progress: Arc<Mutex<Instant>>,
    /// The last error that was waited out, reported by a run that its deadline ends.
    last_error: Arc<Mutex<Option<RetriedError>>>,
}

/// An error that was waited out: its code and the call's name, without anything that only the log may hold.
type RetriedError = (&'static str, &'static str);

impl RetryBudget {
    pub(crate) fn new(policy: RetryPolicy) -> Self {
        let last_progress = Arc::new(Mutex::new(Instant::now()));
        Self { policy, last_progress, last_error: Arc::default() }
    }

    /// Records progress: failing calls get their full time again.
    pub(crate) fn reset(&self) {
        *self.last_progress.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// Adds the last error that was waited out to `error`. A deadline alone does not say what took the time.
    pub(crate) fn with_last_error(&self, error: Error) -> Error {
        match *self.last_error.lock().unwrap_or_else(PoisonError::into_inner) {
            Some((code, operation)) => error.with_context(LAST_ERROR, format!("{code} in {operation}")),
            None => error,
        }
    }

    /// Starts the attempts of one call.
    pub(crate) fn start_loop(&self) -> RetryLoop<'_> {
        let delays = ExponentialBuilder::default()
            .with_jitter()
            .with_min_delay(self.policy.initial_backoff)
            .with_max_delay(self.policy.max_backoff)
            .without_max_times()
            .build();
        RetryLoop { budget: self, delays, failed: 0, observed: ObservedCall::default() }
    }

    /// Calls until the call succeeds, fails for good, or the budget is spent. The caller decides whether a
    /// success is progress.
    pub(crate) async fn retry<T, F, Fut>(&self, mut call: F) -> Result<T, Error>
    where
        F: FnMut() -> Fut,
        Fut: Future<Output = Result<T, Error>>,
    {
        let mut attempts = self.start_loop();
        loop {
            match call().await {
                Ok(answer) => return Ok(answer),
                Err(error) => attempts.wait_after(error).await?,
            }
        }
    }
}

/// The attempts of one call.
pub(crate) struct RetryLoop<'a> {
    budget: &'a RetryBudget,
    delays: backon::ExponentialBackoff,
    failed: u32,
    observed: ObservedCall,
}

impl RetryLoop<'_> {
    /// Waits before the next attempt, or returns the error if there must be none.
    pub(crate) async fn wait_after(&mut self, error: Error) -> Result<(), Error> {
        let RetryAdvice::Retry { retry_after } = error.advice() else { return Err(error) };
        if retry_after.is_some_and(|delay| delay > self.budget.policy.max_retry_after) {
            return Err(error);
        }
        self.failed += 1;
        let retried = Some((error.kind().code(), error.operation()));
        *self.budget.last_error.lock().unwrap_or_else(PoisonError::into_inner) = retried;
        let policy = &self.budget.policy;
        let delay = self.delays.next().unwrap_or(policy.max_backoff).max(retry_after.unwrap_or_default());
        let last = *self.budget.last_progress.lock().unwrap_or_else(PoisonError::into_inner);
        if self.failed >= policy.min_attempts && last.elapsed() + delay > policy.idle_timeout {
            return Err(error.with_advice(RetryAdvice::Exhausted));
        }
        // Once a call, so that a run killed in the middle has logged why it waited.
        if self.failed == policy.min_attempts {
            tracing::warn!(?error, "still failing: trying again");
        } else {
            tracing::debug!(?error, delay_ms = delay.as_millis(), "trying again");
        }
        self.observed.report(&error, last + policy.idle_timeout);
        if self.observed.wait(delay).await {
            let stopped =
                Error::new(ErrorKind::Deadline, error.operation(), "stopped while it was tried again");
            return Err(stopped.with_source(error).retryable());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{RetryWatch, UploadError as _};
    use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

    fn trouble() -> Error {
        Error::new(ErrorKind::Source, "read", "trouble").retryable().with_host(Some("h:1".into()))
    }

    #[tokio::test(start_paused = true)]
    async fn a_permanent_error_is_not_tried_again() {
        let calls = AtomicU32::new(0);
        let patience = RetryBudget::new(RetryPolicy::default());
        let result: Result<(), Error> = patience
            .retry(|| async {
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
        let settings = RetryPolicy::default();
        let result: Result<(), Error> = RetryBudget::new(settings).retry(|| async { Err(trouble()) }).await;
        assert_eq!(result.expect_err("it never succeeds").advice(), RetryAdvice::Exhausted);
        assert!(begun.elapsed() <= settings.idle_timeout);
        assert!(begun.elapsed() > settings.idle_timeout / 2);
    }

    #[tokio::test(start_paused = true)]
    async fn progress_renews_patience() {
        let patience = RetryBudget::new(RetryPolicy::default());
        let begun = Instant::now();
        let result = patience
            .retry(|| {
                patience.reset();
                let over = begun.elapsed() > Duration::from_secs(3600);
                async move { if over { Ok(()) } else { Err(trouble()) } }
            })
            .await;
        assert!(result.is_ok(), "an hour of trouble with progress in between is survived");
    }

    /// An observer sees the side that fails and the end of the budget while a call is tried again, and nothing once it has ended.
    #[tokio::test(start_paused = true)]
    async fn an_observer_sees_what_is_tried_again() {
        let watch = RetryWatch::default();
        let (budget, begun) = (RetryBudget::new(RetryPolicy::default()), Instant::now());
        let call = budget.retry(|| async {
            if begun.elapsed() < Duration::from_secs(60) { Err(trouble()) } else { Ok(()) }
        });
        let mut call = Box::pin(watch.observe(call));
        assert!(tokio::time::timeout(Duration::from_secs(30), &mut call).await.is_err(), "it still fails");
        let seen = watch.current().expect("a call that is tried again");
        assert_eq!(
            (seen.kind, seen.host.as_deref(), seen.since, seen.until),
            (ErrorKind::Source, Some("h:1"), begun, begun + Duration::from_secs(120))
        );
        assert!(call.await.is_ok() && watch.current().is_none());
        // An observer that stops it gets an error at once, and another call is not tried twice.
        // Of the first budget an unlucky pause may have left less than 30 s.
        let budget = RetryBudget::new(RetryPolicy::default());
        let mut call = Box::pin(watch.observe(budget.retry(|| async { Err::<(), _>(trouble()) })));
        assert!(tokio::time::timeout(Duration::from_secs(30), &mut call).await.is_err());
        let stopped_at = Instant::now();
        watch.stop();
        assert_eq!(call.await.expect_err("stopped").kind(), ErrorKind::Deadline);
        let other = watch.observe(budget.retry(|| async { Err::<(), _>(trouble()) })).await;
        assert_eq!((other.expect_err("stopped").kind(), stopped_at), (ErrorKind::Deadline, Instant::now()));
        // A call that nobody observes is retried all the same.
        assert!(budget.retry(|| async { Ok::<_, Error>(()) }).await.is_ok() && watch.current().is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn retry_after_is_waited_for() {
        let patience = RetryBudget::new(RetryPolicy::default());
        let begun = Instant::now();
        let wish = Duration::from_secs(37);
        let result = patience
            .retry(|| {
                let early = begun.elapsed() < wish;
                async move {
                    if early {
                        Err(trouble().with_advice(RetryAdvice::Retry { retry_after: Some(wish) }))
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

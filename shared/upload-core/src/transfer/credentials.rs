//! Youku's temporary credentials, refreshed before they expire and whenever the bucket says that they have expired.

use crate::{Bucket, Clock, Error, ErrorKind, UploadCredentials, Youku, retry::RetryBudget};
use secrecy::SecretString;
use std::{future::Future, sync::Arc, time::Duration};
use tokio::{sync::Mutex, time::Instant};

/// Credentials are refreshed this long before they expire, or at half their life if that is later.
const MARGIN: Duration = Duration::from_secs(300);
/// The shortest time between two refreshes that no refusal asked for, whatever the two clocks say.
const MIN_INTERVAL: Duration = Duration::from_secs(30);

pub(crate) struct CredentialRefresher<'a> {
    youku: &'a dyn Youku,
    upload_token: &'a SecretString,
    clock: &'a dyn Clock,
    current: Mutex<Current>,
}

/// The refusals that one call has met so far.
#[derive(Debug, Default)]
pub(crate) struct Refusals {
    /// Fresh credentials were requested after one.
    refreshed: bool,
}

struct Current {
    credentials: UploadCredentials,
    bucket: Arc<dyn Bucket>,
    generation: u64,
    refresh_at: Instant,
}

impl<'a> CredentialRefresher<'a> {
    pub(crate) fn new(
        youku: &'a dyn Youku,
        upload_token: &'a SecretString,
        credentials: UploadCredentials,
        clock: &'a dyn Clock,
    ) -> Result<Self, Error> {
        let bucket = youku.bucket(&credentials)?;
        let current =
            Current { refresh_at: refresh_at(&credentials, clock), credentials, bucket, generation: 0 };
        Ok(Self { youku, upload_token, clock, current: Mutex::new(current) })
    }

    /// The newest credentials.
    pub(crate) fn into_credentials(self) -> UploadCredentials {
        self.current.into_inner().credentials
    }

    /// The bucket with credentials that are valid now, and their generation.
    pub(crate) async fn bucket(&self) -> (Arc<dyn Bucket>, u64) {
        let mut current = self.current.lock().await;
        if Instant::now() >= current.refresh_at
            && let Err(error) = self.refresh_locked(&mut current).await
        {
            // They may still be valid; if not, the bucket says so and the refresh is tried again.
            tracing::warn!(?error, "could not refresh the bucket's credentials early");
            current.refresh_at = Instant::now() + MIN_INTERVAL;
        }
        (current.bucket.clone(), current.generation)
    }

    /// Refreshes the credentials after those of `generation` were refused, unless another call already has.
    pub(crate) async fn refresh(&self, generation: u64) -> Result<(), Error> {
        let mut current = self.current.lock().await;
        if current.generation == generation { self.refresh_locked(&mut current).await } else { Ok(()) }
    }

    async fn refresh_locked(&self, current: &mut Current) -> Result<(), Error> {
        let credentials =
            self.youku.refresh_credentials(self.upload_token, &current.credentials.target).await?;
        current.bucket = self.youku.bucket(&credentials)?;
        current.refresh_at = refresh_at(&credentials, self.clock);
        current.credentials = credentials;
        current.generation += 1;
        tracing::debug!(generation = current.generation, "refreshed the bucket's credentials");
        Ok(())
    }

    /// Calls the bucket until it succeeds, fails for good, or the retry budget is used up; refreshes credentials that are refused.
    pub(crate) async fn retry<T, F, Fut>(&self, retry_budget: &RetryBudget, call: F) -> Result<T, Error>
    where
        F: Fn(Arc<dyn Bucket>) -> Fut,
        Fut: Future<Output = Result<T, Error>>,
    {
        let (mut tries, mut refusals) = (retry_budget.start_loop(), Refusals::default());
        loop {
            match self.retry_with_fresh_credentials(&mut refusals, &call).await {
                Err(error) => tries.wait_after(error).await?,
                answer => return answer,
            }
        }
    }

    /// Makes one call. A permanent refusal counts only if the bucket repeats it with fresh credentials: the first one is returned as
    /// retryable.
    pub(crate) async fn retry_with_fresh_credentials<T, F, Fut>(
        &self,
        refusals: &mut Refusals,
        call: F,
    ) -> Result<T, Error>
    where
        F: FnOnce(Arc<dyn Bucket>) -> Fut,
        Fut: Future<Output = Result<T, Error>>,
    {
        let generation = self.current.lock().await.generation;
        match self.call_once(call).await {
            Err(error)
                if error.kind() == ErrorKind::Target && !error.is_retryable() && !refusals.refreshed =>
            {
                tracing::warn!(?error, "refused: asking once more with fresh credentials");
                self.refresh(generation).await?;
                refusals.refreshed = true;
                Err(error.retryable())
            }
            answer => answer,
        }
    }

    /// Makes one call. If the credentials are refused, refreshes them and returns the error as retryable.
    pub(crate) async fn call_once<T, F, Fut>(&self, call: F) -> Result<T, Error>
    where
        F: FnOnce(Arc<dyn Bucket>) -> Fut,
        Fut: Future<Output = Result<T, Error>>,
    {
        let (bucket, generation) = self.bucket().await;
        match call(bucket).await {
            Err(error) if error.kind() == ErrorKind::CredentialExpired => {
                self.refresh(generation).await?;
                Err(error.retryable())
            }
            other => other,
        }
    }
}

fn refresh_at(credentials: &UploadCredentials, clock: &dyn Clock) -> Instant {
    let life = credentials.expires.duration_since(clock.now()).unwrap_or_default();
    Instant::now() + life.saturating_sub(MARGIN).max(life / 2).max(MIN_INTERVAL)
}

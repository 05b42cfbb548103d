//! Youku's temporary credentials, renewed before they run out and when the bucket says that they have.

use crate::{Bucket, Clock, Error, ErrorKind, UploadCredentials, Youku, retry::RetryBudget};
use secrecy::SecretString;
use std::{future::Future, sync::Arc, time::Duration};
use tokio::{sync::Mutex, time::Instant};

/// Credentials are renewed this long before they run out, or at half their life where that is shorter.
const MARGIN: Duration = Duration::from_secs(300);
/// The shortest time between two renewals that no refusal asked for, whatever the two clocks say.
const SHORTEST: Duration = Duration::from_secs(30);

pub(crate) struct CredentialRefresher<'a> {
    youku: &'a dyn Youku,
    upload_token: &'a SecretString,
    clock: &'a dyn Clock,
    current: Mutex<Current>,
}

/// What one call has been refused so far.
#[derive(Debug, Default)]
pub(crate) struct Refusals {
    /// Fresh credentials were had for it.
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

    /// The bucket under credentials that are good for now, and their generation.
    pub(crate) async fn bucket(&self) -> (Arc<dyn Bucket>, u64) {
        let mut current = self.current.lock().await;
        if Instant::now() >= current.refresh_at
            && let Err(error) = self.refresh_locked(&mut current).await
        {
            // They may still be good; if not, the bucket will say so and the renewal is tried again.
            tracing::warn!(?error, "could not renew the bucket's credentials ahead of time");
            current.refresh_at = Instant::now() + SHORTEST;
        }
        (current.bucket.clone(), current.generation)
    }

    /// The credentials of `generation` were refused: gets others, unless somebody already did.
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
        tracing::debug!(generation = current.generation, "renewed the bucket's credentials");
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

    /// One call. What the bucket refuses for good it must refuse twice, the second time with fresh credentials: the first refusal comes
    /// back as retryable.
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

    /// One call. A refusal of the credentials comes back as retryable, and they are renewed.
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
    Instant::now() + life.saturating_sub(MARGIN).max(life / 2).max(SHORTEST)
}

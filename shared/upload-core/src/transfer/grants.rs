//! Youku's temporary credentials, renewed before they run out and when the bucket says that they have.

use crate::{Bucket, Error, ErrorKind, Grant, Youku, patience::Patience, wall};
use secrecy::SecretString;
use std::{
    future::Future,
    sync::Arc,
    time::{Duration, SystemTime},
};
use tokio::{sync::Mutex, time::Instant};

/// Credentials are renewed this long before they run out, or at half their life where that is shorter.
const MARGIN: Duration = Duration::from_secs(300);
/// The shortest time between two renewals that no refusal asked for, whatever the two clocks say.
const SHORTEST: Duration = Duration::from_secs(30);

pub(crate) struct Grants<'a> {
    youku: &'a dyn Youku,
    upload_token: &'a SecretString,
    current: Mutex<Current>,
}

/// What one call has been refused so far.
#[derive(Debug, Default)]
pub(crate) struct Refusals {
    /// Fresh credentials were had for it.
    renewed: bool,
}

struct Current {
    grant: Grant,
    bucket: Arc<dyn Bucket>,
    generation: u64,
    renew_at: Instant,
}

impl<'a> Grants<'a> {
    pub(crate) fn new(
        youku: &'a dyn Youku,
        upload_token: &'a SecretString,
        grant: Grant,
    ) -> Result<Self, Error> {
        let bucket = youku.bucket(&grant)?;
        let current = Current { renew_at: renew_at(&grant), grant, bucket, generation: 0 };
        Ok(Self { youku, upload_token, current: Mutex::new(current) })
    }

    /// The newest grant.
    pub(crate) fn into_grant(self) -> Grant {
        self.current.into_inner().grant
    }

    /// The bucket under credentials that are good for now, and their generation.
    pub(crate) async fn bucket(&self) -> (Arc<dyn Bucket>, u64) {
        let mut current = self.current.lock().await;
        if Instant::now() >= current.renew_at
            && let Err(error) = self.renew_locked(&mut current).await
        {
            // They may still be good; if not, the bucket will say so and the renewal is tried again.
            tracing::warn!(?error, "could not renew the bucket's credentials ahead of time");
            current.renew_at = Instant::now() + SHORTEST;
        }
        (current.bucket.clone(), current.generation)
    }

    /// The credentials of `generation` were refused: gets others, unless somebody already did.
    pub(crate) async fn renew(&self, generation: u64) -> Result<(), Error> {
        let mut current = self.current.lock().await;
        if current.generation == generation { self.renew_locked(&mut current).await } else { Ok(()) }
    }

    async fn renew_locked(&self, current: &mut Current) -> Result<(), Error> {
        let grant = self.youku.renew_grant(self.upload_token, &current.grant).await?;
        current.bucket = self.youku.bucket(&grant)?;
        current.renew_at = renew_at(&grant);
        current.grant = grant;
        current.generation += 1;
        tracing::debug!(generation = current.generation, "renewed the bucket's credentials");
        Ok(())
    }

    /// Calls the bucket until it succeeds, fails for good, or patience ends; renews credentials where they are refused.
    pub(crate) async fn retrying<T, F, Fut>(&self, patience: &Patience, call: F) -> Result<T, Error>
    where
        F: Fn(Arc<dyn Bucket>) -> Fut,
        Fut: Future<Output = Result<T, Error>>,
    {
        let (mut tries, mut refusals) = (patience.tries(), Refusals::default());
        loop {
            match self.insisting(&mut refusals, &call).await {
                Err(error) => tries.after(error).await?,
                answer => return answer,
            }
        }
    }

    /// One call. What the bucket refuses for good it must refuse twice, the second time with fresh credentials: the first refusal comes
    /// back as retryable.
    pub(crate) async fn insisting<T, F, Fut>(&self, refusals: &mut Refusals, call: F) -> Result<T, Error>
    where
        F: FnOnce(Arc<dyn Bucket>) -> Fut,
        Fut: Future<Output = Result<T, Error>>,
    {
        let generation = self.current.lock().await.generation;
        match self.once(call).await {
            Err(error) if error.kind() == ErrorKind::Target && !error.is_retryable() && !refusals.renewed => {
                tracing::warn!(?error, "refused: asking once more with fresh credentials");
                self.renew(generation).await?;
                refusals.renewed = true;
                Err(error.retryable())
            }
            answer => answer,
        }
    }

    /// One call. A refusal of the credentials comes back as retryable, and they are renewed.
    pub(crate) async fn once<T, F, Fut>(&self, call: F) -> Result<T, Error>
    where
        F: FnOnce(Arc<dyn Bucket>) -> Fut,
        Fut: Future<Output = Result<T, Error>>,
    {
        let (bucket, generation) = self.bucket().await;
        match call(bucket).await {
            Err(error) if error.kind() == ErrorKind::CredentialExpired => {
                self.renew(generation).await?;
                Err(error.retryable())
            }
            other => other,
        }
    }
}

fn renew_at(grant: &Grant) -> Instant {
    let life = grant.expires.duration_since(wall::now()).unwrap_or_default();
    Instant::now() + life.saturating_sub(MARGIN).max(life / 2).max(SHORTEST)
}

/// The place without the credentials, which are never kept: enough to ask for others.
pub(crate) fn blank_grant(endpoint: &str, bucket: &str, object: &str) -> Grant {
    Grant {
        endpoint: endpoint.to_owned(),
        bucket: bucket.to_owned(),
        object: object.to_owned(),
        access_key_id: String::new(),
        access_key_secret: "".into(),
        security_token: "".into(),
        expires: SystemTime::UNIX_EPOCH,
    }
}

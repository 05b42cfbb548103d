//! A source with brakes: no faster than it may be, and at an end when a person wants it.

use crate::{exit::SIGNAL, lang::say};
use app::core::{ByteStream, Error, ErrorKind, Location, Object, Source, SourcePage};
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{TryStreamExt, stream};
use std::{
    future::Future,
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};

/// Unused time that may be made up for at once: it evens out the timer's steps.
const SLACK: Duration = Duration::from_millis(50);

/// What slows all uploads of one command down together, and stops them.
pub(crate) struct Brakes {
    rate: Option<Rate>,
    stop: watch::Receiver<bool>,
}

/// Bytes let through by a schedule: each piece has the time that it takes at this rate.
struct Rate {
    bytes_per_second: f64,
    /// When what was let through so far is over.
    free_at: Mutex<Instant>,
}

impl Brakes {
    /// Brakes for `rate` bytes a second, where it is bounded, that `stop` pulls for good.
    pub(crate) fn new(rate: Option<u64>, stop: watch::Receiver<bool>) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "a rate need not be exact to the byte")]
        let rate =
            rate.map(|rate| Rate { bytes_per_second: rate as f64, free_at: Mutex::new(Instant::now()) });
        Self { rate, stop }
    }

    /// Whether a person wants an end.
    pub(crate) fn are_pulled(&self) -> bool {
        *self.stop.borrow()
    }

    /// Waits until a person wants an end.
    pub(crate) async fn pulled(&self) {
        if self.stop.clone().wait_for(|stop| *stop).await.is_err() {
            // Whoever could pull them has gone.
            std::future::pending().await
        }
    }

    /// The same work, unless the brakes are pulled before it is done.
    pub(crate) async fn unless_pulled<T>(
        &self,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        tokio::select! {
            biased;
            () = self.pulled() => Err(stopped()),
            done = work => done,
        }
    }

    /// The most bytes that go through at once: about 20 ms of the rate.
    fn piece(&self) -> usize {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped before it is cut"
        )]
        let piece = |rate: &Rate| (rate.bytes_per_second / 50.0).clamp(1024.0, 65_536.0) as usize;
        self.rate.as_ref().map_or(usize::MAX, piece)
    }

    /// Waits until `bytes` more may have passed.
    async fn pass(&self, bytes: usize) {
        let Some(rate) = &self.rate else { return };
        #[expect(clippy::cast_precision_loss, reason = "pieces are small")]
        let takes = Duration::from_secs_f64(bytes as f64 / rate.bytes_per_second);
        let until = {
            let mut free_at = rate.free_at.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            let begins = (*free_at).max(now.checked_sub(SLACK).unwrap_or(now));
            *free_at = begins + takes;
            *free_at
        };
        sleep_until(until).await;
    }
}

/// How an upload ends that a person stopped: put aside, so that it goes on from there.
pub(crate) fn stopped() -> Error {
    Error::new(ErrorKind::Deadline, SIGNAL, say!("stopped by a signal", "被信号停止"))
}

/// A source whose bytes pass the brakes.
pub(crate) struct Braked {
    pub(crate) source: Arc<dyn Source>,
    pub(crate) brakes: Arc<Brakes>,
}

#[async_trait]
impl Source for Braked {
    async fn head(&self, location: &Location) -> Result<Object, Error> {
        self.brakes.unless_pulled(self.source.head(location)).await
    }

    async fn read(&self, object: &Object, range: Range<u64>) -> Result<ByteStream, Error> {
        let bytes = self.brakes.unless_pulled(self.source.read(object, range)).await?;
        let state = (bytes, Bytes::new(), self.brakes.clone());
        Ok(Box::pin(stream::try_unfold(state, |(mut bytes, mut rest, brakes)| async move {
            if rest.is_empty() {
                match brakes.unless_pulled(bytes.try_next()).await? {
                    Some(chunk) => rest = chunk,
                    None => return Ok(None),
                }
            }
            let piece = rest.split_to(rest.len().min(brakes.piece()));
            let passing = async {
                brakes.pass(piece.len()).await;
                Ok(())
            };
            brakes.unless_pulled(passing).await?;
            Ok(Some((piece, (bytes, rest, brakes))))
        })))
    }

    async fn read_small(&self, location: &Location, limit: usize) -> Result<Option<Bytes>, Error> {
        self.source.read_small(location, limit).await
    }

    async fn list(&self, place: &Location, after: Option<&str>) -> Result<SourcePage, Error> {
        self.brakes.unless_pulled(self.source.list(place, after)).await
    }
}

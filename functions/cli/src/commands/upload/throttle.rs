//! A source that is read no faster than the rate of the command, and that a shutdown ends.

use crate::shutdown::Shutdown;
use app::core::{ByteStream, Error, Location, Object, Source, SourcePage};
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{TryStreamExt, stream};
use std::{
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::time::{Instant, sleep_until};

/// Unused time that may be caught up at once: it evens out the steps of the timer.
const SLACK: Duration = Duration::from_millis(50);

/// Limits the rate of all uploads of one command together.
pub(super) struct Throttle(Option<Rate>);

/// Passes bytes by a schedule: each piece takes the time that it needs at this rate.
struct Rate {
    bytes_per_second: f64,
    /// When the bytes that have passed so far are through.
    free_at: Mutex<Instant>,
}

impl Throttle {
    /// Limits to `rate` bytes per second, where there is a limit.
    pub(super) fn new(rate: Option<u64>) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "a rate need not be exact to the byte")]
        Self(rate.map(|rate| Rate { bytes_per_second: rate as f64, free_at: Mutex::new(Instant::now()) }))
    }

    /// The most bytes that pass at once: about 20 ms of the rate.
    fn piece_size(&self) -> usize {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped before it is cut"
        )]
        let piece = |rate: &Rate| (rate.bytes_per_second / 50.0).clamp(1024.0, 65_536.0) as usize;
        self.0.as_ref().map_or(usize::MAX, piece)
    }

    /// Waits until `bytes` more may have passed.
    async fn pass(&self, bytes: usize) {
        let Some(rate) = &self.0 else { return };
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

/// A source whose bytes pass a throttle, and that a shutdown ends.
pub(super) struct ThrottledSource {
    pub(super) source: Arc<dyn Source>,
    pub(super) throttle: Arc<Throttle>,
    pub(super) shutdown: Shutdown,
}

#[async_trait]
impl Source for ThrottledSource {
    async fn head(&self, location: &Location) -> Result<Object, Error> {
        self.shutdown.guard(self.source.head(location)).await
    }

    async fn read(&self, object: &Object, range: Range<u64>) -> Result<ByteStream, Error> {
        let bytes = self.shutdown.guard(self.source.read(object, range)).await?;
        let state = (bytes, Bytes::new(), self.throttle.clone(), self.shutdown.clone());
        Ok(Box::pin(stream::try_unfold(state, |(mut bytes, mut rest, throttle, shutdown)| async move {
            if rest.is_empty() {
                match shutdown.guard(bytes.try_next()).await? {
                    Some(chunk) => rest = chunk,
                    None => return Ok(None),
                }
            }
            let piece = rest.split_to(rest.len().min(throttle.piece_size()));
            let passing = async {
                throttle.pass(piece.len()).await;
                Ok::<_, Error>(())
            };
            shutdown.guard(passing).await?;
            Ok(Some((piece, (bytes, rest, throttle, shutdown))))
        })))
    }

    async fn read_small(&self, location: &Location, limit: usize) -> Result<Option<Bytes>, Error> {
        self.source.read_small(location, limit).await
    }

    fn check_key(&self, location: &Location) -> Result<(), Error> {
        self.source.check_key(location)
    }

    async fn list(&self, place: &Location, after: Option<&str>) -> Result<SourcePage, Error> {
        self.shutdown.guard(self.source.list(place, after)).await
    }
}

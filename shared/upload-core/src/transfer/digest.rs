//! The reading pass: MD5 and CRC-64 of an object whose store does not tell the MD5 that Youku wants beforehand.

use super::{Transfer, crc64::Crc64};
use crate::{Error, ErrorKind, Md5, Object};
use bytes::{Bytes, BytesMut};
use fast_md5::Md5 as Md5Hash;
use futures_util::{StreamExt, TryStreamExt, future::BoxFuture, stream};
use std::{ops::Range, pin::Pin};
use tracing::Instrument;

/// Bytes of one request. MD5 is sequential, so pieces are fetched ahead and held in memory.
const PIECE: u64 = 512 << 10;
/// How often the object is read before its stored checksum counts as wrong: a bad line may damage more than one pass.
const PASSES: u32 = 4;
/// Pieces fetched ahead, each over a connection of its own: 4 MiB on their way are 50 MB/s where an answer takes 20 ms to begin and
/// a connection carries 12.5 MB/s.
const AHEAD: usize = 8;

impl Transfer<'_> {
    /// Reads the whole object once.
    ///
    /// # Errors
    /// [`Integrity`](ErrorKind::Integrity) where the bytes do not have the CRC that the store states, even when read again.
    pub(crate) fn digest(&self) -> Pin<Box<dyn Future<Output = Result<Object, Error>> + Send + '_>> {
        // Boxed: two callers await it, and one copy of its code is enough.
        Box::pin(self.reading_passes().instrument(tracing::debug_span!("hash")))
    }

    async fn reading_passes(&self) -> Result<Object, Error> {
        for _ in 0..PASSES {
            let (md5, crc64) = self.reading_pass().await?;
            if self.object.crc64.is_none_or(|stated| stated == crc64) {
                return Ok(Object { md5: Some(md5), crc64: Some(crc64), ..self.object.clone() });
            }
            tracing::warn!("the bytes read do not have the object's CRC-64: reading again");
        }
        Err(Error::new(ErrorKind::Integrity, "read", "the bytes read do not have the object's CRC-64"))
    }

    async fn reading_pass(&self) -> Result<(Md5, u64), Error> {
        let size = self.object.size;
        let ranges = (0..size).step_by(usize::try_from(PIECE).unwrap_or(usize::MAX));
        let mut pieces = stream::iter(ranges)
            .map(|offset| self.retried_piece(offset..(offset + PIECE).min(size)))
            .buffered(self.settings.in_flight.min(AHEAD));
        let (mut md5, mut crc) = (Md5Hash::new(), Crc64::default());
        while let Some(piece) = pieces.try_next().await? {
            self.retry.reset();
            md5.update(&piece);
            crc.update(&piece);
        }
        Ok((Md5(md5.finalize()), crc.value()))
    }

    /// Reads a small range into memory, retrying within the budget. Boxed: three callers await it, and one copy of its code is enough.
    pub(crate) fn retried_piece(&self, range: Range<u64>) -> BoxFuture<'_, Result<Bytes, Error>> {
        Box::pin(async move { self.retry.retry(|| self.piece(range.clone())).await })
    }

    /// Reads a small range into memory. If the object seems to be gone or replaced, confirms that.
    async fn piece(&self, range: Range<u64>) -> Result<Bytes, Error> {
        match self.piece_once(range).await {
            Err(error) => Err(self.confirm_missing(error).await),
            piece => piece,
        }
    }

    /// Reads a small range into memory. Chunks are copied, because each would otherwise keep the whole read buffer of its connection alive.
    async fn piece_once(&self, range: Range<u64>) -> Result<Bytes, Error> {
        let length = usize::try_from(range.end - range.start).unwrap_or(usize::MAX);
        let mut bytes = self.read(range).await?;
        let mut piece = BytesMut::with_capacity(length);
        while let Some(chunk) = bytes.try_next().await? {
            self.progress.add_read(chunk.len());
            piece.extend_from_slice(&chunk);
        }
        let got = piece.len();
        if got == length {
            return Ok(piece.freeze());
        }
        let error = Error::new(ErrorKind::Source, "read", "the source did not send the bytes asked for");
        Err(error.with_context("asked", length.to_string()).with_context("got", got.to_string()).retryable())
    }
}

#[cfg(test)]
mod tests {
    use md5::Digest as _;
    use proptest::prelude::*;

    proptest! {
        /// Its core is written in assembly for each architecture: another implementation says what is right.
        #[test]
        fn the_md5_of_any_pieces_is_what_another_implementation_says(
            pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..8),
        ) {
            let mut md5 = fast_md5::Md5::new();
            pieces.iter().for_each(|piece| md5.update(piece));
            let expected: [u8; 16] = md5::Md5::digest(pieces.concat()).into();
            prop_assert_eq!(md5.finalize(), expected);
        }
    }
}

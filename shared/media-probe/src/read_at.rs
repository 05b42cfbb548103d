//! What a probe reads from.

use std::future::Future;

/// A file, an object in a bucket, or anything else whose bytes can be read at an offset.
///
/// An `async` closure's function form serves as well: `|offset: u64, length: usize| async move { ... }` with a `Vec<u8>` in its result.
pub trait ReadAt: Sync {
    /// Why a read failed. The probe hands it on and does not retry.
    type Error;

    /// Reads `length` bytes at `offset`. A probe asks only for bytes below the size that it was given, and never for none.
    ///
    /// Bytes that are missing at the end are taken for the object's end; what is more than `length` is left out.
    fn read_at(
        &self,
        offset: u64,
        length: usize,
    ) -> impl Future<Output = Result<Vec<u8>, Self::Error>> + Send;
}

impl<F, R, E> ReadAt for F
where
    F: Fn(u64, usize) -> R + Sync,
    R: Future<Output = Result<Vec<u8>, E>> + Send,
{
    type Error = E;

    fn read_at(&self, offset: u64, length: usize) -> impl Future<Output = Result<Vec<u8>, E>> + Send {
        self(offset, length)
    }
}

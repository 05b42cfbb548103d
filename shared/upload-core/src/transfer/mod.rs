//! Moving the bytes: once, in constant memory, without touching a disk.

pub(crate) mod bucket;
pub(crate) mod digest;
pub(crate) mod grants;
mod meter;
mod plan;
pub(crate) mod slices;

pub use plan::{Part, Plan};

use crate::{ByteStream, Error, Object, Progress, RetrySettings, Source, patience::Patience};
use crc_fast::CrcAlgorithm;
use std::{ops::Range, sync::Arc, time::Duration};
use tokio::time::Instant;

/// How bytes are moved. The defaults are the measured ones of the design.
#[derive(Debug, Clone, Copy)]
pub struct TransferSettings {
    /// Bytes of a part in OSS mode, 1 MiB to 5 GiB; enlarged for objects that would need too many parts.
    pub part_size: u64,
    /// Parts moving at once in OSS mode, 1 to 64.
    pub in_flight: usize,
    /// KiB of a slice in slice mode, 1 to 10240. Each worker holds one in memory.
    pub slice_kib: u32,
    /// Workers in slice mode, 1 to 64.
    pub slice_workers: usize,
    /// How long a call may move no byte before it is tried anew.
    pub stall: Duration,
    /// How failing calls are tried again.
    pub retry: RetrySettings,
}

impl Default for TransferSettings {
    fn default() -> Self {
        Self {
            part_size: 8 << 20,
            in_flight: 8,
            slice_kib: 2048,
            slice_workers: 4,
            stall: Duration::from_secs(60),
            retry: RetrySettings::default(),
        }
    }
}

/// One object on its way to one session.
pub(crate) struct Transfer<'a> {
    pub(crate) source: &'a dyn Source,
    pub(crate) object: &'a Object,
    pub(crate) settings: TransferSettings,
    pub(crate) patience: &'a Patience,
    pub(crate) progress: &'a Arc<Progress>,
    /// When no further part or slice is begun.
    pub(crate) stop: Option<Instant>,
}

impl Transfer<'_> {
    /// Whether the run's time is too short for another part.
    fn must_stop(&self) -> bool {
        self.stop.is_some_and(|stop| Instant::now() >= stop)
    }

    async fn read(&self, range: Range<u64>) -> Result<ByteStream, Error> {
        self.source.read(self.object, range).await
    }
}

/// CRC-64/XZ of adjoining pieces, each given as (CRC, bytes), in order.
fn combined_crc(pieces: impl IntoIterator<Item = (u64, u64)>) -> u64 {
    pieces
        .into_iter()
        .reduce(|(crc, length), (next, more)| {
            (crc_fast::checksum_combine(CrcAlgorithm::Crc64Xz, crc, next, more), length + more)
        })
        .map_or(0, |(crc, _)| crc)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crcs_of_pieces_combine_to_the_crc_of_the_whole() {
        let crc = |bytes: &[u8]| crc_fast::checksum(CrcAlgorithm::Crc64Xz, bytes);
        let pieces = [&b"123"[..], b"4", b"56789"];
        assert_eq!(combined_crc(pieces.map(|p| (crc(p), p.len() as u64))), 0x995d_c9bb_df19_39fa);
    }
}

//! The CRC-64 of generated content, calculated without reading it.

use std::io;

use crc_fast::CrcAlgorithm::Crc64Xz;
use crc_fast::checksum;

use crate::oss::store::crc::{Shift, combine};
use crate::oss::store::generated::{BLOCK, MARK, NOISE, block_mark, read_bytes};

pub(crate) fn compute_crc64(seed: u64, size: u64) -> io::Result<u64> {
    let (behind_mark, whole) = (Shift::for_length((BLOCK - MARK) as u64), Shift::for_length(BLOCK as u64));
    let noise = checksum(Crc64Xz, &NOISE[MARK..]);
    let blocks = size / BLOCK as u64;
    let mut crc = (0..blocks).fold(0, |crc, block| {
        whole.combine(crc, behind_mark.combine(checksum(Crc64Xz, &block_mark(seed, block)), noise))
    });
    let mut done = blocks * BLOCK as u64;
    while done < size {
        let rest = read_bytes(seed, done, usize::try_from(size - done).map_err(io::Error::other)?)?;
        crc = combine(crc, checksum(Crc64Xz, &rest), rest.len() as u64);
        done += rest.len() as u64;
    }
    Ok(crc)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    fn all(seed: u64, size: u64) -> Vec<u8> {
        let mut content = Vec::new();
        while (content.len() as u64) < size {
            let left = usize::try_from(size).unwrap() - content.len();
            content.extend(read_bytes(seed, content.len() as u64, left).unwrap());
        }
        content
    }

    #[test]
    fn the_crc_follows_without_reading_and_every_mib_differs() {
        let mib = BLOCK as u64;
        for size in [0, 1, 15, 16, 17, mib - 1, mib, mib + 1, 3 * mib + 12_345] {
            assert_eq!(compute_crc64(7, size).unwrap(), checksum(Crc64Xz, &all(7, size)), "{size}");
        }
        let content = all(7, 3 * mib);
        let blocks = content.chunks(BLOCK).collect::<std::collections::BTreeSet<_>>();
        assert_eq!(blocks.len(), 3);
        assert_ne!(content[..BLOCK], all(8, mib));
    }
}

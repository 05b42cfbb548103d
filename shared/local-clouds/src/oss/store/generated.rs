//! Content that nobody stores: it is made up when it is read, the same every time.
//!
//! Every MiB begins with a mark, the seed and the number of the MiB; noise that is the same in each MiB follows. So parts
//! that were swapped show, reading costs no copy, and the CRC of any size follows from that of the noise.

use std::io;
use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use crc_fast::CrcAlgorithm::Crc64Xz;
use crc_fast::checksum;

use super::super::encode::{base64, hex};
use super::super::error::Result;
use super::super::{Generated, GeneratedMd5};
use super::crc::{Shift, combine};
use super::objects::new_record;
use super::records::{Described, ObjectKind, ObjectRecord, Stored};
use super::segment::{Content, Segment};
use super::{Placed, Store, bucket};

const BLOCK: usize = 1 << 20;
const MARK: usize = 16;

/// One MiB; the place of the mark is never read.
static NOISE: LazyLock<Bytes> = LazyLock::new(|| {
    let mut state = 0_u64;
    let words = std::iter::repeat_with(|| {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb).to_le_bytes()
    });
    words.take(BLOCK / 8).flatten().collect::<Vec<_>>().into()
});

fn mark(seed: u64, block: u64) -> [u8; MARK] {
    let mut mark = [0; MARK];
    mark[..8].copy_from_slice(&seed.to_le_bytes());
    mark[8..].copy_from_slice(&block.to_le_bytes());
    mark
}

/// What stands there: `most` bytes or fewer, at least one of those asked for.
pub(super) fn bytes(seed: u64, offset: u64, most: usize) -> io::Result<Bytes> {
    let block = offset / BLOCK as u64;
    let at = usize::try_from(offset % BLOCK as u64).map_err(io::Error::other)?;
    if at < MARK {
        return Ok(Bytes::copy_from_slice(&mark(seed, block)[at..MARK.min(at + most)]));
    }
    Ok(NOISE.slice(at..BLOCK.min(at + most)))
}

fn crc64(seed: u64, size: u64) -> io::Result<u64> {
    let (behind_mark, whole) = (Shift::of((BLOCK - MARK) as u64), Shift::of(BLOCK as u64));
    let noise = checksum(Crc64Xz, &NOISE[MARK..]);
    let blocks = size / BLOCK as u64;
    let mut crc = (0..blocks).fold(0, |crc, block| {
        whole.combine(crc, behind_mark.combine(checksum(Crc64Xz, &mark(seed, block)), noise))
    });
    let mut done = blocks * BLOCK as u64;
    while done < size {
        let rest = bytes(seed, done, usize::try_from(size - done).map_err(io::Error::other)?)?;
        crc = combine(crc, checksum(Crc64Xz, &rest), rest.len() as u64);
        done += rest.len() as u64;
    }
    Ok(crc)
}

impl Store {
    /// Makes such an object. Blocks for an MD5 that is to be computed.
    pub(in super::super) fn generate(&self, name: &str, key: &str, wanted: Generated) -> Result<Placed> {
        let Generated { size, seed, md5, metadata } = wanted;
        self.bucket(name)?;
        let described = Described {
            content_type: "application/octet-stream".to_owned(),
            metadata,
            ..Described::default()
        };
        let record = new_record(key, described, ObjectKind::Multipart, size, crc64(seed, size)?);
        let segments = vec![Arc::new(Segment::new(Content::Generated(seed), size))];
        let mut stored = Stored { record, segments, ahead: Arc::default() };
        if md5 == GeneratedMd5::Computed {
            let md5 = stored.md5()?;
            stored.record = ObjectRecord {
                etag: hex(&md5).to_ascii_uppercase(),
                content_md5: Some(base64(&md5)),
                kind: ObjectKind::Normal,
                ..stored.record
            };
        }
        let mut buckets = self.lock();
        self.place(name, bucket(&mut buckets, name)?, stored, false)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    fn all(seed: u64, size: u64) -> Vec<u8> {
        let mut content = Vec::new();
        while (content.len() as u64) < size {
            let left = usize::try_from(size).unwrap() - content.len();
            content.extend(bytes(seed, content.len() as u64, left).unwrap());
        }
        content
    }

    #[test]
    fn the_crc_follows_without_reading_and_every_mib_differs() {
        let mib = BLOCK as u64;
        for size in [0, 1, 15, 16, 17, mib - 1, mib, mib + 1, 3 * mib + 12_345] {
            assert_eq!(crc64(7, size).unwrap(), checksum(Crc64Xz, &all(7, size)), "{size}");
        }
        let content = all(7, 3 * mib);
        let blocks = content.chunks(BLOCK).collect::<std::collections::BTreeSet<_>>();
        assert_eq!(blocks.len(), 3);
        assert_ne!(content[..BLOCK], all(8, mib));
    }
}

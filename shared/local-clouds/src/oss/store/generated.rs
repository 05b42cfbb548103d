//! Generated content: nothing is stored, the bytes are computed at each read, the same every time.
//!
//! Every MiB begins with a mark: the seed and the number of the MiB. The rest is noise that is the same in
//! each MiB. So swapped parts are detected, reading costs no copy, and the CRC of any size follows from that
//! of the noise.

use std::io;
use std::sync::LazyLock;

use bytes::Bytes;

pub(crate) const BLOCK: usize = 1 << 20;

pub(crate) const MARK: usize = 16;

/// One MiB of noise; the bytes in place of the mark are never read.
pub(crate) static NOISE: LazyLock<Bytes> = LazyLock::new(|| {
    let mut state = 0_u64;
    let words = std::iter::repeat_with(|| {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb).to_le_bytes()
    });
    words.take(BLOCK / 8).flatten().collect::<Vec<_>>().into()
});

pub(crate) fn block_mark(seed: u64, block: u64) -> [u8; MARK] {
    let mut mark = [0; MARK];
    mark[..8].copy_from_slice(&seed.to_le_bytes());
    mark[8..].copy_from_slice(&block.to_le_bytes());
    mark
}

/// Returns the bytes at an offset: at least one, at most `most`.
pub(crate) fn read_bytes(seed: u64, offset: u64, most: usize) -> io::Result<Bytes> {
    let block = offset / BLOCK as u64;
    let at = usize::try_from(offset % BLOCK as u64).map_err(io::Error::other)?;
    if at < MARK {
        return Ok(Bytes::copy_from_slice(&block_mark(seed, block)[at..MARK.min(at + most)]));
    }
    Ok(NOISE.slice(at..BLOCK.min(at + most)))
}

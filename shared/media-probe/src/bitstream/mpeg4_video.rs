//! Picture size from the video object layer of MPEG-4 part 2 (ISO/IEC 14496-2, 6.2.3).

use super::bit_reader::BitReader;
use crate::report::Picture;

/// The size that the first object layer states; `None` for a shape that is no rectangle.
pub(crate) fn picture(bytes: &[u8]) -> Option<Picture> {
    let mut starts = bytes.windows(4).enumerate();
    let (at, _) = starts.find(|(_, code)| matches!(code, [0, 0, 1, 0x20..=0x2f]))?;
    let mut bits = BitReader::new(bytes.get(at + 4..)?);
    bits.skip(9)?;
    if bits.bit()? {
        bits.skip(7)?;
    }
    if bits.bits(4)? == 15 {
        bits.skip(16)?;
    }
    if bits.bit()? {
        bits.skip(3)?;
        if bits.bit()? {
            bits.skip(79)?;
        }
    }
    if bits.bits(2)? != 0 {
        return None;
    }
    bits.skip(1)?;
    let ticks = bits.bits(16)?;
    bits.skip(1)?;
    if bits.bit()? {
        // The time between pictures takes as many bits as the largest one, which is below `ticks`.
        let largest = ticks.checked_sub(1)?;
        bits.skip(usize::try_from((u32::BITS - largest.leading_zeros()).max(1)).ok()?)?;
    }
    bits.skip(1)?;
    let width = bits.bits(13)?;
    bits.skip(1)?;
    Picture::new(width, bits.bits(13)?)
}

//! Picture size from the sequence parameter set of HEVC (ITU-T H.265, 7.3.2.2).

use super::{bit_reader::BitReader, nal};
use crate::report::Picture;

/// The size that a unit states; `None` if it is no sequence parameter set, or is cut.
pub(crate) fn picture_of_unit(unit: &[u8]) -> Option<Picture> {
    if unit.first()? >> 1 & 0x3f != 33 {
        return None;
    }
    let content = nal::unescape(unit.get(2..)?);
    let mut bits = BitReader::new(&content);
    bits.skip(4)?;
    let sub_layers = bits.bits(3)?;
    bits.skip(1)?;
    skip_profiles(&mut bits, sub_layers)?;
    bits.golomb()?;
    let color_format = bits.golomb()?;
    if color_format == 3 {
        bits.skip(1)?;
    }
    let (width, height) = (bits.golomb()?, bits.golomb()?);
    let (mut cropped_width, mut cropped_height) = (0, 0);
    if bits.bit()? {
        let mut pair = || bits.golomb()?.checked_add(bits.golomb()?);
        let (sides, top_and_bottom) = (pair()?, pair()?);
        cropped_width = sides.checked_mul(if matches!(color_format, 1 | 2) { 2 } else { 1 })?;
        cropped_height = top_and_bottom.checked_mul(if color_format == 1 { 2 } else { 1 })?;
    }
    Picture::new(width.checked_sub(cropped_width)?, height.checked_sub(cropped_height)?)
}

/// `profile_tier_level` (7.3.3): 88 bits of profile and 8 of level, for all layers and for each that states its own.
fn skip_profiles(bits: &mut BitReader, sub_layers: u32) -> Option<()> {
    bits.skip(96)?;
    let mut skipped = 0;
    for _ in 0..sub_layers {
        skipped += if bits.bit()? { 88 } else { 0 };
        skipped += if bits.bit()? { 8 } else { 0 };
    }
    if sub_layers > 0 {
        bits.skip(2 * (8 - usize::try_from(sub_layers).ok()?))?;
    }
    bits.skip(skipped)
}

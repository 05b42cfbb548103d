//! Picture size from the sequence parameter set of H.264 (ITU-T H.264, 7.3.2.1.1).

use super::{bit_reader::BitReader, nal};
use crate::report::Picture;

/// Profiles whose set states the color format.
const WITH_COLOR_FORMAT: [u32; 13] = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];

/// The size that a unit states; `None` if it is no sequence parameter set, or is cut.
pub(crate) fn picture_of_unit(unit: &[u8]) -> Option<Picture> {
    if unit.first()? & 0x1f != 7 {
        return None;
    }
    let content = nal::unescape(unit.get(1..)?);
    let mut bits = BitReader::new(&content);
    let profile = bits.bits(8)?;
    bits.skip(16)?;
    bits.golomb()?;
    let mut color_format = 1;
    if WITH_COLOR_FORMAT.contains(&profile) {
        color_format = read_color_format(&mut bits)?;
    }
    bits.golomb()?;
    skip_picture_order(&mut bits)?;
    bits.golomb()?;
    bits.skip(1)?;
    let width = bits.golomb()?.checked_add(1)?.checked_mul(16)?;
    let units_of_height = bits.golomb()?.checked_add(1)?;
    let has_frames_only = bits.bit()?;
    if !has_frames_only {
        bits.skip(1)?;
    }
    let fields = if has_frames_only { 1 } else { 2 };
    let height = units_of_height.checked_mul(16 * fields)?;
    bits.skip(1)?;
    let (mut cropped_width, mut cropped_height) = (0, 0);
    if bits.bit()? {
        let mut pair = || bits.golomb()?.checked_add(bits.golomb()?);
        let (sides, top_and_bottom) = (pair()?, pair()?);
        let horizontal = if matches!(color_format, 1 | 2) { 2 } else { 1 };
        let vertical = if color_format == 1 { 2 } else { 1 };
        cropped_width = sides.checked_mul(horizontal)?;
        cropped_height = top_and_bottom.checked_mul(vertical * fields)?;
    }
    Picture::new(width.checked_sub(cropped_width)?, height.checked_sub(cropped_height)?)
}

fn read_color_format(bits: &mut BitReader) -> Option<u32> {
    let format = bits.golomb()?;
    if format == 3 {
        bits.skip(1)?;
    }
    bits.golomb()?;
    bits.golomb()?;
    bits.skip(1)?;
    if bits.bit()? {
        for list in 0..if format == 3 { 12 } else { 8 } {
            if bits.bit()? {
                skip_scaling_list(bits, if list < 6 { 16 } else { 64 })?;
            }
        }
    }
    Some(format)
}

fn skip_scaling_list(bits: &mut BitReader, length: usize) -> Option<()> {
    let (mut last, mut next) = (8_i64, 8_i64);
    for _ in 0..length {
        if next != 0 {
            next = last.checked_add(bits.signed_golomb()?)?.rem_euclid(256);
        }
        last = if next == 0 { last } else { next };
    }
    Some(())
}

fn skip_picture_order(bits: &mut BitReader) -> Option<()> {
    match bits.golomb()? {
        0 => {
            bits.golomb()?;
        }
        1 => {
            bits.skip(1)?;
            bits.golomb()?;
            bits.golomb()?;
            let frames = bits.golomb()?;
            if frames > 255 {
                return None;
            }
            for _ in 0..frames {
                bits.golomb()?;
            }
        }
        _ => {}
    }
    Some(())
}

//! The pictures of a clip: one of uncompressed macroblocks, then pictures that repeat it, in H.264's baseline profile.
//!
//! Such a stream needs no encoder, and every decoder reads it.

use super::bits::Bits;

/// Columns of macroblocks, of 16 pixels each.
const COLUMNS: u32 = 20;
/// Rows of macroblocks.
const ROWS: u32 = 11;
/// Pixels of a row.
pub(super) const WIDTH: u32 = 16 * COLUMNS;
/// Pixels of a column.
pub(super) const HEIGHT: u32 = 16 * ROWS;

const MACROBLOCKS: u32 = COLUMNS * ROWS;
/// Luma and chroma samples of a macroblock.
const LUMA: usize = 256;
const CHROMA: usize = 128;
/// NAL units: header bytes with the reference bits that each kind has.
const SEQUENCE: u8 = 0x67;
const PICTURE: u8 = 0x68;
const IDR_SLICE: u8 = 0x65;
const SLICE: u8 = 0x41;
/// The frame numbers count modulo 16.
const FRAME_NUMBER_BITS: u32 = 4;

/// Profile, compatibility and level of the stream: constrained baseline, 3.0.
pub(super) const PROFILE: [u8; 3] = [66, 0xc0, 30];

/// The sequence parameter set.
pub(super) fn sequence_parameters() -> Vec<u8> {
    let mut bits = Bits::default();
    bits.put_bytes(&PROFILE);
    bits.put_unsigned(0); // id
    bits.put_unsigned(0); // frame numbers of 4 bits
    bits.put_unsigned(2); // output in the order of decoding
    bits.put_unsigned(1); // reference frames
    bits.put(0, 1); // no gaps
    bits.put_unsigned(COLUMNS - 1);
    bits.put_unsigned(ROWS - 1);
    bits.put(1, 1); // frames only
    bits.put(1, 1); // direct 8x8 inference
    bits.put(0, 1); // no cropping
    bits.put(0, 1); // no usability information
    bits.into_nal_unit(SEQUENCE)
}

/// The picture parameter set.
pub(super) fn picture_parameters() -> Vec<u8> {
    let mut bits = Bits::default();
    bits.put_unsigned(0); // id
    bits.put_unsigned(0); // sequence
    bits.put(0, 1); // CAVLC
    bits.put(0, 1); // no field order
    bits.put_unsigned(0); // one slice group
    bits.put_unsigned(0); // reference pictures of list 0
    bits.put_unsigned(0); // of list 1
    bits.put(0, 1); // no weighted prediction
    bits.put(0, 2);
    bits.put_signed_zero(); // quantizer
    bits.put_signed_zero();
    bits.put_signed_zero();
    bits.put(1, 1); // deblocking is said in the slice
    bits.put(0, 1);
    bits.put(0, 1);
    bits.into_nal_unit(PICTURE)
}

/// The first picture: a pattern of gray that `seed` chooses.
pub(super) fn first_picture(seed: [u8; 8]) -> Vec<u8> {
    let mut bits = slice_header(7, 0);
    bits.put_unsigned(0); // IDR id
    bits.put(0, 2); // references are marked as usual
    bits.put_signed_zero();
    bits.put_unsigned(1); // no deblocking
    for (number, chosen) in (0..MACROBLOCKS).zip(seed.into_iter().cycle()) {
        bits.put_unsigned(25); // I_PCM
        bits.align();
        let [.., low] = number.to_be_bytes();
        // Within what video allows for black and white.
        let gray = 32 + (chosen ^ low) % 192;
        bits.put_bytes(&[gray; LUMA]);
        bits.put_bytes(&[128; CHROMA]);
    }
    bits.into_nal_unit(IDR_SLICE)
}

/// A later picture, `number` after the first, that repeats the one before it.
pub(super) fn repeated_picture(number: u32) -> Vec<u8> {
    let mut bits = slice_header(5, number);
    bits.put(0, 1); // the usual number of references
    bits.put(0, 1); // in the usual order
    bits.put(0, 1); // marked as usual
    bits.put_signed_zero();
    bits.put_unsigned(1);
    bits.put_unsigned(MACROBLOCKS); // all are skipped
    bits.into_nal_unit(SLICE)
}

fn slice_header(kind: u32, number: u32) -> Bits {
    let mut bits = Bits::default();
    bits.put_unsigned(0); // first macroblock
    bits.put_unsigned(kind);
    bits.put_unsigned(0); // picture parameters
    bits.put(number, FRAME_NUMBER_BITS);
    bits
}

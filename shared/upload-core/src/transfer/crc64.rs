//! CRC-64/XZ, which OSS states of objects and parts.
//!
//! `crc64fast` computes it. Combining the CRCs of pieces is ours: the library that offers both links the tables of every CRC there is,
//! which is an eighth of a deployed function.

use crc64fast::Digest;

/// The polynomial, its lowest power in the highest bit.
const POLYNOMIAL: u64 = 0xc96c_5795_d787_0f42;
/// x⁰ in that order of bits.
const ONE: u64 = 1 << 63;
/// x⁸: what one more byte multiplies by.
const BYTE: u64 = ONE >> 8;

/// The CRC of bytes on their way.
#[derive(Clone, Default)]
pub(crate) struct Crc64(Digest);

impl Crc64 {
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.write(bytes);
    }

    pub(crate) fn value(&self) -> u64 {
        self.0.sum64()
    }

    /// The CRC of these bytes.
    pub(crate) fn of(bytes: &[u8]) -> u64 {
        let mut crc = Self::default();
        crc.update(bytes);
        crc.value()
    }
}

/// The CRC of adjoining pieces, each given as (CRC, bytes), in order.
pub(crate) fn combined(pieces: impl IntoIterator<Item = (u64, u64)>) -> u64 {
    pieces.into_iter().fold(0, |crc, (next, length)| product(crc, power(length)) ^ next)
}

/// x to the power of 8 × `bytes`, modulo the polynomial.
fn power(mut bytes: u64) -> u64 {
    let (mut power, mut square) = (ONE, BYTE);
    while bytes > 0 {
        if bytes & 1 == 1 {
            power = product(power, square);
        }
        square = product(square, square);
        bytes >>= 1;
    }
    power
}

/// The product of two polynomials over GF(2), modulo the polynomial.
fn product(mut a: u64, mut b: u64) -> u64 {
    let mut product = 0;
    while a != 0 {
        if a & ONE != 0 {
            product ^= b;
        }
        a <<= 1;
        b = (b >> 1) ^ (POLYNOMIAL & (b & 1).wrapping_neg());
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_catalogues_check_value_comes_out() {
        assert_eq!(Crc64::of(b"123456789"), 0x995d_c9bb_df19_39fa);
    }

    proptest! {
        #[test]
        fn crcs_of_pieces_combine_to_the_crc_of_the_whole(pieces: Vec<Vec<u8>>) {
            let crcs = pieces.iter().map(|piece| (Crc64::of(piece), piece.len() as u64));
            prop_assert_eq!(combined(crcs), Crc64::of(&pieces.concat()));
        }
    }
}

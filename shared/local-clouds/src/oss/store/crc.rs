//! CRC-64/XZ of concatenated contents, without reading them again.

/// The polynomial of ECMA-182 with its bits reversed: the highest bit stands for x^0.
const POLYNOMIAL: u64 = 0xC96C_5795_D787_0F42;

const ONE: u64 = 1 << 63;

/// The effect of n more bytes on a CRC: x^(8 n) modulo the polynomial.
#[derive(Clone, Copy)]
pub(crate) struct Shift(u64);

impl Shift {
    pub(crate) fn for_length(bytes: u64) -> Self {
        let (mut shift, mut power, mut left) = (ONE, ONE >> 8, bytes);
        while left > 0 {
            if left & 1 == 1 {
                shift = multiply(shift, power);
            }
            power = multiply(power, power);
            left >>= 1;
        }
        Self(shift)
    }

    /// The CRC of two concatenated contents; the shift is for the second one's length.
    pub(crate) fn combine(self, first: u64, second: u64) -> u64 {
        multiply(self.0, first) ^ second
    }
}

/// The CRC of two concatenated contents.
pub(crate) fn combine(first: u64, second: u64, second_size: u64) -> u64 {
    Shift::for_length(second_size).combine(first, second)
}

/// The product of two polynomials modulo the third.
fn multiply(one: u64, mut other: u64) -> u64 {
    let mut product = 0;
    for bit in (0..64).rev() {
        // Use masks instead of branches: which bits are set cannot be predicted.
        product ^= other & 0_u64.wrapping_sub(one >> bit & 1);
        other = other >> 1 ^ POLYNOMIAL & 0_u64.wrapping_sub(other & 1);
    }
    product
}

#[cfg(test)]
mod tests {
    use crc_fast::{CrcAlgorithm::Crc64Xz, checksum, checksum_combine};

    use super::*;

    /// Our combination equals the library's, and the CRC of the concatenated bytes, up to the largest size.
    #[test]
    fn combined_crcs_equal_the_library_and_the_crc_of_the_whole() {
        let bytes = (0..=255).cycle().take(5000).collect::<Vec<u8>>();
        for at in [0, 1, 17, 4096, 4999, 5000] {
            let (first, second) = (checksum(Crc64Xz, &bytes[..at]), checksum(Crc64Xz, &bytes[at..]));
            assert_eq!(combine(first, second, 5000 - at as u64), checksum(Crc64Xz, &bytes));
        }
        for size in [0, 1, 8 << 20, 50 << 30, u64::MAX] {
            assert_eq!(
                combine(0x1234_5678, 0x9abc_def0, size),
                checksum_combine(Crc64Xz, 0x1234_5678, 0x9abc_def0, size)
            );
        }
    }
}

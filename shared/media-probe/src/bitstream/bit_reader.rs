//! Bits of a header, the highest of each byte first.

/// Reads on from bit to bit; `None` where the bytes end.
pub(super) struct BitReader<'a> {
    bytes: &'a [u8],
    /// Bits read so far.
    at: usize,
}

impl<'a> BitReader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The next bit.
    pub(super) fn bit(&mut self) -> Option<bool> {
        let byte = self.bytes.get(self.at / 8)?;
        let bit = byte >> (7 - self.at % 8) & 1;
        self.at += 1;
        Some(bit == 1)
    }

    /// The next `count` bits, at most 32, as a number.
    pub(super) fn bits(&mut self, count: u32) -> Option<u32> {
        (0..count).try_fold(0_u32, |number, _| Some(number << 1 | u32::from(self.bit()?)))
    }

    /// Passes `count` bits.
    pub(super) fn skip(&mut self, count: usize) -> Option<()> {
        self.at = self.at.checked_add(count)?;
        Some(())
    }

    /// An unsigned number in Exp-Golomb code (ITU-T H.264, 9.1).
    pub(super) fn golomb(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while !self.bit()? {
            zeros += 1;
            if zeros > 31 {
                return None;
            }
        }
        (1_u32 << zeros).checked_sub(1)?.checked_add(self.bits(zeros)?)
    }

    /// A signed one.
    pub(super) fn signed_golomb(&mut self) -> Option<i64> {
        let code = i64::from(self.golomb()?);
        Some(if code % 2 == 0 { -(code / 2) } else { code / 2 + 1 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_the_standard_codes_them() {
        // 1, 010, 011, 00100, 00101: the codes of 0 to 4.
        let bytes = [0b1010_0110, 0b0100_0010, 0b1000_0000];
        let mut bits = BitReader::new(&bytes);
        assert_eq!([(); 5].map(|()| bits.golomb()), [0, 1, 2, 3, 4].map(Some));
        let mut bits = BitReader::new(&bytes);
        assert_eq!([(); 5].map(|()| bits.signed_golomb()), [0, 1, -1, 2, -2].map(Some));
    }

    #[test]
    fn endless_zeros_are_no_number() {
        assert_eq!(BitReader::new(&[0; 16]).golomb(), None);
        assert_eq!(BitReader::new(&[0; 2]).golomb(), None);
    }
}

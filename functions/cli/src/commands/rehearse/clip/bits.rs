//! Bits of an H.264 stream, and the frame around them.

/// A payload that is written bit by bit, the most significant first.
#[derive(Default)]
pub(super) struct Bits {
    bytes: Vec<u8>,
    /// Bits of the last byte that are written, 0 to 7; 0: it is full.
    used: u8,
}

impl Bits {
    /// Writes the lowest `count` bits of a number.
    pub(super) fn put(&mut self, number: u32, count: u32) {
        for at in (0..count).rev() {
            if self.used == 0 {
                self.bytes.push(0);
            }
            if let Some(last) = self.bytes.last_mut() {
                *last |= u8::from(number >> at & 1 == 1) << (7 - self.used);
            }
            self.used = (self.used + 1) % 8;
        }
    }

    /// Writes an unsigned Exp-Golomb number (ITU-T H.264, 9.1).
    pub(super) fn put_unsigned(&mut self, number: u32) {
        let length = 32 - (number + 1).leading_zeros();
        self.put(0, length - 1);
        self.put(number + 1, length);
    }

    /// Writes a zero as a signed Exp-Golomb number.
    pub(super) fn put_signed_zero(&mut self) {
        self.put_unsigned(0);
    }

    /// Fills the last byte with zeros.
    pub(super) fn align(&mut self) {
        self.used = 0;
    }

    /// Writes whole bytes; the last byte must be full.
    pub(super) fn put_bytes(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Ends the payload, and makes it a NAL unit with this header byte and emulation prevention (ITU-T H.264, 7.3.1).
    pub(super) fn into_nal_unit(mut self, header: u8) -> Vec<u8> {
        self.put(1, 1);
        let mut unit = vec![header];
        let mut zeros = 0;
        for byte in self.bytes {
            if zeros >= 2 && byte <= 3 {
                unit.push(3);
                zeros = 0;
            }
            zeros = if byte == 0 { zeros + 1 } else { 0 };
            unit.push(byte);
        }
        unit
    }
}

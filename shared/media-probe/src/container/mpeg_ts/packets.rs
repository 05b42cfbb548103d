//! The packets of a transport stream: 188 bytes that begin with 0x47 (ISO/IEC 13818-1, 2.4.3.2). Blu-ray puts a time of four bytes before each
//! (M2TS), some receivers 16 bytes of error correction after it.

use crate::fields;

/// Bytes of a packet.
const PACKET: usize = 188;
/// Packets in a row that make a transport stream.
const IN_A_ROW: usize = 5;
const SYNC: u8 = 0x47;

/// From packet to packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rhythm {
    start: usize,
    stride: usize,
}

impl Rhythm {
    /// The rhythm of these bytes; `None` if they are no transport stream.
    pub(super) fn find(bytes: &[u8]) -> Option<Self> {
        let is_rhythm = |rhythm: &Self| {
            let syncs = (rhythm.start..bytes.len()).step_by(rhythm.stride).take(IN_A_ROW);
            let most = bytes.len().saturating_sub(rhythm.start) / rhythm.stride;
            most >= 2 && syncs.map(|at| bytes.get(at)).all(|one| one == Some(&SYNC))
        };
        let rhythms = [188, 192, 204]
            .into_iter()
            .flat_map(|stride| (0..stride).map(move |start| Self { start, stride }));
        rhythms.into_iter().find(is_rhythm)
    }

    /// The packets in `bytes`, as far as each begins with its mark.
    pub(super) fn packets(self, bytes: &[u8]) -> impl Iterator<Item = Packet<'_>> {
        (self.start..bytes.len())
            .step_by(self.stride)
            .filter_map(move |at| Packet::read(bytes.get(at..at.checked_add(PACKET)?)?))
    }
}

/// One packet that has a payload.
pub(super) struct Packet<'a> {
    pub(super) pid: u16,
    /// A section or a packet of the stream begins in it.
    pub(super) is_first: bool,
    pub(super) is_scrambled: bool,
    pub(super) payload: &'a [u8],
}

impl<'a> Packet<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let (first, flags) = (fields::be_u16(bytes, 1)?, fields::byte(bytes, 3)?);
        // The stream says itself that the packet is damaged.
        let is_damaged = first & 0x8000 != 0;
        let has_payload = flags & 0x10 != 0;
        if fields::byte(bytes, 0)? != SYNC || is_damaged || !has_payload {
            return None;
        }
        let adaptation = if flags & 0x20 == 0 { 0 } else { 1 + usize::from(fields::byte(bytes, 4)?) };
        Some(Self {
            pid: first & 0x1fff,
            is_first: first & 0x4000 != 0,
            is_scrambled: flags & 0xc0 != 0,
            payload: bytes.get(4 + adaptation..)?,
        })
    }
}

//! Packets of an elementary stream, which MPEG's transport and program streams share (ISO/IEC 13818-1, 2.4.3.6; ISO/IEC 11172-1, 2.4.3.3).

use crate::fields;
use std::time::Duration;

/// The clock of time stamps ticks 90000 times a second.
const RATE: u64 = 90_000;
/// Time stamps have 33 bits, and begin anew after a day.
const WRAP: u64 = 1 << 33;

/// The header of a packet.
pub(super) struct Packet {
    pub(super) stream_id: u8,
    /// When its first picture or sound is to be presented.
    pub(super) time: Option<u64>,
    pub(super) is_scrambled: bool,
    /// Bytes before the payload.
    pub(super) payload: usize,
}

/// Reads the header at the beginning of `bytes`, of either form; `None` if there is none, or it is cut.
pub(super) fn read_packet(bytes: &[u8]) -> Option<Packet> {
    if !bytes.starts_with(&[0, 0, 1]) {
        return None;
    }
    let stream_id = fields::byte(bytes, 3).filter(|id| *id >= 0xbc)?;
    let mut packet = Packet { stream_id, time: None, is_scrambled: false, payload: 6 };
    // Maps, padding, navigation and directories have a length alone.
    if matches!(stream_id, 0xbc | 0xbe | 0xbf | 0xf0..=0xf2 | 0xf8 | 0xff) {
        return Some(packet);
    }
    let flags = fields::byte(bytes, 6)?;
    if flags & 0xc0 == 0x80 {
        packet.is_scrambled = flags & 0x30 != 0;
        packet.payload = 9 + usize::from(fields::byte(bytes, 8)?);
        if fields::byte(bytes, 7)? & 0x80 != 0 {
            packet.time = read_time(bytes, 9);
        }
        return Some(packet);
    }
    // MPEG-1: stuffing, perhaps a buffer's size, perhaps time stamps.
    let stuffing = bytes.get(6..)?.iter().take(16).take_while(|one| **one == 0xff).count();
    let mut at = 6 + stuffing;
    if fields::byte(bytes, at)? & 0xc0 == 0x40 {
        at += 2;
    }
    let (time, length) = match fields::byte(bytes, at)? >> 4 {
        2 => (read_time(bytes, at), 5),
        3 => (read_time(bytes, at), 10),
        _ => (None, 1),
    };
    (packet.time, packet.payload) = (time, at + length);
    Some(packet)
}

/// 33 bits in five bytes, with marker bits between them.
fn read_time(bytes: &[u8], at: usize) -> Option<u64> {
    let [a, b, c, d, e] = fields::array::<5>(bytes, at)?;
    if a & 1 == 0 || c & 1 == 0 || e & 1 == 0 {
        return None;
    }
    let (low, middle, high) =
        (u64::from(d) << 7 | u64::from(e) >> 1, u64::from(b) << 7 | u64::from(c) >> 1, a >> 1 & 7);
    Some(u64::from(high) << 30 | middle << 15 | low)
}

/// The first and the last time stamp of a file, whatever their streams.
#[derive(Default)]
pub(super) struct Times {
    reference: Option<u64>,
    first: i64,
    last: Option<i64>,
}

impl Times {
    /// Adds a time stamp from the file's beginning.
    pub(super) fn add_early(&mut self, time: u64) {
        let reference = *self.reference.get_or_insert(time);
        self.first = self.first.min(distance(reference, time));
    }

    /// Adds one from the file's end.
    pub(super) fn add_late(&mut self, time: u64) {
        if let Some(reference) = self.reference {
            self.last = self.last.max(Some(distance(reference, time)));
        }
    }

    /// Whether a time stamp from the end was added.
    pub(super) fn has_last(&self) -> bool {
        self.last.is_some()
    }

    /// From the first to the last; `None` if the clock was set in between.
    pub(super) fn duration(&self) -> Option<Duration> {
        let ticks = u64::try_from(self.last?.checked_sub(self.first)?).ok()?;
        crate::ticks::duration(ticks, RATE)
    }
}

/// From `from` to `to`, by the shorter way around the clock.
fn distance(from: u64, to: u64) -> i64 {
    let ahead = to.wrapping_sub(from) % WRAP;
    let signed = |ticks| i64::try_from(ticks).unwrap_or_default();
    if ahead > WRAP / 2 { -signed(WRAP - ahead) } else { signed(ahead) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_begins_anew_goes_on() {
        let mut times = Times::default();
        times.add_early(WRAP - 90_000);
        times.add_early(WRAP - 180_000);
        times.add_late(90_000);
        assert_eq!(times.duration(), Some(Duration::from_secs(3)));
    }

    #[test]
    fn a_clock_that_was_set_back_tells_nothing() {
        let mut times = Times::default();
        times.add_early(90_000);
        times.add_late(0);
        assert_eq!(times.duration(), None);
    }

    #[test]
    fn both_forms_of_a_header_have_a_time() {
        let time = [0x21, 0x00, 0x05, 0xbf, 0x21];
        let mpeg2 = [&[0, 0, 1, 0xe0, 0, 20, 0x80, 0x80, 5][..], &time].concat();
        let packet = read_packet(&mpeg2).map(|packet| (packet.time, packet.payload));
        assert_eq!(packet, Some((Some(90_000), 14)));
        let mpeg1 = [&[0, 0, 1, 0xe0, 0, 20, 0xff, 0xff, 0x40, 0x20][..], &time].concat();
        let packet = read_packet(&mpeg1).map(|packet| (packet.time, packet.payload));
        assert_eq!(packet, Some((Some(90_000), 15)));
    }
}

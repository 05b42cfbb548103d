//! NAL units, the packets of H.264 and HEVC, in a stream with start codes (ITU-T H.264, annex B).

/// The most bytes of a unit: parameter sets are short.
const MAX_UNIT: usize = 1024;

/// The most units that are read: parameter sets come first.
const MAX_UNITS: usize = 1024;

/// The units of `bytes`, each with its header. The last one may be cut.
pub(super) fn split(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let starts =
        bytes.windows(3).enumerate().filter(|(_, window)| *window == [0, 0, 1]).map(|(at, _)| at + 3);
    starts.take(MAX_UNITS).filter_map(|start| {
        let rest = bytes.get(start..)?;
        let rest = rest.get(..MAX_UNIT).unwrap_or(rest);
        let end = rest.windows(3).position(|window| window == [0, 0, 1]).unwrap_or(rest.len());
        rest.get(..end)
    })
}

/// A unit's content: the 3 that keeps zeros from looking like a start code is left out.
pub(super) fn unescape(unit: &[u8]) -> Vec<u8> {
    let mut content = Vec::with_capacity(unit.len().min(MAX_UNIT));
    let mut zeros = 0;
    for one in unit.iter().take(MAX_UNIT) {
        if zeros >= 2 && *one == 3 {
            zeros = 0;
            continue;
        }
        zeros = if *one == 0 { zeros + 1 } else { 0 };
        content.push(*one);
    }
    content
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_found_behind_their_start_codes() {
        let units: Vec<_> = split(b"xx\0\0\x01ab\0\0\0\x01c\0\0\x01").collect();
        assert_eq!(units, [&b"ab\0"[..], b"c", b""]);
    }

    #[test]
    fn escapes_are_left_out() {
        assert_eq!(unescape(b"\0\0\x03\x01\x03\0\0\x03"), b"\0\0\x01\x03\0\0");
    }
}

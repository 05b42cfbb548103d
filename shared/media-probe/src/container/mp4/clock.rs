//! The clocks of a movie and of its tracks: `mvhd` and `mdhd` begin alike (ISO/IEC 14496-12, 8.2.2 and 8.4.2).

use crate::fields;

/// Time scale and duration. A duration of all ones is unknown, and 0 here.
pub(super) fn read_clock(bytes: &[u8]) -> Option<(u32, u64)> {
    if fields::byte(bytes, 0)? == 1 {
        let duration = fields::be_u64(bytes, 24)?;
        return Some((fields::be_u32(bytes, 20)?, if duration == u64::MAX { 0 } else { duration }));
    }
    let duration = fields::be_u32(bytes, 16)?;
    Some((fields::be_u32(bytes, 12)?, if duration == u32::MAX { 0 } else { duration.into() }))
}

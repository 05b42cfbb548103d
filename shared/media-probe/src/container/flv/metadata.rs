//! What an FLV file says of itself: the event `onMetaData` in Action Message Format 0.

use crate::fields;
use std::time::Duration;

/// What is wanted of it.
#[derive(Default)]
pub(super) struct Metadata {
    pub(super) duration: Option<Duration>,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// The largest side of a picture that is believed.
const MAX_SIDE: f64 = 65_535.0;

/// Reads the numbers by their names: the order and nesting of the rest do not matter.
pub(super) fn read(body: &[u8]) -> Metadata {
    let side = |name| number(body, name).filter(|side| (1.0..=MAX_SIDE).contains(side)).map_or(0, whole);
    let duration = number(body, "duration").filter(|seconds| *seconds > 0.0);
    Metadata {
        duration: duration.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
        width: side("width"),
        height: side("height"),
    }
}

/// Rounds a number that is between 0 and [`MAX_SIDE`].
fn whole(number: f64) -> u32 {
    u32::try_from(Duration::from_secs_f64(number).as_secs()).unwrap_or_default()
}

/// A property is the length of its name, the name, the type (0 for a number) and the value.
fn number(body: &[u8], name: &str) -> Option<f64> {
    let length = u16::try_from(name.len()).ok()?.to_be_bytes();
    let property = [&length[..], name.as_bytes(), &[0]].concat();
    let at = fields::find(body, &property)?.checked_add(property.len())?;
    Some(f64::from_bits(fields::be_u64(body, at)?))
}

//! The trace that a run belongs to, as W3C Trace Context names it.

use serde::{Deserialize, Serialize};
use std::{
    fmt,
    num::{NonZeroU64, NonZeroU128},
};

/// The characters of a `traceparent` of version 00.
const LENGTH: usize = 55;

/// A `traceparent` (W3C Trace Context, level 1): the trace, the caller's span in it, and whether the caller records it.
///
/// Its companion `tracestate` is not kept: it belongs to the tracing systems on the caller's side, and callbacks go to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TraceContext {
    trace_id: NonZeroU128,
    parent_id: NonZeroU64,
    is_sampled: bool,
}

/// The id of a trace; it is displayed as 32 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceId(NonZeroU128);

impl TraceContext {
    /// The context of the span `parent_id` in a trace.
    #[must_use]
    pub fn new(trace_id: NonZeroU128, parent_id: NonZeroU64, is_sampled: bool) -> Self {
        Self { trace_id, parent_id, is_sampled }
    }

    /// Parses a header's value: `None` where the standard has it ignored. Of a version that is not known yet, what version 00 defines is
    /// read.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim_matches([' ', '\t']);
        let (known, rest) = text.split_at_checked(LENGTH)?;
        let mut fields = known.split('-');
        let version = read_hex(fields.next()?, 2)?;
        let trace_id = read_hex(fields.next()?, 32)?;
        let parent_id = read_hex(fields.next()?, 16)?;
        let flags = read_hex(fields.next()?, 2)?;
        let is_whole = match version {
            0 => rest.is_empty(),
            0xff => false,
            _ => rest.is_empty() || rest.starts_with('-'),
        };
        let (trace_id, parent_id) =
            (NonZeroU128::new(trace_id)?, NonZeroU64::new(u64::try_from(parent_id).ok()?)?);
        (is_whole && fields.next().is_none()).then(|| Self::new(trace_id, parent_id, flags & 1 == 1))
    }

    /// Finds the context among the values of the header `traceparent`: where there are several, none counts.
    pub fn from_values<'v>(values: impl IntoIterator<Item = &'v [u8]>) -> Option<Self> {
        let mut values = values.into_iter();
        let only = values.next().filter(|_| values.next().is_none())?;
        Self::parse(str::from_utf8(only).ok()?)
    }

    /// The trace.
    #[must_use]
    pub fn trace_id(&self) -> TraceId {
        TraceId(self.trace_id)
    }

    /// The caller's span.
    #[must_use]
    pub fn parent_id(&self) -> NonZeroU64 {
        self.parent_id
    }

    /// Whether the caller records the trace.
    #[must_use]
    pub fn is_sampled(&self) -> bool {
        self.is_sampled
    }
}

/// Reads lower-case hexadecimal digits, exactly so many.
fn read_hex(text: &str, digits: usize) -> Option<u128> {
    let is_hex = text.len() == digits && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    is_hex.then(|| u128::from_str_radix(text, 16).ok())?
}

impl TraceId {
    /// The id as a number.
    #[must_use]
    pub fn get(self) -> u128 {
        self.0.get()
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Display for TraceContext {
    /// Writes the header's value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { parent_id, is_sampled, .. } = self;
        write!(f, "00-{}-{parent_id:016x}-{:02x}", self.trace_id(), u8::from(*is_sampled))
    }
}

impl From<TraceContext> for String {
    fn from(trace: TraceContext) -> Self {
        trace.to_string()
    }
}

impl TryFrom<String> for TraceContext {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("expected a traceparent")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_traceparent_is_written_as_it_was_read() {
        for header in [HEADER, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"] {
            let trace = TraceContext::parse(header).expect("a traceparent");
            assert_eq!(trace.to_string(), header);
        }
        let trace = TraceContext::parse(HEADER).expect("a traceparent");
        assert_eq!(trace.trace_id().to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert!(trace.is_sampled());
    }

    /// Flags that level 1 does not define are not passed on, and a later version is continued as version 00.
    #[test]
    fn of_a_later_version_the_known_part_counts() {
        for header in [
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-ff",
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03",
            "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-the-future-will-be-like",
            " 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\t",
        ] {
            assert_eq!(TraceContext::parse(header), TraceContext::parse(HEADER), "{header}");
        }
    }

    #[test]
    fn what_the_standard_calls_invalid_is_ignored() {
        for header in [
            "",
            "00",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-011",
            "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.more",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473-600f067aa0ba902b7-01",
            "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01",
            "00-+bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-é",
        ] {
            assert_eq!(TraceContext::parse(header), None, "{header}");
        }
        assert_eq!(TraceContext::from_values([HEADER.as_bytes(), HEADER.as_bytes()]), None);
        assert_eq!(TraceContext::from_values([HEADER.as_bytes()]), TraceContext::parse(HEADER));
    }
}

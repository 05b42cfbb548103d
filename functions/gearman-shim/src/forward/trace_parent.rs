//! The trace that a job belongs to, which its client states in the task: `conf.traceparent`, or `traceparent` of a current task.

use http::HeaderValue;
use serde_json::Value;

/// The characters of a `traceparent` of version 00. Of later versions this program knows no more, and passes no more on: how long a value is
/// must not decide whether a gateway takes the request.
const LENGTH: usize = 55;

/// A `traceparent` as W3C Trace Context forms it. The function judges it once more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TraceParent(String);

impl TraceParent {
    /// Finds it in a payload. One that is not well-formed is ignored, as the standard wants.
    pub(crate) fn from_payload(payload: &[u8]) -> Option<Self> {
        let task: Value = serde_json::from_slice(payload).ok()?;
        let field = task.get("conf").and_then(|conf| conf.get("traceparent")).or(task.get("traceparent"))?;
        let (known, rest) = field.as_str()?.trim_matches([' ', '\t']).split_at_checked(LENGTH)?;
        let mut parts = known.split('-');
        let is_well_formed = [2, 32, 16, 2].into_iter().all(|digits| {
            let is_hex = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
            parts.next().is_some_and(|part| part.len() == digits && part.bytes().all(is_hex))
        });
        let (version, ids) = known.split_at(2);
        let is_whole = match version {
            "00" => rest.is_empty(),
            "ff" => false,
            _ => rest.is_empty() || rest.starts_with('-'),
        };
        let is_zero = |id: &str| id.bytes().all(|byte| byte == b'0');
        let names_both = !ids.split('-').skip(1).take(2).any(is_zero);
        (is_well_formed && is_whole && names_both).then(|| Self(known.to_owned()))
    }

    /// The trace's id.
    pub(crate) fn trace_id(&self) -> &str {
        self.0.split('-').nth(1).unwrap_or_default()
    }

    /// The header `traceparent`; `None` where a header cannot carry it.
    pub(crate) fn header(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.0).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const HEADER: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn both_forms_of_a_task_state_it() {
        for task in [
            json!({"conf": {"keyname": "a", "traceparent": HEADER}, "youku": {}}),
            json!({"source": "oss://b/a.mp4", "traceparent": format!(" {HEADER} ")}),
        ] {
            let trace = TraceParent::from_payload(task.to_string().as_bytes());
            assert_eq!(trace.as_ref().map(TraceParent::trace_id), Some("4bf92f3577b34da6a3ce929d0e0e4736"));
            assert_eq!(trace.and_then(|trace| trace.header()), HeaderValue::from_str(HEADER).ok());
        }
    }

    #[test]
    fn what_is_not_well_formed_is_ignored() {
        for value in [
            json!(null),
            json!(1),
            json!([HEADER]),
            json!(""),
            json!("00-4bf9-00f0-01"),
            json!(HEADER.to_uppercase()),
            json!(format!("{HEADER}-{}", "a".repeat(20_000))),
            json!(format!("{HEADER}x")),
            json!(format!("ff{}", &HEADER[2..])),
            json!(HEADER.replace("4bf92f3577b34da6a3ce929d0e0e4736", &"0".repeat(32))),
            json!(HEADER.replace("00f067aa0ba902b7", &"0".repeat(16))),
            json!(HEADER.replace("-00f067", "-影")),
        ] {
            let task = json!({"conf": {"traceparent": value}}).to_string();
            assert_eq!(TraceParent::from_payload(task.as_bytes()), None, "{task}");
        }
        assert_eq!(TraceParent::from_payload(HEADER.as_bytes()), None);
    }

    /// Of a later version what is known of it is passed on, however long the rest.
    #[test]
    fn a_later_version_is_passed_on_as_far_as_it_is_known() {
        let known = format!("01{}", &HEADER[2..]);
        for rest in ["", "-", &format!("-{}", "a".repeat(20_000))] {
            let task = json!({"traceparent": format!("{known}{rest}")}).to_string();
            let trace = TraceParent::from_payload(task.as_bytes()).and_then(|trace| trace.header());
            assert_eq!(trace, HeaderValue::from_str(&known).ok(), "{} more", rest.len());
        }
        let task = json!({"traceparent": format!("{known}x")}).to_string();
        assert_eq!(TraceParent::from_payload(task.as_bytes()), None);
    }
}

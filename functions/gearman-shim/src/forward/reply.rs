//! The reply to a job in the legacy worker's JSON: from the function, or the shim's own.

use crate::metrics::Outcome;
use bytes::Bytes;
use http::StatusCode;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, ser::PrettyFormatter};
use std::borrow::Cow;

/// A reply whose JSON has the legacy worker's fields and some more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LegacyReply {
    /// An HTTP status, in JSON as a string. Any other string is read as 500. Clients get one of 200, 404 and 500.
    #[serde(serialize_with = "serialize_status", deserialize_with = "deserialize_status")]
    pub(crate) code: StatusCode,
    /// One line for people.
    pub(crate) msg: String,
    /// The same line, which some clients read instead. Clients always get it.
    #[serde(default)]
    pub(crate) info: Option<String>,
    /// A stable English code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<ErrorCode>,
    /// What the reply is about.
    #[serde(default)]
    pub(crate) data: ReplyData,
}

/// What a reply is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReplyData {
    /// The task's name of its object. The legacy worker always sent it, so that clients get it even where it is empty.
    #[serde(default)]
    pub(crate) key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) videoid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) upload_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) link: Option<String>,
    /// Who may watch the video, and who said so: a rule, the task, a flag or the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) public_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) public_type_from: Option<String>,
    /// What a person should know, such as a title that was not used because the video was there before the job.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) warning: Option<String>,
    /// What the file holds and what is wrong with it, as the function's preflight says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) media: Option<Box<Value>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) findings: Option<Box<Value>>,
}

/// A stable English code of an error. The function has more than are named here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct ErrorCode(Cow<'static, str>);

impl ErrorCode {
    /// The function's: the object does not exist.
    pub(crate) const SOURCE_MISSING: Self = Self::from_static("source_missing");
    /// The function's: the object was overwritten during the upload.
    pub(crate) const SOURCE_CHANGED: Self = Self::from_static("source_changed");
    /// The platform reports that the function failed, or something else than the function answers this job alone.
    pub(crate) const FUNCTION_FAILED: Self = Self::from_static("function_failed");
    /// The shim's limit or the platform's is lower than the payload.
    pub(crate) const PAYLOAD_TOO_LARGE: Self = Self::from_static("payload_too_large");
    /// The function rejects the shim's token.
    pub(crate) const UNAUTHORIZED: Self = Self::from_static("unauthorized");
    /// A response that is no reply.
    pub(crate) const INVALID_RESPONSE: Self = Self::from_static("invalid_response");
    /// The job's budget is spent.
    pub(crate) const RETRIES_EXHAUSTED: Self = Self::from_static("retries_exhausted");
    /// The job's connection to gearmand is lost; no client gets this.
    pub(crate) const CONNECTION_LOST: Self = Self::from_static("connection_lost");

    const fn from_static(code: &'static str) -> Self {
        Self(Cow::Borrowed(code))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl LegacyReply {
    /// A failure that the shim itself reports.
    pub(crate) fn failure(error: ErrorCode, text: impl Into<String>) -> Self {
        Self {
            code: StatusCode::INTERNAL_SERVER_ERROR,
            msg: text.into(),
            info: None,
            error: Some(error),
            data: ReplyData::default(),
        }
    }

    /// How the job is counted. Missing means that the object is: a 404 may also come from a wrong address.
    pub(crate) fn outcome(&self) -> Outcome {
        match (self.code, &self.error) {
            (StatusCode::OK, _) => Outcome::Success,
            (StatusCode::NOT_FOUND, Some(error)) if *error == ErrorCode::SOURCE_MISSING => Outcome::Missing,
            _ => Outcome::Failed,
        }
    }

    /// The text for the client: the legacy worker's codes, its indentation, and the key under the name that the task gave it.
    pub(crate) fn into_text(mut self, keyname: Option<String>) -> Bytes {
        self.code = match self.outcome() {
            Outcome::Success => StatusCode::OK,
            Outcome::Missing => StatusCode::NOT_FOUND,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        if self.info.as_deref().unwrap_or_default().is_empty() {
            self.info = Some(self.msg.clone());
        }
        if let Some(keyname) = keyname {
            self.data.key = keyname;
        }
        let mut text = Vec::new();
        let formatter = PrettyFormatter::with_indent(b"    ");
        let mut serializer = serde_json::Serializer::with_formatter(&mut text, formatter);
        // Writing strings to memory does not fail.
        let _ = self.serialize(&mut serializer);
        text.into()
    }
}

/// The name that a legacy task gives its object; the shim's own replies must name it, too.
pub(crate) fn parse_keyname(payload: &[u8]) -> Option<String> {
    let task: Value = serde_json::from_slice(payload).ok()?;
    match task.get("conf")?.get("keyname")? {
        Value::String(name) => Some(name.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn serialize_status<S: Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(status.as_str())
}

fn deserialize_status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<StatusCode, D::Error> {
    let text = String::deserialize(deserializer)?;
    Ok(text.parse().unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;
    use serde_json::json;

    fn reply(value: Value) -> LegacyReply {
        serde_json::from_value(value).unwrap()
    }

    /// A success has the legacy worker's fields and indentation, and some fields more.
    #[test]
    fn a_success_has_the_legacy_text_and_more() {
        let given =
            reply(json!({"code": "200", "msg": "upload success", "data": {"key": "k", "videoid": "X"}}));
        let text = given.into_text(None);
        let expected = "{\n    \"code\": \"200\",\n    \"msg\": \"upload success\",\n    \"info\": \"upload success\",\n    \
            \"data\": {\n        \"key\": \"k\",\n        \"videoid\": \"X\"\n    }\n}";
        assert_eq!(text, expected);
    }

    /// Legacy clients know 200, 404 and 500 only.
    #[test]
    fn codes_are_folded_into_the_three_that_clients_know() {
        let cases = [
            ("200", None, "200"),
            ("404", None, "500"),
            ("404", Some("source_missing"), "404"),
            ("404", Some("no_such_path"), "500"),
            ("400", Some("invalid_job"), "500"),
            ("400", Some("not_publishable"), "500"),
            ("502", Some("youku_failed"), "500"),
            ("nonsense", None, "500"),
        ];
        for (code, error, expected) in cases {
            let given = reply(json!({"code": code, "msg": "m", "error": error}));
            let text: Value = serde_json::from_slice(&given.into_text(Some("name".into()))).unwrap();
            assert_eq!(
                (&text["code"], &text["data"]["key"], &text["info"]),
                (&json!(expected), &json!("name"), &json!("m")),
                "{code} {error:?}"
            );
        }
    }

    /// The name is trimmed as the legacy worker did; a number is a name; anything else is none.
    #[test]
    fn a_task_without_a_keyname_has_none() {
        let cases: [(&[u8], Option<&str>); 6] = [
            (br#"{"conf":{"keyname":" a "}}"#, Some("a")),
            (br#"{"conf":{"keyname":7}}"#, Some("7")),
            (br#"{"conf":{"keyname":null}}"#, None),
            (br#"{"conf":[]}"#, None),
            (b"{", None),
            (b"\0\xff", None),
        ];
        for (payload, expected) in cases {
            assert_eq!(parse_keyname(payload).as_deref(), expected);
        }
    }
}

//! Answers: the function's, and what a Gearman client gets of them.

use crate::metrics::Outcome;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Value, ser::PrettyFormatter};

/// What the function answers. Its JSON has the legacy worker's fields and some more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Answer {
    /// A status of HTTP as text; towards a Gearman client one of `200`, `404`, `500`.
    pub(crate) code: String,
    /// One line for people.
    pub(crate) msg: String,
    /// The same line: clients were written to either.
    #[serde(default)]
    pub(crate) info: String,
    /// A stable English code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
    /// What it is about.
    #[serde(default)]
    pub(crate) data: Data,
}

/// What an answer is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Data {
    #[serde(default)]
    pub(crate) key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) videoid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) upload_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) link: Option<String>,
}

impl Answer {
    /// A failure of the shim's own.
    pub(crate) fn failure(error: &str, text: impl Into<String>) -> Self {
        let msg = text.into();
        Self { code: "500".into(), info: msg.clone(), msg, error: Some(error.into()), data: Data::default() }
    }

    /// Whether the object is missing, which is not the only thing that can: an address may be wrong.
    fn is_missing(&self) -> bool {
        self.code == "404" && self.error.as_deref() == Some("source_missing")
    }

    pub(crate) fn outcome(&self) -> Outcome {
        match self.code.as_str() {
            "200" => Outcome::Success,
            _ if self.is_missing() => Outcome::Missing,
            _ => Outcome::Failed,
        }
    }

    /// The text for the client: the legacy worker's codes, its indentation, and the key under the name that its task gave it.
    pub(crate) fn into_text(mut self, keyname: Option<String>) -> Bytes {
        let code = match self.outcome() {
            Outcome::Success => "200",
            Outcome::Missing => "404",
            _ => "500",
        };
        self.code = code.into();
        if self.info.is_empty() {
            self.info.clone_from(&self.msg);
        }
        if let Some(keyname) = keyname {
            self.data.key = keyname;
        }
        let mut text = Vec::new();
        let formatter = PrettyFormatter::with_indent(b"    ");
        let mut serializer = serde_json::Serializer::with_formatter(&mut text, formatter);
        // Strings only: this does not fail.
        let _ = self.serialize(&mut serializer);
        text.into()
    }
}

/// What a legacy task calls its object; answers of the shim's own must say it, too.
pub(crate) fn keyname(payload: &[u8]) -> Option<String> {
    let task: Value = serde_json::from_slice(payload).ok()?;
    match task.get("conf")?.get("keyname")? {
        Value::String(name) => Some(name.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;
    use serde_json::json;

    fn answer(value: Value) -> Answer {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_success_is_the_legacy_workers_text_and_more() {
        let given =
            answer(json!({"code": "200", "msg": "upload success", "data": {"key": "k", "videoid": "X"}}));
        let text = given.into_text(None);
        let expected = "{\n    \"code\": \"200\",\n    \"msg\": \"upload success\",\n    \"info\": \"upload success\",\n    \
            \"data\": {\n        \"key\": \"k\",\n        \"videoid\": \"X\"\n    }\n}";
        assert_eq!(text, expected);
    }

    #[test]
    fn codes_are_folded_into_the_three_that_clients_know() {
        let cases = [
            ("200", None, "200"),
            ("404", None, "500"),
            ("404", Some("source_missing"), "404"),
            ("404", Some("no_such_path"), "500"),
            ("400", Some("invalid_job"), "500"),
            ("502", Some("youku_failed"), "500"),
            ("nonsense", None, "500"),
        ];
        for (code, error, expected) in cases {
            let given = answer(json!({"code": code, "msg": "m", "error": error}));
            let text: Value = serde_json::from_slice(&given.into_text(Some("name".into()))).unwrap();
            assert_eq!(
                (&text["code"], &text["data"]["key"]),
                (&json!(expected), &json!("name")),
                "{code} {error:?}"
            );
        }
    }

    #[test]
    fn a_task_that_has_no_keyname_has_none() {
        let cases: [(&[u8], Option<&str>); 6] = [
            (br#"{"conf":{"keyname":" a "}}"#, Some("a")),
            (br#"{"conf":{"keyname":7}}"#, Some("7")),
            (br#"{"conf":{"keyname":null}}"#, None),
            (br#"{"conf":[]}"#, None),
            (b"{", None),
            (b"\0\xff", None),
        ];
        for (payload, expected) in cases {
            assert_eq!(keyname(payload).as_deref(), expected);
        }
    }
}

//! Payloads to values, values to responses.

use aliyun_fc_runtime::{FromPayload, IntoFunctionResponse, Raw};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only its shape matters")]
struct Order {
    lines: Vec<Line>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only its shape matters")]
struct Line {
    count: u32,
}

fn refusal<T: FromPayload>(payload: &'static str) -> String {
    let Err(diagnostic) = T::from_payload(Bytes::from_static(payload.as_bytes())) else {
        return "accepted".to_owned();
    };
    assert_eq!(diagnostic.error_type, "InvalidPayload");
    diagnostic.error_message
}

#[test]
fn an_error_names_the_path_and_leaves_the_text_out() {
    assert_eq!(
        refusal::<Order>(r#"{"lines":[{"count":1},{"count":"to\"p \\ secret"}]}"#),
        "the payload does not fit: lines[1].count: invalid type: string \"…\", expected u32 at line 1 column 48"
    );
    assert_eq!(
        refusal::<Order>(r#"{"lines":[{}]}"#),
        "the payload does not fit: lines[0]: missing field `count` at line 1 column 12"
    );
}

#[test]
fn a_document_that_is_no_json_is_refused() {
    for rubbish in ["{", "not json", "{} {}", "\u{0}"] {
        assert!(refusal::<Value>(rubbish).starts_with("the payload does not fit: "), "{rubbish:?}");
    }
}

#[test]
fn no_payload_is_null() {
    assert_eq!(Value::from_payload(Bytes::new()).unwrap(), Value::Null);
    assert_eq!(refusal::<Order>(""), "the payload does not fit: the payload is empty");
}

#[test]
fn raw_bytes_pass_unread() {
    let bytes = Bytes::from_static(b"\xff{");
    assert_eq!(Raw::from_payload(bytes.clone()).unwrap().into_response().unwrap(), bytes);
}

#[test]
fn a_response_without_a_json_form_is_an_error() {
    let response = BTreeMap::from([(vec![1], 1)]);
    assert_eq!(response.into_response().unwrap_err().error_type, "InvalidResponse");
}

//! Events that are written oddly: only what is needed is read of them.

use crate::decoded::json;
use app::core::{Location, Provider};
use aws_lambda::{Action, Event, ObjectRecord, decode};
use aws_lambda_events::{eventbridge::EventBridgeEvent, sns::SnsEvent, sqs::SqsEvent};
use serde_json::{Value, json};

const SQS_ODD: &str = include_str!("../../fixtures/sqs-odd.json");
const S3_EVENTBRIDGE: &str = include_str!("../../fixtures/s3-eventbridge.json");
const SNS: &str = include_str!("../../fixtures/sns.json");

/// Whether the event asks for the fixtures' one object.
fn has_clip(actions: &[Action]) -> bool {
    let location = Location {
        provider: Provider::S3,
        bucket: "videos".into(),
        key: "in/My clip (final)+第.mp4".into(),
        region: Some("eu-west-1".into()),
    };
    *actions == [Action::Objects(vec![ObjectRecord::Created { location, size: Some(5_000_000_000) }])]
}

fn has_clip_of(event: Value) -> bool {
    matches!(decode(event).expect("it is known"), Event::Actions(actions) if has_clip(&actions))
}

/// Null lists, binary values that are not base64 and numbers in the attributes; bodies that are null, no JSON, or JSON without quotes.
#[test]
fn an_odd_message_never_fails_the_others_of_its_batch() {
    let batch = json(SQS_ODD);
    assert!(
        serde_json::from_value::<SqsEvent>(batch.clone()).is_err(),
        "our own code is not needed any more"
    );
    for (field, value) in
        [("attributes", json!(5)), ("messageAttributes", json!("x")), ("eventSourceARN", json!({}))]
    {
        let mut batch = batch.clone();
        batch["Records"][4][field] = value;
        let Event::Queue(messages) = decode(batch).expect("it is known") else { unreachable!("no queue") };
        let read: Vec<_> =
            messages.iter().map(|message| message.actions.as_ref().is_ok_and(|one| has_clip(one))).collect();
        assert_eq!(read, [true, false, false, true, true], "{field}");
        for message in &messages[1..3] {
            let error = message.actions.as_ref().expect_err("refused");
            assert_eq!(
                (error.error_type.as_str(), error.error_message.as_str()),
                ("InvalidEvent", "the message is not JSON")
            );
        }
    }
}

/// As in HTTP tasks and Gearman jobs.
#[test]
fn what_surrounds_the_json_of_a_message_is_passed_over() {
    let mut batch = json(SQS_ODD);
    let body = batch["Records"][0]["body"].as_str().expect("a text").to_owned();
    batch["Records"][0]["body"] = format!("\u{feff}{body}\r\n\0").into();
    let Event::Queue(messages) = decode(batch).expect("it is known") else { unreachable!("no queue") };
    assert!(messages[0].actions.as_ref().is_ok_and(|actions| has_clip(actions)));
}

/// The first message may be the odd one.
#[test]
fn a_batch_is_known_by_any_of_its_messages() {
    let mut batch = json(SQS_ODD);
    batch["Records"][0]["eventSource"] = Value::Null;
    let Event::Queue(messages) = decode(batch).expect("it is known") else { unreachable!("no queue") };
    assert!(has_clip(messages[0].actions.as_deref().expect("it is readable")));
}

/// Nobody needs the time of an event.
#[test]
fn a_time_of_any_form_does_not_refuse_the_event() {
    let mut bridge = json(S3_EVENTBRIDGE);
    for time in [json!("21/Nov/2026:12:02:24 +0000"), json!(1_763_726_544_000_u64), Value::Null] {
        bridge["time"] = time;
        bridge["account"] = json!(5);
        bridge["resources"] = Value::Null;
        assert!(has_clip_of(bridge.clone()));
    }
    let library = serde_json::from_value::<EventBridgeEvent<Value>>(bridge);
    assert!(library.is_err(), "our own struct is not needed any more");
}

#[test]
fn a_message_of_sns_needs_its_text_alone() {
    let mut sns = json(SNS);
    sns["Records"][0]["Sns"]["Timestamp"] = "yesterday".into();
    sns["Records"][0]["Sns"]["MessageAttributes"] = json!({"a": {"Type": "Binary", "Value": null}});
    assert!(has_clip_of(sns.clone()));
    assert!(
        serde_json::from_value::<SnsEvent>(sns.clone()).is_err(),
        "our own struct is not needed any more"
    );
    let text = sns["Records"][0]["Sns"]["Message"].take();
    let least = json!({"Records": [{"EventSource": "aws:sns", "Sns": {"Message": text}}]});
    assert!(has_clip_of(least));
}

/// SNS sends one message an event; services that imitate it may send more.
#[test]
fn a_bad_message_of_sns_does_not_hide_the_others() {
    let mut sns = json(SNS);
    let bad = json!({"EventSource": "aws:sns", "Sns": {"Message": "no JSON"}});
    sns["Records"].as_array_mut().expect("a list").insert(0, bad);
    let Event::Actions(actions) = decode(sns).expect("it is known") else { unreachable!("no actions") };
    assert!(has_clip(&actions[..1]));
    assert!(
        matches!(&actions[1..], [Action::Fail(error)] if error.error_message == "the message is not JSON")
    );
}

#[test]
fn a_host_may_write_headers_of_null_and_numbers() {
    let event = json!({"version": "2.0", "rawPath": "/healthz", "requestContext": {"http": {"method": "GET"}},
        "headers": {"a": null, "content-length": 5, "b": "text", "c": ["d", null, "e"]}, "cookies": [null, "f=1"], "isBase64Encoded": null});
    let Event::Http(request, _) = decode(event).expect("it is known") else { unreachable!("no request") };
    let headers: Vec<_> =
        request.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let expected: [(&str, &[u8]); 5] =
        [("b", b"text"), ("c", b"d"), ("c", b"e"), ("content-length", b"5"), ("cookie", b"f=1")];
    let mut sorted = headers.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, expected);
}

/// As a bad message of a queue does not: S3 may send several records in one notification, and services that imitate it do.
#[test]
fn a_bad_record_does_not_hide_the_others() {
    for (fixture, list, place) in
        [("s3", "Records", "Records[0].s3.object.key"), ("oss", "events", "events[0].oss.object.key")]
    {
        let path = format!("{}/fixtures/{fixture}.json", env!("CARGO_MANIFEST_DIR"));
        let good = json(&std::fs::read_to_string(path).expect("a fixture"));
        let Event::Actions(expected) = decode(good.clone()).expect("it is known") else { unreachable!() };
        let service = if list == "Records" { "s3" } else { "oss" };
        for key in [json!(7), json!("%ff"), Value::Null] {
            if (list, key.as_str()) == ("events", Some("%ff")) {
                continue; // a key of OSS is not encoded
            }
            let mut event = good.clone();
            let mut bad = event[list][0].clone();
            bad[service]["object"]["key"] = key;
            event[list].as_array_mut().expect("a list").insert(0, bad.clone());
            let Event::Actions(actions) = decode(event.clone()).expect("it is known") else { unreachable!() };
            let (fails, objects) = actions.split_last().expect("two actions");
            assert_eq!(objects, expected);
            assert!(matches!(fails, Action::Fail(error) if error.error_message.contains(place)), "{fails:?}");
            event[list] = json!([bad]);
            let error = decode(event).expect_err("nothing is left");
            assert!(error.error_type == "InvalidEvent" && error.error_message.contains(place));
        }
    }
}

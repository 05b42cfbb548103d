//! Events in other events: failure records of Lambda, arrays of EventBridge Pipes, and how deep they may lie.

use crate::decoded::{actions_of, json, messages_of, refusal};
use aws_lambda::{Action, TaskRequest};
use serde_json::{Value, json};

const S3: &str = include_str!("../../fixtures/s3.json");
const S3_EVENTBRIDGE: &str = include_str!("../../fixtures/s3-eventbridge.json");
const SNS: &str = include_str!("../../fixtures/sns.json");
const SCHEDULE: &str = include_str!("../../fixtures/schedule.json");
const OSS: &str = include_str!("../../fixtures/oss.json");
const ON_FAILURE: &str = include_str!("../../fixtures/on-failure.json");
const ON_FAILURE_EVENTBRIDGE: &str = include_str!("../../fixtures/on-failure-eventbridge.json");
const PIPES_SQS: &str = include_str!("../../fixtures/pipes-sqs.json");
const SQS: &str = include_str!("../../fixtures/sqs.json");

fn failed(payload: Value) -> Value {
    let mut record = json(ON_FAILURE);
    record["requestPayload"] = payload;
    record
}

fn envelope(event: &Value) -> Value {
    json!({"Type": "Notification", "TopicArn": "arn:aws:sns:eu-west-1:1:t", "Message": event.to_string()})
}

fn in_queue(event: &Value) -> Value {
    json!({"Records": [{"messageId": "m", "eventSource": "aws:sqs", "body": event.to_string()}]})
}

/// Sent to a function, a bus, a queue, and a topic with a queue behind it.
#[test]
fn a_failed_event_is_the_event_that_it_was() {
    for event in [S3, S3_EVENTBRIDGE, SNS, OSS, SCHEDULE] {
        let (event, expected) = (json(event), actions_of(json(event)));
        let record = failed(event.clone());
        assert_eq!(actions_of(record.clone()), expected);
        let mut bridge = json(ON_FAILURE_EVENTBRIDGE);
        bridge["detail"]["requestPayload"] = event;
        assert_eq!(actions_of(bridge.clone()), expected);
        for carried in [record.clone(), bridge, envelope(&record)] {
            let messages = messages_of(in_queue(&carried));
            assert_eq!(messages[0].actions.as_deref().expect("it is known"), expected);
        }
    }
}

/// Its `"again": true` must not become another video.
#[test]
fn a_failed_task_keeps_the_id_of_its_first_request() {
    let task = json!({"source": "s3://videos/in/film.mp4", "again": true});
    let record = failed(task.clone());
    let first = TaskRequest::Earlier("e4b46cbf-b738-xmpl-8880-a18cdf61200e".to_owned());
    let expected = [Action::Task { task: task.clone(), request: first }];
    assert_eq!(actions_of(record.clone()), expected);
    assert_eq!(messages_of(in_queue(&record))[0].actions.as_deref().expect("it is known"), expected);
    assert_eq!(actions_of(failed(failed(task))), expected, "of a record that failed, too");
}

/// Lambda leaves it out where the record would be too large.
#[test]
fn a_record_without_its_event_says_so() {
    let (name, text) = refusal(failed(Value::Null));
    assert_eq!((name.as_str(), text.as_str()), ("InvalidEvent", "the failure record has no requestPayload"));
}

/// What it asked for is done; a destination for them is a slip.
#[test]
fn the_record_of_a_success_is_unknown() {
    let mut record = json(ON_FAILURE);
    record["requestContext"]["condition"] = "Success".into();
    let mut bridge = json(ON_FAILURE_EVENTBRIDGE);
    bridge["detail-type"] = "Lambda Function Invocation Result - Success".into();
    for (event, seen) in
        [(record, "an invocation that did not fail"), (bridge, "Lambda Function Invocation Result - Succe")]
    {
        let (name, text) = refusal(event);
        assert_eq!(name, "UnknownEvent");
        assert!(text.contains(seen) && text.contains("known are S3"), "{text}");
    }
}

#[test]
fn an_array_of_messages_is_a_batch() {
    let (piped, polled) = (messages_of(json(PIPES_SQS)), messages_of(json(SQS)));
    assert_eq!(piped.len(), polled.len());
    for (piped, polled) in piped.iter().zip(&polled) {
        assert_eq!((&piped.id, &piped.actions), (&polled.id, &polled.actions));
    }
    let mut nameless = json(PIPES_SQS);
    nameless[1]["messageId"] = "".into();
    assert_eq!(refusal(nameless), ("InvalidEvent".into(), "[1].messageId is missing".into()));
}

/// The input template of a pipe can leave only the body of a message.
#[test]
fn an_array_of_events_is_each_of_them() {
    let task = json!({"source": "s3://videos/in/film.mp4"});
    let mut expected = actions_of(json(S3));
    // Another invocation brings the array again: nothing names the request.
    expected.push(Action::Task { task: task.clone(), request: TaskRequest::Unnamed });
    assert_eq!(actions_of(json!([json(S3), task])), expected);
    let actions = actions_of(json!([{"x": 1}, json(S3)]));
    assert_eq!(actions[0], expected[0], "the good one runs");
    let [Action::Fail(error)] = &actions[1..] else { unreachable!("{actions:?}") };
    assert!(error.error_type == "UnknownEvent" && error.error_message.contains("an object with x"));
    for (event, seen) in
        [(json!([]), "an empty array"), (json!([[]]), "no object"), (json!([{"x": 1}]), "with x")]
    {
        let (name, text) = refusal(event);
        assert!(name == "UnknownEvent" && text.contains(seen), "{text}");
    }
}

/// A pipe that does not wait for the function calls it as an asynchronous caller does.
#[test]
fn a_failed_array_is_each_of_its_messages() {
    let task = json!({"source": "s3://videos/in/film.mp4", "again": true});
    let message =
        |body: &str| json!({"messageId": "m", "eventSource": "aws:sqs", "body": body, "attributes": null});
    let array = json!([message("no JSON"), message(&task.to_string())]);
    let actions = actions_of(failed(array));
    assert_eq!(actions[0], Action::Task { task, request: TaskRequest::Earlier("m".into()) });
    assert!(
        matches!(&actions[1..], [Action::Fail(error)] if error.error_message == "the message is not JSON")
    );
}

/// Six events in one another are read, more are refused rather than followed.
#[test]
fn events_lie_in_one_another_to_a_limit() {
    let nested = |levels| (0..levels).fold(json(S3), |event, _| failed(event));
    assert_eq!(actions_of(nested(6)), actions_of(json(S3)));
    let (name, text) = refusal(nested(7));
    assert_eq!((name.as_str(), text.as_str()), ("InvalidEvent", "too many events lie in one another"));
    let messages = messages_of(in_queue(&nested(60)));
    assert!(messages[0].actions.is_err(), "and a message fails alone");
}

/// A request waits for an answer, and a batch for the list of its failures: nobody would get them.
#[test]
fn a_record_cannot_carry_requests_and_batches() {
    for event in [json(include_str!("../../fixtures/http-api.json")), json(SQS)] {
        let (name, text) = refusal(failed(event));
        assert!(name == "InvalidEvent" && text.contains("cannot be carried"), "{text}");
    }
}

/// They name objects, but no arrivals.
#[test]
fn batch_jobs_and_trails_of_calls_are_unknown() {
    let cases = [
        (include_str!("../../fixtures/s3-batch.json"), "a job of S3 Batch Operations"),
        (include_str!("../../fixtures/cloudtrail.json"), "Records of s3.amazonaws.com"),
        (
            include_str!("../../fixtures/cloudtrail-eventbridge.json"),
            "the detail-type AWS API Call via CloudTrail from aws.s3",
        ),
    ];
    for (event, seen) in cases {
        let (name, text) = refusal(json(event));
        assert_eq!(name, "UnknownEvent");
        assert!(text.contains(seen) && text.contains("known are S3 notifications"), "{text}");
        let messages = messages_of(in_queue(&json(event)));
        let error = messages[0].actions.as_ref().expect_err("refused");
        assert_eq!((error.error_type.as_str(), &error.error_message), ("UnknownEvent", &text));
    }
}

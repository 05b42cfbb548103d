//! Events as their senders write them, and what each asks for.

use crate::decoded::{actions_of, json, messages_of, refusal};
use app::core::{Location, Provider};
use aws_lambda::{Action, Event, EventResponse, HttpForm, ObjectRecord, TaskRequest, decode};
use aws_lambda_events::{
    apigw::ApiGatewayV2httpRequest,
    eventbridge::EventBridgeEvent,
    lambda_function_urls::LambdaFunctionUrlRequest,
    s3::S3Event,
    sns::SnsEvent,
    sqs::{SqsBatchResponse, SqsEvent},
};
use serde_json::{Value, json};

const S3: &str = include_str!("../../fixtures/s3.json");
const S3_TEST: &str = include_str!("../../fixtures/s3-test.json");
const S3_EVENTBRIDGE: &str = include_str!("../../fixtures/s3-eventbridge.json");
const SNS: &str = include_str!("../../fixtures/sns.json");
const SQS: &str = include_str!("../../fixtures/sqs.json");
const SQS_FIFO: &str = include_str!("../../fixtures/sqs-fifo.json");
const SCHEDULE: &str = include_str!("../../fixtures/schedule.json");
const OSS: &str = include_str!("../../fixtures/oss.json");
const OSS_CLOUD_EVENT: &str = include_str!("../../fixtures/oss-cloud-event.json");
const TASK: &str = include_str!("../../fixtures/task.json");
const FUNCTION_URL: &str = include_str!("../../fixtures/function-url.json");
const HTTP_API: &str = include_str!("../../fixtures/http-api.json");

/// The object of the S3 fixtures.
fn clip() -> Vec<Action> {
    let location = Location {
        provider: Provider::S3,
        bucket: "videos".into(),
        key: "in/My clip (final)+第.mp4".into(),
        region: Some("eu-west-1".into()),
    };
    vec![Action::Objects(vec![ObjectRecord::Created { location, size: Some(5_000_000_000) }])]
}

/// Directly, through EventBridge, through SNS, and each of them through SQS.
#[test]
fn an_object_of_s3_is_the_same_by_each_way() {
    for event in [S3, S3_EVENTBRIDGE, SNS] {
        assert_eq!(actions_of(json(event)), clip());
    }
    for message in messages_of(json(SQS)).into_iter().take(3) {
        assert_eq!(message.actions.expect("it is known"), clip(), "{}", message.id);
    }
}

/// Services that imitate S3 leave the rest out, or empty.
#[test]
fn only_the_required_fields_of_a_record_must_be_there() {
    let record = json!({"eventSource": "minio:s3", "eventName": "s3:ObjectCreated:CompleteMultipartUpload", "awsRegion": "",
        "s3": {"bucket": {"name": "b"}, "object": {"key": "k%2Fa.mp4"}}, "novelty": 1});
    let actions = actions_of(json!({"Records": [record]}));
    let location =
        Location { provider: Provider::S3, bucket: "b".into(), key: "k/a.mp4".into(), region: None };
    assert_eq!(actions, [Action::Objects(vec![ObjectRecord::Created { location, size: None }])]);
}

/// Removals, tags, restored copies, and the parts of an object.
#[test]
fn records_of_other_changes_are_told_apart() {
    let mut s3 = json(S3);
    let mut bridge = json(S3_EVENTBRIDGE);
    bridge["detail-type"] = "Object Deleted".into();
    let key = || "in/My clip (final)+第.mp4".to_owned();
    assert_eq!(actions_of(bridge), [Action::Objects(vec![ObjectRecord::Other { key: key() }])]);
    for name in
        ["ObjectRemoved:Delete", "ObjectTagging:Put", "ObjectRestore:Completed", "LifecycleTransition"]
    {
        s3["Records"][0]["eventName"] = name.into();
        assert_eq!(
            actions_of(s3.clone()),
            [Action::Objects(vec![ObjectRecord::Other { key: key() }])],
            "{name}"
        );
    }
    let mut oss = json(OSS);
    for name in ["ObjectCreated:UploadPart", "ObjectRemoved:DeleteObject", "PutObject"] {
        oss["events"][0]["eventName"] = name.into();
        let key = "in/第 1 部+a%20b.mp4".to_owned();
        assert_eq!(actions_of(oss.clone()), [Action::Objects(vec![ObjectRecord::Other { key }])], "{name}");
    }
}

#[test]
fn the_test_event_of_s3_asks_for_nothing() {
    assert_eq!(actions_of(json(S3_TEST)), []);
    assert_eq!(messages_of(json(SQS))[3].actions.as_deref().expect("it is known"), []);
}

/// As a native event, a CloudEvent and a record by itself, directly and through SQS. Its key is taken as it stands: keys of OSS are
/// not encoded.
#[test]
fn an_object_of_oss_is_the_same_by_each_way() {
    let location = Location {
        provider: Provider::Oss,
        bucket: "films".into(),
        key: "in/第 1 部+a%20b.mp4".into(),
        region: Some("cn-hangzhou".into()),
    };
    let expected = [Action::Objects(vec![ObjectRecord::Created { location, size: Some(5_000_000_000) }])];
    let record = json(OSS)["events"][0].take();
    for event in [json(OSS), json(OSS_CLOUD_EVENT), record] {
        assert_eq!(actions_of(event.clone()), expected);
        let message = json!({"messageId": "m", "eventSource": "aws:sqs", "body": event.to_string()});
        let messages = messages_of(json!({"Records": [message]}));
        assert_eq!(messages[0].actions.as_deref().expect("it is known"), expected);
    }
}

#[test]
fn tasks_and_schedules_are_known() {
    let legacy = json!({"conf": {"keyname": "a"}, "youku": {"title": "t"}});
    for task in [json(TASK), legacy] {
        assert_eq!(actions_of(task.clone()), [Action::Task { task, request: TaskRequest::Current }]);
    }
    assert_eq!(actions_of(json(SCHEDULE)), [Action::Sweep]);
    let mut scheduler = json(SCHEDULE);
    scheduler["source"] = "aws.scheduler".into();
    assert_eq!(actions_of(scheduler), [Action::Sweep]);
}

#[test]
fn a_bad_message_leaves_the_others_readable() {
    let messages = messages_of(json(SQS));
    let good: Vec<_> = messages.iter().map(|message| message.actions.is_ok()).collect();
    assert_eq!(good, [true, true, true, true, true, false]);
    assert!(messages.iter().all(|message| message.group.is_none()));
    let groups: Vec<_> =
        messages_of(json(SQS_FIFO)).into_iter().filter_map(|message| message.group).collect();
    assert_eq!(groups, ["a", "a", "b", "a"]);
}

#[test]
fn requests_are_known_by_their_format() {
    for event in [FUNCTION_URL, HTTP_API] {
        assert!(matches!(decode(json(event)), Ok(Event::Http(..))));
    }
    let format_one = json!({"version": "1.0", "httpMethod": "POST", "path": "/uploads", "requestContext": {"stage": "prod"}});
    assert!(matches!(decode(format_one), Ok(Event::Http(_, HttpForm::FormatOne))));
    let socket = json!({"requestContext": {"connectionId": "L0SM9cOFvHcCIhw=", "eventType": "CONNECT"}, "headers": {}});
    let (name, text) = refusal(socket);
    assert_eq!(name, "UnknownEvent");
    assert!(text.contains("requestContext") && text.contains("HTTP requests (function URL"), "{text}");
}

/// The error also lists the kinds that are known.
#[test]
fn an_unknown_event_is_described_without_its_values() {
    let kinesis = json!({"Records": [{"eventSource": "aws:kinesis", "secret": "s3cret"}]});
    let alarm = json!({"source": "aws.cloudwatch", "detail-type": "CloudWatch Alarm State Change", "detail": "s3cret"});
    let cases = [
        (json!([1]), "no object"),
        (json!({}), "an empty object"),
        (json!({"Records": []}), "an object with Records"),
        (kinesis, "Records of aws:kinesis"),
        (alarm, "the detail-type CloudWatch Alarm State Change from aws.cloudwatch"),
        (json!({"token": "s3cret", "x": 1}), "an object with token, x"),
    ];
    for (event, seen) in cases {
        let (name, text) = refusal(event);
        assert_eq!(name, "UnknownEvent");
        assert!(text.contains(seen) && text.contains("known are S3"), "{text}");
        assert!(!text.contains("s3cret"), "{text}");
    }
}

#[test]
fn an_error_names_the_path_and_repeats_no_value() {
    let mut s3 = json(S3);
    s3["Records"][0]["s3"]["object"]["size"] = "s3cret".into();
    let mut encoded = json(S3);
    encoded["Records"][0]["s3"]["object"]["key"] = "%FF".into();
    let mut bridge = json(S3_EVENTBRIDGE);
    bridge["detail"]["bucket"] = json!({});
    let mut oss = json(OSS);
    oss["events"][0]["oss"]["object"]["key"] = json!({"s3cret": 1});
    let mut sns = json(SNS);
    sns["Records"][0]["Sns"]["Message"] = "no s3cret JSON".into();
    let mut url = json(FUNCTION_URL);
    url["body"] = "s3cret!".into();
    let mut nameless = json(SQS);
    nameless["Records"][1]["messageId"] = "".into();
    let cases = [
        (s3, "Records[0].s3.object.size: expected u64"),
        (encoded, "Records[0].s3.object.key is not form-encoded UTF-8"),
        (bridge, "detail.bucket: missing field `name`"),
        (oss, "events[0].oss.object.key: expected a string"),
        (sns, "the message is not JSON"),
        (url, "body is not base64"),
        (nameless, "Records[1].messageId is missing"),
    ];
    for (event, why) in cases {
        let (name, text) = refusal(event);
        assert_eq!(name, "InvalidEvent");
        assert!(text.contains(why) && !text.contains("s3cret"), "{text}");
    }
}

#[test]
fn a_message_cannot_carry_a_batch() {
    let inner = json(SQS).to_string();
    let message = json!({"messageId": "m", "eventSource": "aws:sqs", "body": inner});
    let messages = messages_of(json!({"Records": [message]}));
    assert!(messages[0].actions.is_err());
}

/// The fixtures were written from the documentation: the types of AWS's own library must accept them, too.
#[test]
fn the_official_types_read_the_fixtures() {
    let s3: S3Event = serde_json::from_str(S3).expect("S3");
    assert_eq!(s3.records[0].s3.object.size, Some(5_000_000_000));
    let bridge: EventBridgeEvent<Value> = serde_json::from_str(S3_EVENTBRIDGE).expect("EventBridge");
    assert_eq!(bridge.detail_type, "Object Created");
    serde_json::from_str::<EventBridgeEvent<Value>>(SCHEDULE).expect("a schedule");
    let sns: SnsEvent = serde_json::from_str(SNS).expect("SNS");
    assert_eq!(sns.records.len(), 1);
    for batch in [SQS, SQS_FIFO] {
        serde_json::from_str::<SqsEvent>(batch).expect("SQS");
    }
    serde_json::from_str::<LambdaFunctionUrlRequest>(FUNCTION_URL).expect("a function URL's request");
    serde_json::from_str::<ApiGatewayV2httpRequest>(HTTP_API).expect("an HTTP API's request");
}

#[test]
fn the_response_to_a_batch_has_the_form_of_sqs() {
    let mut batch = SqsBatchResponse::default();
    let text =
        |batch: &SqsBatchResponse| serde_json::to_string(&EventResponse::Batch(batch.clone())).expect("JSON");
    assert_eq!(text(&batch), r#"{"batchItemFailures":[]}"#);
    batch.add_failure("m");
    assert_eq!(text(&batch), r#"{"batchItemFailures":[{"itemIdentifier":"m"}]}"#);
}

/// `aws_lambda_events` refuses the whole batch for it.
#[test]
fn a_null_inside_a_message_attribute_is_ignored() {
    let mut batch = json(SQS);
    batch["Records"][0]["messageAttributes"] =
        json!({"a": {"dataType": "String", "stringValue": "b", "stringListValues": null}});
    assert!(
        serde_json::from_value::<SqsEvent>(batch.clone()).is_err(),
        "our own struct is not needed any more"
    );
    assert!(messages_of(batch)[0].actions.is_ok());
}

/// Services that imitate SNS leave time, signature and URLs out of the envelope in a queue.
#[test]
fn an_sns_envelope_needs_no_signature() {
    let envelope = json!({"Type": "Notification", "TopicArn": "arn:aws:sns:eu-west-1:1:t", "Message": S3});
    assert_eq!(actions_of(envelope), clip());
}

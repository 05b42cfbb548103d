//! Events that Lambda and EventBridge Pipes carry on, and batches that are written oddly, through AWS's own emulator.

use super::{LambdaEnv, fixture};
use crate::support::sample_bytes;
use serde_json::{Value, json};

fn in_queue(event: Value) -> Value {
    json!({"Records": [{"messageId": "m", "eventSource": "aws:sqs", "body": event.to_string()}]})
}

/// A failure record, from a queue or a bus, and arrays of a pipe: the object is published as by the event itself, and once.
#[tokio::test]
async fn a_carried_event_publishes_its_object_once() {
    let env = LambdaEnv::start(&[]).await;
    let host = env.host("lambda.log", 60).await;
    let plain: fn(Value) -> Value = |event| event;
    let piped: fn(Value) -> Value = |event| json!([event]);
    let ways = [
        ("on-failure", plain),
        ("on-failure", in_queue as fn(Value) -> Value),
        ("on-failure-eventbridge", plain),
        ("s3", piped),
        ("on-failure", piped),
    ];
    for (number, (kind, way)) in ways.into_iter().enumerate() {
        let (title, bytes) = (format!("carried-{number}"), sample_bytes(number as u64, 1000 + number));
        env.s3.put("videos", &format!("in/{title} (final)+第.mp4"), &bytes).await;
        let event = way(fixture(kind, &title));
        for _ in 0..2 {
            let answer = host.invoke(&event).await;
            assert_eq!(answer.get("errorType"), None, "{answer}");
            env.assert_published(&format!("{title} (final)+第"), &bytes);
        }
    }
    assert_eq!(env.clouds.youku.videos().len(), ways.len());
}

/// `"again": true` takes its text from the request that failed, so that its record is no further request.
#[tokio::test]
async fn a_failed_task_is_not_another_request() {
    let env = LambdaEnv::start(&[]).await;
    let host = env.host("lambda.log", 60).await;
    let bytes = sample_bytes(1, 1000);
    env.s3.put("videos", "in/film.mp4", &bytes).await;
    let mut record = fixture("on-failure", "film");
    record["requestPayload"] = json!({"source": "s3://videos/in/film.mp4", "again": true});
    assert_eq!(host.invoke(&record).await["code"], "200");
    assert_eq!(host.invoke(&in_queue(record.clone())).await, json!({"batchItemFailures": []}));
    assert_eq!(host.invoke(&json!([record])).await["code"], "200");
    env.assert_published("film", &bytes);
    assert_eq!(env.clouds.youku.videos().len(), 1);
}

/// As Lambda's own poller sends the batch, and as Pipes does; Pipes reads the same list of failures from its target.
#[tokio::test]
async fn an_odd_batch_fails_only_what_cannot_be_read() {
    let env = LambdaEnv::start(&[]).await;
    let host = env.host("lambda.log", 60).await;
    let object = sample_bytes(1, 1000);
    env.s3.put("videos", "in/odd (final)+第.mp4", &object).await;
    let failures = json!({"batchItemFailures": [{"itemIdentifier": "null"}, {"itemIdentifier": "text"}]});
    let mut batch = fixture("sqs-odd", "odd");
    for event in [batch.clone(), batch["Records"].take()] {
        assert_eq!(host.invoke(&event).await, failures, "{}", host.log());
        env.assert_published("odd (final)+第", &object);
    }
}

#[tokio::test]
async fn foreign_records_about_s3_are_unknown_events() {
    let env = LambdaEnv::start(&[]).await;
    let host = env.host("lambda.log", 60).await;
    for (kind, seen) in [
        ("s3-batch", "S3 Batch Operations"),
        ("cloudtrail", "s3.amazonaws.com"),
        ("cloudtrail-eventbridge", "via CloudTrail"),
    ] {
        let answer = host.invoke(&fixture(kind, "film")).await;
        let text = answer["errorMessage"].as_str().unwrap_or_default();
        assert_eq!(answer["errorType"], "UnknownEvent", "{answer}");
        assert!(text.contains(seen) && text.contains("known are S3 notifications"), "{text}");
    }
    assert_eq!(env.clouds.youku.sessions(), []);
}

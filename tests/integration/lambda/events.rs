//! Every kind of event, each with an object of its own.

use super::{LambdaEnv, emulator::Emulator, fixture};
use crate::support::{MIB, binary, process::peak_kib, sample_bytes, store::oss_store};
use bytes::Bytes;
use object_storage::{PutOptions, Store};
use serde_json::{Value, json};
use std::{collections::BTreeMap, time::Duration};
use tokio::time::timeout;

/// The OSS whose events come by some bridge.
fn films(env: &LambdaEnv) -> Store {
    let [id, secret] =
        ["ID", "SECRET"].map(|name| env.variables[&format!("OSS2YOUKU_SOURCE__ACCESS_KEY_{name}")].as_str());
    oss_store("films", &env.clouds.endpoints.oss, "cn-hangzhou", id, secret)
}

fn in_queue(id: &str, body: &Value) -> Value {
    json!({"messageId": id, "eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:eu-west-1:1:q", "body": body.to_string()})
}

fn batch(messages: &[Value]) -> Value {
    json!({ "Records": messages })
}

/// What one SNS notification looks like in a queue.
fn envelope(event: &Value) -> Value {
    json!({"Type": "Notification", "MessageId": "n", "TopicArn": "arn:aws:sns:eu-west-1:1:t", "Message": event.to_string()})
}

#[tokio::test]
async fn every_kind_of_event_publishes_its_object() {
    let env = LambdaEnv::start(&[]).await;
    let host = env.host("lambda.log", 60).await;
    let plain: fn(Value) -> Value = |event| event;
    let queued: fn(Value) -> Value = |event| batch(&[in_queue("m", &event)]);
    let notified: fn(Value) -> Value = |event| batch(&[in_queue("m", &envelope(&event))]);
    let s3_kinds = [
        ("s3", plain),
        ("s3-eventbridge", plain),
        ("sns", plain),
        ("s3", queued),
        ("s3-eventbridge", queued),
        ("s3", notified),
    ];
    for (number, (kind, way)) in s3_kinds.into_iter().enumerate() {
        let (title, bytes) = (format!("s3-{number}"), sample_bytes(number as u64, 1000 + number));
        env.s3.put("videos", &format!("in/{title} (final)+第.mp4"), &bytes).await;
        let answer = host.invoke(&way(fixture(kind, &title))).await;
        assert_eq!(answer.get("errorType"), None, "{answer}");
        env.assert_published(&format!("{title} (final)+第"), &bytes);
    }
    for (number, (kind, way)) in
        [("oss", plain), ("oss-cloud-event", plain), ("oss", queued)].into_iter().enumerate()
    {
        let (title, bytes) = (format!("oss%2B{number}"), sample_bytes(50 + number as u64, 2000));
        let key = format!("in/第 1 部+{title}.mp4");
        films(&env).put(&key, bytes.clone(), &PutOptions::default()).await.unwrap();
        let answer = host.invoke(&way(fixture(kind, &title))).await;
        assert_eq!(answer.get("errorType"), None, "{answer}");
        env.assert_published(&format!("第 1 部+{title}"), &bytes);
    }
}

/// The video of a task has the task's title.
#[tokio::test]
async fn tasks_are_run_from_every_kind_of_event() {
    // No event states the region of a legacy task's bucket.
    let env = LambdaEnv::start(&[("OSS2YOUKU_SOURCE__REGION", "cn-hangzhou")]).await;
    let host = env.host("lambda.log", 60).await;
    let with_title = |mut task: Value, title: &str| {
        task["video"]["title"] = title.into();
        task
    };
    let direct = with_title(fixture("task", "direct"), "direct");
    let queued = batch(&[in_queue("m", &with_title(fixture("task", "queued"), "queued"))]);
    let mut url = fixture("function-url", "url");
    url["body"] = with_title(fixture("task", "url"), "url").to_string().into();
    url["isBase64Encoded"] = false.into();
    let mut api = fixture("http-api", "api");
    api["body"] = with_title(fixture("task", "api"), "api").to_string().into();
    for (number, (title, event)) in
        [("direct", direct), ("queued", queued), ("url", url), ("api", api)].into_iter().enumerate()
    {
        let bytes = sample_bytes(number as u64, 3000);
        env.s3.put("videos", &format!("in/{title}.mp4"), &bytes).await;
        let answer = host.invoke(&event).await;
        let video = env.assert_published(title, &bytes);
        let outcome = match title {
            "queued" => {
                assert_eq!(answer, json!({"batchItemFailures": []}));
                continue;
            }
            "direct" => answer,
            _ => {
                assert_eq!(answer["statusCode"], 200, "{answer}");
                serde_json::from_str(answer["body"].as_str().unwrap()).unwrap()
            }
        };
        assert_eq!((&outcome["code"], &outcome["data"]["videoid"]), (&json!("200"), &json!(video.id)));
    }

    let old = sample_bytes(9, 4000);
    films(&env).put("user/dee/old.mp4", old.clone(), &PutOptions::default()).await.unwrap();
    let legacy = json!({"conf": {"keyname": "old"}, "youku": {"title": "an old task"}});
    let answer = host.invoke(&legacy).await;
    assert_eq!((&answer["code"], &answer["data"]["key"]), (&json!("200"), &json!("old")), "{answer}");
    env.assert_published("an old task", &old);
    let queued = sample_bytes(10, 4001);
    films(&env).put("user/dee/queued.mp4", queued.clone(), &PutOptions::default()).await.unwrap();
    let legacy = json!({"conf": {"keyname": "queued"}, "youku": {"title": "an old task in a queue"}});
    let answer = host.invoke(&batch(&[in_queue("m", &legacy)])).await;
    assert_eq!(answer, json!({"batchItemFailures": []}), "{}", host.log());
    env.assert_published("an old task in a queue", &queued);
    let missing = host.invoke(&json!({"source": "s3://videos/none.mp4"})).await;
    assert_eq!(missing["error"], "source_missing", "{missing}");
}

/// Of a batch with good messages, bad ones and a test event, only the bad ones fail.
#[tokio::test]
async fn a_mixed_batch_fails_only_its_bad_messages() {
    let env = LambdaEnv::start(&[]).await;
    let host = env.host("lambda.log", 60).await;
    let object = sample_bytes(1, 1000);
    env.s3.put("videos", "in/batch (final)+第.mp4", &object).await;
    let task = sample_bytes(2, 1000);
    env.s3.put("videos", "in/batch.mp4", &task).await;
    // S3 thrice, its test event, a task and a text that is no JSON.
    let answer = host.invoke(&fixture("sqs", "batch")).await;
    let failures = answer["batchItemFailures"].as_array().unwrap();
    assert_eq!(failures, &[json!({"itemIdentifier": "059f36b4-87a3-44ab-83d2-661970000006"})], "{answer}");
    env.assert_published("batch (final)+第", &object);
    env.assert_published("batch", &task);
    assert_eq!(env.clouds.youku.videos().len(), 2);
}

#[tokio::test]
async fn a_schedule_sweeps_and_finds_missed_objects() {
    let rules = r#"[{bucket="videos",account="main",public_type="all",sidecar="off"}]"#;
    let env = LambdaEnv::start(&[
        ("OSS2YOUKU_SWEEP__ENABLED", "true"),
        ("OSS2YOUKU_SWEEP__GRACE_SECONDS", "0"),
        ("OSS2YOUKU_RULES", rules),
    ])
    .await;
    let host = env.host("lambda.log", 60).await;
    assert_eq!(host.invoke(&fixture("schedule", "")).await, json!({"results": []}));
    let bytes = sample_bytes(1, MIB);
    env.s3.put("videos", "found.mp4", &bytes).await;
    // S3 reports times in seconds, and a sweep skips objects of the current second.
    let sweeping = async {
        loop {
            let answer = host.invoke(&fixture("schedule", "")).await;
            if answer != json!({"results": []}) {
                return answer;
            }
        }
    };
    let swept = timeout(Duration::from_secs(30), sweeping).await.unwrap_or_else(|_| panic!("{}", host.log()));
    assert_eq!(swept["results"][0]["code"], "200", "{swept}");
    env.assert_published("found", &bytes);
}

#[tokio::test]
async fn an_unknown_event_is_an_error_and_the_process_lives_on() {
    let env = LambdaEnv::start(&[]).await;
    let host = env.host("lambda.log", 60).await;
    let kinesis = json!({"Records": [{"eventSource": "aws:kinesis"}]});
    let answer = host.invoke(&kinesis).await;
    assert_eq!(answer["errorType"], "UnknownEvent", "{answer}");
    assert!(answer["errorMessage"].as_str().unwrap().contains("aws:kinesis"), "{answer}");
    let process = host.function();
    assert_eq!(host.invoke(&fixture("s3-test", "")).await, json!({"results": []}));
    assert!(process.is_some() && host.function() == process, "it is the same process");
    assert_eq!(env.clouds.youku.sessions(), []);
}

#[tokio::test]
async fn a_panic_fails_one_call_and_the_process_lives_on() {
    let folder = tempfile::tempdir().unwrap();
    let program = binary("examples/panicking");
    let host = Emulator::start_program(&program, &BTreeMap::new(), 60, folder.path().join("log")).await;
    let calm = json!({"results": []});
    assert_eq!(host.invoke(&json!({})).await, calm);
    let process = host.function();
    let answer = host.invoke(&json!({"panic": "s3cret"})).await;
    assert_eq!(
        (&answer["errorType"], &answer["errorMessage"]),
        (&json!("Panic"), &json!("the function panicked"))
    );
    assert_eq!(host.invoke(&json!({})).await, calm);
    assert!(process.is_some() && host.function() == process, "it is the same process");
}

#[tokio::test]
async fn a_file_of_300_mib_arrives_in_little_memory() {
    let env = LambdaEnv::start(&[]).await;
    let host = env.host("lambda.log", 60).await;
    let bytes: Bytes = sample_bytes(1, 300 * MIB);
    env.s3.put("videos", "in/large (final)+第.mp4", &bytes).await;
    let answer = host.invoke(&fixture("s3", "large")).await;
    assert_eq!(answer["results"][0]["code"], "200", "{answer}: {}", host.log());
    env.assert_published("large (final)+第", &bytes);
    let received: u64 = env.clouds.youku.received().iter().map(|view| view.bytes).sum();
    assert_eq!(received, bytes.len() as u64, "nothing is sent twice");
    let process = host.function().expect("a process").as_raw();
    let peak = peak_kib(process.try_into().unwrap());
    assert!(peak < 24 << 10, "{peak} KiB at the peak");
}

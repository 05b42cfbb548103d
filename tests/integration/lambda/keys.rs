//! Keys that only S3 has.

use super::LambdaEnv;
use crate::support::{s3::S3, sample_bytes};
use serde_json::{Value, json};

/// What S3 sends about `/lead.mp4` of the bucket `videos`.
const EVENT: &str = include_str!("fixtures/s3-leading-slash.json");

/// A key that begins with a slash is published, asked for by an event or by a task.
#[tokio::test]
async fn a_key_that_begins_with_a_slash_is_published() {
    let mut env = LambdaEnv::start(&[]).await;
    env.s3 = S3::start_with_slashes(&env.folder.path().join("slashes"), &["videos", "ledger"]).await;
    env.variables.insert("OSS2YOUKU_SOURCE__S3_ENDPOINT".into(), env.s3.endpoint.clone());
    let host = env.host("lambda.log", 60).await;
    let bytes = sample_bytes(1, 3000);
    env.s3.put("videos", "/lead.mp4", &bytes).await;
    let event: Value = serde_json::from_str(EVENT).unwrap();
    let answer = host.invoke(&event).await;
    assert_eq!(answer["results"][0]["code"], "200", "{answer} {}", host.log());
    assert_eq!(answer["results"][0]["data"]["key"], "/lead.mp4", "{answer}");
    env.assert_published("lead", &bytes);

    let other = sample_bytes(2, 4000);
    env.s3.put("videos", "//in/other.mp4", &other).await;
    let answer = host.invoke(&json!({"source": "s3://videos///in/other.mp4"})).await;
    assert_eq!(answer["code"], "200", "{answer}");
    env.assert_published("other", &other);
    let answer = host.invoke(&json!({"source": "s3://videos/in/../other.mp4"})).await;
    assert_eq!(answer["errorType"], "invalid_job", "{answer}");
}

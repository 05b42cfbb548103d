//! Progress that reaches the caller of a function's URL while the upload runs: the emulator of `cargo lambda` passes streams on as Lambda
//! does.

use super::{LambdaEnv, developing::Watched};
use crate::support::{MIB, add_fault, sample_bytes, wait_fired, within};
use serde_json::{Value, json};

/// The response's next line.
async fn next_line(response: &mut reqwest::Response, rest: &mut Vec<u8>) -> Value {
    loop {
        if let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = rest.drain(..=end).collect();
            return serde_json::from_slice(&line).unwrap();
        }
        let chunk = within("a line", response.chunk()).await.unwrap();
        rest.extend(chunk.expect("the response ended before its outcome"));
    }
}

#[tokio::test]
async fn a_function_url_streams_progress_while_the_upload_runs() {
    let env = LambdaEnv::start(&[("OSS2YOUKU_HTTP__STREAM_RESPONSES", "true")]).await;
    let watched = Watched::start(&env).await;
    let bytes = sample_bytes(1, 2 * MIB);
    env.s3.put("videos", "in/streamed.mp4", &bytes).await;
    let commit = json!({"operation": "commit", "times": 1, "fault": {"kind": "hold_before"}});
    let held = add_fault(&env.clouds.youku.control(), commit);
    let task = json!({"source": "s3://videos/in/streamed.mp4", "video": {"title": "streamed"}}).to_string();
    let client = app::http_client().unwrap();
    let asking = client.post(watched.url("/uploads")).header("accept", "application/x-ndjson").body(task);
    let mut response = within("the head of the response", asking.send()).await.unwrap();
    assert_eq!(
        (response.status().as_u16(), &response.headers()["content-type"]),
        (200, &"application/x-ndjson".parse().unwrap())
    );
    let mut rest = Vec::new();
    let first = next_line(&mut response, &mut rest).await;
    assert_eq!(first["event"], "progress", "{first}");
    wait_fired(&env.clouds.youku.control(), held, 1).await;
    assert!(env.clouds.youku.videos().is_empty(), "the first line came before the video");
    env.clouds.youku.control().faults.release(held);
    let to_the_end = async {
        loop {
            let line = next_line(&mut response, &mut rest).await;
            if line["event"] == "outcome" {
                break line;
            }
        }
    };
    let outcome = within("the outcome", to_the_end).await;
    assert_eq!(outcome["data"]["videoid"], env.assert_published("streamed", &bytes).id.as_str());
}

/// What is no progress is the same as without a stream: status, form and error.
#[tokio::test]
async fn a_refused_task_has_its_status_in_a_stream_too() {
    let env = LambdaEnv::start(&[("OSS2YOUKU_HTTP__STREAM_RESPONSES", "true")]).await;
    let watched = Watched::start(&env).await;
    let asking = app::http_client().unwrap().post(watched.url("/uploads")).body(r#"{"source": "ftp://b/k"}"#);
    let response = within("the response", asking.send()).await.unwrap();
    let mode = response.headers().get("lambda-runtime-function-response-mode");
    assert_eq!(mode.map(|mode| mode.as_bytes()), Some(&b"streaming"[..]), "it is a stream");
    let (status, body) = (response.status().as_u16(), within("its body", response.text()).await.unwrap());
    let outcome: Value = serde_json::from_str(&body).unwrap_or_else(|_| panic!("{body}"));
    assert_eq!((status, &outcome["error"]), (400, &json!("invalid_job")), "{body}");
}

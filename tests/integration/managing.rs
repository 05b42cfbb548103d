//! Changing uploads over HTTP: retry, cancel and replay, by a caller with the right `manage`.

use crate::support::{
    MIB, Setup, TestEnv, add_fault,
    callback_receiver::{Receiver, Reply},
    command_line::oss2youku,
    sample_bytes, serve_http, wait_fired,
};
use local_clouds::control::LinkSettings;
use serde_json::{Value, json};
use std::num::NonZeroU64;

const TOKEN: &str = "correct horse";
/// SHA-256 of it, by `sha256sum`.
const TOKENS: &str = r#"[{sha256="4104d36f8da2c254349f85836793ebe029e0c957063a34c91c2e9203187b5631",rights=["submit","read","manage"]}]"#;

async fn start_env(variables: &[(&str, &str)]) -> TestEnv {
    let variables: Vec<_> = [("OSS2YOUKU_HTTP__TOKENS", TOKENS)].iter().chain(variables).copied().collect();
    TestEnv::start(Setup { variables: &variables, rules: "[]", host: serve_http, ..Setup::default() }).await
}

async fn post(env: &TestEnv, path: &str, body: &Value) -> (u16, Value) {
    env.ask_http_with_token(path, TOKEN, Some(body)).await
}

/// Posts an action to an upload.
async fn act(env: &TestEnv, id: &str, action: &str) -> (u16, Value) {
    post(env, &format!("/uploads/{id}/{action}"), &Value::Null).await
}

async fn state(env: &TestEnv, id: &str) -> Value {
    env.ask_http_with_token(&format!("/uploads/{id}"), TOKEN, None).await.1["state"].take()
}

fn id(outcome: &Value) -> String {
    outcome["data"]["upload_id"].as_str().unwrap_or_else(|| panic!("{outcome}")).to_owned()
}

/// A task's upload that Youku refused.
async fn failed_upload(env: &TestEnv, task: &Value) -> String {
    let refusal = json!({"kind": "status", "status": 400, "code": "120010101"});
    add_fault(&env.clouds.youku.control(), json!({"operation": "create", "fault": refusal}));
    let (status, outcome) = post(env, "/uploads", task).await;
    assert_eq!((status, &outcome["error"]), (502, &json!("youku_failed")), "{outcome}");
    id(&outcome)
}

#[tokio::test]
async fn a_failed_upload_is_published_by_a_retry() {
    let env = start_env(&[]).await;
    let bytes = sample_bytes(1, 3 * MIB);
    env.put("film.mp4", &bytes).await;
    let task = json!({"source": "oss://videos/film.mp4", "video": {"title": "A film", "public_type": "all"}});
    let upload = failed_upload(&env, &task).await;
    let (status, told) = post(&env, &format!("/uploads/{upload}/retry?new_sesion=true"), &Value::Null).await;
    assert_eq!((status, &told["error"]), (400, &json!("invalid_query")), "{told}");
    assert_eq!(state(&env, &upload).await, "failed");

    let (status, outcome) = act(&env, &upload, "retry").await;
    let video = env.assert_published("A film", &bytes);
    assert_eq!((status, &outcome["data"]["videoid"]), (200, &json!(video.id)), "{outcome}");
    assert_eq!(outcome["data"]["key"], "film.mp4");
    // Once more: the same video.
    let (status, again) = act(&env, &upload, "retry").await;
    assert_eq!((status, &again["data"]["videoid"]), (200, &json!(video.id)), "{again}");
    env.assert_published("A film", &bytes);
    let (status, refused) = act(&env, &upload, "cancel").await;
    assert_eq!((status, &refused["error"]), (409, &json!("wrong_state")), "{refused}");
    assert_eq!((id(&refused), state(&env, &upload).await), (upload, json!("committed")));
}

/// An upload is cancelled while it runs: its caller is told so, no video appears, and a retry publishes it after all.
#[tokio::test]
async fn a_running_upload_is_cancelled_and_retried() {
    let env = start_env(&[("OSS2YOUKU_TRANSFER__PART_MIB", "1")]).await;
    let bytes = sample_bytes(2, 8 * MIB);
    env.put("film.mp4", &bytes).await;
    let bucket = env.clouds.youku.bucket_control();
    let hold =
        add_fault(&bucket, json!({"operation": "UploadPart", "times": 0, "fault": {"kind": "hold_before"}}));
    let task = json!({"source": "oss://videos/film.mp4", "video": {"title": "A film", "public_type": "all"}});
    let (answer, upload) = tokio::join!(post(&env, "/uploads", &task), async {
        wait_fired(&bucket, hold, 1).await;
        let (_, list) = env.ask_http_with_token("/uploads?state=open", TOKEN, None).await;
        let upload = list["uploads"][0]["upload_id"].as_str().unwrap_or_else(|| panic!("{list}")).to_owned();
        let (status, cancelled) = act(&env, &upload, "cancel").await;
        assert_eq!((status, &cancelled["error"]), (200, &Value::Null), "{cancelled}");
        assert_eq!(id(&cancelled), upload);
        bucket.faults.release(hold);
        bucket.faults.clear();
        upload
    });
    assert_eq!(answer.1["error"], "cancelled", "{answer:?}");
    assert_eq!((state(&env, &upload).await, env.clouds.youku.videos().len()), (json!("cancelled"), 0));
    // Not so fast that a second retry could not meet the first.
    env.clouds
        .youku
        .bucket_control()
        .link
        .set(LinkSettings { bytes_per_second: NonZeroU64::new(8 * MIB as u64), ..LinkSettings::default() });
    let (first, second) = tokio::join!(act(&env, &upload, "retry"), act(&env, &upload, "retry"));
    let codes = [first.0, second.0];
    assert!(
        codes.contains(&200) && codes.iter().all(|code| [200, 409].contains(code)),
        "{first:?} {second:?}"
    );
    env.assert_published("A film", &bytes);
}

/// An upload that waits for a time to come, since Youku refused its token, goes on at once by a retry: over HTTP and on the command line.
#[tokio::test]
async fn a_waiting_upload_goes_on_before_its_time() {
    let env = start_env(&[]).await;
    for (number, title) in ["By HTTP", "By command"].into_iter().enumerate() {
        let bytes = sample_bytes(5 + number as u64, 100_000);
        let key = format!("{number}.mp4");
        env.put(&key, &bytes).await;
        let refusal = json!({"kind": "status", "status": 400, "code": "1008"});
        add_fault(&env.clouds.youku.control(), json!({"operation": "create", "times": 0, "fault": refusal}));
        let task =
            json!({"source": format!("oss://videos/{key}"), "video": {"title": title, "public_type": "all"}});
        let (_, outcome) = post(&env, "/uploads", &task).await;
        let upload = id(&outcome);
        let (_, status) = env.ask_http_with_token(&format!("/uploads/{upload}"), TOKEN, None).await;
        assert!(status["waiting"]["not_before"].is_string(), "{status}");
        env.clouds.youku.control().faults.clear();
        match number {
            0 => {
                let (status, outcome) = act(&env, &upload, "retry").await;
                assert_eq!((status, outcome["data"]["upload_id"].as_str()), (200, Some(upload.as_str())));
            }
            _ => {
                let output = oss2youku(&env, &["retry", &upload]).await;
                assert_eq!(output.code, Some(0), "{output:?}");
            }
        }
        env.assert_published(title, &bytes);
    }
}

#[tokio::test]
async fn a_callback_is_replayed_as_often_as_asked() {
    let receiver = Receiver::start(&[Reply::Status(200, None), Reply::Status(500, None)]).await;
    let allowed = r#"[{host="127.0.0.1",network="127.0.0.0/8"}]"#;
    let ports = format!("[{}]", receiver.port);
    let variables = [
        ("OSS2YOUKU_CALLBACK__ALLOW_HTTP", "true"),
        ("OSS2YOUKU_CALLBACK__ALLOWED", allowed),
        ("OSS2YOUKU_CALLBACK__PORTS", &ports),
    ];
    let env = start_env(&variables).await;
    env.put("film.mp4", &sample_bytes(3, 100_000)).await;
    env.put("silent.mp4", &sample_bytes(4, 100_000)).await;
    let url = format!("http://127.0.0.1:{}/done?token=s3cret", receiver.port);
    let task = json!({"source": "oss://videos/film.mp4", "callback": {"url": url}});
    let (_, outcome) = post(&env, "/uploads", &task).await;
    let upload = id(&outcome);
    let (status, told) = act(&env, &upload, "callback").await;
    assert_eq!((status, &told["error"]), (502, &json!("callback_failed")), "{told}");
    assert!(told["msg"].as_str().is_some_and(|text| text.ends_with(": 500")), "{told}");
    let (status, told) = act(&env, &upload, "callback").await;
    assert_eq!((status, &told["error"]), (200, &Value::Null), "{told}");
    let requests = receiver.requests();
    assert_eq!(requests.iter().map(|request| request.json()).collect::<Vec<_>>(), vec![outcome; 3]);
    let ids: Vec<_> = requests.iter().map(|request| request.header("webhook-id")).collect();
    assert_eq!(ids, vec![format!("{upload}.outcome"); 3]);

    let (_, silent) = post(&env, "/uploads", &json!({"source": "oss://videos/silent.mp4"})).await;
    let (status, told) = act(&env, &id(&silent), "callback").await;
    assert_eq!((status, &told["error"]), (409, &json!("wrong_state")), "{told}");
    assert!(!env.log().contains("s3cret"));
}

#[tokio::test]
async fn what_names_no_upload_is_told_so() {
    let env = start_env(&[]).await;
    let unknown = "0".repeat(32);
    for (name, expected) in
        [(unknown.as_str(), (404, "no_such_upload")), ("film", (400, "invalid_upload_id"))]
    {
        for action in ["retry", "cancel", "callback"] {
            let (status, told) = act(&env, name, action).await;
            assert_eq!((status, &told["error"]), (expected.0, &json!(expected.1)), "{action} {told}");
        }
    }
    let (status, told) = act(&env, &unknown, "publish").await;
    assert_eq!((status, &told["error"]), (404, &json!("no_such_path")), "{told}");
}

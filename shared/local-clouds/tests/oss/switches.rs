use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::env::OssEnv;
use local_clouds::control::Cloud;
use local_clouds::oss::OssSwitches;

const CREATE: [(&str, &str); 1] = [("x-oss-forbid-overwrite", "true")];
const WINDOW: Duration = Duration::from_millis(400);

fn env() -> OssEnv {
    let env = OssEnv::new();
    env.oss.set_switches(OssSwitches { create_only_window_ms: 400, ..OssSwitches::default() });
    env
}

#[tokio::test(start_paused = true)]
async fn of_two_puts_within_the_window_both_succeed_the_last_stays() {
    let env = env();
    let begun = Instant::now();
    let second = async {
        sleep(WINDOW / 2).await;
        env.call("PUT", "/o", &CREATE, "2").await
    };
    let (first, second) = tokio::join!(env.call("PUT", "/o", &CREATE, "1"), second);
    assert_eq!((first.status, second.status), (200, 200));
    assert!(begun.elapsed() >= WINDOW * 3 / 2, "each is written a window after its look");
    assert_ne!(first.header("etag"), second.header("etag"));
    assert_eq!((env.get("/o").await.text().as_str(), env.segments()), ("2", 1));
    let third = env.call("PUT", "/o", &CREATE, "3").await;
    assert_eq!(third.refusal(), (409, "FileAlreadyExists".to_owned()));
    assert_eq!(env.get("/o").await.text(), "2");
}

#[tokio::test(start_paused = true)]
async fn the_look_comes_when_the_whole_body_is_there() {
    let env = env();
    let slow = futures_util::stream::once(async {
        sleep(WINDOW * 2).await;
        Ok::<_, std::io::Error>("slow")
    });
    let slow = env.call("PUT", "/o", &CREATE, axum::body::Body::from_stream(slow));
    let (slow, quick) = tokio::join!(slow, env.call("PUT", "/o", &CREATE, "quick"));
    assert_eq!((quick.status, slow.refusal()), (200, (409, "FileAlreadyExists".to_owned())));
    assert_eq!(env.get("/o").await.text(), "quick");
}

#[tokio::test(start_paused = true)]
async fn a_put_is_written_though_its_caller_left_others_do_not_wait() {
    let env = env();
    let begun = Instant::now();
    assert_eq!(env.put("/other", "x").await.status, 200);
    assert_eq!(begun.elapsed(), Duration::ZERO);
    assert!(timeout(WINDOW / 2, env.call("PUT", "/o", &CREATE, "1")).await.is_err());
    assert_eq!(env.get("/o").await.status, 404);
    sleep(WINDOW).await;
    assert_eq!(env.get("/o").await.text(), "1");
}

#[tokio::test]
async fn switches_are_set_and_shown_over_http() {
    let env = OssEnv::new();
    let call = async |method: &str, body: &'static str| {
        let request = http::Request::builder().method(method).uri("/_sandbox/switches");
        let answer = env.oss.handle(request.body(body.into()).unwrap()).await;
        let (parts, body) = answer.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        (parts.status.as_u16(), serde_json::from_slice::<serde_json::Value>(&body).unwrap())
    };
    let all = |window: u64| {
        let copies = serde_json::json!({"copy_crc64": true, "copy_content_md5": true});
        let mut all = copies.as_object().unwrap().clone();
        all.insert("create_only_window_ms".into(), window.into());
        (200, serde_json::Value::from(all))
    };
    assert_eq!(call("GET", "").await, all(0));
    let set = call("POST", r#"{"create_only_window_ms": 400}"#).await;
    assert_eq!(set, all(400));
    assert_eq!(env.oss.switches(), OssSwitches { create_only_window_ms: 400, ..OssSwitches::default() });
    let (status, answer) = call("POST", r#"{"create_only_windw_ms": 1}"#).await;
    assert!(status == 400 && answer["error"].as_str().unwrap().contains("create_only_windw_ms"), "{answer}");
    assert_eq!(call("POST", "{}").await, set);
}

/// A copied object states the checksums that the switches leave it, and has the bytes either way.
#[tokio::test]
async fn a_copy_states_the_checksums_that_the_switches_leave_it() {
    let env = OssEnv::new();
    env.put("/o", "content").await;
    let whole = env.get("/o").await;
    for (copy_crc64, copy_content_md5) in [(true, true), (false, true), (true, false), (false, false)] {
        env.oss.set_switches(OssSwitches { copy_crc64, copy_content_md5, ..OssSwitches::default() });
        let copied = env.call("PUT", "/copy", &[("x-oss-copy-source", "/bucket/o")], "").await;
        let copy = env.get("/copy").await;
        assert_eq!((copied.status, copy.text().as_str()), (200, "content"));
        for (name, stated) in [("x-oss-hash-crc64ecma", copy_crc64), ("content-md5", copy_content_md5)] {
            let expected = if stated { whole.header(name) } else { "" };
            assert_eq!(copy.header(name), expected, "{name} {copy_crc64} {copy_content_md5}");
        }
        assert_eq!(copied.header("x-oss-hash-crc64ecma").is_empty(), !copy_crc64);
    }
}

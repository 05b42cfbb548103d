//! Payloads and unique ids as clients of the field send them.

use super::{GearmanEnv, limits::Client, within};
use serde_json::Value;

const SUBMIT_JOB: u32 = 7;
const WORK_COMPLETE: u32 = 13;

/// Submits a job by its bytes; returns its answer.
async fn submit(port: u16, unique: String, payload: Vec<u8>) -> Value {
    let submitting = tokio::task::spawn_blocking(move || {
        let mut client = Client::connect(port);
        let arguments = [b"upload\0", unique.as_bytes(), b"\0", &payload].concat();
        client.send(SUBMIT_JOB, &arguments, 0);
        serde_json::from_slice(&client.wait_for(WORK_COMPLETE)).unwrap()
    });
    within("an answer", submitting).await.unwrap()
}

/// A SHA-256 in hex has 64 characters: gearmand 1.1.20 cuts such an id and puts a NUL before the payload.
#[tokio::test]
async fn a_unique_id_of_64_bytes_is_taken() {
    let world = GearmanEnv::start().await;
    let _shim = world.shim(&[]);
    for length in [64, 63, 62] {
        let name = format!("film-{length}");
        let (task, bytes) = world.object(&name, 1000).await;
        let answer = submit(world.gearmand.port, "5e".repeat(32)[..length].into(), task.into_bytes()).await;
        let video = world.env.assert_published(&name, &bytes);
        assert_eq!(answer["data"]["videoid"], video.id.as_str(), "{length}: {answer}");
    }
}

/// Byte-order marks, Windows line ends, NULs and blanks are passed over; anything else after the JSON is an error.
#[tokio::test]
async fn what_surrounds_a_legacy_task_is_passed_over() {
    let world = GearmanEnv::start().await;
    let _shim = world.shim(&[]);
    let (task, bytes) = world.object("film", 1000).await;
    let spaced = task.replace(',', ",\r\n");
    for (before, task, after) in [
        ("\u{feff}", &task, ""),
        ("", &task, "\0"),
        ("", &spaced, "\0\0 \r\n\0"),
        ("\u{feff}\r\n", &spaced, "\r\n\0"),
    ] {
        let payload = format!("{before}{task}{after}").into_bytes();
        let answer = submit(world.gearmand.port, String::new(), payload).await;
        let video = world.env.assert_published("film", &bytes);
        assert_eq!(answer["data"]["videoid"], video.id.as_str(), "{before:?} {after:?}: {answer}");
    }
    for after in ["\0x", "{}", "\0{}\0", "\u{feff}"] {
        let answer = submit(world.gearmand.port, String::new(), format!("{task}{after}").into_bytes()).await;
        assert_eq!(answer["code"], "500", "{after:?}");
        assert!(answer["msg"].as_str().unwrap().contains("is not JSON"), "{after:?}: {answer}");
    }
}

//! A legacy job whose film cannot become a video.

use super::{GearmanEnv, within};
use bytes::Bytes;
use serde_json::{Value, json};

/// An MP4 whose encoder was killed: its `mdat` has no end, and there is no index.
fn unfinished() -> Bytes {
    let mut bytes = b"\0\0\0\x18ftypisom\0\0\0\0isommp42\0\0\0\0mdat".to_vec();
    bytes.extend(crate::support::sample_bytes(1, 100_000));
    bytes.into()
}

/// Legacy clients get the code that they know, and the sentence; `conf.preflight` publishes the film all the same.
#[tokio::test]
async fn a_broken_film_is_answered_as_500_and_published_on_request() {
    let world = GearmanEnv::start().await;
    let _shim = world.shim(&[]);
    world.env.put("user/dee/film.mp4", &unfinished()).await;
    let answer =
        within("an answer", world.gearmand.foreground(&world.task("film"))).await.expect("an answer");
    assert_eq!((&answer["code"], &answer["error"]), (&json!("500"), &json!("not_publishable")), "{answer}");
    assert!(answer["msg"].as_str().unwrap().starts_with("The file has no index"), "{answer}");
    assert_eq!(answer["data"]["findings"][0]["word"], "no_index", "{answer}");
    assert_eq!(world.env.clouds.youku.sessions(), []);

    let mut task: Value = serde_json::from_str(&world.task("film")).unwrap();
    task["conf"]["preflight"] = "off".into();
    let answer = within("an answer", world.gearmand.foreground(&task.to_string())).await.expect("an answer");
    assert_eq!(answer["code"], "200", "{answer}");
    world.env.assert_published("film", &unfinished());
}

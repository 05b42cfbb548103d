//! Managed Instances, where one process has several calls at once.

use super::{
    LambdaEnv, fixture,
    interruptions::{SMALL_PARTS, slow},
    runtime_api::{Process, RuntimeApi},
};
use crate::support::{MIB, binary, sample_bytes};
use serde_json::json;
use std::time::Duration;
use tokio::time::{sleep, timeout};

#[tokio::test]
async fn a_host_of_several_calls_at_once_has_them_done_at_once() {
    let env = LambdaEnv::start(&SMALL_PARTS).await;
    let mut variables = env.variables.clone();
    variables.insert("AWS_LAMBDA_MAX_CONCURRENCY".to_owned(), "2".to_owned());
    let objects = ["one", "other"].map(|title| (title, sample_bytes(title.len() as u64, 6 * MIB)));
    for (title, bytes) in &objects {
        env.s3.put("videos", &format!("in/{title} (final)+第.mp4"), bytes).await;
    }
    slow(&env, 6);
    let events = objects.iter().map(|(title, _)| fixture("s3", title)).collect();
    let mut api = RuntimeApi::start(events).await;
    let _function = Process::start(&binary("oss2youku-lambda"), &variables, &api);

    let both_moving = async {
        let begun = || env.clouds.youku.received().iter().filter(|view| view.bytes >= MIB as u64).count();
        while begun() < 2 {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(30), both_moving).await.expect("bytes of both are moving");
    assert_eq!(env.clouds.youku.videos(), [], "neither waited for the other");

    let mut answered = [api.answered().await, api.answered().await];
    answered.sort_by_key(|answer| answer.number);
    for (answer, (title, bytes)) in answered.iter().zip(&objects) {
        let title = format!("{title} (final)+第");
        let video = env.assert_published(&title, bytes);
        let outcome = &answer.body["results"][0];
        assert_eq!(
            (answer.way.as_str(), &outcome["data"]["videoid"]),
            ("response", &json!(video.id)),
            "{title}"
        );
    }
}

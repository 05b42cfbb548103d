//! Several processes get the event of one object at once, over a ledger whose create-only writes are not atomic: each may read that
//! it was first.

use super::{
    Answer, OPEN, called_by_test, count_committed_sessions, send_event, send_events_at_once, videos,
};
use crate::support::{Setup, TestEnv, ledger_bucket, sample_bytes};
use local_clouds::{oss::OssSwitches, youku::VideoView};
use std::time::Duration;

/// Milliseconds between the local OSS's check of a key and its write: less than the 500 ms that the product assumes at most by
/// default.
const WINDOW_MS: u64 = 400;

/// A ledger in the local OSS, and a sweep for uploads that a twin leaves because it lost against another.
async fn start_env(mode: &str) -> TestEnv {
    let variables = [OPEN[0], OPEN[1], OPEN[2], ("OSS2YOUKU_LEDGER__LEASE_SECONDS", "5")];
    let setup = Setup {
        mode,
        variables: &variables,
        ledger_in_bucket: true,
        sweep_every: Some(Duration::from_secs(1)),
        ..called_by_test()
    };
    let env = TestEnv::start(setup).await;
    env.clouds.oss.set_switches(OssSwitches { create_only_window_ms: WINDOW_MS, ..OssSwitches::default() });
    env
}

/// Asserts that each answer names the video or says that it is in progress.
fn assert_consistent(answers: &[Answer], video: &VideoView, race: &str) {
    for answer in answers {
        let fits = answer.video() == Some(video.id.as_str()) || answer.leaves_it_to_another_holder();
        assert!(fits, "{race}: {answer:?} of {answers:?}");
    }
}

/// Races of two and three twins; every fourth of the objects is large enough for several parts.
async fn race(env: &TestEnv, races: u64) {
    for number in 0..races {
        let title = format!("twins-{number:02}");
        let size = if number % 4 == 0 { 3_000_000 } else { 1000 };
        let (key, bytes, twins) = (format!("{title}.mp4"), sample_bytes(number, size), 2 + number % 2);
        env.put(&key, &bytes).await;
        let answers = send_events_at_once(env, &key, &bytes, twins, number).await;
        let race = format!("{title}, {twins} twins");
        let at_rest =
            async |env: &TestEnv| videos(env, &title) > 0 && ledger_bucket::open_marks(env).is_empty();
        env.wait_until(at_rest).await;
        let video = env.assert_published(&title, &bytes);
        assert_consistent(&answers, &video, &race);
        assert_eq!(count_committed_sessions(env).get(&title), Some(&1), "{race}: one session is committed");
        let late = send_event(env, &key, &bytes).await;
        assert_eq!(late.video(), Some(video.id.as_str()), "{race}: {late:?}");
    }
    assert_eq!(env.clouds.youku.videos().len() as u64, races);
}

#[tokio::test]
async fn twins_over_a_ledger_that_is_not_atomic_make_one_video() {
    race(&start_env("oss").await, 3).await;
}

#[tokio::test]
#[ignore = "slow: twenty races over a slow ledger"]
async fn in_20_races_twins_over_a_ledger_not_atomic_make_one_video() {
    race(&start_env("oss").await, 20).await;
}

#[tokio::test]
#[ignore = "slow: eight races over a slow ledger"]
async fn twins_in_slice_mode_over_a_ledger_not_atomic_make_one_video() {
    race(&start_env("slice").await, 8).await;
}

#[tokio::test]
#[ignore = "slow: eight processes over a slow ledger"]
async fn eight_twins_over_a_ledger_that_is_not_atomic_make_one_video() {
    let env = start_env("oss").await;
    let bytes = sample_bytes(1, 100_000);
    env.put("film.mp4", &bytes).await;
    let answers = send_events_at_once(&env, "film.mp4", &bytes, 8, 1).await;
    env.wait_until(async |env| videos(env, "film") > 0 && ledger_bucket::open_marks(env).is_empty()).await;
    assert_consistent(&answers, &env.assert_published("film", &bytes), "eight twins");
    assert_eq!(count_committed_sessions(&env).get("film"), Some(&1));
}

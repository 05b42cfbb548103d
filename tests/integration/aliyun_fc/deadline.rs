//! An upload that needs many times the function's time limit.

use crate::support::{MIB, Setup, TestEnv, ledger_bucket, sample_bytes};
use local_clouds::control::LinkSettings;
use std::{num::NonZeroU64, time::Duration};

const LIMIT_SECONDS: u32 = 2;
const LIMITS: usize = 12;
const PER_SECOND: usize = 6 * MIB;
const ENV: [(&str, &str); 3] = [
    ("OSS2YOUKU_TRANSFER__PART_MIB", "1"),
    ("OSS2YOUKU_TRANSFER__IN_FLIGHT", "1"),
    ("OSS2YOUKU_TRANSFER__SLICE_KIB", "1024"),
];

/// An upload that takes twelve time limits is handed over from call to call until it is done.
#[tokio::test]
#[ignore = "slow: moves bytes for twelve time limits"]
async fn an_upload_of_twelve_time_limits_is_handed_over() {
    let setup = Setup {
        variables: &ENV,
        sweep_every: Some(Duration::from_millis(250)),
        ledger_in_bucket: true,
        host: |function| {
            function.timeout = Duration::from_secs(LIMIT_SECONDS.into());
            function.instance_concurrency = 1;
            function.async_config.retries = 3;
        },
        ..Setup::default()
    };
    let env = TestEnv::start(setup).await;
    let slow =
        LinkSettings { bytes_per_second: NonZeroU64::new(PER_SECOND as u64), ..LinkSettings::default() };
    env.clouds.youku.control().link.set(slow);
    let bytes = sample_bytes(1, LIMITS * LIMIT_SECONDS as usize * PER_SECOND);
    env.put("film.mp4", &bytes).await;
    env.wait_until(async |env| {
        env.clouds.youku.videos().len() == 1 && ledger_bucket::open_marks(env).is_empty()
    })
    .await;

    let video = env.assert_published("film", &bytes);
    assert_eq!(env.take_dead_letters(), [serde_json::json!(null); 0], "the platform gave no call up");
    let story = ledger_bucket::steps_and_epochs(&env).await;
    let runs = story.iter().filter(|(step, _)| step == "claimed").count();
    assert!(runs >= LIMITS, "{runs} runs");
    let sessions = env.clouds.youku.received();
    assert_eq!(sessions.len(), 1, "one session for all runs");
    assert_eq!(sessions[0].video_id, video.id);
    // A run may end in the middle of its one part.
    let most = bytes.len() + runs * MIB;
    assert!(sessions[0].bytes <= most as u64, "{} bytes taken in by {runs} runs", sessions[0].bytes);
}

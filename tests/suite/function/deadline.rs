//! An upload that needs many times the function's time limit.

use super::{MIB, Rig, Setup, bytes, records};
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

#[tokio::test]
#[ignore = "slow: moves bytes for twelve time limits"]
async fn an_upload_of_twelve_time_limits_is_handed_on_until_it_is_done() {
    let setup = Setup {
        env: &ENV,
        sweep_every: Some(Duration::from_millis(250)),
        ledger_in_bucket: true,
        host: |function| {
            function.timeout = Duration::from_secs(LIMIT_SECONDS.into());
            function.instance_concurrency = 1;
            function.async_config.retries = 3;
        },
        ..Setup::default()
    };
    let rig = Rig::start(setup).await;
    let slow =
        LinkSettings { bytes_per_second: NonZeroU64::new(PER_SECOND as u64), ..LinkSettings::default() };
    rig.clouds.youku.control().link.set(slow);
    let bytes = bytes(1, LIMITS * LIMIT_SECONDS as usize * PER_SECOND);
    rig.put("film.mp4", &bytes).await;
    rig.until(async |rig| rig.clouds.youku.videos().len() == 1 && records::open_marks(rig).is_empty()).await;

    let video = rig.published("film", &bytes);
    assert_eq!(rig.given_up(), [serde_json::json!(null); 0], "the platform gave no call up");
    let story = records::story(&rig).await;
    let runs = story.iter().filter(|(step, _)| step == "claimed").count();
    assert!(runs >= LIMITS, "{runs} runs");
    let sessions = rig.clouds.youku.received();
    assert_eq!(sessions.len(), 1, "one session for all runs");
    assert_eq!(sessions[0].video_id, video.id);
    // A run may end in the middle of its one part.
    let most = bytes.len() + runs * MIB;
    assert!(sessions[0].bytes <= most as u64, "{} bytes taken in by {runs} runs", sessions[0].bytes);
}

//! Sessions without an MD5, over real sockets: an object put in parts states a CRC-64 and no MD5, and the settings let Youku's web form be
//! asked for.

use super::{naming, send_event, start_env_with_setting, task};
use crate::support::{MIB, TestEnv, command_line::oss2youku, sample_bytes};
use local_clouds::youku::{Switches, WebUpload};

async fn start_env(web_upload: WebUpload) -> TestEnv {
    start_env_with_setting(("OSS2YOUKU_YOUKU__MD5", "web"), Switches { web_upload, ..Switches::default() })
        .await
}

/// Whether Youku takes the session or its create refuses it, the video has the object's bytes.
#[tokio::test]
async fn a_film_in_parts_is_published_without_or_with_its_md5() {
    for (web_upload, stated) in [(WebUpload::Taken, false), (WebUpload::RefusedAtCreate, true)] {
        let env = start_env(web_upload).await;
        let bytes = sample_bytes(1, 3 * MIB + 17);
        env.put_in_parts_of("film.mp4", &bytes, MIB, &[]).await;
        let answer = send_event(&env, "film.mp4", &bytes).await;
        let video = env.assert_published("film", &bytes);
        assert_eq!(answer.video(), Some(video.id.as_str()), "{web_upload:?}: {answer:?}");
        let sessions = env.clouds.youku.sessions();
        assert_eq!(sessions.len(), 1, "{web_upload:?}");
        assert_eq!(sessions[0].file_md5.is_some(), stated, "{web_upload:?}");
    }
}

/// A commit that refuses it is that upload's end: nobody knows what a second session would do. The advice names the setting; `again` without
/// it publishes.
#[tokio::test]
async fn a_commit_that_misses_the_md5_names_the_setting() {
    let env = start_env(WebUpload::RefusedAtCommit).await;
    let bytes = sample_bytes(1, 3 * MIB + 17);
    env.put_in_parts_of("film.mp4", &bytes, MIB, &[]).await;
    let answer = task(&env, &naming("film.mp4")).await;
    assert!(answer.video().is_none() && answer.error() == Some("hash_refused"), "{answer:?}");
    assert!(env.clouds.youku.videos().is_empty());
    let explained = oss2youku(&env, &["explain", "oss://videos/film.mp4"]).await;
    assert!(explained.out.contains("youku.md5"), "{explained:?}");
}

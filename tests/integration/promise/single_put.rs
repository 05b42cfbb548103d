//! One PutObject in place of a multipart upload, over real sockets, in every position that Youku may take.

use super::{naming, send_event, start_env_with_setting, task};
use crate::support::{MIB, TestEnv, command_line::oss2youku, sample_bytes};
use local_clouds::youku::{SinglePut, Switches};

async fn start_env(single_put: SinglePut) -> TestEnv {
    start_env_with_setting(
        ("OSS2YOUKU_YOUKU__SINGLE_PUT", "true"),
        Switches { single_put, ..Switches::default() },
    )
    .await
}

/// Whether the bucket takes it or denies it, the video has the object's bytes and comes of one session.
#[tokio::test]
async fn an_object_of_one_request_or_of_parts_is_published_once() {
    for single_put in [SinglePut::Taken, SinglePut::RefusedAtBucket] {
        let env = start_env(single_put).await;
        for (title, size) in [("small", 1), ("fits", 8 * MIB), ("larger", 8 * MIB + 1)] {
            let (key, bytes) = (format!("{title}.mp4"), sample_bytes(size as u64, size));
            env.put(&key, &bytes).await;
            let answer = send_event(&env, &key, &bytes).await;
            let video = env.assert_published(title, &bytes);
            assert_eq!(answer.video(), Some(video.id.as_str()), "{single_put:?}, {title}: {answer:?}");
        }
        assert_eq!(env.clouds.youku.sessions().len(), 3, "{single_put:?}");
    }
}

/// A commit that wants parts ends the upload, with advice that names the setting.
#[tokio::test]
async fn a_commit_that_wants_parts_names_the_setting() {
    let env = start_env(SinglePut::RefusedAtCommit).await;
    env.put("film.mp4", &sample_bytes(1, MIB)).await;
    let answer = task(&env, &naming("film.mp4")).await;
    assert!(answer.video().is_none() && answer.error() == Some("hash_refused"), "{answer:?}");
    assert_eq!((env.clouds.youku.videos().len(), env.clouds.youku.sessions().len()), (0, 1));
    let explained = oss2youku(&env, &["explain", "oss://videos/film.mp4"]).await;
    assert!(explained.out.contains("youku.single_put"), "{explained:?}");
}

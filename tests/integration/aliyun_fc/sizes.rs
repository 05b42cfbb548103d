//! Any size, in either mode, from either kind of source object, under any key.

use crate::support::{MIB, Setup, TestEnv, sample_bytes};
use local_clouds::fc::AsyncState;
use std::time::Duration;

/// Uploads one object of each size from each kind of source; every byte must have been sent once.
async fn sizes_arrive(setup: Setup<'_>, sizes: &[usize]) {
    let env = TestEnv::start(setup).await;
    for (number, size) in sizes.iter().enumerate() {
        let bytes = sample_bytes(number as u64, *size);
        for source in ["put", "parts"] {
            let title = format!("{source} {number}");
            let key = format!("in/{title}.mp4");
            match source {
                "put" => env.put(&key, &bytes).await,
                _ => env.put_in_parts(&key, &bytes).await,
            }
            let delivery = env.wait_for_delivery().await;
            assert_eq!((delivery.state, delivery.attempts), (AsyncState::Succeeded, 1), "{delivery:?}");
            let video = env.assert_published(&title, &bytes);
            assert_eq!(delivery.result()["data"]["videoid"], video.id, "{delivery:?}");
            let received = env.clouds.youku.received();
            let received = received.iter().find(|view| view.video_id == video.id).expect("a session");
            assert_eq!(received.bytes, *size as u64, "{title}: nothing is sent twice");
        }
    }
}

#[tokio::test]
async fn every_size_arrives_in_oss_mode() {
    // 1 MiB is the planner's smallest part: the object is one part, a byte more makes two.
    sizes_arrive(Setup::with_mode("oss"), &[1, MIB, MIB + 1, 8 * MIB, 100 * MIB]).await;
}

#[tokio::test]
async fn one_whole_part_and_one_byte_more_arrive_in_oss_mode() {
    // With one part at a time none shrinks: 8 MiB is one part.
    let variables = [("OSS2YOUKU_TRANSFER__IN_FLIGHT", "1"), ("OSS2YOUKU_TRANSFER__PART_MIB", "8")];
    let setup = Setup { variables: &variables, ..Setup::with_mode("oss") };
    sizes_arrive(setup, &[8 * MIB - 1, 8 * MIB, 8 * MIB + 1, 16 * MIB]).await;
}

#[tokio::test]
async fn every_size_arrives_in_slice_mode() {
    // A slice has 2 MiB.
    // Nothing is lost here: a slice that a busy machine hashes slowly is not one to hand out again.
    let setup = Setup {
        youku: |youku| youku.undelivered_slice_returns_after = Duration::from_secs(60),
        ..Setup::with_mode("slice")
    };
    sizes_arrive(setup, &[1, MIB, 2 * MIB, 2 * MIB + 1, 8 * MIB + 1, 100 * MIB]).await;
}

#[tokio::test]
async fn keys_and_titles_of_any_characters_arrive_as_they_are() {
    let keys = [
        ("中文 目录/第 1 集：开始.mp4", "第 1 集：开始"),
        ("a b+c%20d&e=f?g.mp4", "a b+c%20d&e=f?g"),
        ("in/a..../%2F%e4%b8 #1;x.mkv", "%2F%e4%b8 #1;x"),
        ("in/It's \"a\" <b> & 'c'.MP4", "It's \"a\" <b> & 'c'"),
        ("in/🎬 две серии.mov", "🎬 две серии"),
    ];
    for mode in ["oss", "slice"] {
        let env = TestEnv::start(Setup::with_mode(mode)).await;
        for (number, (key, title)) in keys.iter().enumerate() {
            let bytes = sample_bytes(number as u64, 300_000);
            env.put(key, &bytes).await;
            let delivery = env.wait_for_delivery().await;
            assert_eq!(delivery.result()["data"]["key"], *key, "{delivery:?}");
            let video = env.assert_published(title, &bytes);
            assert_eq!(Some(video.file_name.as_str()), key.rsplit('/').next());
        }
    }
}

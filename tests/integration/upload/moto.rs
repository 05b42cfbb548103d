//! Objects in moto, an S3 that nobody here wrote, with what they state about their videos.

use super::start_env;
use crate::support::{
    TestEnv,
    command_line::{command, run_command},
    moto::{KEY, Moto, REGION},
    sample_bytes,
};
use std::path::Path;

/// An object's name and metadata, and the title and tags of its video.
type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str, &'a str);

/// S3 keeps a percent-encoded and a plain value as they are, and returns what is not ASCII in encoded words (RFC 2047).
#[tokio::test]
async fn what_objects_in_moto_state_is_published() {
    let env = start_env().await;
    let folder = tempfile::tempdir().unwrap();
    let moto = Moto::start("films").await;
    let cases: [Case<'_>; 4] = [
        ("none+第 1.mp4", &[], "none+第 1", "other"),
        ("plain.mp4", &[("youku-title", "Gala 2026"), ("youku-tags", "live, tv")], "Gala 2026", "live,tv"),
        (
            "percent.mp4",
            &[("youku-title", "%E6%98%A5%E6%99%9A"), ("youku-tags", "%E6%98%A5%E6%99%9A")],
            "春晚",
            "春晚",
        ),
        (
            "words.mp4",
            &[
                ("youku-title", "=?UTF-8?B?5pil5pma?= =?UTF-8?Q?_2026?="),
                ("youku-tags", "=?UTF-8?Q?=E6=98=A5=E6=99=9A?="),
            ],
            "春晚 2026",
            "春晚",
        ),
    ];
    for (seed, (name, metadata, title, tags)) in (1..).zip(cases) {
        let bytes = sample_bytes(seed, 5_000_000);
        moto.put(&format!("in/{name}"), &bytes, metadata).await;
        let (code, shown) = upload(&env, &moto, folder.path(), name).await;
        assert_eq!(code, Some(0), "{shown}");
        assert_eq!(env.assert_published(title, &bytes).tags, tags, "{name}");
    }
    let broken = [("youku-title", "=?UTF-8?B?5pil5pm?=")];
    moto.put("in/broken.mp4", &sample_bytes(9, 1000), &broken).await;
    let (code, shown) = upload(&env, &moto, folder.path(), "broken.mp4").await;
    assert!(code == Some(5) && shown.contains("youku-title holds an encoded word"), "{code:?} {shown}");
    assert_eq!(env.clouds.youku.videos().len(), 4, "nothing else is published");
}

/// Uploads an object of it; the exit code, and everything that was printed.
async fn upload(env: &TestEnv, moto: &Moto, folder: &Path, name: &str) -> (Option<i32>, String) {
    let mut command = command(env, folder, &["upload", &format!("s3://films/in/{name}")]);
    command.envs([
        ("OSS2YOUKU_SOURCE__S3_ENDPOINT", moto.endpoint.as_str()),
        ("OSS2YOUKU_SOURCE__REGION", REGION),
        ("AWS_ACCESS_KEY_ID", KEY.0),
        ("AWS_SECRET_ACCESS_KEY", KEY.1),
    ]);
    let output = run_command(command).await;
    (output.code, format!("{output:?}"))
}

//! `upload --retry`: what an upload was begun with, and what is stated now.

use super::start_env;
use crate::support::{
    TestEnv, add_fault,
    command_line::{command, file, last_event, run, run_command},
    sample_bytes, wait_fired, within,
};
use serde_json::json;
use std::path::Path;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};

/// Uploads `a.mp4` until its parts are refused, and cancels it; returns the upload's id.
async fn cancel_midway(env: &TestEnv, folder: &Path) -> String {
    let bucket = env.clouds.youku.bucket_control();
    let unavailable = json!({"kind": "status", "status": 503, "code": "ServiceUnavailable"});
    add_fault(&bucket, json!({"operation": "UploadPart", "times": 0, "fault": unavailable}));
    let mut impatient = command(env, folder, &["upload", "a.mp4"]);
    impatient.env("OSS2YOUKU_TRANSFER__PATIENCE_SECONDS", "1");
    assert_eq!(run_command(impatient).await.code, Some(7));
    bucket.faults.clear();
    let [open] = run(env, folder, &["list", "--open", "--json"]).await.lines().try_into().unwrap();
    let id = open["upload_id"].as_str().unwrap().to_owned();
    assert_eq!(run(env, folder, &["cancel", &id]).await.code, Some(0));
    id
}

/// A retry publishes what the upload was begun with, here for everybody: one that states something else is refused, and the dry run says
/// so before. One that states the same is published.
#[tokio::test]
async fn a_retry_that_states_something_else_is_refused() {
    let env = start_env().await;
    let video = sample_bytes(1, 3_000_000);
    let (folder, _) = file("a.mp4", &video);
    let id = cancel_midway(&env, folder.path()).await;
    let upload = async |flag: &str, stated: &[&str]| {
        run(&env, folder.path(), &[&["upload", "a.mp4", flag], stated].concat()).await
    };
    for (stated, names) in [
        (&["--public-type", "friend"][..], &["public_type"][..]),
        (&["--public-type", "password", "--watch-password", "seaside"], &["public_type", "watch_password"]),
        (&["--title", "b", "--tags", "one,two"], &["title", "tags"]),
        (&["--callback", "https://example.com/x"], &["callback"]),
    ] {
        let refused = upload("--retry", &[stated, &["--lang", "en"]].concat()).await;
        let says = |text: &str| refused.err.contains(text);
        assert!(refused.code == Some(2) && says("[invalid_job]"), "{refused:?}");
        assert!(says("nothing was published") && says("oss2youku upload --again TEXT"), "{refused:?}");
        assert!(names.iter().all(|name| says(name)) && !says("seaside"), "{refused:?}");
    }
    let friend = ["--public-type", "friend"];
    let refused = upload("--retry", &[&friend[..], &["--lang", "zh"]].concat()).await;
    assert!(
        refused.err.contains("没有发布任何内容") && refused.err.contains("（public_type）"),
        "{refused:?}"
    );
    let refused = upload("--retry", &[&friend[..], &["--json"]].concat()).await.lines();
    let failed = last_event(&refused, "failed");
    assert_eq!((&failed["error"], &failed["upload_id"]), (&json!("invalid_job"), &json!(id)));

    for (lang, words) in [
        ("en", "attention    it was begun already with other statements"),
        ("zh", "注意         它此前已按不同的内容开始"),
    ] {
        let planned = upload("--dry-run", &[&friend[..], &["--lang", lang]].concat()).await;
        let line = planned.out.lines().find(|line| line.starts_with(words));
        assert!(
            line.is_some_and(|line| line.contains("public_type") && line.contains("--again")),
            "{planned:?}"
        );
    }
    for (stated, is_warned) in [(&friend[..], true), (&["--title", "a"], false)] {
        let planned = upload("--dry-run", &[stated, &["--json"]].concat()).await.lines();
        let warning = planned[0]["warning"].as_str().unwrap_or_default();
        assert_eq!(warning.contains("not used: public_type;"), is_warned, "{planned:?}");
        assert_eq!(warning.is_empty(), !is_warned, "{planned:?}");
    }

    assert!(env.clouds.youku.videos().is_empty());
    let retried = upload("--retry", &["--public-type", "all", "--title", "a"]).await;
    assert_eq!(retried.code, Some(0), "{retried:?}");
    assert_eq!(env.assert_published("a", &video).public_type, "all");
}

/// `--retry` means what had ended before: an upload that a person cancels while the command waits for its other holder stays cancelled.
#[tokio::test]
async fn a_cancel_during_the_wait_for_a_holder_is_kept() {
    let env = start_env().await;
    let (folder, _) = file("a.mp4", &sample_bytes(1, 3_000_000));
    let bucket = env.clouds.youku.bucket_control();
    let hold = json!({"operation": "UploadPart", "times": 0, "fault": {"kind": "hold_before"}});
    let held = add_fault(&bucket, hold);
    let mut first = command(&env, folder.path(), &["upload", "a.mp4"]).spawn().unwrap();
    wait_fired(&bucket, held, 1).await;
    let mut second = command(&env, folder.path(), &["upload", "a.mp4", "--retry", "--lang", "en"]);
    let mut second = second.spawn().unwrap();
    let mut notes = BufReader::new(second.stderr.take().unwrap()).lines();
    let waiting = async {
        while let Some(line) = notes.next_line().await.unwrap() {
            if line.contains("another process is working on upload") {
                return;
            }
        }
        panic!("it ended by itself");
    };
    within("the second waits", waiting).await;
    let [open] = run(&env, folder.path(), &["list", "--open", "--json"]).await.lines().try_into().unwrap();
    let cancelled = run(&env, folder.path(), &["cancel", open["upload_id"].as_str().unwrap()]).await;
    assert_eq!(cancelled.code, Some(0), "{cancelled:?}");
    within("the first ends", first.kill()).await.unwrap();
    bucket.faults.clear();
    let ending = async {
        let mut rest = String::new();
        notes.into_inner().read_to_string(&mut rest).await.unwrap();
        (second.wait().await.unwrap().code(), rest)
    };
    let (code, rest) = within("the second ends", ending).await;
    assert!(code == Some(1) && rest.contains("[cancelled]"), "{code:?} {rest}");
    assert!(env.clouds.youku.videos().is_empty());
}

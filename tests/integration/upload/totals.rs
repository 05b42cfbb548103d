//! How a command with several videos ends, and what a terminal makes of names from outside.

use super::start_env;
use crate::support::{
    add_fault,
    command_line::{file, last_event, run},
    sample_bytes,
};
use serde_json::json;
use std::fs;

/// A log gets one line for the end of an upload, though it has two stages.
#[tokio::test]
async fn the_end_of_an_upload_is_one_line_of_a_log() {
    let env = start_env().await;
    let (folder, _) = file("1.mp4", &sample_bytes(1, 3000));
    let output = run(&env, folder.path(), &["upload", "1.mp4", "--lang", "en"]).await;
    let ends = output.err.lines().filter(|line| line.starts_with("finishing") && line.contains("100 %"));
    assert_eq!((output.code, ends.count()), (Some(0), 1), "{output:?}");
}

/// The totals count what was published now and before, what failed and what was left out, in both languages and for programs.
#[tokio::test]
async fn a_batch_ends_with_totals_and_what_was_left_out() {
    let env = start_env().await;
    let (folder, _) = file("1.mp4", &sample_bytes(1, 3000));
    assert_eq!(run(&env, folder.path(), &["upload", "1.mp4"]).await.code, Some(0));
    fs::write(folder.path().join("2.mp4"), sample_bytes(2, 2048)).unwrap();
    fs::write(folder.path().join("3.mp4"), sample_bytes(3, 2048)).unwrap();
    fs::write(folder.path().join("._2.mp4"), "junk").unwrap();
    fs::write(folder.path().join("notes.txt"), "text").unwrap();
    // The first one has its video already, the second one gets it, and the third one is refused.
    let refusal = json!({"kind": "status", "status": 400, "code": "120010101"});
    add_fault(&env.clouds.youku.control(), json!({"operation": "create", "skip": 1, "fault": refusal}));
    let output = run(&env, folder.path(), &["upload", "-r", ".", "--lang", "en"]).await;
    assert_eq!(output.code, Some(1), "{output:?}");
    for line in [
        "total        1 published (2.00 KiB), 1 published before, 1 failed; 0:",
        "left out     2: 1 × left behind by a system (--include-junk uploads it), 1 × not a video by its extension",
    ] {
        assert!(output.err.contains(line), "{line}: {}", output.err);
    }
    let output = run(&env, folder.path(), &["upload", "-r", ".", "--lang", "zh"]).await;
    for line in
        ["合计  已发布 0 个（0 B），此前已发布 2 个，失败 1 个；用时 0:", "未上传  2 个：系统遗留的文件"]
    {
        assert!(output.err.contains(line), "{line}: {}", output.err);
    }
    let output = run(&env, folder.path(), &["upload", "-r", ".", "--json"]).await;
    let lines = output.lines();
    let mut total = last_event(&lines, "total").clone();
    assert!(total["seconds"].take().is_u64());
    assert_eq!(
        total,
        json!({"event": "total", "published": 0, "already": 2, "failed": 1, "stopped": 0, "left_out": 2, "bytes": 0, "seconds": null})
    );
}

/// Keys and texts from outside are shown, never obeyed; a program gets them as they are.
#[tokio::test]
async fn names_from_outside_are_escaped_for_people_alone() {
    let env = start_env().await;
    let name = "a\u{1b}[31m\n\u{202e}x.mp4";
    let shown = r"a\u{1b}[31m\u{a}\u{202e}x.mp4";
    let (folder, _) = file(name, &sample_bytes(1, 3000));
    fs::write(folder.path().join("b\u{9b}2J.txt"), "text").unwrap();
    fs::write(folder.path().join("c\u{1b}]0;title\u{7}.mp4"), "").unwrap();
    for arguments in [
        &["upload", "-r", ".", "--dry-run"][..],
        &["upload", "-r", "."],
        &["upload", name, "c\u{1b}]0;title\u{7}.mp4"],
        &["list"],
        &["explain", name],
        &["retry", name],
        &["cancel", name],
    ] {
        let output = run(&env, folder.path(), &[arguments, &["--lang", "en"]].concat()).await;
        let text = format!("{}{}", output.out, output.err);
        assert!(text.chars().all(|one| one == '\n' || !(one.is_control() || one == '\u{202e}')), "{text:?}");
        assert!(text.contains(shown), "{arguments:?}: {text:?}");
    }
    let output = run(&env, folder.path(), &["upload", name, "--json"]).await;
    assert_eq!(last_event(&output.lines(), "published")["source"], name, "{output:?}");
}

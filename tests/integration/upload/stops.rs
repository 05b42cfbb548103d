//! Uploads that are stopped, killed or slowed down, and resumed.

use super::start_env;
use crate::support::{
    MIB, TestEnv, add_fault,
    command_line::{SWEEPING, TIMEOUT, command, file, last_event, run},
    sample_bytes, wait_fired,
};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    process::Child,
    time::timeout,
};

const CLIENT: &str = "local-client";

fn signal(child: &Child, signal: Signal) {
    let id = child.id().expect("it runs").try_into().unwrap();
    kill(Pid::from_raw(id), signal).unwrap();
}

/// Bytes that Youku has received over all sessions; those sent twice count twice.
fn received(env: &TestEnv) -> u64 {
    env.clouds.youku.received().iter().map(|session| session.bytes).sum()
}

/// The bytes received once no more come: what the killed process had sent may still be in the kernel's buffers, megabytes a connection,
/// and is not sent again.
async fn drained(env: &TestEnv) -> u64 {
    let mut before = received(env);
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let now = received(env);
        if now == before {
            return now;
        }
        before = now;
    }
}

/// Waits until Youku has accepted this many bytes; returns how many it has.
async fn accepted(child: &mut Child, bytes: u64) -> u64 {
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let report = async {
        let mut last = Value::Null;
        while let Some(line) = lines.next_line().await.unwrap() {
            let line: Value = serde_json::from_str(&line).unwrap();
            last.clone_from(&line);
            if let Some(accepted) = line["accepted"].as_u64().filter(|accepted| *accepted >= bytes) {
                return accepted;
            }
        }
        panic!("it ended by itself: {last}");
    };
    timeout(TIMEOUT, report).await.expect("it moves")
}

/// An upload of 500 MiB that is killed half way resumes in another folder, and no accepted part is sent again.
#[tokio::test]
async fn a_killed_upload_resumes_in_another_folder() {
    let env = start_env().await;
    let video = sample_bytes(7, 500 * MIB);
    // Thirty parts arrive; the next eight are held.
    let hold = json!({"operation": "UploadPart", "skip": 30, "times": 8, "fault": {"kind": "hold_before"}});
    add_fault(&env.clouds.youku.bucket_control(), hold);
    let (folder, _) = file("large.mp4", &video);
    let mut child = command(&env, folder.path(), &["upload", "large.mp4", "--json"]).spawn().unwrap();
    let accepted = accepted(&mut child, 30 * 8 * MIB as u64).await;
    signal(&child, Signal::SIGKILL);
    timeout(TIMEOUT, child.wait()).await.expect("it is dead").unwrap();
    drop(folder);

    let before = drained(&env).await;
    let (elsewhere, path) = file("large.mp4", &video);
    let output = run(&env, elsewhere.path(), &["upload", "--json", path.to_str().unwrap()]).await;
    assert_eq!(output.code, Some(0), "{output:?}");
    env.assert_published("large", &video);
    assert_eq!(env.clouds.youku.received().len(), 1, "the session is the first one");
    let (sent, most) = (received(&env) - before, 500 * MIB as u64 - accepted);
    assert!(sent <= most, "sent {sent}, where {most} were missing; {before} before");
}

#[tokio::test]
async fn ctrl_c_stops_the_upload_and_says_how_to_resume() {
    let env = start_env().await;
    let video = sample_bytes(8, 12 * MIB);
    let (folder, _) = file("a.mp4", &video);
    let mut child =
        command(&env, folder.path(), &["upload", "a.mp4", "--json", "--limit-rate", "2M"]).spawn().unwrap();
    accepted(&mut child, 2 * MIB as u64).await;
    let begun = Instant::now();
    signal(&child, Signal::SIGINT);
    let status = timeout(TIMEOUT, child.wait()).await.expect("it ends").unwrap();
    let mut output = String::new();
    child.stderr.take().unwrap().read_to_string(&mut output).await.unwrap();
    assert_eq!(status.code(), Some(130), "{output}");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    assert!(output.contains("run the same command again") && output.contains("ledger"), "{output}");

    let [report] =
        run(&env, folder.path(), &["explain", "--json", "a.mp4"]).await.lines().try_into().unwrap();
    assert_eq!((report["state"].as_str(), &report["holder"]), (Some("waiting"), &Value::Null), "{report}");
    // A sweep finds the upload but not the file, and leaves it as it is.
    let swept = run(&env, folder.path(), &["sweep", "--json"]).await;
    assert_eq!(
        (swept.code, &last_event(&swept.lines(), "swept")["local_files"]),
        (Some(0), &json!(1)),
        "{swept:?}"
    );
    let before = received(&env);
    let output = run(&env, folder.path(), &["upload", "a.mp4"]).await;
    assert_eq!(output.code, Some(0), "{output:?}");
    env.assert_published("a", &video);
    assert!(received(&env) - before <= 10 * MIB as u64, "what was accepted is not sent again");
}

/// A command that is ended while Youku answers a refresh waits for the answer: its pair serves the next command.
#[tokio::test]
async fn a_signal_during_a_refresh_keeps_the_new_tokens() {
    for ending in [Signal::SIGINT, Signal::SIGTERM] {
        let env = start_env().await;
        let (youku, control) = (&env.clouds.youku, env.clouds.youku.control());
        youku.expire_access_token(CLIENT);
        let held = add_fault(&control, json!({"operation": "refresh", "fault": {"kind": "hold"}}));
        let video = sample_bytes(9, 1000);
        let (folder, _) = file("a.mp4", &video);
        let mut child = command(&env, folder.path(), &["video", "list"]).spawn().unwrap();
        wait_fired(&control, held, 1).await;
        signal(&child, ending);
        let early = timeout(Duration::from_millis(500), child.wait()).await;
        assert!(early.is_err(), "{ending}: it did not wait: {early:?}");
        control.faults.clear();
        let status = timeout(TIMEOUT, child.wait()).await.expect("it ends").unwrap();
        assert_eq!(status.code(), Some(130), "{ending}");

        let renewed = youku.tokens(CLIENT);
        let output = run(&env, folder.path(), &["upload", "a.mp4"]).await;
        assert_eq!(output.code, Some(0), "{ending}: {output:?}");
        env.assert_published("a", &video);
        assert_eq!(youku.tokens(CLIENT), renewed, "{ending}: the pair was in the ledger");
    }
}

/// An answer that does not come holds up no one who wants to leave.
#[tokio::test]
async fn a_refresh_without_an_answer_holds_up_nobody_for_long() {
    let env = start_env().await;
    let control = env.clouds.youku.control();
    env.clouds.youku.expire_access_token(CLIENT);
    let held = add_fault(&control, json!({"operation": "refresh", "fault": {"kind": "hold_before"}}));
    let folder = tempfile::tempdir().unwrap();
    let mut child = command(&env, folder.path(), &["video", "list"]).spawn().unwrap();
    wait_fired(&control, held, 1).await;
    let begun = Instant::now();
    signal(&child, Signal::SIGINT);
    let status = timeout(TIMEOUT, child.wait()).await.expect("it ends").unwrap();
    assert_eq!(status.code(), Some(130));
    // A refresh itself has 45 s.
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn the_rate_of_all_uploads_together_is_kept_within_a_twentieth() {
    let env = start_env().await;
    let (folder, _) = file("1.mp4", &sample_bytes(1, 18 * MIB));
    std::fs::write(folder.path().join("2.mp4"), sample_bytes(2, 18 * MIB)).unwrap();
    let arguments = ["upload", "1.mp4", "2.mp4", "--parallel", "2", "--limit-rate", "3M", "--json"];
    let mut child = command(&env, folder.path(), &arguments).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let (mut begun, mut ended) = (None, None);
    let moving = async {
        while let Some(line) = lines.next_line().await.unwrap() {
            let line: Value = serde_json::from_str(&line).unwrap();
            if line["stage"] == "moving" {
                begun.get_or_insert_with(Instant::now);
            }
            if line["event"] == "progress" {
                ended = Some(Instant::now());
            }
        }
    };
    timeout(TIMEOUT, moving).await.expect("it ends");
    let took = (ended.expect("published") - begun.expect("moving")).as_secs_f64();
    // 36 MiB at 3 MiB a second.
    assert!((11.4..=12.6).contains(&took), "{took} s");
}

#[tokio::test]
async fn the_command_line_finishes_what_a_function_left() {
    let env = TestEnv::start(super::Setup { variables: &SWEEPING, ..super::Setup::default() }).await;
    let video = sample_bytes(1, 20_000_000);
    let control = env.clouds.youku.bucket_control();
    let held =
        add_fault(&control, json!({"operation": "UploadPart", "skip": 1, "fault": {"kind": "hold_before"}}));
    env.put("clip.mp4", &video).await;
    wait_fired(&control, held, 1).await;
    env.clouds.fc.kill_instance(&env.clouds.function, Signal::SIGKILL).await;
    control.faults.release(held);
    let folder = tempfile::tempdir().unwrap();
    let output = run(&env, folder.path(), &["upload", "oss://videos/clip.mp4"]).await;
    assert_eq!(output.code, Some(0), "{output:?}");
    env.assert_published("clip", &video);
    assert_eq!(env.clouds.youku.received().len(), 1, "in the function's session");
}

//! Uploads that are stopped, killed, slowed down, and go on.

use super::{PATIENCE, Rig, bytes, command, event, file, rig, run, script};
use crate::function::MIB;
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

fn signal(child: &Child, signal: Signal) {
    let id = child.id().expect("it runs").try_into().unwrap();
    kill(Pid::from_raw(id), signal).unwrap();
}

/// Bytes that Youku has taken in over all sessions, those sent twice counted twice.
fn received(rig: &Rig) -> u64 {
    rig.clouds.youku.received().iter().map(|session| session.bytes).sum()
}

/// The same once nothing more comes: what the killed process had sent may lie in the kernel's buffers still, megabytes a connection, and is
/// no byte that is sent again.
async fn drained(rig: &Rig) -> u64 {
    let mut before = received(rig);
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let now = received(rig);
        if now == before {
            return now;
        }
        before = now;
    }
}

/// Waits until Youku has accepted so many bytes, and answers how many it has.
async fn accepted(child: &mut Child, bytes: u64) -> u64 {
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let told = async {
        while let Some(line) = lines.next_line().await.unwrap() {
            let line: Value = serde_json::from_str(&line).unwrap();
            if let Some(accepted) = line["accepted"].as_u64().filter(|accepted| *accepted >= bytes) {
                return accepted;
            }
        }
        panic!("it ended by itself");
    };
    timeout(PATIENCE, told).await.expect("it moves")
}

#[tokio::test]
async fn killed_in_the_middle_of_500_mib_it_goes_on_in_another_folder_and_no_accepted_part_is_sent_again() {
    let rig = rig().await;
    let video = bytes(7, 500 * MIB);
    // Thirty parts land, the next eight are taken in by nobody.
    let hold = json!({"operation": "UploadPart", "skip": 30, "times": 8, "fault": {"kind": "hold_before"}});
    script(&rig.clouds.youku.bucket_control(), hold);
    let (folder, _) = file("large.mp4", &video);
    let mut child = command(&rig, folder.path(), &["upload", "large.mp4", "--json"]).spawn().unwrap();
    let accepted = accepted(&mut child, 30 * 8 * MIB as u64).await;
    signal(&child, Signal::SIGKILL);
    timeout(PATIENCE, child.wait()).await.expect("it is dead").unwrap();
    drop(folder);

    let before = drained(&rig).await;
    let (elsewhere, path) = file("large.mp4", &video);
    let said = run(&rig, elsewhere.path(), &["upload", "--json", path.to_str().unwrap()]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    rig.published("large", &video);
    assert_eq!(rig.clouds.youku.received().len(), 1, "the session is the first one");
    let (sent, most) = (received(&rig) - before, 500 * MIB as u64 - accepted);
    assert!(sent <= most, "sent {sent}, where {most} were missing; {before} before");
}

#[tokio::test]
async fn ctrl_c_puts_the_upload_aside_at_once_and_says_how_to_go_on() {
    let rig = rig().await;
    let video = bytes(8, 12 * MIB);
    let (folder, _) = file("a.mp4", &video);
    let mut child =
        command(&rig, folder.path(), &["upload", "a.mp4", "--json", "--limit-rate", "2M"]).spawn().unwrap();
    accepted(&mut child, 2 * MIB as u64).await;
    let begun = Instant::now();
    signal(&child, Signal::SIGINT);
    let status = timeout(PATIENCE, child.wait()).await.expect("it ends").unwrap();
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).await.unwrap();
    assert_eq!(status.code(), Some(130), "{said}");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    assert!(said.contains("run the same command again") && said.contains("ledger"), "{said}");

    let [told] = run(&rig, folder.path(), &["explain", "--json", "a.mp4"]).await.lines().try_into().unwrap();
    assert_eq!((told["state"].as_str(), &told["holder"]), (Some("waiting"), &Value::Null), "{told}");
    // A sweep finds it and has no such file: it stays as it is.
    let swept = run(&rig, folder.path(), &["sweep", "--json"]).await;
    assert_eq!((swept.code, &event(&swept.lines(), "swept")["left"]), (Some(0), &json!(1)), "{swept:?}");
    let before = received(&rig);
    let said = run(&rig, folder.path(), &["upload", "a.mp4"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    rig.published("a", &video);
    assert!(received(&rig) - before <= 10 * MIB as u64, "what was accepted is not sent again");
}

#[tokio::test]
async fn the_rate_of_all_uploads_together_is_kept_within_a_twentieth() {
    let rig = rig().await;
    let (folder, _) = file("1.mp4", &bytes(1, 18 * MIB));
    std::fs::write(folder.path().join("2.mp4"), bytes(2, 18 * MIB)).unwrap();
    let arguments = ["upload", "1.mp4", "2.mp4", "--parallel", "2", "--limit-rate", "3M", "--json"];
    let mut child = command(&rig, folder.path(), &arguments).spawn().unwrap();
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
    timeout(PATIENCE, moving).await.expect("it ends");
    let took = (ended.expect("published") - begun.expect("moving")).as_secs_f64();
    // 36 MiB at 3 MiB a second.
    assert!((11.4..=12.6).contains(&took), "{took} s");
}

#[tokio::test]
async fn what_a_function_began_and_left_is_finished_from_the_command_line() {
    let rig = Rig::start(super::Setup { env: &super::SWEPT, ..super::Setup::default() }).await;
    let video = bytes(1, 20_000_000);
    let control = rig.clouds.youku.bucket_control();
    let held =
        script(&control, json!({"operation": "UploadPart", "skip": 1, "fault": {"kind": "hold_before"}}));
    rig.put("clip.mp4", &video).await;
    assert!(timeout(PATIENCE, control.faults.wait_fired(held, 1)).await.expect("a part is held"));
    rig.clouds.fc.kill_instance(&rig.clouds.function, Signal::SIGKILL).await;
    control.faults.release(held);
    let folder = tempfile::tempdir().unwrap();
    let said = run(&rig, folder.path(), &["upload", "oss://videos/clip.mp4"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    rig.published("clip", &video);
    assert_eq!(rig.clouds.youku.received().len(), 1, "in the function's session");
}

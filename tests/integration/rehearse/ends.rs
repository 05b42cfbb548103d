//! How a rehearsal ends before its time: killed, stopped, without calls, or with videos that are to stay.

use super::{Rehearsal, fact};
use crate::support::{add_fault, command_line::TIMEOUT, ledger_bucket, run_to_end, wait_fired, within};
use local_clouds::{control::Control, youku::SessionState};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::json;
use tokio::time::timeout;

/// Runs a rehearsal until `operation` is held, sends the signal, lets the held request go, and returns the exit code.
async fn interrupt(
    rehearsal: &Rehearsal,
    flags: &[&str],
    control: &Control,
    (operation, skip, hold): (&str, u32, &str),
    signal: Signal,
) -> Option<i32> {
    let rule = add_fault(control, json!({"operation": operation, "skip": skip, "fault": {"kind": hold}}));
    let mut running = rehearsal.command(flags).spawn().unwrap();
    wait_fired(control, rule, 1).await;
    kill(Pid::from_raw(running.id().unwrap() as i32), signal).unwrap();
    if signal == Signal::SIGKILL {
        within("the killed one", running.wait()).await.unwrap();
    }
    control.faults.release(rule);
    control.faults.clear();
    timeout(TIMEOUT, running.wait()).await.unwrap().unwrap().code()
}

/// Killed anywhere, the next run removes what was left, but for an upload whose token was never received: that one nobody can commit.
#[tokio::test]
async fn the_next_run_removes_what_a_killed_one_left() {
    let rehearsal = Rehearsal::start(|_| {}).await;
    let clouds = &rehearsal.env.clouds;
    let (api, bucket, oss) =
        (clouds.youku.control(), clouds.youku.bucket_control(), clouds.oss_control.clone());
    // The first two removals are of no video: they look for the call.
    for (only, control, at) in [
        ("youku.second_commit", &api, ("commit", 0, "hold_before")),
        ("youku.second_commit", &api, ("commit", 0, "hold")),
        ("youku.second_commit", &api, ("destroy", 2, "hold_before")),
        ("youku.second_commit", &api, ("destroy", 2, "hold")),
        ("youku.list_parts", &bucket, ("UploadPart", 0, "hold")),
        ("youku.list_parts", &bucket, ("ListParts", 0, "hold")),
        ("youku.list_parts", &api, ("cancel", 0, "hold_before")),
        ("youku.slice_publish", &api, ("upload_slice", 0, "hold")),
        ("youku.title_limit", &api, ("commit", 0, "hold")),
        ("youku.tag_limit", &api, ("create", 1, "hold_before")),
        ("oss.checksums", &oss, ("CompleteMultipartUpload", 0, "hold_before")),
        ("oss.checksums", &oss, ("CopyObject", 0, "hold")),
        ("oss.checksums", &oss, ("AppendObject", 1, "hold")),
        ("oss.rights", &oss, ("DeleteObject", 0, "hold_before")),
        ("oss.create_only", &oss, ("PutObject", 20, "hold")),
    ] {
        let code = interrupt(&rehearsal, &["--only", only], control, at, Signal::SIGKILL).await;
        assert_eq!(code, None, "{only} {at:?}");
        assert_ne!(rehearsal.record(), "", "{only} {at:?}");
        let (output, _) = rehearsal.run(&["--only", "youku.error_form"]).await;
        assert!(
            output.code == Some(0) && output.out.contains("An earlier rehearsal left"),
            "{at:?} {output:?}"
        );
        rehearsal.assert_nothing_left(&(at, output));
    }
    let at = ("create", 0, "hold");
    interrupt(&rehearsal, &["--only", "youku.list_parts"], &api, at, Signal::SIGKILL).await;
    let (output, _) = rehearsal.run(&["--only", "youku.error_form"]).await;
    assert_eq!((output.code, rehearsal.record().as_str()), (Some(0), ""), "{output:?}");
    let created: Vec<_> =
        clouds.youku.sessions().into_iter().filter(|one| one.state == SessionState::Created).collect();
    assert_eq!(created.len(), 1, "{created:?}");
}

/// Ctrl-C ends a rehearsal once the call under way is answered: what was made is removed, and what was not tried is said to be so.
#[tokio::test]
async fn a_stopped_rehearsal_removes_what_it_made() {
    let rehearsal = Rehearsal::start(|_| {}).await;
    let api = rehearsal.env.clouds.youku.control();
    let flags = ["--only", "youku.oss_publish,youku.single_put,youku.web_md5"];
    let at = ("commit", 0, "hold_before");
    let code = interrupt(&rehearsal, &flags, &api, at, Signal::SIGINT).await;
    assert_eq!(code, Some(130));
    rehearsal.assert_nothing_left(&"stopped");
    let report = std::fs::read_to_string(rehearsal.folder().join("report.json")).unwrap();
    let report = serde_json::from_str(&report).unwrap();
    let because = fact(&report, "youku.web_md5")["because"].as_str().unwrap().to_owned();
    assert!(because.contains("stopped"), "{because}");
}

/// With `--keep` videos stay, behind a password, until a run without it. Nothing else stays.
#[tokio::test]
async fn kept_videos_stay_until_a_run_without_the_flag() {
    let rehearsal = Rehearsal::start(|_| {}).await;
    let youku = &rehearsal.env.clouds.youku;
    let (output, report) = rehearsal.run(&["--keep", "--only", "youku.oss_publish,oss.clock"]).await;
    assert_eq!((output.code, report["left"].as_array().unwrap().len()), (Some(0), 1), "{output:?}");
    let videos = youku.videos();
    let [video] = &videos[..] else { panic!("{videos:?}") };
    assert!(video.state != "gone" && video.public_type == "password", "{video:?}");
    assert!(video.title.starts_with("oss2youku rehearsal "), "{video:?}");
    let (output, report) = rehearsal.run(&["--only", "youku.error_form"]).await;
    assert!(output.code == Some(0) && report["left"] == json!([]), "{output:?}");
    rehearsal.assert_nothing_left(&output);
}

/// Where Youku's call limit is met, what could not be tried is said to be so, and what could not be removed is named and removed later.
#[tokio::test]
async fn a_used_up_call_limit_is_told_and_never_guessed_at() {
    let rehearsal = Rehearsal::start(|youku| youku.rate_limit_per_hour = Some(19)).await;
    let (output, report) = rehearsal.run(&["--only", "youku"]).await;
    assert_eq!(output.code, Some(1), "{output:?}");
    let facts = report["facts"].as_array().unwrap();
    let (found, open): (Vec<_>, Vec<_>) = facts.iter().partition(|fact| fact["found"].is_string());
    assert!(found.len() >= 3 && open.len() >= 10, "{report}");
    for fact in open {
        assert_eq!(fact["because"], "Youku's call limit is used up", "{fact}");
    }
    assert_eq!(report["rate_limit"], "code 1017, HTTP 403", "{report}");
    assert!(output.out.contains("Youku's call limit was met: code 1017"), "{output:?}");
    let named = report["left"].as_array().unwrap().len();
    assert_eq!(named > 0, !rehearsal.record().is_empty(), "{report}");
}

/// A plan touches nothing, and needs no settings.
#[tokio::test]
async fn a_plan_touches_nothing() {
    let rehearsal = Rehearsal::start(|_| {}).await;
    let output = crate::support::command_line::run_with([], &["rehearse", "--plan"]).await;
    assert_eq!(output.code, Some(0), "{output:?}");
    for words in
        ["youku.second_commit", "oss.create_only", "at most 120 calls to Youku", "behind a random password"]
    {
        assert!(output.out.contains(words), "{words}: {output:?}");
    }
    let zh = crate::support::command_line::run_with([], &["rehearse", "--plan", "--lang", "zh"]).await;
    assert!(zh.out.contains("最多调用优酷 120 次"), "{zh:?}");
    assert_eq!((rehearsal.env.clouds.youku.sessions().len(), rehearsal.record().as_str()), (0, ""));
    let wrong = run_to_end(&mut rehearsal.command(&["--only", "youku.nothing"])).await;
    assert_eq!(wrong.status.code(), Some(2), "{wrong:?}");
}

/// Without the right to write, or to delete, what cannot be tried is said to be so, and what cannot be removed is named; with the right back
/// the next run removes it.
#[tokio::test]
async fn missing_rights_are_told_and_leave_a_record() {
    let rehearsal = Rehearsal::start(|_| {}).await;
    let oss = &rehearsal.env.clouds.oss;
    let deny = |action: &str| {
        let statement = json!({"Effect": "Deny", "Principal": ["*"], "Action": [action], "Resource": ["acs:oss:*:*:records/rehearsal/*"]});
        let policy = json!({"Version": "1", "Statement": [statement]});
        oss.set_bucket_policy(ledger_bucket::BUCKET, Some(serde_json::from_value(policy).unwrap()));
    };
    deny("oss:PutObject");
    let (output, report) =
        rehearsal.run(&["--only", "oss.clock,oss.checksums,oss.create_only,youku.error_form"]).await;
    assert_eq!(
        (output.code, &fact(&report, "youku.error_form")["found"]),
        (Some(1), &json!("json")),
        "{output:?}"
    );
    for name in ["oss.clock", "oss.checksums", "oss.create_only"] {
        let because = fact(&report, name)["because"].as_str().unwrap();
        assert!(because.contains("access denied"), "{because}");
    }
    rehearsal.assert_nothing_left(&output);

    deny("oss:DeleteObject");
    let (output, report) = rehearsal.run(&["--only", "oss.if_match"]).await;
    assert_eq!(
        (output.code, &fact(&report, "oss.if_match")["found"]),
        (Some(1), &json!("kept")),
        "{output:?}"
    );
    assert!(output.out.contains("still there:") && output.out.contains("access denied"), "{output:?}");
    assert_eq!(report["left"].as_array().unwrap().len(), 1, "{report}");
    oss.set_bucket_policy(ledger_bucket::BUCKET, None);
    let (output, _) = rehearsal.run(&["--only", "oss.versioning"]).await;
    assert_eq!(output.code, Some(0), "{output:?}");
    rehearsal.assert_nothing_left(&output);
}

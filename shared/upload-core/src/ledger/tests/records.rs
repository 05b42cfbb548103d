//! What a record tells of its upload, for those who decide by it.

use super::{
    stories::{PLAIN, run_script},
    *,
};
use crate::{Preflight, VideoEvent};

/// A state is called as the step that led to it.
#[test]
fn responses_name_a_state_by_its_step() {
    let repeats = [StepKind::Claimed, StepKind::Reopened, StepKind::Updated, StepKind::Scheduled];
    for edge in EDGES.iter().filter(|edge| !repeats.contains(&edge.step)) {
        assert_eq!(edge.to.as_str(), edge.step.as_str(), "{}", edge.name);
    }
    assert_eq!((State::New.as_str(), State::Claimed.as_str()), ("new", "claimed"));
}

/// Logs name who asked for a change as the ledger does.
#[test]
fn logs_and_ledger_name_who_asked_by_one_word() {
    let origins =
        [ChangeOrigin::Sidecar("s".into()), ChangeOrigin::Schedule, ChangeOrigin::Person("p".into())];
    for origin in origins {
        let written = serde_json::to_value(&origin).expect("JSON");
        let word = written.as_str().or_else(|| written.as_object()?.keys().next().map(String::as_str));
        assert_eq!(word, Some(origin.as_str()));
    }
}

/// A callback that was not asked for an event, or an event that Youku left undecided, is no failure.
#[test]
fn a_callback_failed_where_its_receiver_did_not_accept() {
    for (code, expected) in [
        ("200", false),
        ("204", false),
        ("410", true),
        ("gave_up", true),
        ("not_asked", false),
        ("undecided", false),
    ] {
        for event in [None, Some(VideoEvent::Ready)] {
            let step = Step::Notified { code: code.into(), event };
            assert_eq!(step.is_callback_failed(), expected, "{step:?}");
        }
    }
    assert!(!committed().is_callback_failed());
}

/// Once a session was opened nothing is decided anew.
#[tokio::test(start_paused = true)]
async fn the_preflight_looks_until_a_session_was_opened() {
    for (script, expected) in [
        ("failed reopened", Some(Preflight::Refuse)),
        ("session failed reopened", None),
        ("session failed", None),
        ("session", None),
    ] {
        let (_, _, mut record) = run_script(None, script).await;
        assert_eq!(record.preflight_mode(), expected, "{script}");
        record.request.preflight = Some(Preflight::Off);
        assert_eq!(record.preflight_mode(), None, "{script}: it was never wanted");
    }
}

/// Whoever goes on after a reopening knows whether Youku refused the commit, which a result that nobody knows does not say.
#[tokio::test(start_paused = true)]
async fn a_reopening_keeps_why_the_commit_was_refused() {
    for (script, expected) in [
        ("session landed failed reopened", Some("source_missing")),
        ("session landed failed reopened | failed reopened", Some("source_missing")),
        ("session landed failed reopened unknown reopened", Some("source_missing")),
        ("session landed unknown reopened", None),
        ("session landed unknown anew", None),
        ("session landed refused failed reopened", None),
        ("session failed reopened", None),
    ] {
        let (_, _, record) = run_script(PLAIN, script).await;
        assert_eq!(record.refusal.as_ref().map(|refusal| refusal.code.as_str()), expected, "{script}");
        assert_eq!(record.failure, None, "{script}");
    }
}

/// The settings of the shorter ways that a session took are of interest where it failed after the transfer.
#[tokio::test(start_paused = true)]
async fn a_late_failure_names_the_settings_of_shorter_ways() {
    let store = MemoryStore::new();
    let (ledger, request) = (ledger(&store), new_request("k", None));
    let mut held = acquire(&ledger, &request).await;
    let mut opened = OpenedSession { md5: None, ..session("1") };
    if let Target::Oss { multipart_id, .. } = &mut opened.target {
        *multipart_id = None;
    }
    held.append_session(opened).await.expect("appended");
    held.append(Step::Transferred(Transferred::default())).await.expect("appended");
    assert!(held.record().shortcut_settings().is_empty(), "it has not failed");
    held.append(failed()).await.expect("appended");
    assert_eq!(held.record().shortcut_settings(), ["youku.md5", "youku.single_put"]);
    let before = Record { transferred: None, ..held.record().clone() };
    assert!(before.shortcut_settings().is_empty(), "it was not transferred");
    let (_, _, longer) = run_script(None, "session landed failed").await;
    assert!(longer.shortcut_settings().is_empty(), "it took none");
}

//! Runs die at every point, and answers are lost: nothing is changed twice that shows, nothing is forgotten, nothing is public before its
//! hour.

use super::env::{HOUR, made_public, now, person, public_type, read, request_at, shown, titled, uploader};
use crate::{
    ledger::ChangeOrigin,
    metadata::PublicType,
    tests::{
        callbacks::{
            env::{MINUTE, small_memory},
            receiver::Receiver,
        },
        crash_points::report_crash_points,
        job,
        memory::{Fault, Memory},
    },
    *,
};
use std::time::SystemTime;
use tokio::time::{Instant, sleep};

/// One run: the upload until it is published, then what the round asks for, beside a sweep.
async fn run(memory: &Memory, at: SystemTime, state: &mut (Option<UploadId>, bool, bool)) {
    let (uploader, run) = (uploader(memory, &Receiver::default()), RunContext::default());
    let Some(id) = state.0.clone() else {
        let Ok(request) = request_at(memory, Some(at)).await else { return };
        if let Ok(published) = uploader.upload(&request, &run).await {
            state.0 = Some(published.upload_id);
        }
        return;
    };
    if !state.1 {
        state.1 =
            uploader.change_video(&id, VideoChange::Edit(titled("新标题")), person(), &run).await.is_ok();
        return;
    }
    if !state.2 {
        let (location, json) = (job(Mode::Oss).location, r#"{"description":"新的","public_type":"friend"}"#);
        state.2 = uploader.apply_sidecar(&location, "main", json.as_bytes(), &run).await.is_ok();
        return;
    }
    let uploader_of = |_, _| async { Ok(uploader.clone()) };
    _ = sweep(&memory.ledger(), uploader_of, None, 100, &run).await;
}

/// Runs every minute, one of which dies, until the hour has passed and nothing is open.
async fn drive(memory: &Memory, crash_at: Option<u32>) -> (UploadId, Instant) {
    let (hour, at) = (Instant::now() + HOUR, now(memory) + HOUR);
    memory.crash_points.crash_at(crash_at);
    let mut state = (None, false, false);
    for _ in 0..180 {
        tokio::select! {
            () = run(memory, at, &mut state) => {}
            () = memory.crash_points.crashed() => {}
        }
        sleep(MINUTE).await;
        if state.2 && Instant::now() > hour && memory.ledger.keys("open/").is_empty() {
            break;
        }
    }
    (state.0.expect("it is published"), hour)
}

async fn assert_right(memory: &Memory, (id, hour): (UploadId, Instant), what: &str) {
    let shown = shown(memory);
    assert_eq!(
        (shown.title.as_deref(), shown.description.as_deref(), public_type(memory)),
        (Some("新标题"), Some("新的"), PublicType::Friend),
        "{what}"
    );
    let edits = memory.world().edits.clone();
    let at_hour = |public_type| {
        let told = edits.iter().filter(|(_, _, edit)| edit.public_type == Some(public_type));
        told.map(|(at, _, _)| *at).collect::<Vec<_>>()
    };
    assert!(at_hour(PublicType::Friend).iter().all(|at| *at >= hour), "{what}: before its hour");
    assert_eq!(at_hour(PublicType::All).len(), 0, "{what}: the sidecar came before the hour");
    // An edit that comes again finds the same shown already.
    for field in ["title", "description", "public_type"] {
        let told = edits.iter().filter(|(_, _, edit)| edit.states(field) == Some(true)).count();
        assert_eq!(told, 1, "{what}: {field} was changed {told} times");
    }
    let record = read(memory, &id).await;
    assert!(record.is_settled() && memory.ledger.keys("open/").is_empty(), "{what}");
    let by_hour = record.history.iter().filter(
        |entry| matches!(&entry.step, ledger::Step::Updated(update) if update.by == ChangeOrigin::Schedule),
    );
    assert_eq!(by_hour.count(), 1, "{what}");
}

fn memory() -> Memory {
    let memory = small_memory();
    memory.world().states.extend([VideoState::Normal]);
    memory
}

#[tokio::test(start_paused = true)]
async fn a_crash_at_any_point_changes_each_thing_once() {
    let calm = memory();
    let ended = drive(&calm, None).await;
    let crash_points = calm.crash_points.passed();
    assert_right(&calm, ended, "no crash").await;
    assert!(crash_points > 150, "there are {crash_points} crash points");
    for point in 1..=crash_points {
        let memory = memory();
        let ended = drive(&memory, Some(point)).await;
        assert_right(&memory, ended, &format!("dropped at {point}")).await;
    }
    report_crash_points("changes", crash_points);
}

#[tokio::test(start_paused = true)]
async fn lost_answers_change_each_thing_once() {
    for lost in 0..4 {
        let memory = memory();
        memory.fault("update", lost, Fault::LoseAnswer);
        let ended = drive(&memory, None).await;
        assert_right(&memory, ended, &format!("answer {lost} lost")).await;
    }
    assert!(made_public(&memory()).is_empty());
}

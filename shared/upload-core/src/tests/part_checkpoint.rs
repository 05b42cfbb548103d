//! Accepted parts are not sent again: those that the target lists and, where it lists nothing, those that the lease records.

use super::{
    crash_points::report_crash_points,
    deliveries::{LEASE, assert_published, settle, settle_in_runs_of},
    memory::{Memory, Quirks},
    request_for,
};
use crate::*;
use std::{collections::BTreeSet, time::Duration};
use tokio::time::{Instant, sleep};

const PARTS: u64 = 8;
/// Not in step with the renewals, so that parts are accepted before, between and after them.
const PART_TAKES: Duration = Duration::from_secs(4);
/// A lease is renewed this often, with the parts that were accepted by then.
const RENEWAL: Duration = Duration::from_secs(5);

fn slow_memory(mode: Mode, quirks: Quirks) -> Memory {
    let piece = if mode == Mode::Oss { 1 << 20 } else { 256 << 10 };
    let memory = Memory::with_quirks(quirks, 8 * piece);
    memory.world().takes.extend([("part", PART_TAKES), ("slice", PART_TAKES)]);
    memory
}

/// Runs until it ends or reaches the crash point. Returns whether it got there.
async fn run_to(memory: &Memory, mode: Mode, point: u32) -> bool {
    memory.crash_points.crash_at(Some(point));
    let request = request_for(memory, mode);
    let run = async {
        memory.uploader().upload(&request.await.expect("it is there"), &RunContext::default()).await
    };
    tokio::select! {
        ended = run => ended.map(|_| false).expect("nothing else fails"),
        () = memory.crash_points.crashed() => true,
    }
}

fn all_parts() -> BTreeSet<u64> {
    (1..=PARTS).collect()
}

fn accepted_before(memory: &Memory, latest: Instant) -> BTreeSet<u64> {
    let world = memory.world();
    world.accepted.iter().filter(|(at, _)| *at < latest).map(|(_, part)| *part).collect()
}

/// The parts that the newest lease in the store records.
fn recorded_parts(memory: &Memory) -> BTreeSet<u64> {
    let Some(key) = memory.ledger.keys("lease/").pop() else { return BTreeSet::new() };
    let body = memory.ledger.world().entries[&key].0.clone();
    let body: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
    let rows = body["parts"].as_array().expect("a list of parts").iter();
    rows.map(|row| row[0].as_u64().expect("a part's number")).collect()
}

/// Resumes after a crash. Returns the parts that are sent then.
async fn resume_after_crash(memory: &Memory, mode: Mode) -> Vec<u64> {
    let before = memory.world().sent.len();
    memory.crash_points.crash_at(None);
    sleep(LEASE).await;
    assert_published(memory, &settle(memory, mode).await, "goes on");
    memory.world().sent[before..].to_vec()
}

async fn count_crash_points(quirks: Quirks, mode: Mode) -> u32 {
    let calm = slow_memory(mode, quirks);
    settle(&calm, mode).await.expect("published");
    calm.crash_points.passed()
}

#[tokio::test(start_paused = true)]
async fn what_the_target_lists_is_not_sent_again() {
    let mut covered = 0;
    for mode in [Mode::Oss, Mode::Slice] {
        let crash_points = count_crash_points(Quirks::NONE, mode).await;
        covered += crash_points;
        for point in 1..=crash_points {
            let memory = slow_memory(mode, Quirks::NONE);
            assert!(run_to(&memory, mode, point).await);
            let accepted = accepted_before(&memory, Instant::now() + RENEWAL);
            let sent = resume_after_crash(&memory, mode).await;
            let again: Vec<_> = sent.iter().filter(|part| accepted.contains(part)).collect();
            assert!(again.is_empty(), "{mode:?}, dropped at {point}: {again:?} sent again");
        }
    }
    report_crash_points("listed parts", covered);
}

/// Where the target does not list parts, exactly those parts are sent again that the last renewal had not recorded.
#[tokio::test(start_paused = true)]
async fn unlisted_parts_are_sent_again_unless_a_renewal_noted_them() {
    let crash_points = count_crash_points(Quirks::HIDES_PARTS, Mode::Oss).await;
    for point in 1..=crash_points {
        let memory = slow_memory(Mode::Oss, Quirks::HIDES_PARTS);
        assert!(run_to(&memory, Mode::Oss, point).await);
        let noted = recorded_parts(&memory);
        let due = Instant::now().checked_sub(RENEWAL).expect("a machine is up for longer than that");
        let due = accepted_before(&memory, due);
        assert!(due.is_subset(&noted), "dropped at {point}: {due:?} were accepted, {noted:?} noted");
        let sent = resume_after_crash(&memory, Mode::Oss).await;
        let once: BTreeSet<_> = sent.iter().copied().collect();
        assert_eq!(once.len(), sent.len(), "dropped at {point}: {sent:?}");
        let missing: BTreeSet<_> = all_parts().difference(&noted).copied().collect();
        assert!(sent.is_empty() || once == missing, "dropped at {point}: {noted:?} noted, {sent:?} sent");
    }
    report_crash_points("unlisted parts", crash_points);
}

#[tokio::test(start_paused = true)]
async fn notes_outlive_a_holder_that_dies_before_it_moves_anything() {
    let midway = count_crash_points(Quirks::HIDES_PARTS, Mode::Oss).await * 2 / 3;
    for point in 1..40 {
        let memory = slow_memory(Mode::Oss, Quirks::HIDES_PARTS);
        assert!(run_to(&memory, Mode::Oss, midway).await);
        let noted = recorded_parts(&memory);
        assert!(noted.len() >= 3, "{noted:?}");
        let before = memory.world().sent.len();
        // The next holder waits for credentials for longer than its renewals take.
        memory.world().takes.insert("sts", RENEWAL * 3);
        sleep(LEASE).await;
        if !run_to(&memory, Mode::Oss, point).await {
            break;
        }
        resume_after_crash(&memory, Mode::Oss).await;
        let sent: BTreeSet<_> = memory.world().sent[before..].iter().copied().collect();
        assert!(sent.is_disjoint(&noted), "dropped at {point}: {noted:?} noted, {sent:?} sent");
    }
}

/// A run whose time is over records every part, and the record survives a next run that moves none.
#[tokio::test(start_paused = true)]
async fn a_run_out_of_time_records_every_part() {
    let memory = slow_memory(Mode::Oss, Quirks::HIDES_PARTS);
    let run = |time| {
        let memory = memory.clone();
        async move {
            let run = RunContext { deadline: Some(Instant::now() + time), ..RunContext::default() };
            let request = request_for(&memory, Mode::Oss).await.expect("it is there");
            let ended = memory.uploader().upload(&request, &run).await;
            assert_eq!(ended.expect_err("too short").kind(), ErrorKind::Deadline);
        }
    };
    run(PART_TAKES * 3 / 2).await;
    assert_eq!(recorded_parts(&memory), (1..=3).collect());
    memory.world().takes.insert("sts", PART_TAKES * 5);
    run(PART_TAKES * 3).await;
    assert_eq!(recorded_parts(&memory), (1..=3).collect(), "credentials that never came cost no part");
    memory.world().takes.remove("sts");
    let (_, ended) = settle_in_runs_of(&memory, Mode::Oss, PART_TAKES * 3 / 2, 3).await;
    assert_published(&memory, &ended, "in short runs");
    let sent = memory.world().sent.clone();
    assert_eq!((sent.len(), sent.into_iter().collect()), (8, all_parts()));
}

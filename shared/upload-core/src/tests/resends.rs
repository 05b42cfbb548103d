//! What was accepted is not sent again: what the target lists, and where it lists nothing, what the lease notes.

use super::{
    deliveries::{LEASE, judge, settle, settle_in_runs_of, youku},
    memory::Memory,
    work,
};
use crate::*;
use std::{collections::BTreeSet, time::Duration};
use tokio::time::{Instant, sleep};

const PARTS: u64 = 8;
const HIDES_PARTS: u32 = 0b10;
/// Not in step with the renewals, so that parts are accepted before, between and after them.
const PART_TAKES: Duration = Duration::from_secs(4);
/// A lease is renewed this often, with the parts that were accepted by then.
const RENEWAL: Duration = Duration::from_secs(5);

fn slow(mode: Mode, switches: u32) -> Memory {
    let piece = if mode == Mode::Oss { 1 << 20 } else { 256 << 10 };
    let memory = youku(switches, 8 * piece);
    memory.world().takes.extend([("part", PART_TAKES), ("slice", PART_TAKES)]);
    memory
}

/// Runs until it ends or comes to the point; answers whether it came there.
async fn comes_to(memory: &Memory, mode: Mode, point: u32) -> bool {
    memory.points.crash_at(Some(point));
    let work = work(memory, mode);
    let run =
        async { memory.uploader().upload(&work.await.expect("it is there"), &RunContext::default()).await };
    tokio::select! {
        ended = run => ended.map(|_| false).expect("nothing else fails"),
        () = memory.points.crashed() => true,
    }
}

fn parts() -> BTreeSet<u64> {
    (1..=PARTS).collect()
}

fn accepted_until(memory: &Memory, latest: Instant) -> BTreeSet<u64> {
    let world = memory.world();
    world.accepted.iter().filter(|(at, _)| *at < latest).map(|(_, part)| *part).collect()
}

/// The parts that the newest lease in the store notes.
fn noted(memory: &Memory) -> BTreeSet<u64> {
    let Some(key) = memory.ledger.keys("lease/").pop() else { return BTreeSet::new() };
    let body = memory.ledger.world().entries[&key].0.clone();
    let body: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
    let rows = body["parts"].as_array().expect("a list of parts").iter();
    rows.map(|row| row[0].as_u64().expect("a part's number")).collect()
}

/// Goes on after a crash; answers what is sent then.
async fn sent_by_the_next(memory: &Memory, mode: Mode) -> Vec<u64> {
    let before = memory.world().sent.len();
    memory.points.crash_at(None);
    sleep(LEASE).await;
    judge(memory, &settle(memory, mode).await, "goes on");
    memory.world().sent[before..].to_vec()
}

async fn points(switches: u32, mode: Mode) -> u32 {
    let calm = slow(mode, switches);
    settle(&calm, mode).await.expect("published");
    calm.points.passed()
}

#[tokio::test(start_paused = true)]
async fn what_the_target_lists_is_not_sent_again() {
    for mode in [Mode::Oss, Mode::Slice] {
        for point in 1..=points(0, mode).await {
            let memory = slow(mode, 0);
            assert!(comes_to(&memory, mode, point).await);
            let accepted = accepted_until(&memory, Instant::now() + RENEWAL);
            let sent = sent_by_the_next(&memory, mode).await;
            let again: Vec<_> = sent.iter().filter(|part| accepted.contains(part)).collect();
            assert!(again.is_empty(), "{mode:?}, dropped at {point}: {again:?} sent again");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn where_parts_are_not_listed_exactly_those_are_sent_again_that_the_last_renewal_had_not_noted() {
    for point in 1..=points(HIDES_PARTS, Mode::Oss).await {
        let memory = slow(Mode::Oss, HIDES_PARTS);
        assert!(comes_to(&memory, Mode::Oss, point).await);
        let noted = noted(&memory);
        let due = Instant::now().checked_sub(RENEWAL).expect("a machine is up for longer than that");
        let due = accepted_until(&memory, due);
        assert!(due.is_subset(&noted), "dropped at {point}: {due:?} were accepted, {noted:?} noted");
        let sent = sent_by_the_next(&memory, Mode::Oss).await;
        let once: BTreeSet<_> = sent.iter().copied().collect();
        assert_eq!(once.len(), sent.len(), "dropped at {point}: {sent:?}");
        let missing: BTreeSet<_> = parts().difference(&noted).copied().collect();
        assert!(sent.is_empty() || once == missing, "dropped at {point}: {noted:?} noted, {sent:?} sent");
    }
}

#[tokio::test(start_paused = true)]
async fn notes_outlive_a_holder_that_dies_before_it_moves_anything() {
    let midway = points(HIDES_PARTS, Mode::Oss).await * 2 / 3;
    for point in 1..40 {
        let memory = slow(Mode::Oss, HIDES_PARTS);
        assert!(comes_to(&memory, Mode::Oss, midway).await);
        let noted = noted(&memory);
        assert!(noted.len() >= 3, "{noted:?}");
        let before = memory.world().sent.len();
        // The next holder waits for credentials for longer than its renewals take.
        memory.world().takes.insert("sts", RENEWAL * 3);
        sleep(LEASE).await;
        if !comes_to(&memory, Mode::Oss, point).await {
            break;
        }
        sent_by_the_next(&memory, Mode::Oss).await;
        let sent: BTreeSet<_> = memory.world().sent[before..].iter().copied().collect();
        assert!(sent.is_disjoint(&noted), "dropped at {point}: {noted:?} noted, {sent:?} sent");
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_whose_time_is_over_notes_every_part_also_where_the_next_one_gets_nowhere() {
    let memory = slow(Mode::Oss, HIDES_PARTS);
    let run = |time| {
        let memory = memory.clone();
        async move {
            let run = RunContext { deadline: Some(Instant::now() + time), ..RunContext::default() };
            let work = work(&memory, Mode::Oss).await.expect("it is there");
            let ended = memory.uploader().upload(&work, &run).await;
            assert_eq!(ended.expect_err("too short").kind(), ErrorKind::Deadline);
        }
    };
    run(PART_TAKES * 3 / 2).await;
    assert_eq!(noted(&memory), (1..=3).collect());
    memory.world().takes.insert("sts", PART_TAKES * 5);
    run(PART_TAKES * 3).await;
    assert_eq!(noted(&memory), (1..=3).collect(), "credentials that never came cost no part");
    memory.world().takes.remove("sts");
    let (_, ended) = settle_in_runs_of(&memory, Mode::Oss, PART_TAKES * 3 / 2, 3).await;
    judge(&memory, &ended, "in short runs");
    let sent = memory.world().sent.clone();
    assert_eq!((sent.len(), sent.into_iter().collect()), (8, parts()));
}

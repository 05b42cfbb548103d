//! Runs that are too short: each resumes where the last one stopped, until the upload is finished.

use super::{
    count_calls,
    deliveries::{assert_nothing_open, assert_published, settle, settle_in_runs_of},
    memory::{Memory, Quirks},
    request_for,
};
use crate::*;
use std::{collections::BTreeSet, time::Duration};
use tokio::time::Instant;

const SIZE: usize = (5 << 20) + 1;
const PARTS: u32 = 6;
const SLICES: u32 = 21;

fn slow_memory(quirks: Quirks, part_takes: u64) -> Memory {
    let memory = Memory::with_quirks(quirks, SIZE);
    let takes = Duration::from_secs(part_takes);
    memory.world().takes.extend([("part", takes), ("slice", takes)]);
    memory
}

fn count_sent_twice(memory: &Memory) -> usize {
    let world = memory.world();
    world.sent.len() - world.sent.iter().collect::<BTreeSet<_>>().len()
}

/// Runs that have time for two parts each finish the upload and send no part twice.
#[tokio::test(start_paused = true)]
async fn runs_of_two_parts_each_finish_and_send_none_twice() {
    for (mode, pieces) in [(Mode::Oss, PARTS), (Mode::Slice, SLICES)] {
        for quirks in [Quirks::NONE, Quirks::HIDES_PARTS] {
            // The last third is reserved for parts in flight: two of 4 s begin within 8 s.
            let memory = slow_memory(quirks, 4);
            let (runs, ended) = settle_in_runs_of(&memory, mode, Duration::from_secs(12), 1).await;
            let what = format!("{mode:?}, quirks {quirks:?}");
            assert_published(&memory, &ended, &what);
            assert!(runs.abs_diff(pieces.div_ceil(2)) <= 1, "{what}: {runs} runs");
            assert_eq!((count_sent_twice(&memory), count_calls(&memory, "create")), (0, 1), "{what}");
            assert_nothing_open(&memory, &what).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn runs_that_are_cut_in_a_part_send_only_that_part_again() {
    for (mode, pieces) in [(Mode::Oss, PARTS), (Mode::Slice, SLICES)] {
        for quirks in [Quirks::NONE, Quirks::HIDES_PARTS] {
            // The second part of a run begins after 12 s, before the last third, and would end after 24 s.
            let memory = slow_memory(quirks, 12);
            let (runs, ended) = settle_in_runs_of(&memory, mode, Duration::from_secs(20), 1).await;
            let what = format!("{mode:?}, quirks {quirks:?}");
            assert_published(&memory, &ended, &what);
            assert!(runs <= pieces + 1, "{what}: {runs} runs");
            let twice = count_sent_twice(&memory);
            assert!(twice < runs as usize, "{what}: {twice} sent twice in {runs} runs");
            assert_nothing_open(&memory, &what).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_deadline_at_any_moment_leaves_a_resumable_upload() {
    for mode in [Mode::Oss, Mode::Slice] {
        for second in 1..=90 {
            let memory = slow_memory(Quirks::HIDES_PARTS, 3);
            let calls = ["create", "initiate", "create_file", "complete", "commit"];
            memory.world().takes.extend(calls.map(|call| (call, Duration::from_secs(2))));
            let deadline = Some(Instant::now() + Duration::from_secs(second));
            let request = request_for(&memory, mode).await.expect("it is there");
            let run = RunContext { deadline, ..RunContext::default() };
            let what = format!("{mode:?}, {second} s");
            let first = memory.uploader().upload(&request, &run).await;
            assert!(
                first.as_ref().is_ok_and(|_| second > 10)
                    || first.is_err_and(|error| error.kind() == ErrorKind::Deadline && error.is_retryable()),
                "{what}"
            );
            assert_published(&memory, &settle(&memory, mode).await, &what);
            assert_nothing_open(&memory, &what).await;
        }
    }
}

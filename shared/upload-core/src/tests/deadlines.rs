//! Runs that are too short: the upload goes on where the last one stopped, until it is finished.

use super::{
    calls,
    deliveries::{judge, nothing_is_open, settle, settle_in_runs_of, youku},
    memory::Memory,
    work,
};
use crate::*;
use std::{collections::BTreeSet, time::Duration};
use tokio::time::Instant;

const SIZE: usize = (5 << 20) + 1;
const PARTS: u32 = 6;
const SLICES: u32 = 21;
const HIDES_PARTS: u32 = 0b10;

fn slow(switches: u32, part_takes: u64) -> Memory {
    let memory = youku(switches, SIZE);
    let takes = Duration::from_secs(part_takes);
    memory.world().takes.extend([("part", takes), ("slice", takes)]);
    memory
}

fn sent_twice(memory: &Memory) -> usize {
    let world = memory.world();
    world.sent.len() - world.sent.iter().collect::<BTreeSet<_>>().len()
}

#[tokio::test(start_paused = true)]
async fn runs_that_have_time_for_two_parts_each_finish_and_send_none_twice() {
    for (mode, pieces) in [(Mode::Oss, PARTS), (Mode::Slice, SLICES)] {
        for switches in [0, HIDES_PARTS] {
            // The last third is left for what is under way: two of 4 s are begun in 8 s.
            let memory = slow(switches, 4);
            let (runs, ended) = settle_in_runs_of(&memory, mode, Duration::from_secs(12), 1).await;
            let what = format!("{mode:?}, switches {switches:b}");
            judge(&memory, &ended, &what);
            assert!(runs.abs_diff(pieces.div_ceil(2)) <= 1, "{what}: {runs} runs");
            assert_eq!((sent_twice(&memory), calls(&memory, "create")), (0, 1), "{what}");
            nothing_is_open(&memory, &what).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn runs_that_are_cut_in_a_part_send_only_that_part_again() {
    for (mode, pieces) in [(Mode::Oss, PARTS), (Mode::Slice, SLICES)] {
        for switches in [0, HIDES_PARTS] {
            // The second of a run is begun after 12 s, before the last third, and would end after 24 s.
            let memory = slow(switches, 12);
            let (runs, ended) = settle_in_runs_of(&memory, mode, Duration::from_secs(20), 1).await;
            let what = format!("{mode:?}, switches {switches:b}");
            judge(&memory, &ended, &what);
            assert!(runs <= pieces + 1, "{what}: {runs} runs");
            let twice = sent_twice(&memory);
            assert!(twice < runs as usize, "{what}: {twice} sent twice in {runs} runs");
            nothing_is_open(&memory, &what).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_deadline_at_any_moment_leaves_an_upload_that_goes_on() {
    for mode in [Mode::Oss, Mode::Slice] {
        for second in 1..=90 {
            let memory = slow(HIDES_PARTS, 3);
            let calls = ["create", "initiate", "create_file", "complete", "commit"];
            memory.world().takes.extend(calls.map(|call| (call, Duration::from_secs(2))));
            let deadline = Some(Instant::now() + Duration::from_secs(second));
            let work = work(&memory, mode).await.expect("it is there");
            let run = RunContext { deadline, ..RunContext::default() };
            let what = format!("{mode:?}, {second} s");
            let first = memory.uploader().upload(&work, &run).await;
            assert!(
                first.as_ref().is_ok_and(|_| second > 10)
                    || first.is_err_and(|error| error.kind() == ErrorKind::Deadline && error.is_retryable()),
                "{what}"
            );
            judge(&memory, &settle(&memory, mode).await, &what);
            nothing_is_open(&memory, &what).await;
        }
    }
}

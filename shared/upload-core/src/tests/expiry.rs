//! What Youku lends runs out: the bucket's credentials, the session, or both, at every call.

use super::{
    calls,
    deliveries::{judge, nothing_is_open, record, settle, youku},
    memory::{Fault, Memory},
};
use crate::{ledger::State, *};

const SIZE: usize = (3 << 20) + 1;
const PARTS: u32 = 4;
/// As the deliveries take them: nothing, or both that parts are not listed and that videos are shown before their commit.
const SWITCHES: [u32; 2] = [0b0000, 0b1010];

/// The calls of an upload that nothing disturbs.
async fn calm(mode: Mode, switches: u32) -> Vec<&'static str> {
    let memory = youku(switches, SIZE);
    judge(&memory, &settle(&memory, mode).await, "nothing runs out");
    memory.world().calls.clone()
}

#[tokio::test(start_paused = true)]
async fn credentials_that_run_out_at_any_call_are_renewed_in_the_same_session() {
    for switches in SWITCHES {
        let all = calm(Mode::Oss, switches).await;
        for call in 1..=all.len() {
            let memory = youku(switches, SIZE);
            memory.world().grants_end_at = Some(call);
            let what = format!("switches {switches:04b}, at call {call}, {}", all[call - 1]);
            judge(&memory, &settle(&memory, Mode::Oss).await, &what);
            assert_eq!(calls(&memory, "create"), 1, "{what}");
            nothing_is_open(&memory, &what).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn credentials_that_run_out_while_a_part_streams_are_renewed_and_the_part_is_sent_again() {
    for part in 0..PARTS {
        for times in 1..4 {
            let memory = youku(0, SIZE);
            for _ in 0..times {
                memory.fault("part", part, Fault::Expire);
            }
            judge(&memory, &settle(&memory, Mode::Oss).await, "in a part");
            let accepted = u32::try_from(memory.world().accepted.len());
            assert_eq!((calls(&memory, "create"), accepted), (1, Ok(PARTS)), "part {part}, {times} times");
        }
    }
}

/// A session that was over at some call: a video and nothing open, or a failure that says that nobody can know.
async fn ends_rightly(memory: &Memory, mode: Mode, what: &str) -> bool {
    let ended = settle(memory, mode).await;
    if ended.is_ok() {
        judge(memory, &ended, what);
    } else {
        let kind = ended.map_err(|error| error.kind()).err();
        assert_eq!(kind, Some(ErrorKind::CommitUnknown), "{what}");
        assert_eq!(record(memory).await.state, State::FailedAfterTransfer, "{what}");
        assert!(memory.world().videos.is_empty(), "{what}: one that was committed is found");
        let creates = calls(memory, "create");
        let again = settle(memory, mode).await.expect_err("it stays so");
        assert_eq!((again.kind(), calls(memory, "create")), (ErrorKind::CommitUnknown, creates), "{what}");
    }
    nothing_is_open(memory, what).await;
    !memory.world().videos.is_empty()
}

#[tokio::test(start_paused = true)]
async fn a_session_that_is_over_at_any_call_gets_a_successor_before_the_bytes_landed_and_none_after() {
    for mode in [Mode::Oss, Mode::Slice] {
        for switches in SWITCHES {
            let all = calm(mode, switches).await;
            let commit = all.iter().position(|call| *call == "commit").expect("it commits") + 1;
            let create = all.iter().position(|call| *call == "create").expect("it opens a session") + 1;
            for call in 1..=all.len() {
                let memory = youku(switches, SIZE);
                memory.world().sessions_end_at = Some(call);
                let what = format!("{mode:?}, switches {switches:04b}, at call {call}, {}", all[call - 1]);
                let published = ends_rightly(&memory, mode, &what).await;
                // In OSS mode the calm path asks Youku nothing between create and commit, and finds out too late.
                let found_late =
                    if mode == Mode::Oss { call > create && call <= commit } else { call == commit };
                assert_eq!(published, !found_late, "{what}");
                let sessions = calls(&memory, "create");
                let successor = mode == Mode::Slice && call > create && call < commit;
                assert_eq!(sessions, if successor { 2 } else { 1 }, "{what}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_session_that_is_over_with_its_credentials_gets_a_successor_while_bytes_move() {
    for switches in SWITCHES {
        let all = calm(Mode::Oss, switches).await;
        let commit = all.iter().position(|call| *call == "commit").expect("it commits") + 1;
        for call in 1..=all.len() {
            let memory = youku(switches, SIZE);
            memory.world().sessions_end_at = Some(call);
            memory.world().grants_end_at = Some(call);
            let what = format!("switches {switches:04b}, at call {call}, {}", all[call - 1]);
            let published = ends_rightly(&memory, Mode::Oss, &what).await;
            assert_eq!(published, call != commit, "{what}");
            assert!(calls(&memory, "create") <= 2, "{what}");
        }
    }
}

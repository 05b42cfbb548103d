//! What Youku lends expires: the bucket's credentials, the session, or both, at every call.

use super::{
    count_calls,
    deliveries::{assert_nothing_open, assert_published, read_record, settle},
    memory::{Fault, Memory, Quirks},
};
use crate::{ledger::State, *};

const SIZE: usize = (3 << 20) + 1;
const PARTS: u32 = 4;
const QUIRKS: [Quirks; 2] = [Quirks::NONE, Quirks { hides_parts: true, ..Quirks::SHOWS_UNCOMMITTED }];

/// The calls of an undisturbed upload.
async fn trace_calls(mode: Mode, quirks: Quirks) -> Vec<&'static str> {
    let memory = Memory::with_quirks(quirks, SIZE);
    assert_published(&memory, &settle(&memory, mode).await, "nothing runs out");
    memory.world().calls.clone()
}

/// Credentials that expire at any call are renewed in the same session.
#[tokio::test(start_paused = true)]
async fn credentials_that_expire_at_any_call_are_renewed() {
    for quirks in QUIRKS {
        let all = trace_calls(Mode::Oss, quirks).await;
        for call in 1..=all.len() {
            let memory = Memory::with_quirks(quirks, SIZE);
            memory.world().credentials_end_at = Some(call);
            let what = format!("quirks {quirks:?}, at call {call}, {}", all[call - 1]);
            assert_published(&memory, &settle(&memory, Mode::Oss).await, &what);
            assert_eq!(count_calls(&memory, "create"), 1, "{what}");
            assert_nothing_open(&memory, &what).await;
        }
    }
}

/// Credentials that expire while a part streams are renewed, and the part is sent again.
#[tokio::test(start_paused = true)]
async fn credentials_that_expire_in_a_part_are_renewed() {
    for part in 0..PARTS {
        for times in 1..4 {
            let memory = Memory::with_quirks(Quirks::NONE, SIZE);
            for _ in 0..times {
                memory.fault("part", part, Fault::Expire);
            }
            assert_published(&memory, &settle(&memory, Mode::Oss).await, "in a part");
            let accepted = u32::try_from(memory.world().accepted.len());
            assert_eq!(
                (count_calls(&memory, "create"), accepted),
                (1, Ok(PARTS)),
                "part {part}, {times} times"
            );
        }
    }
}

/// Asserts the end of an upload whose session was over at some call: a video and nothing open, or `commit_unknown`. Returns whether there is a video.
async fn assert_settled(memory: &Memory, mode: Mode, what: &str) -> bool {
    let ended = settle(memory, mode).await;
    if ended.is_ok() {
        assert_published(memory, &ended, what);
    } else {
        let kind = ended.map_err(|error| error.kind()).err();
        assert_eq!(kind, Some(ErrorKind::CommitUnknown), "{what}");
        assert_eq!(read_record(memory).await.state, State::FailedAfterTransfer, "{what}");
        assert!(memory.world().videos.is_empty(), "{what}: one that was committed is found");
        let creates = count_calls(memory, "create");
        let again = settle(memory, mode).await.expect_err("it stays so");
        assert_eq!(
            (again.kind(), count_calls(memory, "create")),
            (ErrorKind::CommitUnknown, creates),
            "{what}"
        );
    }
    assert_nothing_open(memory, what).await;
    !memory.world().videos.is_empty()
}

/// A session that ends at any call gets a successor before its bytes have landed, and none afterwards.
#[tokio::test(start_paused = true)]
async fn a_session_that_ends_has_a_successor_before_transferred_only() {
    for mode in [Mode::Oss, Mode::Slice] {
        for quirks in QUIRKS {
            let all = trace_calls(mode, quirks).await;
            let commit = all.iter().position(|call| *call == "commit").expect("it commits") + 1;
            let create = all.iter().position(|call| *call == "create").expect("it opens a session") + 1;
            for call in 1..=all.len() {
                let memory = Memory::with_quirks(quirks, SIZE);
                memory.world().sessions_end_at = Some(call);
                let what = format!("{mode:?}, quirks {quirks:?}, at call {call}, {}", all[call - 1]);
                let published = assert_settled(&memory, mode, &what).await;
                // In OSS mode the calm path asks Youku nothing between create and commit, and finds out too late.
                let found_late =
                    if mode == Mode::Oss { call > create && call <= commit } else { call == commit };
                assert_eq!(published, !found_late, "{what}");
                let sessions = count_calls(&memory, "create");
                let successor = mode == Mode::Slice && call > create && call < commit;
                assert_eq!(sessions, if successor { 2 } else { 1 }, "{what}");
            }
        }
    }
}

/// A session that ends together with its credentials gets a successor while bytes still move.
#[tokio::test(start_paused = true)]
async fn a_session_over_with_its_credentials_gets_a_successor() {
    for quirks in QUIRKS {
        let all = trace_calls(Mode::Oss, quirks).await;
        let commit = all.iter().position(|call| *call == "commit").expect("it commits") + 1;
        for call in 1..=all.len() {
            let memory = Memory::with_quirks(quirks, SIZE);
            memory.world().sessions_end_at = Some(call);
            memory.world().credentials_end_at = Some(call);
            let what = format!("quirks {quirks:?}, at call {call}, {}", all[call - 1]);
            let published = assert_settled(&memory, Mode::Oss, &what).await;
            assert_eq!(published, call != commit, "{what}");
            assert!(count_calls(&memory, "create") <= 2, "{what}");
        }
    }
}

//! Commits that Youku refuses, or does not answer: a refused one is never called published, and a wrong statement about the MD5 costs
//! one more session.

use super::{
    bytes, count_calls,
    crash_points::report_crash_points,
    deliveries::{LEASE, assert_nothing_open, assert_published, read_record, settle, settle_with_crashes},
    memory::{Fault, Memory, Quirks, md5_of},
    request_for,
};
use crate::{
    ledger::{Reopening, State, StepKind, UploadRequest},
    *,
};
use std::time::Duration;
use tokio::time::{Instant, sleep};

const SIZE: usize = (1 << 20) + 1;
const MODES: [Mode; 2] = [Mode::Oss, Mode::Slice];

/// An object whose metadata states this MD5 and whose store states none.
fn memory_stating(md5: Md5) -> Memory {
    let memory = Memory::holding(bytes(SIZE));
    let mut world = memory.world();
    world.quirks.hides_md5 = true;
    world.states_md5 = Some(md5);
    drop(world);
    memory
}

fn wrong_md5() -> Md5 {
    Md5([0x11; 16])
}

fn count_sessions(record: &ledger::Record) -> usize {
    record.history.iter().filter(|entry| entry.step.kind() == StepKind::Created).count()
}

#[tokio::test(start_paused = true)]
async fn a_wrong_statement_is_published_with_the_measured_md5() {
    for mode in MODES {
        let memory = memory_stating(wrong_md5());
        let published = settle(&memory, mode).await.expect("one more session has the right MD5");
        assert_published(&memory, &Ok(published.clone()), "wrong");
        assert_eq!(published.md5, Some(md5_of(&bytes(SIZE))));
        let warning = published.warning.clone().expect("the statement is named");
        assert!(warning.starts_with("metadata md5 states the MD5 1111"), "{warning}");
        let outcome = serde_json::to_value(Outcome::new("k", &Ok(published))).expect("JSON");
        assert_eq!((&outcome["code"], &outcome["data"]["warning"]), (&"200".into(), &warning.into()));
        let record = read_record(&memory).await;
        assert_eq!((count_sessions(&record), count_calls(&memory, "create")), (2, 2));
        assert_nothing_open(&memory, "wrong").await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_fact_of_the_store_beats_a_statement() {
    let memory = memory_stating(wrong_md5());
    memory.world().quirks.hides_md5 = false;
    let published = settle(&memory, Mode::Oss).await.expect("the store knows");
    assert_eq!((published.md5, count_calls(&memory, "create")), (Some(md5_of(&bytes(SIZE))), 1));
    assert!(published.warning.is_some_and(|warning| warning.contains("metadata md5")));
}

#[tokio::test(start_paused = true)]
async fn a_refused_hash_that_measuring_confirms_stands() {
    for mode in MODES {
        let memory = memory_stating(md5_of(&bytes(SIZE)));
        memory.fault("commit", 0, Fault::Deny(ErrorKind::HashRefused));
        let error = settle(&memory, mode).await.expect_err("Youku refuses it");
        assert_eq!(error.kind(), ErrorKind::HashRefused);
        assert_eq!((count_calls(&memory, "create"), memory.world().videos.len()), (1, 0));
        let before = read_record(&memory).await;
        assert_eq!(before.state, State::FailedRefused);
        // Nobody asks for that session's commit again, also not on retry.
        let commits = count_calls(&memory, "commit");
        let again = memory.uploader().retry(&before.id, Reopening::default(), &RunContext::default()).await;
        assert_eq!(again.expect_err("it stands").kind(), ErrorKind::HashRefused);
        assert_eq!(count_calls(&memory, "commit"), commits);
    }
}

/// A refused hash that was measured before is not measured again.
#[tokio::test(start_paused = true)]
async fn a_refused_measured_hash_is_not_measured_again() {
    let memory = Memory::holding(bytes(SIZE));
    memory.world().quirks.hides_md5 = true;
    memory.fault("commit", 0, Fault::Deny(ErrorKind::HashRefused));
    let error = settle(&memory, Mode::Oss).await.expect_err("Youku refuses it");
    assert_eq!((error.kind(), count_calls(&memory, "create")), (ErrorKind::HashRefused, 1));
    assert_eq!(read_record(&memory).await.state, State::FailedAfterTransfer);
}

#[tokio::test(start_paused = true)]
async fn ce8_a_crash_at_any_point_costs_no_session_too_many() {
    let mut covered = 0;
    for (mode, quirks) in Quirks::BY_MODE {
        let kind = || {
            let memory = Memory::with_quirks(Quirks { hides_md5: true, ..quirks }, SIZE);
            memory.world().states_md5 = Some(wrong_md5());
            memory
        };
        let calm = kind();
        assert_published(&calm, &settle(&calm, mode).await, "no crash");
        let mut refused = 0;
        for point in 1..=calm.crash_points.passed() {
            let memory = kind();
            let what = format!("{mode:?}, quirks {quirks:?}, dropped at {point}");
            match settle_with_crashes(&memory, mode, &[point]).await {
                // The successor of a holder that died between `transferred` and the recorded refusal did not see the bytes land.
                Err(error) if error.kind() == ErrorKind::HashRefused => {
                    assert_eq!(memory.world().videos.len(), 0, "{what}");
                    refused += 1;
                }
                ended => assert_published(&memory, &ended, &what),
            }
            let record = read_record(&memory).await;
            assert!(count_sessions(&record) <= 3, "{what}: {} sessions", count_sessions(&record));
            assert_nothing_open(&memory, &what).await;
        }
        assert!(refused <= 8, "{mode:?}: {refused} crash points lose the second session");
        covered += calm.crash_points.passed();
    }
    report_crash_points("a wrong MD5", covered);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_while_measuring_leads_back_to_measuring() {
    let memory = memory_stating(wrong_md5());
    memory.world().takes.insert("read", Duration::from_secs(2));
    let commits = async {
        for run in 1..60_u32 {
            let deadline = Some(Instant::now() + Duration::from_secs(9));
            let request = request_for(&memory, Mode::Oss).await.expect("it is there");
            let ended = memory
                .uploader_with(1)
                .upload(&request, &RunContext { deadline, ..RunContext::default() })
                .await;
            match ended {
                Err(error) if error.kind() == ErrorKind::Deadline => sleep(LEASE).await,
                ended => return (run, ended),
            }
        }
        (60, Err(Error::new(ErrorKind::Failed, "test", "it does not end")))
    };
    let (runs, ended) = commits.await;
    assert_published(&memory, &ended, "in short runs");
    assert!(runs > 2, "{runs} runs");
    let record = read_record(&memory).await;
    assert!(record.was_refused_for_hash());
}

#[tokio::test(start_paused = true)]
async fn an_instant_answer_to_a_statement_is_measured_first() {
    for mode in MODES {
        let other = bytes(SIZE - 1);
        let memory = memory_stating(md5_of(&other));
        memory.world().known.push((md5_of(&other), other.clone()));
        let published = settle(&memory, mode).await.expect("published");
        assert_published(&memory, &Ok(published.clone()), "not the other film");
        assert!(published.warning.is_some());
        assert_eq!((count_calls(&memory, "create"), count_sessions(&read_record(&memory).await)), (2, 1));
        // A right statement is believed after one reading.
        let memory = memory_stating(md5_of(&bytes(SIZE)));
        memory.world().known.push((md5_of(&bytes(SIZE)), bytes(SIZE)));
        let published = settle(&memory, mode).await.expect("published");
        assert_eq!(
            (published.warning, count_calls(&memory, "create"), count_calls(&memory, "slice")),
            (None, 1, 0)
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_definite_refusal_is_never_adopted_and_stands_on_retry() {
    for mode in MODES {
        for before in [&[][..], &[Fault::Refuse(ErrorKind::Youku)]] {
            let memory = Memory::with_quirks(Quirks::SHOWS_UNCOMMITTED, SIZE);
            memory.world().states.push_back(VideoState::Normal);
            let refusals = [Fault::Deny(ErrorKind::Youku), Fault::Deny(ErrorKind::Youku)];
            before.iter().chain(&refusals).for_each(|fault| memory.fault("commit", 0, *fault));
            let error = settle(&memory, mode).await.expect_err("refused");
            assert_eq!(error.kind(), ErrorKind::Youku);
            let id = read_record(&memory).await.id;
            let again = memory.uploader().retry(&id, Reopening::default(), &RunContext::default()).await;
            assert_eq!(again.expect_err("refused again").kind(), ErrorKind::Youku);
            assert_eq!((count_calls(&memory, "show"), memory.world().videos.len()), (0, 0));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn ce9_only_states_of_a_committed_video_are_adopted() {
    let never = [VideoState::Failed, VideoState::Encoding, VideoState::InReview, VideoState::Absent];
    for state in never.map(Some).into_iter().chain([None]) {
        let memory =
            Memory::with_quirks(if state.is_some() { Quirks::SHOWS_UNCOMMITTED } else { Quirks::NONE }, SIZE);
        memory.world().states.extend(state);
        memory.fault("commit", 0, Fault::Deny(ErrorKind::SessionOver));
        let began = Instant::now();
        let error = settle(&memory, Mode::Oss).await.expect_err("nobody knows");
        assert_eq!(error.kind(), ErrorKind::CommitUnknown, "{state:?}");
        let days = began.elapsed().as_secs() / 86_400;
        assert!((3..=4).contains(&days), "{state:?}: after {days} days");
        assert!(count_calls(&memory, "commit") < 40, "{state:?}: {} commits", count_calls(&memory, "commit"));
        let record = read_record(&memory).await;
        assert_eq!((record.state, count_calls(&memory, "create")), (State::FailedAfterTransfer, 1));
        let advice = record.failure.and_then(|failure| failure.advice).expect("a way out");
        assert!(advice.contains("--new-session") && advice.contains("--again"), "{advice}");
        // A person has looked.
        let anew = Reopening { new_session: true, ..Reopening::default() };
        memory.world().states.clear();
        let published = memory.uploader().retry(&record.id, anew, &RunContext::default()).await;
        assert_published(&memory, &published, "begun anew");
        assert_eq!(count_calls(&memory, "create"), 2);
    }
    for state in [VideoState::Normal, VideoState::Limited, VideoState::Blocked] {
        let memory = Memory::with_quirks(Quirks::REFUSES_SECOND_COMMIT, SIZE);
        memory.world().states.push_back(state);
        memory.fault("commit", 0, Fault::LoseAnswer);
        assert_published(&memory, &settle(&memory, Mode::Oss).await, "adopted");
    }
}

#[tokio::test(start_paused = true)]
async fn a_commit_without_a_video_id_is_published_without_one() {
    let memory = Memory::with_quirks(Quirks::HIDES_VIDEO_ID, SIZE);
    memory.world().commit_hides_video_id = true;
    let request: UploadRequest = request_for(&memory, Mode::Oss).await.expect("it is there");
    let published = memory.uploader().upload(&request, &RunContext::default()).await;
    let outcome = serde_json::to_value(Outcome::new("k", &published)).expect("JSON");
    let published = published.expect("it is a video");
    assert_eq!((published.video_id, memory.world().videos.len()), (None, 1));
    assert_eq!((&outcome["code"], &outcome["data"]["videoid"]), (&"200".into(), &"".into()));
    assert_eq!(outcome["data"].get("link"), None);
    let again = memory.uploader().upload(&request, &RunContext::default()).await.expect("it is remembered");
    assert_eq!((again.video_id, count_calls(&memory, "commit")), (None, 1));
}

#[tokio::test(start_paused = true)]
async fn what_youku_refuses_to_show_decides_nothing() {
    for mode in MODES {
        let memory = Memory::with_quirks(Quirks::REFUSES_SECOND_COMMIT, SIZE);
        memory.fault("commit", 0, Fault::LoseAnswer);
        memory.fault("show", 0, Fault::Deny(ErrorKind::Youku));
        let published = settle(&memory, mode).await;
        assert_published(&memory, &published, "asked again");
        assert_eq!(count_calls(&memory, "create"), 1);
    }
}

/// Youku has not acted on such a call: what it says of the account is told as it is.
#[tokio::test(start_paused = true)]
async fn a_rate_limit_of_the_look_for_a_video_is_a_rate_limit() {
    for mode in MODES {
        let memory = Memory::with_quirks(Quirks::REFUSES_SECOND_COMMIT, SIZE);
        memory.fault("commit", 0, Fault::LoseAnswer);
        memory.fault("show", 0, Fault::Deny(ErrorKind::RateLimited));
        let error = super::upload(&memory, mode).await.expect_err("Youku takes no more calls");
        assert_eq!(error.kind(), ErrorKind::RateLimited);
        assert_published(&memory, &settle(&memory, mode).await, "asked again");
    }
}

#[tokio::test(start_paused = true)]
async fn a_statement_that_youku_refused_is_not_made_again() {
    for mode in MODES {
        let memory = memory_stating(wrong_md5());
        // The second session is open when the source goes away; a person has it tried again.
        let moved = if mode == Mode::Oss { "part" } else { "slice" };
        let first = if mode == Mode::Oss { 2 } else { 5 };
        memory.fault(moved, first, Fault::Deny(ErrorKind::SourceMissing));
        let ended = settle(&memory, mode).await;
        let record = read_record(&memory).await;
        if ended.is_err() {
            let reopened =
                memory.uploader().retry(&record.id, Reopening::default(), &RunContext::default()).await;
            assert_published(&memory, &reopened, "tried again");
        } else {
            assert_published(&memory, &ended, "the fault was not met");
        }
        assert!(count_calls(&memory, "create") <= 3);
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_stands_also_where_the_session_has_ended_since() {
    let memory = Memory::with_quirks(Quirks::SHOWS_UNCOMMITTED, SIZE);
    memory.fault("commit", 0, Fault::Deny(ErrorKind::Youku));
    settle(&memory, Mode::Oss).await.expect_err("refused");
    let id = read_record(&memory).await.id;
    memory.fault("commit", 0, Fault::Deny(ErrorKind::SessionOver));
    let again = memory.uploader().retry(&id, Reopening::default(), &RunContext::default()).await;
    assert_eq!(again.expect_err("it stands").kind(), ErrorKind::Youku);
    assert_eq!(
        (count_calls(&memory, "show"), read_record(&memory).await.state),
        (0, State::FailedAfterTransfer)
    );
}

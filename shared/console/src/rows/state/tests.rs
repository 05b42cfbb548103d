use super::*;
use RowState::{Cancelled, Failed, Hashing, InReview, NeedsYou, Published, Queued, Uploading, Waiting};
use app::core::ledger::ActiveState;

const REASONS: [(WaitReason, RowState); 10] = [
    (WaitReason::RateLimited, Waiting),
    (WaitReason::Deadline, Waiting),
    (WaitReason::Unauthorized, NeedsYou),
    (WaitReason::ClientRefused, NeedsYou),
    (WaitReason::Reauthorize, NeedsYou),
    (WaitReason::CallerTokenGone, NeedsYou),
    (WaitReason::Hash, Waiting),
    (WaitReason::CommitUnknown, Waiting),
    (WaitReason::SourceRefused, Waiting),
    (WaitReason::TargetRefused, Waiting),
];

fn callback(message: PendingMessage, code: Option<&str>) -> CallbackStatus {
    CallbackStatus { message, attempts: 1, code: code.map(str::to_owned), not_before: None }
}

/// Each state of the ledger, held and not.
#[test]
fn each_state_has_its_word_held_and_not() {
    let all = [
        (State::New, Hashing, Queued),
        (State::Claimed, Hashing, Queued),
        (State::Created, Uploading, Queued),
        (State::Transferred, Uploading, Queued),
        (State::HashRefused, Hashing, Queued),
        (State::Committed, Published, Published),
        (State::Failed, Failed, Failed),
        (State::FailedAfterTransfer, Failed, Failed),
        (State::FailedRefused, Failed, Failed),
        (State::Cancelled, Cancelled, Cancelled),
        (State::Notified(End::Committed), Published, Published),
        (State::Notified(End::Failed), Failed, Failed),
        (State::Notified(End::FailedAfterTransfer), Failed, Failed),
        (State::Notified(End::FailedRefused), Failed, Failed),
        (State::FollowUpSent, Published, Published),
    ];
    for (state, held, free) in all {
        let of = |is_held| RowState::from_state(state, &Standing { is_held, ..Standing::default() });
        assert_eq!((of(true), of(false)), (held, free), "{state:?}");
    }
}

/// Each reason to wait, in each state that can wait: some need a person.
#[test]
fn each_reason_to_wait_says_whether_it_needs_a_person() {
    use ActiveState::{Claimed, Created, HashRefused, Transferred};
    for active in [Claimed, Created, Transferred, HashRefused] {
        for (reason, expected) in REASONS {
            let standing = Standing { waits_for: Some(reason), ..Standing::default() };
            assert_eq!(RowState::from_state(State::Waiting(active), &standing), expected, "{reason:?}");
        }
    }
    let standing = Standing { waits_for: Some(WaitReason::Hash), ..Standing::default() };
    assert_eq!(RowState::from_state(State::HashRefused, &standing), Waiting);
    let postponed = Standing { is_postponed: true, ..Standing::default() };
    assert_eq!(RowState::from_state(State::Claimed, &postponed), Waiting, "a pause of its mark");
    let paused = Standing { is_paused: true, ..postponed };
    assert_eq!(RowState::from_state(State::Claimed, &paused), NeedsYou, "a pause for an error");
}

/// No sweep resumes a local file; while it is uploaded there, nobody is needed.
#[test]
fn a_file_that_nobody_uploads_needs_its_person() {
    let standing =
        |is_held| Standing { is_held, is_carried: true, is_postponed: true, ..Standing::default() };
    assert_eq!(RowState::from_state(State::Created, &standing(false)), NeedsYou);
    assert_eq!(RowState::from_state(State::Created, &standing(true)), Uploading);
    assert_eq!(RowState::from_state(State::Committed, &standing(false)), Published);
}

/// A video whose event is awaited is in review; a callback that the settings forbid needs a person.
#[test]
fn a_callback_tells_of_review_and_of_settings() {
    for (message, code, expected) in [
        (PendingMessage::Outcome, None, Published),
        (PendingMessage::Outcome, Some("500"), Published),
        (PendingMessage::Outcome, Some("forbidden"), NeedsYou),
        (PendingMessage::Outcome, Some("config"), NeedsYou),
        (PendingMessage::Event, None, InReview),
        (PendingMessage::Event, Some("timed_out"), InReview),
        (PendingMessage::Event, Some("forbidden"), NeedsYou),
    ] {
        let callback = callback(message, code);
        let standing = Standing { callback: Some(&callback), ..Standing::default() };
        assert_eq!(RowState::from_listed("committed", &standing), expected, "{code:?}");
        assert_eq!(RowState::from_state(State::Notified(End::Committed), &standing), expected, "{code:?}");
        assert_eq!(RowState::from_listed("failed", &standing), Failed);
    }
}

/// The words of a list, where nothing else is known.
#[test]
fn the_words_of_a_list_have_states() {
    let of = |word, is_held, is_postponed| {
        RowState::from_listed(word, &Standing { is_held, is_postponed, ..Standing::default() })
    };
    assert_eq!(
        ["committed", "failed", "cancelled"].map(|word| of(word, false, false)),
        [Published, Failed, Cancelled]
    );
    let by_word = |word, is_held| RowState::from_word(word, &Standing { is_held, ..Standing::default() });
    for (word, held) in
        [("new", Hashing), ("claimed", Hashing), ("created", Uploading), ("transferred", Uploading)]
    {
        assert_eq!((by_word(word, true), by_word(word, false)), (held, Queued), "{word}");
    }
    assert_eq!(
        [of("open", false, false), of("open", false, true), of("open", true, true)],
        [Queued, Waiting, Hashing]
    );
}

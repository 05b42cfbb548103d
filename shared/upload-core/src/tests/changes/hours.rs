//! The hour at which a video is made public.

use super::env::{
    HOUR, audience, change, made_public, managing_policy, now, person, public_type, publish, read,
    request_at, run_sweep, sweep_for, titled,
};
use crate::{
    ledger::Step,
    metadata::{PublicType, VideoMetadata},
    tests::{
        callbacks::env::{DAY, MINUTE, small_memory},
        count_calls,
        memory::{Fault, Memory},
    },
    *,
};
use tokio::time::{Instant, sleep};

/// A video that is hidden for an hour, and that Youku shows as published.
async fn hidden() -> (Memory, UploadId, Instant) {
    let memory = small_memory();
    let hour = Instant::now() + HOUR;
    let at = now(&memory) + HOUR;
    let id = publish(&memory, Some(at)).await;
    memory.world().states.extend([VideoState::Normal]);
    (memory, id, hour)
}

#[tokio::test(start_paused = true)]
async fn a_video_is_hidden_until_its_hour_and_public_one_sweep_later() {
    let (memory, id, hour) = hidden().await;
    assert_eq!(public_type(&memory), PublicType::Password);
    let shows = count_calls(&memory, "show");
    sweep_for(&memory, 55 * MINUTE).await;
    assert_eq!((public_type(&memory), count_calls(&memory, "show")), (PublicType::Password, shows));
    assert_eq!(sweep_for(&memory, 15 * MINUTE).await, 1);
    let at = made_public(&memory);
    assert!(at.len() == 1 && at[0] >= hour && at[0] <= hour + 5 * MINUTE, "{:?}", at[0] - hour);
    let record = read(&memory, &id).await;
    assert!(record.is_settled() && record.pending_publication().is_none());
    assert!(memory.ledger.keys("open/").is_empty(), "nothing is left to do");
    assert!(!format!("{:?}", memory.ledger.world().entries).contains("\"word\":\"0"), "only sealed");
}

#[tokio::test(start_paused = true)]
async fn a_sweep_late_by_an_hour_makes_it_public_then() {
    let (memory, _, hour) = hidden().await;
    sleep(2 * HOUR).await;
    assert_eq!(run_sweep(&memory).await.made_public, 1);
    assert!(made_public(&memory)[0] >= hour + HOUR);
}

/// A machine whose clock is ahead does not publish early: the ledger's clock counts.
#[tokio::test(start_paused = true)]
async fn the_ledgers_clock_decides() {
    let (memory, _, _) = hidden().await;
    crate::tests::clock::jump(86_400);
    sleep(30 * MINUTE).await;
    assert_eq!(run_sweep(&memory).await.made_public, 0);
    sleep(31 * MINUTE).await;
    assert_eq!(run_sweep(&memory).await.made_public, 1);
    crate::tests::clock::jump(-86_400);
}

#[tokio::test(start_paused = true)]
async fn a_video_in_review_stays_hidden_until_youku_shows_it() {
    let (memory, id, hour) = hidden().await;
    memory.world().states = [VideoState::InReview].into();
    sweep_for(&memory, 3 * HOUR).await;
    assert_eq!(public_type(&memory), PublicType::Password);
    memory.world().states = [VideoState::Normal].into();
    let reviewed = Instant::now();
    sweep_for(&memory, 30 * MINUTE).await;
    let at = made_public(&memory)[0];
    assert!(at > hour && at <= reviewed + 15 * MINUTE, "{:?} after the review", at - reviewed);
    assert!(read(&memory, &id).await.failed_publication().is_none());
}

#[tokio::test(start_paused = true)]
async fn what_youku_refuses_at_the_hour_stays_hidden() {
    for refuses in ["update", "fail", "blocked", "never ready"] {
        let (memory, id, _) = hidden().await;
        let (states, days) = match refuses {
            "fail" => ([VideoState::Failed], 1),
            "blocked" => ([VideoState::Blocked], 1),
            "never ready" => ([VideoState::InReview], 4),
            _ => ([VideoState::Normal], 1),
        };
        memory.world().states = states.into();
        for _ in 0..20 {
            memory.fault("update", 0, Fault::Deny(ErrorKind::Youku));
        }
        sweep_for(&memory, days * DAY).await;
        let record = read(&memory, &id).await;
        assert_eq!(public_type(&memory), PublicType::Password, "{refuses}");
        assert!(record.failed_publication().is_some() && record.is_settled(), "{refuses}");
        let finished = memory.ledger().finished_uploads(None, 1).await.expect("a list");
        assert_eq!(finished.uploads[0].1.publish_failed.as_deref(), Some("youku_failed"), "{refuses}");
        // A person sees to it.
        memory.world().states = [VideoState::Normal].into();
        memory.world().clear_faults();
        change(&memory, &id, VideoChange::Edit(audience(PublicType::All)), person()).await.expect("shown");
        assert!(read(&memory, &id).await.failed_publication().is_none(), "{refuses}");
        assert_eq!(public_type(&memory), PublicType::All, "{refuses}");
    }
}

/// What has nothing to do with the video is waited out.
#[tokio::test(start_paused = true)]
async fn a_paused_account_delays_the_hour_and_loses_nothing() {
    for kind in [ErrorKind::Unauthorized, ErrorKind::ClientRefused, ErrorKind::RateLimited, ErrorKind::Youku]
    {
        let (memory, id, hour) = hidden().await;
        for _ in 0..400 {
            let fault = if kind == ErrorKind::Youku { Fault::Refuse(kind) } else { Fault::Deny(kind) };
            memory.fault("update", 0, fault);
        }
        sweep_for(&memory, 3 * HOUR).await;
        let record = read(&memory, &id).await;
        assert_eq!(public_type(&memory), PublicType::Password, "{kind:?}");
        assert!(record.pending_publication().is_some() && record.failed_publication().is_none(), "{kind:?}");
        memory.world().clear_faults();
        sweep_for(&memory, DAY).await;
        assert_eq!(public_type(&memory), PublicType::All, "{kind:?}");
        assert!(made_public(&memory)[0] > hour, "{kind:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_hour_can_be_changed_and_given_up() {
    let (memory, id, hour) = hidden().await;
    let at = Some((now(&memory) + 2 * HOUR).into());
    let later = VideoChange::Schedule { at, audience: None };
    let changed = change(&memory, &id, later, person()).await.expect("changed");
    assert_eq!(changed.publish_at, at);
    sweep_for(&memory, HOUR + 30 * MINUTE).await;
    assert_eq!(public_type(&memory), PublicType::Password, "not at the first hour");
    sweep_for(&memory, HOUR).await;
    assert!(made_public(&memory)[0] >= hour + HOUR - MINUTE);

    let (memory, id, _) = hidden().await;
    let given_up = VideoChange::Schedule { at: None, audience: None };
    change(&memory, &id, given_up.clone(), person()).await.expect("given up");
    assert_eq!(
        change(&memory, &id, given_up, person()).await.expect_err("none").kind(),
        ErrorKind::WrongState
    );
    assert!(memory.ledger.keys("open/").is_empty(), "nothing is left to do");
    sweep_for(&memory, 2 * HOUR).await;
    assert_eq!(public_type(&memory), PublicType::Password);

    // And set for a video that is there, with who may watch from then on.
    let at = Some((now(&memory) + HOUR).into());
    let bare = VideoChange::Schedule { at, audience: None };
    assert_eq!(change(&memory, &id, bare, person()).await.expect_err("who?").kind(), ErrorKind::WrongState);
    let set = VideoChange::Schedule { at, audience: Some(audience(PublicType::Friend)) };
    change(&memory, &id, set, person()).await.expect("set");
    sweep_for(&memory, HOUR + 10 * MINUTE).await;
    assert_eq!(public_type(&memory), PublicType::Friend);
}

/// While it is hidden, an edit of who may watch is for the hour; the rest is changed at once.
#[tokio::test(start_paused = true)]
async fn an_edit_before_the_hour_does_not_show_the_video() {
    let (memory, id, _) = hidden().await;
    let edit = VideoMetadata { public_type: Some(PublicType::Friend), ..titled("新标题") };
    let changed = change(&memory, &id, VideoChange::Edit(edit), person()).await.expect("changed");
    assert_eq!((changed.fields, public_type(&memory)), (vec!["title"], PublicType::Password));
    sweep_for(&memory, 2 * HOUR).await;
    assert_eq!(public_type(&memory), PublicType::Friend);
}

#[tokio::test(start_paused = true)]
async fn hiding_gives_the_hour_up() {
    let (memory, id, _) = hidden().await;
    change(&memory, &id, VideoChange::Hide(None), person()).await.expect("it is hidden already");
    sweep_for(&memory, 2 * HOUR).await;
    assert_eq!((public_type(&memory), count_calls(&memory, "update")), (PublicType::Password, 0));
}

/// Two sweeps at once, and a sweep beside an edit, change each thing once.
#[tokio::test(start_paused = true)]
async fn twins_make_it_public_once() {
    let (memory, id, _) = hidden().await;
    sleep(HOUR + MINUTE).await;
    let editing = change(&memory, &id, VideoChange::Edit(titled("新标题")), person());
    let (one, two, _) = tokio::join!(run_sweep(&memory), run_sweep(&memory), editing);
    sweep_for(&memory, 30 * MINUTE).await;
    assert!(one.made_public + two.made_public <= 1, "{one:?} {two:?}");
    assert_eq!(made_public(&memory).len(), 1);
    let record = read(&memory, &id).await;
    let published = record.history.iter().filter(
        |entry| matches!(&entry.step, Step::Updated(update) if update.by == ledger::ChangeOrigin::Schedule),
    );
    assert_eq!(published.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_failed_upload_has_no_hour() {
    let memory = small_memory();
    let request = request_at(&memory, Some(now(&memory) + HOUR)).await.expect("it is there");
    memory.fault("create", 0, Fault::Deny(ErrorKind::Youku));
    memory.uploader().upload(&request, &RunContext::default()).await.expect_err("refused");
    sweep_for(&memory, 2 * HOUR).await;
    assert_eq!(count_calls(&memory, "update"), 0);
    assert!(memory.ledger.keys("open/").is_empty());
}

/// One odd answer at the hour ends nothing.
#[tokio::test(start_paused = true)]
async fn one_refusal_at_the_hour_is_not_final() {
    let (memory, id, _) = hidden().await;
    memory.fault("update", 0, Fault::Deny(ErrorKind::Youku));
    assert_eq!(sweep_for(&memory, 2 * HOUR).await, 1);
    assert!(read(&memory, &id).await.failed_publication().is_none());
}

/// A run that died had made it public, unrecorded: hiding it, or another hour, hides it again.
#[tokio::test(start_paused = true)]
async fn what_is_public_unrecorded_is_hidden_again() {
    for hides in [true, false] {
        let (memory, id, _) = hidden().await;
        sleep(HOUR + MINUTE).await;
        let public = (Instant::now(), "V0".to_owned(), audience(PublicType::All));
        memory.world().edits.push(public);
        let at = Some((now(&memory) + HOUR).into());
        let asked = match hides {
            true => VideoChange::Hide(Hiding::Password.new_word()),
            false => VideoChange::Schedule { at, audience: None },
        };
        change(&memory, &id, asked, person()).await.expect("hidden again");
        assert_eq!(public_type(&memory), PublicType::Password, "{hides}");
    }
}

/// A video that is public although its hour is to come is hidden by hiding it.
#[tokio::test(start_paused = true)]
async fn hiding_a_public_video_with_an_hour_hides_it() {
    let memory = small_memory();
    let id = publish(&memory, None).await;
    memory.world().states.extend([VideoState::Normal]);
    let at = Some((now(&memory) + HOUR).into());
    let set = VideoChange::Schedule { at, audience: Some(audience(PublicType::All)) };
    change(&memory, &id, set, person()).await.expect("set");
    change(&memory, &id, VideoChange::Hide(None), person()).await.expect("hidden");
    assert_eq!(public_type(&memory), PublicType::Friend);
    sweep_for(&memory, 2 * HOUR).await;
    assert_eq!(public_type(&memory), PublicType::Friend);
}

/// A machine whose clock is ahead by hours hides a video all the same; what is a day gone, or was when the object was written, is at once.
#[test]
fn an_hour_is_gone_by_the_stores_clock() {
    use crate::rules::Rules;
    use std::time::SystemTime;
    let now = SystemTime::UNIX_EPOCH + 20_000 * DAY;
    let rules = Rules::default();
    let policy = managing_policy(&rules, now);
    let plan = |at: SystemTime| {
        let video = metadata::StatedMetadata::default().with_publish_at(Some(at.into()));
        policy.plan_publication(&video).map(|planned| planned.is_some())
    };
    assert!(plan(now + HOUR).expect("fits"));
    assert!(plan(now - 2 * HOUR).expect("fits"));
    assert!(!plan(now - 2 * DAY).expect("fits"));
    assert_eq!(plan(now + 11 * 366 * DAY).expect_err("too far").kind(), ErrorKind::InvalidJob);
    let off = IntakePolicy { manage: ManagePolicy::default(), ..policy };
    let video = metadata::StatedMetadata::default().with_publish_at(Some((now + HOUR).into()));
    assert_eq!(off.plan_publication(&video).expect_err("off").kind(), ErrorKind::InvalidJob);
}

/// An hour that had passed long before it was set waits for Youku as any other does.
#[tokio::test(start_paused = true)]
async fn an_hour_of_long_ago_waits_for_youku() {
    let memory = small_memory();
    let id = publish(&memory, None).await;
    memory.world().states.extend([VideoState::InReview]);
    let at = Some((now(&memory) - 300 * DAY).into());
    let set = VideoChange::Schedule { at, audience: Some(audience(PublicType::Friend)) };
    change(&memory, &id, set, person()).await.expect("set");
    sweep_for(&memory, HOUR).await;
    assert!(read(&memory, &id).await.failed_publication().is_none());
    memory.world().states = [VideoState::Normal].into();
    sweep_for(&memory, HOUR).await;
    assert_eq!(public_type(&memory), PublicType::Friend);
}

//! Edits at a person's request.

use super::env::{audience, change, person, public_type, publish, read, run_sweep, titled};
use crate::{
    ledger::Step,
    metadata::{PublicType, VideoMetadata},
    tests::{
        callbacks::env::small_memory,
        count_calls,
        memory::{Fault, Memory},
    },
    *,
};
use secrecy::ExposeSecret as _;

async fn published() -> (Memory, UploadId) {
    let memory = small_memory();
    let id = publish(&memory, None).await;
    // Youku shows it as encoding once, and then as published.
    memory.world().states.extend([VideoState::Normal]);
    (memory, id)
}

fn title(memory: &Memory) -> Option<String> {
    memory.world().metadata_of("V0").title
}

#[tokio::test(start_paused = true)]
async fn only_what_differs_is_sent_and_every_change_is_a_step() {
    let (memory, id) = published().await;
    let edit = VideoMetadata { description: Some("one\r\ntwo".into()), ..titled("新标题") };
    let changed = change(&memory, &id, VideoChange::Edit(edit.clone()), person()).await.expect("changed");
    assert_eq!(changed.fields, ["title", "description"]);
    let again = change(&memory, &id, VideoChange::Edit(edit), person()).await.expect("nothing to do");
    assert_eq!((again.fields.len(), count_calls(&memory, "update")), (0, 1));
    let edit = VideoMetadata { description: Some("one\ntwo".into()), ..titled("另一个") };
    let changed = change(&memory, &id, VideoChange::Edit(edit), person()).await.expect("changed");
    assert_eq!((changed.fields, title(&memory)), (vec!["title"], Some("另一个".into())));
    let record = read(&memory, &id).await;
    let updates = record.history.iter().filter(|entry| matches!(entry.step, Step::Updated(_)));
    assert_eq!((updates.count(), record.is_settled()), (2, true));
    assert!(memory.ledger.keys("open/").is_empty(), "nothing is left to do");
}

#[tokio::test(start_paused = true)]
async fn a_password_is_compared_and_never_written() {
    let (memory, id) = published().await;
    let secret =
        |word: &str| VideoMetadata { watch_password: Some(word.into()), ..audience(PublicType::Password) };
    for (word, calls) in [("sesame", 1), ("sesame", 1), ("other", 2)] {
        change(&memory, &id, VideoChange::Edit(secret(word)), person()).await.expect("changed");
        assert_eq!(count_calls(&memory, "update"), calls, "{word}");
    }
    // The word alone belongs to the audience that stands.
    let word = VideoMetadata { watch_password: Some("third".into()), ..VideoMetadata::default() };
    let changed = change(&memory, &id, VideoChange::Edit(word), person()).await.expect("changed");
    assert_eq!(changed.fields, ["public_type", "watch_password"]);
    let everything = format!("{:?}", memory.ledger.world().entries);
    assert!(!everything.contains("sesame") && !everything.contains("third"), "only sealed");
}

#[tokio::test(start_paused = true)]
async fn what_youku_refuses_stays_and_is_on_record() {
    let (memory, id) = published().await;
    memory.fault("update", 0, Fault::Deny(ErrorKind::Youku));
    let refused = change(&memory, &id, VideoChange::Edit(titled("新")), person()).await.expect_err("refused");
    assert_eq!((refused.kind(), title(&memory).as_deref() == Some("新")), (ErrorKind::Youku, false));
    let record = read(&memory, &id).await;
    let last = record.history.last().expect("a step");
    assert!(matches!(&last.step, Step::Updated(update) if update.refused.is_some()), "{last:?}");
    // It is asked again: what was refused was not sent.
    change(&memory, &id, VideoChange::Edit(titled("新")), person()).await.expect("changed");
    assert_eq!(title(&memory).as_deref(), Some("新"));
}

/// Nobody documents whether Youku changes a video that it still works on.
#[tokio::test(start_paused = true)]
async fn a_refusal_while_it_is_reviewed_is_not_for_good() {
    let (memory, id) = published().await;
    memory.world().states = [VideoState::InReview].into();
    memory.fault("update", 0, Fault::Deny(ErrorKind::Youku));
    let refused =
        change(&memory, &id, VideoChange::Edit(titled("新标题")), person()).await.expect_err("later");
    assert_eq!(refused.advice(), RetryAdvice::Exhausted);
    let steps = read(&memory, &id).await.history;
    assert!(!steps.iter().any(|entry| matches!(entry.step, Step::Updated(_))), "nothing is decided");
    run_sweep(&memory).await;
    assert!(memory.ledger.keys("open/").is_empty(), "nothing is left to do");
}

#[tokio::test(start_paused = true)]
async fn what_is_outside_youkus_limits_is_refused_before_it_is_sent() {
    let (memory, id) = published().await;
    let long = titled(&"字".repeat(61));
    for (edit, field) in [
        (long, "title"),
        (VideoMetadata { latitude: Some(1.0), ..VideoMetadata::default() }, "latitude"),
        (audience(PublicType::Password), "watch_password"),
    ] {
        let refused = change(&memory, &id, VideoChange::Edit(edit), person()).await.expect_err(field);
        assert_eq!(refused.kind(), ErrorKind::InvalidJob);
        assert!(refused.to_string().contains(field), "{refused}");
    }
    assert_eq!(count_calls(&memory, "update"), 0);
}

#[tokio::test(start_paused = true)]
async fn an_upload_that_is_no_video_cannot_be_changed() {
    let memory = small_memory();
    memory.fault("create", 0, Fault::Deny(ErrorKind::Youku));
    let request = super::env::request_at(&memory, None).await.expect("it is there");
    memory.uploader().upload(&request, &RunContext::default()).await.expect_err("refused");
    let id = UploadId::new(&request.object, &request.job);
    let refused =
        change(&memory, &id, VideoChange::Edit(titled("新标题")), person()).await.expect_err("no video");
    assert_eq!(refused.kind(), ErrorKind::WrongState);
    let unknown = UploadId::parse("00112233445566778899aabbccddeeff").expect("an id");
    let refused = change(&memory, &unknown, VideoChange::Hide(None), person()).await.expect_err("unknown");
    assert_eq!(refused.kind(), ErrorKind::NoSuchUpload);
}

#[tokio::test(start_paused = true)]
async fn a_video_is_hidden_and_shown_again() {
    let (memory, id) = published().await;
    change(&memory, &id, VideoChange::Hide(Hiding::Password.new_word()), person()).await.expect("hidden");
    assert_eq!(public_type(&memory), PublicType::Password);
    change(&memory, &id, VideoChange::Edit(audience(PublicType::All)), person()).await.expect("shown");
    assert_eq!(public_type(&memory), PublicType::All);
    change(&memory, &id, VideoChange::Hide(Hiding::Friend.new_word()), person()).await.expect("hidden");
    assert_eq!(public_type(&memory), PublicType::Friend);
}

/// A video that is public although the ledger says that a password protects it is protected by whatever edit asks for that.
#[tokio::test(start_paused = true)]
async fn what_became_public_unrecorded_is_protected_again() {
    let word = || Some("sesame".into());
    let secret = VideoMetadata { watch_password: word(), ..audience(PublicType::Password) };
    let word_alone = VideoMetadata { watch_password: word(), ..VideoMetadata::default() };
    for edit in [secret.clone(), word_alone, audience(PublicType::Password)] {
        let (memory, id) = published().await;
        change(&memory, &id, VideoChange::Edit(secret.clone()), person()).await.expect("protected");
        let unrecorded = (tokio::time::Instant::now(), "V0".to_owned(), audience(PublicType::All));
        memory.world().edits.push(unrecorded);
        let changed = change(&memory, &id, VideoChange::Edit(edit), person()).await.expect("protected again");
        assert_eq!(changed.fields, ["public_type", "watch_password"]);
        let told = memory.world().metadata_of("V0");
        assert_eq!(told.public_type, Some(PublicType::Password));
        assert_eq!(
            told.watch_password.map(|word| word.expose_secret().to_owned()).as_deref(),
            Some("sesame")
        );
    }
}

/// A run that died had changed it unrecorded: what is asked for counts, not what the ledger believes.
#[tokio::test(start_paused = true)]
async fn what_was_changed_unrecorded_is_changed_back() {
    let (memory, id) = published().await;
    change(&memory, &id, VideoChange::Edit(audience(PublicType::Friend)), person()).await.expect("changed");
    let unrecorded = (tokio::time::Instant::now(), "V0".to_owned(), audience(PublicType::All));
    memory.world().edits.push(unrecorded);
    let changed = change(&memory, &id, VideoChange::Edit(audience(PublicType::Friend)), person()).await;
    assert_eq!(
        (changed.expect("changed").fields, public_type(&memory)),
        (vec!["public_type"], PublicType::Friend)
    );
}

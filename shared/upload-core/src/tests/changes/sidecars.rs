//! Sidecars that are written again after their video is there.

use super::env::{
    HOUR, change, managing_policy, now, person, public_type, publish, read, request_at, sweep_for, uploader,
};
use crate::{
    ledger::Step,
    metadata::PublicType,
    tests::{
        callbacks::{
            env::{DAY, MINUTE, small_memory, with_callback},
            receiver::{Receiver, unavailable},
        },
        count_calls, job,
        memory::{Fault, Memory},
    },
    *,
};
use tokio::time::sleep;

async fn apply(memory: &Memory, receiver: &Receiver, json: &str) -> Result<SidecarResult, Error> {
    let location = job(Mode::Oss).location;
    uploader(memory, receiver).apply_sidecar(&location, "main", json.as_bytes(), &RunContext::default()).await
}

#[tokio::test(start_paused = true)]
async fn each_version_is_carried_out_once() {
    let (memory, receiver) = (small_memory(), Receiver::default());
    assert_eq!(apply(&memory, &receiver, "{}").await.expect("no video"), SidecarResult::NoVideo);
    let id = publish(&memory, None).await;
    memory.world().states.extend([VideoState::Normal]);
    let first = r#"{"title":"第一版","tags":["片段"]}"#;
    for (json, result, calls) in [
        (first, SidecarResult::Changed, 1),
        (first, SidecarResult::Known, 1),
        // Only the title differs, and what is no longer stated stays.
        (r#"{"title":"第二版"}"#, SidecarResult::Changed, 2),
        (r#"{"title":"第二版","tags":["片段"],"description":""}"#, SidecarResult::Changed, 2),
    ] {
        assert_eq!(apply(&memory, &receiver, json).await.expect(json), result, "{json}");
        assert_eq!(count_calls(&memory, "update"), calls, "{json}");
    }
    let shown = memory.world().metadata_of("V0");
    assert_eq!((shown.title.as_deref(), shown.tags), (Some("第二版"), Some(vec!["片段".into()])));
    let steps = read(&memory, &id).await.history;
    assert_eq!(steps.iter().filter(|entry| matches!(entry.step, Step::Updated(_))).count(), 3);
    let edits: Vec<_> = memory.world().edits.iter().map(|(_, _, edit)| edit.tags.is_some()).collect();
    assert_eq!(edits, [true, false], "only what changed was sent");
}

#[tokio::test(start_paused = true)]
async fn what_task_and_object_stated_stays() {
    let memory = small_memory();
    let mut request = request_at(&memory, None).await.expect("it is there");
    let first = r#"{"title":"旁边的"}"#;
    request.job.video.metadata.title = Some("任务的".into());
    request.job.video.fixed = vec!["title", "public_type"];
    request.job.video.sidecar = Some(crate::intake::rules::sidecar_digest(first.as_bytes()));
    memory.uploader().upload(&request, &RunContext::default()).await.expect("published");
    let receiver = Receiver::default();
    assert_eq!(apply(&memory, &receiver, first).await.expect("read before"), SidecarResult::Known);
    let json = r#"{"title":"新的","public_type":"friend","description":"新的"}"#;
    assert_eq!(apply(&memory, &receiver, json).await.expect("carried out"), SidecarResult::Changed);
    let shown = memory.world().metadata_of("V0");
    assert_eq!(
        (shown.title.as_deref(), shown.public_type, shown.description.as_deref()),
        (Some("任务的"), Some(PublicType::All), Some("新的"))
    );
}

/// A refusal is told by callback, once, and the version is done.
#[tokio::test(start_paused = true)]
async fn a_refusal_is_told_and_the_video_stays() {
    let (memory, receiver) = (small_memory(), Receiver::default());
    let request = with_callback(&memory, &[]).await.expect("it is there");
    uploader(&memory, &receiver).upload(&request, &RunContext::default()).await.expect("published");
    memory.world().states.extend([VideoState::Normal]);
    memory.fault("update", 0, Fault::Deny(ErrorKind::Youku));
    receiver.inner().answers.extend([
        unavailable(),
        unavailable(),
        unavailable(),
        DeliveryResult::Accepted { status: 200 },
    ]);
    let json = r#"{"title":"不许"}"#;
    apply(&memory, &receiver, json).await.expect_err("refused");
    sleep(5 * MINUTE).await;
    let uploader_of = |_, _| async { Ok(uploader(&memory, &receiver)) };
    for _ in 0..3 {
        sweep(&memory.ledger(), uploader_of, None, 100, &RunContext::default()).await.expect("readable");
        sleep(5 * MINUTE).await;
    }
    let told: Vec<_> =
        receiver.messages().into_iter().filter(|told| told.id.contains("update_refused")).collect();
    assert_eq!(told.len(), 4, "three tries at once, one of the sweep");
    assert!(told.iter().all(|one| one.id == told[0].id), "one id");
    let body = &told[0].body;
    assert_eq!(
        (&body["type"], &body["data"]["error"]),
        (&"video.update_refused".into(), &"youku_failed".into())
    );
    assert_eq!((&body["data"]["fields"][0], &body["data"]["key"]), (&"title".into(), &"film 7".into()));
    assert_eq!(apply(&memory, &receiver, json).await.expect("decided"), SidecarResult::Known);
    assert_ne!(memory.world().metadata_of("V0").title.as_deref(), Some("不许"));
    assert!(memory.ledger.keys("open/").is_empty(), "nothing is left to do");
}

/// Every pass looks at it again: it takes no step of the upload, whichever part does not fit, and whether or not the video waits for its hour.
#[tokio::test(start_paused = true)]
async fn a_sidecar_that_does_not_fit_changes_nothing() {
    for has_hour in [false, true] {
        let (memory, receiver) = (small_memory(), Receiver::default());
        publish(&memory, has_hour.then(|| now(&memory) + HOUR)).await;
        let steps = memory.ledger.keys("ledger/");
        let (long, soon) = ("长".repeat(61), Timestamp::from(now(&memory) + HOUR));
        for json in [
            "",
            "[]",
            r#"{"titel":"x"}"#,
            r#"{"publish_at":"20:00"}"#,
            r#"{"public_type":"password"}"#,
            r#"{"publish_at":"2099-12-01T20:00:00+08:00"}"#,
            &format!(r#"{{"title":"{long}"}}"#),
            &format!(r#"{{"title":"{long}","public_type":"friend"}}"#),
            &format!(r#"{{"title":"新的","public_type":"password","publish_at":"{soon}"}}"#),
        ] {
            for _ in 0..2 {
                let error = apply(&memory, &receiver, json).await.expect_err(json);
                assert_eq!(error.kind(), ErrorKind::InvalidJob, "{json}");
                sleep(5 * MINUTE).await;
            }
            assert_eq!(memory.ledger.keys("ledger/"), steps, "{json}, hour: {has_hour}");
        }
        assert_eq!(count_calls(&memory, "update"), 0);
    }
}

/// Before the hour a sidecar moves the hour, and changes who may watch from then on.
#[tokio::test(start_paused = true)]
async fn a_sidecar_moves_the_hour() {
    let (memory, receiver) = (small_memory(), Receiver::default());
    let at = now(&memory) + HOUR;
    publish(&memory, Some(at)).await;
    memory.world().states.extend([VideoState::Normal]);
    let later = Timestamp::from(at + HOUR);
    let json = format!(r#"{{"publish_at":"{later}","public_type":"friend","title":"新标题"}}"#);
    assert_eq!(apply(&memory, &receiver, &json).await.expect("carried out"), SidecarResult::Changed);
    assert_eq!(apply(&memory, &receiver, &json).await.expect("done"), SidecarResult::Known);
    sweep_for(&memory, HOUR + 30 * MINUTE).await;
    assert_eq!(public_type(&memory), PublicType::Password);
    sweep_for(&memory, HOUR).await;
    assert_eq!(public_type(&memory), PublicType::Friend);
}

/// A video that has no hour yet gets one by a sidecar, and who may watch is for that hour.
#[tokio::test(start_paused = true)]
async fn a_sidecar_sets_an_hour() {
    let (memory, receiver) = (small_memory(), Receiver::default());
    let mut request = request_at(&memory, None).await.expect("it is there");
    request.job.video.metadata.public_type = Some(PublicType::Friend);
    memory.uploader().upload(&request, &RunContext::default()).await.expect("published");
    memory.world().states.extend([VideoState::Normal]);
    let at = Timestamp::from(now(&memory) + HOUR);
    let json = format!(r#"{{"publish_at":"{at}","public_type":"all"}}"#);
    assert_eq!(apply(&memory, &receiver, &json).await.expect("carried out"), SidecarResult::Changed);
    assert_eq!((public_type(&memory), count_calls(&memory, "update")), (PublicType::Friend, 0));
    sweep_for(&memory, HOUR + 10 * MINUTE).await;
    assert_eq!(public_type(&memory), PublicType::All);
}

/// What a person hid stays hidden although the file goes on to say what it said.
#[tokio::test(start_paused = true)]
async fn a_sidecar_does_not_show_what_a_person_hid() {
    let (memory, receiver) = (small_memory(), Receiver::default());
    let id = publish(&memory, None).await;
    memory.world().states.extend([VideoState::Normal]);
    change(&memory, &id, VideoChange::Hide(None), person()).await.expect("hidden");
    let json = r#"{"title":"新标题","public_type":"all"}"#;
    assert_eq!(apply(&memory, &receiver, json).await.expect("carried out"), SidecarResult::Changed);
    let shown = memory.world().metadata_of("V0");
    assert_eq!((shown.title.as_deref(), shown.public_type), (Some("新标题"), Some(PublicType::Friend)));
}

/// The sidecar of an object that was replaced is not that of the video before it.
#[tokio::test(start_paused = true)]
async fn a_new_versions_sidecar_is_not_the_old_ones() {
    let memory = small_memory();
    publish(&memory, None).await;
    memory.world().sidecar = Some(r#"{"title":"新版"}"#.into());
    let (location, rules) = (job(Mode::Oss).location, crate::rules::Rules::default());
    let policy = managing_policy(&rules, now(&memory));
    let run = RunContext::default();
    let uploader = memory.uploader();
    let update = || uploader.update_from_sidecar(&memory, &policy, (&location, "main"), &run);
    memory.world().etag = "B".into();
    assert_eq!(update().await.expect("no video of it"), Some(SidecarResult::NoVideo));
    // While its own upload is under way the event comes again.
    memory.fault("create", 0, Fault::Deny(ErrorKind::RateLimited));
    let request = request_at(&memory, None).await.expect("it is there");
    memory.uploader().upload(&request, &run).await.expect_err("it waits");
    let error = update().await.expect_err("under way");
    assert!(error.kind() == ErrorKind::InProgress && !error.is_recorded(), "{error:?}");
    assert_eq!(count_calls(&memory, "update"), 0);
}

/// The key's entry may name an upload whose commit another step has taken the place of: it is under way, and the event comes again.
#[tokio::test(start_paused = true)]
async fn an_upload_whose_commit_is_gone_is_under_way() {
    let memory = small_memory();
    let id = publish(&memory, None).await;
    let history = read(&memory, &id).await.history;
    let committed = history.iter().position(|entry| matches!(entry.step, Step::Committed { .. }));
    let left = format!("ledger/{id}/{:06}.json", committed.expect("it is published"));
    memory.ledger.world().entries.retain(|key, _| !key.starts_with("ledger/") || *key <= left);
    memory.world().sidecar = Some(r#"{"title":"第二版"}"#.into());
    let (location, rules) = (job(Mode::Oss).location, crate::rules::Rules::default());
    let policy = managing_policy(&rules, now(&memory));
    let (uploader, run) = (memory.uploader(), RunContext::default());
    let error = uploader.update_from_sidecar(&memory, &policy, (&location, "main"), &run).await;
    let error = error.expect_err("under way");
    assert!(error.kind() == ErrorKind::InProgress && !error.is_recorded(), "{error:?}");
}

/// Each sweep looks at each sidecar: a version that is known costs one list and one read of each step, and one of the key's entry.
#[tokio::test(start_paused = true)]
async fn a_look_at_a_known_version_reads_each_step_once() {
    let (memory, receiver) = (small_memory(), Receiver::default());
    let id = publish(&memory, None).await;
    let json = r#"{"title":"第二版"}"#;
    apply(&memory, &receiver, json).await.expect("carried out");
    memory.world().sidecar = Some(json.into());
    let (location, rules) = (job(Mode::Oss).location, crate::rules::Rules::default());
    let policy = managing_policy(&rules, now(&memory));
    memory.ledger.world().calls.clear();
    let (uploader, run) = (memory.uploader(), RunContext::default());
    let updating = uploader.update_from_sidecar(&memory, &policy, (&location, "main"), &run);
    assert_eq!(updating.await.expect("it is there"), Some(SidecarResult::Known));
    let steps = memory.ledger.keys(&format!("ledger/{id}/")).len();
    let asked: Vec<_> = memory.ledger.world().calls.iter().map(|(operation, _)| *operation).collect();
    let count = |operation| asked.iter().filter(|asked| **asked == operation).count();
    assert_eq!((count("list"), count("read"), asked.len()), (1, steps + 1, steps + 2), "{asked:?}");
}

/// While Youku refuses the account's calls, a look at a version that waits adds no step, and takes no call; after the limit it is carried out.
#[tokio::test(start_paused = true)]
async fn a_limit_adds_no_step_for_each_look() {
    let (memory, receiver) = (small_memory(), Receiver::default());
    let id = publish(&memory, None).await;
    memory.world().states.extend([VideoState::Normal]);
    memory.fault("update", 0, Fault::Deny(ErrorKind::RateLimited));
    let json = r#"{"title":"第二版"}"#;
    let error = apply(&memory, &receiver, json).await.expect_err("limited");
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    let steps = memory.ledger.keys("ledger/");
    let calls = memory.world().calls.len();
    for _ in 0..5 {
        let error = apply(&memory, &receiver, json).await.expect_err("limited");
        assert_eq!((error.kind(), error.upload_id()), (ErrorKind::RateLimited, Some(&id)));
    }
    assert_eq!((memory.ledger.keys("ledger/"), memory.world().calls.len()), (steps, calls));
    sleep(2 * MINUTE).await;
    assert_eq!(apply(&memory, &receiver, json).await.expect("taken again"), SidecarResult::Changed);
    assert_eq!(count_calls(&memory, "update"), 2);
}

/// Each refusal is told, also where the receiver is down for both, and also a week after the upload.
#[tokio::test(start_paused = true)]
async fn every_refusal_is_told_in_its_order() {
    let (memory, receiver) = (small_memory(), Receiver::default());
    let request = with_callback(&memory, &[]).await.expect("it is there");
    uploader(&memory, &receiver).upload(&request, &RunContext::default()).await.expect("published");
    memory.world().states.extend([VideoState::Normal]);
    sleep(7 * DAY).await;
    receiver.inner().answers.extend([unavailable()]);
    for title in ["一一", "二二"] {
        memory.fault("update", 0, Fault::Deny(ErrorKind::Youku));
        apply(&memory, &receiver, &format!(r#"{{"title":"{title}"}}"#)).await.expect_err("refused");
    }
    receiver.inner().answers = [DeliveryResult::Accepted { status: 200 }].into();
    let before = receiver.messages().len();
    let uploader_of = |_, _| async { Ok(uploader(&memory, &receiver)) };
    for _ in 0..6 {
        sleep(10 * MINUTE).await;
        sweep(&memory.ledger(), uploader_of, None, 100, &RunContext::default()).await.expect("readable");
    }
    let told: Vec<_> = receiver.messages()[before..].iter().map(|told| told.id.clone()).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0] != told[1] && memory.ledger.keys("open/").is_empty(), "{told:?}");
}

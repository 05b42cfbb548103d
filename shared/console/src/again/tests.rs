use super::*;
use crate::tests::{
    memory_store::MemoryStore,
    uploads::{append_session, claim, new_request, open_ledger},
};
use app::core::{
    Preflight, Publication,
    ledger::{ChangeOrigin, Failure, Scheduling, Step, StoredMetadata, Transferred, Update, UploadRequest},
    metadata::{StatedMetadata, VideoMetadata},
};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);

fn audience(public_type: Option<PublicType>) -> VideoMetadata {
    let tags = Some(vec!["sea".to_owned()]);
    VideoMetadata { public_type, tags, watch_password: Some("s3cret".into()), ..VideoMetadata::default() }
}

/// An upload for this audience, which was stated there, that is made public at this time.
fn request(
    entrypoint: Entrypoint,
    public_type: Option<PublicType>,
    origin: PublicTypeOrigin,
    hour: Option<SystemTime>,
) -> UploadRequest {
    let mut request = new_request("film.mp4");
    request.entrypoint = Some(entrypoint);
    request.job.video =
        StatedMetadata::new(audience(public_type), origin).with_preflight(Some(Preflight::Off));
    request.job.publication = hour.map(|at| Publication { at: at.into(), word: Some("w0rd".into()) });
    request
}

fn change(public_type: PublicType, refused: bool) -> Step {
    let video = VideoMetadata { public_type: Some(public_type), ..VideoMetadata::default() };
    let video = StoredMetadata::new(video, PublicTypeOrigin::Sidecar);
    let failure = Failure { code: "youku_failed".into(), text: "no".into(), advice: None };
    let by = if refused { ChangeOrigin::Schedule } else { ChangeOrigin::Person("p".into()) };
    Step::Updated(Box::new(Update { video, by, refused: refused.then_some(failure) }))
}

/// The task after the video was published, and then changed so.
async fn again(request: &UploadRequest, changes: Vec<Step>) -> Option<Value> {
    let mut held = claim(&open_ledger(MemoryStore::new()), request).await;
    append_session(&mut held).await;
    held.append(Step::Transferred(Transferred::default())).await.unwrap();
    held.append(Step::Committed { video_id: Some("X1".into()) }).await.unwrap();
    for change in changes {
        held.append(change).await.unwrap();
    }
    let task = build_task_again(held.record(), SystemTime::now());
    held.release().await;
    let secret = task.as_ref().map(Value::to_string).unwrap_or_default();
    assert!(!secret.contains("s3cret") && !secret.contains("w0rd"), "{secret}");
    task
}

/// Who may watch is stated again, unless everybody may and the object or its rule said so; an edit since then counts.
#[tokio::test]
async fn nobody_else_may_watch_another_video() {
    use PublicType::{All, Friend, Password};
    use PublicTypeOrigin::{Flag, Rule, Task};
    for (entrypoint, public_type, origin, edited, expected) in [
        (Entrypoint::Task, Some(Friend), Task, None, Some("friend")),
        (Entrypoint::Command, Some(Password), Flag, None, Some("password")),
        (Entrypoint::Task, Some(All), Task, None, Some("all")),
        (Entrypoint::Task, Some(All), Rule, None, None),
        (Entrypoint::Event, Some(All), Rule, None, None),
        (Entrypoint::Event, Some(Friend), Rule, None, Some("friend")),
        (Entrypoint::Event, None, Rule, None, None),
        (Entrypoint::Task, Some(All), Task, Some(Friend), Some("friend")),
        (Entrypoint::Event, Some(All), Rule, Some(Password), Some("password")),
    ] {
        let changes = edited.map(|to| change(to, false)).into_iter().collect();
        let task = again(&request(entrypoint, public_type, origin, None), changes).await.unwrap();
        let video = &task["video"];
        assert_eq!(video["public_type"].as_str(), expected, "{entrypoint:?} {public_type:?}: {task}");
        assert_eq!((&task["source"], &task["account"]), (&json!("oss://videos/film.mp4"), &json!("main")));
        // The object and its rule say the rest again, where nobody stated it.
        let is_task = entrypoint != Entrypoint::Event;
        assert_eq!((video.get("tags").is_some(), task.get("preflight").is_some()), (is_task, is_task));
        assert!(task.get("publish_at").is_none() && video["title"] == "film", "{task}");
    }
}

/// An hour that stands hides another video too; without one that could, there is none.
#[tokio::test]
async fn an_hour_hides_another_video() {
    let (past, future) = (SystemTime::now() - HOUR, SystemTime::now() + HOUR);
    let hidden = |at| request(Entrypoint::Task, Some(PublicType::Friend), PublicTypeOrigin::Task, Some(at));
    let at = |at: SystemTime| json!(Timestamp::from(at));
    let moved = |at: Option<SystemTime>| {
        let publication = at.map(|at| Publication { at: at.into(), word: None });
        let by = ChangeOrigin::Person("p".into());
        vec![Step::Scheduled(Box::new(Scheduling { publication, audience: None, by, more: false }))]
    };
    let task = again(&hidden(future), vec![]).await.unwrap();
    assert_eq!((&task["publish_at"], &task["video"]["public_type"]), (&at(future), &json!("friend")));
    let task = again(&hidden(past), moved(Some(future))).await.unwrap();
    assert_eq!(task["publish_at"], at(future));
    // The hour was given up: the video stays behind its word, and another one needs a password of its own.
    let task = again(&hidden(future), moved(None)).await.unwrap();
    assert_eq!((task.get("publish_at"), &task["video"]["public_type"]), (None, &json!("password")));
    assert_eq!(again(&hidden(past), vec![]).await, None);
    assert_eq!(again(&hidden(past), vec![change(PublicType::Friend, true)]).await, None);
}

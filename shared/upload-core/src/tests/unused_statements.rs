//! A request whose upload began before it, with other metadata: its answer says what is not used.

use super::{
    content, job,
    memory::{Fault, Memory},
    request_for,
};
use crate::{
    ledger::UploadRequest,
    model::metadata::{CopyrightType, PublicType, PublicTypeOrigin, StatedMetadata, VideoMetadata},
    *,
};

/// A request for the same object that states this.
async fn request_stating(memory: &Memory, stated: VideoMetadata) -> UploadRequest {
    let request = request_for(memory, Mode::Oss).await.expect("the object is there");
    let job = Job { video: StatedMetadata::new(stated, PublicTypeOrigin::Task), ..job(Mode::Oss) };
    UploadRequest { job, ..request }
}

fn title(title: &str) -> VideoMetadata {
    VideoMetadata { title: Some(title.into()), ..VideoMetadata::default() }
}

async fn warning_of(memory: &Memory, request: &UploadRequest) -> Option<String> {
    let published = memory.uploader().upload(request, &RunContext::default()).await.expect("a video");
    assert_eq!(memory.world().videos.len(), 1, "one video");
    published.warning
}

#[tokio::test(start_paused = true)]
async fn a_title_after_the_upload_is_named_with_the_video() {
    let memory = Memory::holding(content());
    let event = request_stating(&memory, VideoMetadata::default()).await;
    assert_eq!(warning_of(&memory, &event).await, None);
    let task = request_stating(&memory, title("Film")).await;
    let warning = warning_of(&memory, &task).await.expect("the title is not used");
    let id = memory.world().videos.keys().next().cloned().expect("a video");
    assert!(warning.contains(&id) && warning.contains("not used: title;"), "{warning}");
    assert_eq!(warning_of(&memory, &event).await, None, "the first request stated nothing else");
}

/// What is stated as it was used already, or as Youku takes it anyway, needs no word.
#[tokio::test(start_paused = true)]
async fn the_same_statement_again_gives_no_warning() {
    let memory = Memory::holding(content());
    let stated = VideoMetadata {
        public_type: Some(PublicType::Password),
        watch_password: Some("open".into()),
        ..title("Film")
    };
    for _ in 0..2 {
        let request = request_stating(&memory, stated.clone()).await;
        assert_eq!(warning_of(&memory, &request).await, None);
    }
    let other = VideoMetadata { watch_password: Some("shut".into()), ..stated };
    let warning = warning_of(&memory, &request_stating(&memory, other).await).await.expect("a warning");
    assert!(warning.contains("not used: watch_password;") && !warning.contains("shut"), "{warning}");

    let memory = Memory::holding(content());
    let event = request_stating(&memory, VideoMetadata::default()).await;
    assert_eq!(warning_of(&memory, &event).await, None);
    let defaults = VideoMetadata {
        tags: Some(vec!["other".into()]),
        copyright_type: Some(CopyrightType::Original),
        public_type: Some(PublicType::All),
        ..title("片")
    };
    assert_eq!(warning_of(&memory, &request_stating(&memory, defaults).await).await, None);
}

/// An upload that another holder began keeps what it was claimed with, and its callback.
#[tokio::test(start_paused = true)]
async fn a_resumed_upload_names_what_it_does_not_use() {
    let memory = Memory::holding(content());
    memory.fault("create", 0, Fault::Deny(ErrorKind::Unauthorized));
    let event = request_stating(&memory, VideoMetadata::default()).await;
    let refused = memory.uploader().upload(&event, &RunContext::default()).await;
    assert!(refused.is_err(), "{refused:?}");
    let callback = Callback::new("https://example.com/".into());
    let task = request_stating(&memory, title("Film")).await;
    let task = UploadRequest { callback: Some(callback), ..task };
    tokio::time::sleep(std::time::Duration::from_secs(86_400)).await;
    let warning = warning_of(&memory, &task).await.expect("neither is used");
    assert!(warning.contains("not used: title, callback;"), "{warning}");
}

/// A rule that has changed since the upload is nobody's statement about this video: only what the request states is named.
#[tokio::test(start_paused = true)]
async fn a_changed_rule_gives_no_warning() {
    let memory = Memory::holding(content());
    let request = request_stating(&memory, VideoMetadata::default()).await;
    let under_rule = |stated, category: &str| {
        let rule = VideoMetadata { category: Some(category.into()), ..VideoMetadata::default() };
        let rule = StatedMetadata::new(rule, PublicTypeOrigin::Rule);
        let video = StatedMetadata::merge(StatedMetadata::new(stated, PublicTypeOrigin::Task), rule);
        let url = format!("https://example.com/{category}");
        let callback = Callback { from_rule: true, ..Callback::new(url.into()) };
        UploadRequest { job: Job { video, ..job(Mode::Oss) }, callback: Some(callback), ..request.clone() }
    };
    assert_eq!(warning_of(&memory, &under_rule(VideoMetadata::default(), "News")).await, None);
    assert_eq!(warning_of(&memory, &under_rule(VideoMetadata::default(), "Tech")).await, None);
    let warning = warning_of(&memory, &under_rule(title("Film"), "Tech")).await.expect("a title is stated");
    assert!(warning.contains("not used: title;"), "{warning}");
    let stated = VideoMetadata { category: Some("Tech".into()), ..VideoMetadata::default() };
    let warning = warning_of(&memory, &under_rule(stated, "News")).await.expect("a category is stated");
    assert!(warning.contains("not used: category;"), "{warning}");
}

//! The preflight: what cannot become a video is refused before Youku hears of it, and published all the same where a caller wants that.

use super::{
    bytes, count_calls,
    crash_points::report_crash_points,
    deliveries::{LEASE, assert_nothing_open, assert_published, read_record, settle, settle_with_crashes},
    memory::{Fault, Memory},
    request_for,
};
use crate::{
    ledger::{Reopening, State, Step, UploadRequest},
    *,
};
use tokio::time::sleep;

/// A recording that was never finished: an MP4 whose `mdat` has no end, and no index.
fn unfinished() -> Memory {
    let mut content = b"\0\0\0\x18ftypisom\0\0\0\0isommp42\0\0\0\0mdat".to_vec();
    content.extend(bytes(200_000));
    Memory::holding(content)
}

async fn upload_with(memory: &Memory, preflight: Option<Preflight>) -> Result<PublishedVideo, Error> {
    let mut request = request_for(memory, Mode::Oss).await.expect("it is there");
    request.job.video.preflight = preflight;
    memory.uploader().upload(&request, &RunContext::default()).await
}

fn words(report: Option<&PreflightReport>) -> String {
    report.map(PreflightReport::words).unwrap_or_default()
}

#[tokio::test(start_paused = true)]
async fn a_broken_file_fails_before_youku_hears_of_it() {
    let memory = unfinished();
    let error = upload_with(&memory, None).await.expect_err("it has no index");
    assert_eq!((error.kind(), error.advice()), (ErrorKind::NotPublishable, RetryAdvice::Permanent));
    assert_eq!(
        error.sentence(),
        "The file has no index (moov box): the program that wrote it did not finish."
    );
    assert_eq!(words(error.preflight()), "no_index");
    assert_eq!(count_calls(&memory, "create"), 0);
    let record = read_record(&memory).await;
    assert_eq!((record.state, words(record.preflight.as_deref())), (State::Failed, "no_index".into()));
    assert_eq!(record.media().expect("it could tell").container, Some("MP4".into()));
    let advice = record.failure.and_then(|failure| failure.advice).expect("what to do");
    assert!(advice.contains("untrunc") && advice.contains("--force"), "{advice}");
    assert_nothing_open(&memory, "refused").await;

    let outcome = serde_json::to_value(Outcome::new("k", &Err(error))).expect("JSON");
    assert_eq!((&outcome["code"], &outcome["error"]), (&"400".into(), &"not_publishable".into()));
    let finding = &outcome["data"]["findings"][0];
    assert_eq!((&finding["word"], &finding["severity"]), (&"no_index".into(), &"refuse".into()));
    assert_eq!(finding["text_zh"], "文件缺少索引（moov box）：写入文件的程序没有正常结束。");
    assert_eq!(outcome["data"]["media"]["container"], "MP4");
}

/// The next event of the same version answers as the first, from the ledger alone.
#[tokio::test(start_paused = true)]
async fn a_refusal_is_answered_again_without_reading() {
    let memory = unfinished();
    upload_with(&memory, None).await.expect_err("it has no index");
    let reads = count_calls(&memory, "read");
    let again = upload_with(&memory, Some(Preflight::Warn)).await.expect_err("as before");
    assert_eq!((again.kind(), words(again.preflight())), (ErrorKind::NotPublishable, "no_index".into()));
    assert_eq!(count_calls(&memory, "read"), reads);
}

/// What the settings say of the videos that Youku takes refuses nothing: Youku decides.
#[tokio::test(start_paused = true)]
async fn a_file_beyond_the_stated_limits_is_published_with_a_warning() {
    for (size, expected) in [(200_000, "unrecognised"), (200_001, "unrecognised, too_large")] {
        let memory = Memory::holding(bytes(size));
        let request = request_for(&memory, Mode::Oss).await.expect("it is there");
        let mut uploader = memory.uploader();
        uploader.settings.limits.max_size = Some(200_000);
        let published = uploader.upload(&request, &RunContext::default()).await.expect("it is published");
        assert_eq!(words(published.preflight.as_deref()), expected);
        let record = read_record(&memory).await;
        assert_eq!((words(record.preflight.as_deref()), record.media()), (expected.into(), None));
        assert_published(&memory, &Ok(published), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_warning_is_recorded_and_the_file_is_published() {
    for preflight in [Preflight::Warn, Preflight::Off] {
        let memory = unfinished();
        let published = upload_with(&memory, Some(preflight)).await.expect("it is published");
        let expected = if preflight == Preflight::Warn { "no_index" } else { "" };
        assert_eq!(words(published.preflight.as_deref()), expected, "{preflight:?}");
        let record = read_record(&memory).await;
        assert_eq!(record.request.preflight, Some(preflight));
        assert_published(&memory, &Ok(published), preflight.as_str());
    }
}

/// With the preflight off, a file that it had refused is published.
#[tokio::test(start_paused = true)]
async fn a_refused_file_is_published_once_it_is_turned_off() {
    let memory = unfinished();
    upload_with(&memory, None).await.expect_err("it has no index");
    let published = upload_with(&memory, Some(Preflight::Off)).await;
    assert_published(&memory, &published, "turned off");
    let record = read_record(&memory).await;
    let reopened = record.history.iter().filter(|entry| {
        matches!(entry.step, Step::Reopened(reopening) if reopening.preflight_off && !reopening.returned)
    });
    assert_eq!(reopened.count(), 1);
    assert_eq!(count_calls(&memory, "create"), 1);
    assert_nothing_open(&memory, "turned off").await;
}

/// Whoever goes on with it knows that from the ledger.
#[tokio::test(start_paused = true)]
async fn a_sweep_publishes_what_was_reopened_with_it_turned_off() {
    let memory = unfinished();
    upload_with(&memory, None).await.expect_err("it has no index");
    let reopening = Reopening { preflight_off: true, ..Reopening::default() };
    let reopened = memory.ledger().reopen(&read_record(&memory).await.id, reopening).await;
    reopened.expect("it failed").release().await;
    let uploader_of = |_, _| async { Ok(memory.uploader()) };
    sweep(&memory.ledger(), uploader_of, None, 100, &RunContext::default()).await.expect("it can be read");
    assert_eq!((read_record(&memory).await.state, memory.world().videos.len()), (State::Committed, 1));
}

/// A run that resumes what another reopened does not look again; whatever it is dropped at, there is one video.
#[tokio::test(start_paused = true)]
async fn a_reopening_that_is_dropped_at_any_point_stays_turned_off() {
    let run = async |crashes: &[u32]| {
        let memory = unfinished();
        upload_with(&memory, None).await.expect_err("it has no index");
        let mut request: UploadRequest = request_for(&memory, Mode::Oss).await.expect("it is there");
        request.job.video.preflight = Some(Preflight::Off);
        memory.crash_points.crash_at(crashes.first().copied());
        let uploader = memory.uploader();
        let run = RunContext::default();
        let first = tokio::select! {
            ended = uploader.upload(&request, &run) => Some(ended),
            () = memory.crash_points.crashed() => None,
        };
        memory.crash_points.crash_at(None);
        if first.is_none() {
            sleep(LEASE).await;
        }
        let again = upload_with(&memory, Some(Preflight::Off)).await;
        assert_published(&memory, &again, &format!("dropped at {crashes:?}"));
        memory
    };
    let crash_points = run(&[]).await.crash_points.passed();
    for point in 1..=crash_points {
        let memory = run(&[point]).await;
        assert_eq!(memory.world().videos.len(), 1, "dropped at {point}");
    }
    report_crash_points("reopened without preflight", crash_points);
}

/// A read that fails is the source's failure, never a finding.
#[tokio::test(start_paused = true)]
async fn a_read_that_fails_is_no_finding() {
    let memory = unfinished();
    memory.world().denied = true;
    let error = upload_with(&memory, None).await.expect_err("it cannot be read");
    assert_eq!((error.kind(), error.preflight()), (ErrorKind::SourceDenied, None));
    memory.world().denied = false;
    memory.fault("read", 0, Fault::Cut);
    let error = settle(&memory, Mode::Oss).await.expect_err("it has no index");
    assert_eq!(error.kind(), ErrorKind::NotPublishable);
    let memory = unfinished();
    let request = request_for(&memory, Mode::Oss).await.expect("it is there");
    memory.world().etag = "B".into();
    let error = memory.uploader().upload(&request, &RunContext::default()).await.expect_err("it changed");
    assert_eq!(error.kind(), ErrorKind::SourceChanged);
}

/// A refused file is not hashed: the reading pass for the MD5 does not start.
#[tokio::test(start_paused = true)]
async fn a_refused_file_is_not_read_for_its_hash() {
    let memory = unfinished();
    memory.world().quirks.hides_md5 = true;
    let error = upload_with(&memory, None).await.expect_err("it has no index");
    assert_eq!((error.kind(), count_calls(&memory, "read")), (ErrorKind::NotPublishable, 1));
}

/// The crash points of an upload that is refused: wherever its run is dropped, it ends so.
#[tokio::test(start_paused = true)]
async fn a_refusal_that_is_dropped_at_any_point_ends_so() {
    let memory = unfinished();
    settle(&memory, Mode::Oss).await.expect_err("it has no index");
    let crash_points = memory.crash_points.passed();
    assert!(crash_points > 10, "there are {crash_points} crash points");
    for point in 1..=crash_points {
        let memory = unfinished();
        let error = settle_with_crashes(&memory, Mode::Oss, &[point]).await.expect_err("it has no index");
        assert_eq!(error.kind(), ErrorKind::NotPublishable, "dropped at {point}");
        assert_eq!(count_calls(&memory, "create"), 0, "dropped at {point}");
    }
    report_crash_points("refused by the preflight", crash_points);
}

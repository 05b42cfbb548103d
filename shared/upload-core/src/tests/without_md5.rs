//! Sessions without an MD5: where the settings allow them, and what Youku does with them.

use super::{
    deliveries::{assert_nothing_open, settle_with_crashes},
    memory::{Quirks, WebSessions, md5_of},
    *,
};
use crate::ledger::State;

fn world(web: WebSessions) -> Memory {
    Memory::with_quirks(Quirks::of_web_session(web), SIZE)
}

async fn publish(memory: &Memory, uploader: &Uploader) -> Result<PublishedVideo, Error> {
    let request = request_for(memory, Mode::Oss).await.expect("it is there");
    uploader.upload(&request, &RunContext::default()).await
}

/// The parts of the object, and one read of the preflight: it is read as often where its parts are read once.
const READS: usize = SIZE.div_ceil(1 << 20) + 1;

/// Where Youku takes a session without an MD5 the object is read once, and the video has its bytes.
#[tokio::test(start_paused = true)]
async fn a_session_without_md5_spares_the_reading_pass() {
    let memory = world(WebSessions::Taken);
    let published = publish(&memory, &memory.uploader()).await.expect("published");
    assert_eq!((published.md5, count_calls(&memory, "read")), (None, READS));
    assert!(memory.world().videos.values().eq([&bytes(SIZE)]));
}

/// Where create refuses it the object is read for its MD5, and the process asks no second time.
#[tokio::test(start_paused = true)]
async fn a_refusing_create_is_answered_with_the_md5_and_remembered() {
    let memory = world(WebSessions::RefusedAtCreate);
    let uploader = memory.uploader();
    for (etag, creates) in [("A", 2), ("B", 3), ("C", 4)] {
        memory.world().etag = etag.into();
        let published = publish(&memory, &uploader).await.expect("published");
        assert_eq!(published.md5, Some(md5_of(&bytes(SIZE))), "{etag}");
        assert_eq!(count_calls(&memory, "create"), creates, "{etag}");
    }
}

/// A refused commit ends the upload with advice that names the setting; the process reads first from then on.
#[tokio::test(start_paused = true)]
async fn a_refusing_commit_names_the_setting_and_is_remembered() {
    let memory = world(WebSessions::RefusedAtCommit);
    let uploader = memory.uploader();
    let request = request_for(&memory, Mode::Oss).await.expect("it is there");
    let id = UploadId::new(&request.object, &request.job);
    let refused = publish(&memory, &uploader).await.expect_err("refused");
    assert_eq!((refused.kind(), refused.is_retryable()), (ErrorKind::Youku, false));
    let record = memory.ledger().read(&id).await.expect("read").expect("there");
    let advice = record.failure.expect("it failed").advice.expect("advice");
    assert!(advice.contains("youku.md5") && advice.contains("`again`"), "{advice}");
    assert_eq!((count_calls(&memory, "create"), count_calls(&memory, "commit")), (1, 1));

    memory.world().etag = "B".into();
    publish(&memory, &uploader).await.expect("published with its MD5");
    assert!(memory.world().videos.values().eq([&bytes(SIZE)]));
}

/// Wherever a run is dropped, a refused commit is a failure, never a video and never a second session.
#[tokio::test(start_paused = true)]
async fn a_refused_commit_is_final_wherever_a_run_is_dropped() {
    let calm = world(WebSessions::RefusedAtCommit);
    publish(&calm, &calm.uploader()).await.expect_err("refused");
    let points = calm.crash_points.passed();
    for point in 1..=points {
        let memory = world(WebSessions::RefusedAtCommit);
        let ended = settle_with_crashes(&memory, Mode::Oss, &[point]).await;
        assert!(ended.is_err(), "dropped at {point}");
        assert!(memory.world().videos.is_empty(), "dropped at {point}");
        assert_nothing_open(&memory, &format!("dropped at {point}")).await;
    }
    super::crash_points::report_crash_points("a refused commit without an MD5", points);
}

/// An MD5 that is known or stated is stated to Youku; without a CRC-64 nothing could take its place; slice mode always has it.
#[tokio::test(start_paused = true)]
async fn an_md5_is_left_out_only_where_a_crc_takes_its_place() {
    type Case = (&'static str, Mode, fn(&mut UploadRequest));
    let md5 = md5_of(&bytes(SIZE));
    let cases: [Case; 4] = [
        ("stated", Mode::Oss, |request| {
            request.job.md5 = Some(StatedMd5::new(md5_of(&bytes(SIZE)), "field md5"))
        }),
        ("known", Mode::Oss, |request| request.object.md5 = Some(md5_of(&bytes(SIZE)))),
        ("no CRC-64", Mode::Oss, |request| request.object.crc64 = None),
        ("slice mode", Mode::Slice, |_| {}),
    ];
    for (what, mode, change) in cases {
        let memory = world(WebSessions::Taken);
        let mut request = request_for(&memory, mode).await.expect("it is there");
        change(&mut request);
        let published = memory.uploader().upload(&request, &RunContext::default()).await.expect("published");
        assert_eq!(published.md5, Some(md5), "{what}");
        let record = memory.ledger().read(&published.upload_id).await.expect("read").expect("there");
        assert_eq!(record.state, State::Committed, "{what}");
    }
}

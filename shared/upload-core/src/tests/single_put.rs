//! One PutObject in place of a multipart upload: where the settings allow it, and what Youku does with it.

use super::{
    clock::machine_clock,
    crash_points::report_crash_points,
    deliveries::{LEASE, assert_nothing_open, settle_with_crashes},
    memory::{Fault, Quirks, SinglePut},
    *,
};
use std::sync::Arc;

fn world(single_put: SinglePut) -> Memory {
    Memory::with_quirks(Quirks::of_single_put(single_put), SIZE)
}

async fn publish(memory: &Memory, uploader: &Uploader) -> Result<PublishedVideo, Error> {
    let request = request_for(memory, Mode::Oss).await.expect("it is there");
    uploader.upload(&request, &RunContext::default()).await
}

fn count(memory: &Memory, operations: [&str; 3]) -> [usize; 3] {
    operations.map(|operation| count_calls(memory, operation))
}

/// Where Youku takes it, one request sends the object.
#[tokio::test(start_paused = true)]
async fn one_request_sends_an_object_that_fits_in_a_part() {
    let memory = world(SinglePut::Taken);
    publish(&memory, &memory.uploader()).await.expect("published");
    assert_eq!(count(&memory, ["put", "initiate", "part"]), [1, 0, 0]);
    assert!(memory.world().videos.values().eq([&bytes(SIZE)]));
}

/// An object that is larger than a part, or of unknown CRC-64, takes the multipart way.
#[tokio::test(start_paused = true)]
async fn larger_objects_and_unknown_checksums_go_in_parts() {
    let shortcuts = Shortcuts { single_put: true, ..Shortcuts::default() };
    for (hides_crc, part_size, puts) in [(false, SIZE - 1, 0), (false, SIZE, 1), (true, SIZE, 0)] {
        let memory = Memory::with_quirks(Quirks { hides_crc, hides_md5: false, ..Quirks::NONE }, SIZE);
        let settings = TransferSettings { part_size: part_size as u64, shortcuts, ..Default::default() };
        let port = || Arc::new(memory.clone());
        let uploader = Uploader::new(port(), port(), memory.ledger(), settings, machine_clock());
        publish(&memory, &uploader).await.expect("published");
        assert_eq!(count_calls(&memory, "put"), puts, "CRC-64 unknown: {hides_crc}, part of {part_size}");
    }
}

/// A bucket that refuses it gets the parts in the same session, and the process asks no second time.
#[tokio::test(start_paused = true)]
async fn a_refusing_bucket_gets_the_parts_in_the_same_session() {
    let memory = world(SinglePut::RefusedAtBucket);
    let uploader = memory.uploader();
    for (etag, creates) in [("A", 1), ("B", 2)] {
        memory.world().etag = etag.into();
        publish(&memory, &uploader).await.expect("published");
        // The refusal counts once it is repeated with fresh credentials.
        assert_eq!(count(&memory, ["put", "create", "initiate"]), [2, creates, creates], "{etag}");
    }
}

/// A lost answer is settled by looking at the object, which is not sent again; a damaged object is.
#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_settled_by_the_object_that_is_there() {
    for (fault, puts) in [(Fault::LoseAnswer, 1), (Fault::Flip, 2)] {
        let memory = world(SinglePut::Taken);
        memory.fault("put", 0, fault);
        publish(&memory, &memory.uploader()).await.expect("published");
        assert_eq!(count_calls(&memory, "put"), puts, "{fault:?}");
        assert!(memory.world().videos.values().eq([&bytes(SIZE)]), "{fault:?}");
    }
}

/// Wherever a run is dropped, a refused commit is a failure that names the setting, never a video and never a second session.
#[tokio::test(start_paused = true)]
async fn a_commit_that_wants_parts_is_final_and_names_the_setting() {
    let calm = world(SinglePut::RefusedAtCommit);
    let uploader = calm.uploader();
    publish(&calm, &uploader).await.expect_err("refused");
    let points = calm.crash_points.passed();
    calm.world().etag = "B".into();
    publish(&calm, &uploader).await.expect("published in parts: the process has learnt");
    for point in 1..=points {
        let memory = world(SinglePut::RefusedAtCommit);
        let ended = settle_with_crashes(&memory, Mode::Oss, &[point]).await;
        assert!(ended.is_err() && memory.world().videos.is_empty(), "dropped at {point}");
        assert_nothing_open(&memory, &format!("dropped at {point}")).await;
        let request = request_for(&memory, Mode::Oss).await.expect("it is there");
        let id = UploadId::new(&request.object, &request.job);
        let record = memory.ledger().read(&id).await.expect("read").expect("there");
        let advice = record.failure.and_then(|failure| failure.advice).unwrap_or_default();
        assert!(advice.contains("youku.single_put"), "dropped at {point}: {advice}");
    }
    report_crash_points("a refused commit of one PutObject", points);
}

/// Where the bytes stored have no CRC-64, or those read another one than is stated, parts decide: they are checked one by one.
#[tokio::test(start_paused = true)]
async fn what_one_request_cannot_verify_goes_in_parts() {
    let unanswered = Quirks { answers_no_crc: true, ..Quirks::of_single_put(SinglePut::Taken) };
    let memory = Memory::with_quirks(unanswered, SIZE);
    publish(&memory, &memory.uploader()).await.expect("published in parts");
    assert_eq!(count(&memory, ["put", "create", "initiate"]), [3, 1, 1]);

    let memory = world(SinglePut::Taken);
    let mut request = request_for(&memory, Mode::Oss).await.expect("it is there");
    request.object.crc64 = Some(1);
    // A second run decides: this machine's way to the source may be what damages.
    for is_retryable in [true, false] {
        let refused = memory.uploader().upload(&request, &RunContext::default()).await.expect_err("damaged");
        assert_eq!((refused.kind(), refused.is_retryable()), (ErrorKind::VerificationFailed, is_retryable));
        assert_eq!(count_calls(&memory, "put"), 3);
        tokio::time::sleep(2 * memory.uploader().settings.second_run).await;
    }
    assert!(memory.world().videos.is_empty());
}

/// A session that one PutObject was to send gets parts where the settings no longer allow it.
#[tokio::test(start_paused = true)]
async fn a_resumed_session_follows_the_settings_of_its_holder() {
    let calm = world(SinglePut::Taken);
    publish(&calm, &calm.uploader()).await.expect("published");
    let trace = calm.crash_points.trace();
    let before = trace.iter().position(|(name, _)| *name == "put").expect("it is sent");
    let memory = world(SinglePut::Taken);
    memory.crash_points.crash_at(Some(u32::try_from(before + 1).expect("few")));
    let uploader = memory.uploader();
    tokio::select! {
        ended = publish(&memory, &uploader) => assert!(ended.is_err(), "dropped before it is sent"),
        () = memory.crash_points.crashed() => {}
    }
    memory.crash_points.crash_at(None);
    tokio::time::sleep(LEASE).await;
    memory.world().quirks.single_put = None;
    publish(&memory, &memory.uploader()).await.expect("published in parts");
    assert_eq!(count(&memory, ["put", "create", "initiate"]), [0, 1, 1]);
    assert!(memory.world().videos.values().eq([&bytes(SIZE)]));
}

//! One upload in both modes: it survives short troubles of every call, and refuses what must not be published.

use super::{
    SIZE, content, count_calls,
    deliveries::LEASE,
    memory::{Fault, Memory},
    request_for, upload, upload_and_verify,
};
use crate::{ErrorKind, Mode, RunContext};
use std::time::Duration;
use tokio::time::sleep;

#[tokio::test(start_paused = true)]
async fn both_modes_publish_the_objects_bytes() {
    for mode in [Mode::Oss, Mode::Slice] {
        upload_and_verify(&Memory::holding(content()), mode).await;
    }
}

/// What is on record counts, not what a later event states.
#[tokio::test(start_paused = true)]
async fn a_run_that_takes_an_upload_over_publishes_what_is_on_record() {
    let memory = Memory::holding(content());
    let mut request = request_for(&memory, Mode::Oss).await.expect("it is there");
    request.job.video.metadata.title = Some("recorded".into());
    memory.fault("create", 0, Fault::Deny(ErrorKind::Unauthorized));
    memory.uploader().upload(&request, &RunContext::default()).await.expect_err("refused");
    sleep(LEASE * 100).await;
    request.job.video.metadata.title = Some("later".into());
    memory.uploader().upload(&request, &RunContext::default()).await.expect("it is taken over");
    assert_eq!(memory.world().metadata_of("V0").title.as_deref(), Some("recorded"));
}

#[tokio::test(start_paused = true)]
async fn an_object_without_md5_is_read_once_before() {
    let memory = Memory::holding(content());
    memory.world().quirks.hides_md5 = true;
    upload_and_verify(&memory, Mode::Oss).await;
    let (pass, parts) = (SIZE.div_ceil(1 << 20), 6);
    assert!(count_calls(&memory, "read") >= pass + parts);
}

/// What promises nothing does not wait for the ledger.
#[tokio::test(start_paused = true)]
async fn an_object_without_md5_is_read_while_its_claim_is_confirmed() {
    let memory = Memory::holding(content());
    memory.world().quirks.hides_md5 = true;
    memory.ledger.world().slow = Some(Duration::from_secs(1));
    upload_and_verify(&memory, Mode::Oss).await;
    let trace: Vec<_> = memory.crash_points.trace().into_iter().map(|(name, _)| name).collect();
    let before = trace.split(|name| *name == "create").next().unwrap_or_default();
    let reads = before.iter().filter(|name| **name == "read").count();
    assert!(reads >= SIZE.div_ceil(1 << 20), "{before:?}");
    let since = before.rsplit(|name| *name == "answer").next().unwrap_or_default();
    assert!(!since.contains(&"read"), "the ledger had answered: {before:?}");
}

#[tokio::test(start_paused = true)]
async fn short_troubles_of_every_call_are_survived() {
    let oss = ["read", "create", "initiate", "part", "complete", "commit"];
    let slice = ["read", "create", "create_file", "next", "slice", "check", "commit"];
    for (mode, operations) in [(Mode::Oss, &oss[..]), (Mode::Slice, &slice[..])] {
        for operation in operations {
            for fault in [Fault::Refuse(ErrorKind::Target), Fault::LoseAnswer] {
                let memory = Memory::holding(content());
                memory.fault(operation, 0, fault);
                memory.fault(operation, 1, fault);
                upload_and_verify(&memory, mode).await;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_part_whose_answer_was_lost_is_not_sent_again() {
    let memory = Memory::holding(content());
    upload_and_verify(&memory, Mode::Oss).await;
    let parts = count_calls(&memory, "part");
    let memory = Memory::holding(content());
    memory.fault("part", 1, Fault::LoseAnswer);
    upload_and_verify(&memory, Mode::Oss).await;
    assert_eq!(count_calls(&memory, "part"), parts);
}

#[tokio::test(start_paused = true)]
async fn damaged_and_cut_bytes_are_sent_again() {
    for (operation, fault) in
        [("part", Fault::Flip), ("slice", Fault::Flip), ("read", Fault::Flip), ("read", Fault::Cut)]
    {
        for mode in [Mode::Oss, Mode::Slice] {
            for skip in [0, 2] {
                let memory = Memory::holding(content());
                memory.fault(operation, skip, fault);
                upload_and_verify(&memory, mode).await;
                // Damage on the way to Youku is found by the part's own answer, before a session is lost to it.
                assert!(
                    operation == "read" || count_calls(&memory, "create") == 1,
                    "{operation} {mode:?} {skip}"
                );
            }
        }
    }
}

/// A slice that was read damaged and whose answer was lost is not hidden by the copy that is sent afterwards.
#[tokio::test(start_paused = true)]
async fn a_damaged_slice_whose_answer_was_lost_is_found() {
    let memory = Memory::holding(content());
    // The first read is the preflight's.
    memory.fault("read", 1, Fault::Flip);
    memory.fault("slice", 0, Fault::LoseAnswer);
    upload_and_verify(&memory, Mode::Slice).await;
    assert_eq!(count_calls(&memory, "create"), 2);
}

/// Slices of several holders were seen whole by none of them: where Youku refuses their hash, the object is measured and sent once more.
#[tokio::test(start_paused = true)]
async fn a_damaged_slice_of_an_earlier_holder_is_replaced() {
    let memory = memory_with_a_damaged_slice().await;
    upload_and_verify(&memory, Mode::Slice).await;
    assert_eq!(count_calls(&memory, "create"), 2, "the session that all slices were sent to, and one more");
}

/// While one of the commit's requests is unanswered, no other session may follow: the advice is what a person can do.
#[tokio::test(start_paused = true)]
async fn a_damaged_slice_and_a_lost_commit_need_a_person() {
    let memory = memory_with_a_damaged_slice().await;
    // A failure does not say whether the commit takes effect later.
    memory.fault("commit", 0, Fault::Refuse(ErrorKind::Youku));
    let request = request_for(&memory, Mode::Slice).await.expect("it is there");
    let refused =
        memory.uploader().upload(&request, &RunContext::default()).await.expect_err("Youku refuses the hash");
    assert_eq!((refused.kind(), count_calls(&memory, "create")), (ErrorKind::HashRefused, 1));
    assert!(memory.world().videos.is_empty());
    let id = crate::UploadId::new(&request.object, &request.job);
    let record = memory.ledger().read(&id).await.expect("readable").expect("known");
    let advice = record.failure.and_then(|failure| failure.advice).expect("advice");
    assert!(advice.starts_with("ask with `again`: several runs sent its slices"), "{advice}");
}

/// A holder has sent all slices, one of them damaged on its way, and was killed before it could compare them with the object.
async fn memory_with_a_damaged_slice() -> Memory {
    let calm = Memory::holding(content());
    upload_and_verify(&calm, Mode::Slice).await;
    let check = calm.crash_points.trace().iter().position(|(name, _)| *name == "check").expect("it is asked");
    let memory = Memory::holding(content());
    memory.fault("read", 1, Fault::Flip);
    memory.crash_points.crash_at(Some(u32::try_from(check + 1).expect("few")));
    let request = request_for(&memory, Mode::Slice).await.expect("it is there");
    let (uploader, run) = (memory.uploader(), RunContext::default());
    tokio::select! {
        ended = uploader.upload(&request, &run) => panic!("{ended:?}"),
        () = memory.crash_points.crashed() => {}
    }
    drop(uploader);
    memory.crash_points.crash_at(None);
    tokio::time::sleep(LEASE).await;
    memory
}

/// A source without a CRC-64 is measured; a target that answers none is checked by MD5.
#[tokio::test(start_paused = true)]
async fn a_missing_crc_is_measured_or_replaced_by_md5() {
    let memory = Memory::holding(content());
    memory.world().quirks.hides_crc = true;
    upload_and_verify(&memory, Mode::Oss).await;
    let memory = Memory::holding(content());
    memory.world().quirks.answers_no_crc = true;
    memory.fault("part", 4, Fault::Flip);
    upload_and_verify(&memory, Mode::Oss).await;
}

#[tokio::test(start_paused = true)]
async fn credentials_that_run_out_are_renewed_and_no_session_is_lost() {
    for operation in ["initiate", "part", "complete"] {
        let memory = Memory::holding(content());
        memory.fault(operation, 0, Fault::Refuse(ErrorKind::CredentialExpired));
        upload_and_verify(&memory, Mode::Oss).await;
        assert_eq!((count_calls(&memory, "create"), count_calls(&memory, "sts")), (1, 1), "{operation}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_object_replaced_meanwhile_publishes_nothing() {
    for mode in [Mode::Oss, Mode::Slice] {
        let memory = Memory::holding(content());
        let request = request_for(&memory, mode).await.expect("it is there");
        memory.world().etag = "B".into();
        let error = memory.uploader().upload(&request, &RunContext::default()).await.expect_err("it changed");
        assert_eq!(error.kind(), ErrorKind::SourceChanged);
        assert!(memory.world().videos.is_empty());
    }
}

/// A commit whose answer was lost makes one video, whatever Youku answers to the second commit.
#[tokio::test(start_paused = true)]
async fn a_commit_with_a_lost_answer_makes_one_video() {
    for refuses_second_commit in [true, false] {
        for mode in [Mode::Oss, Mode::Slice] {
            let memory = Memory::holding(content());
            memory.world().quirks.refuses_second_commit = refuses_second_commit;
            memory.fault("commit", 0, Fault::LoseAnswer);
            upload_and_verify(&memory, mode).await;
            assert_eq!(count_calls(&memory, "create"), 1);
        }
    }
}

/// A session that dies before its bytes have landed is replaced; one that dies afterwards never is.
#[tokio::test(start_paused = true)]
async fn a_dead_session_is_replaced_only_before_its_bytes_landed() {
    let memory = Memory::holding(content());
    memory.fault("slice", 3, Fault::Deny(ErrorKind::SessionOver));
    upload_and_verify(&memory, Mode::Slice).await;
    assert_eq!(count_calls(&memory, "create"), 2);

    let memory = Memory::holding(content());
    memory.world().quirks.shows_uncommitted = true;
    memory.fault("commit", 0, Fault::Deny(ErrorKind::SessionOver));
    let error = upload(&memory, Mode::Oss).await.expect_err("nobody knows");
    assert_eq!(error.kind(), ErrorKind::CommitUnknown);
    assert_eq!(count_calls(&memory, "create"), 1);
    let error = upload(&memory, Mode::Oss).await.expect_err("the ledger remembers");
    assert_eq!((error.kind(), count_calls(&memory, "create")), (ErrorKind::CommitUnknown, 1));
}

#[tokio::test(start_paused = true)]
async fn a_run_ends_at_its_deadline_and_can_be_tried_again() {
    let memory = Memory::holding(content());
    for _ in 0..100 {
        memory.fault("part", 0, Fault::Refuse(ErrorKind::Target));
    }
    let request = request_for(&memory, Mode::Oss).await.expect("it is there");
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(5);
    let run = RunContext { deadline: Some(deadline), ..RunContext::default() };
    let error = memory.uploader().upload(&request, &run).await.expect_err("too late");
    assert!(error.kind() == ErrorKind::Deadline && error.is_retryable(), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn an_empty_object_is_refused_before_anything_is_opened() {
    let memory = Memory::holding(Vec::new());
    let error = upload(&memory, Mode::Oss).await.expect_err("empty");
    assert_eq!(error.kind(), ErrorKind::InvalidJob);
    assert_eq!(count_calls(&memory, "create"), 0);
}

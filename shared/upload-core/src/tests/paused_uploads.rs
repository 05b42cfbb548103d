//! Uploads that cannot proceed: they wait ever longer, cost next to nothing, and resume as soon as somebody asks for them.

use super::{
    bytes, clock, count_calls, job,
    memory::{Memory, crc64},
};
use crate::{
    ledger::{Claim, Ledger, LedgerSettings, Seal, UploadRequest},
    *,
};
use secrecy::SecretString;
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use tokio::time::sleep;

const SWEEPS: Duration = Duration::from_secs(300);
const SWEEPS_A_DAY: usize = 288;

/// The key of another installation.
struct OtherSeal;

impl Seal for OtherSeal {
    fn seal(&self, _: &[u8], _: &str) -> Result<String, Error> {
        Err(Error::new(ErrorKind::Ledger, "seal", "nothing is sealed here"))
    }

    fn open(&self, _: &str, _: &str) -> Result<SecretString, Error> {
        Err(Error::new(ErrorKind::Ledger, "open", "sealed with another key"))
    }

    fn keyed_hash(&self, text: &[u8]) -> Option<String> {
        Some(format!("{:016x}", !crc64(text)))
    }
}

async fn request_on(memory: &Memory, key: &str) -> (UploadId, UploadRequest) {
    let mut job = job(Mode::Oss);
    job.location.key = key.into();
    let object = head_object(memory, &job.location, &RetryPolicy::default()).await.expect("it is there");
    let url = "https://example.com/".into();
    let callback = Some(Callback::new(url));
    let request = UploadRequest { callback, ..UploadRequest::new(job, object) };
    (UploadId::new(&request.object, &request.job), request)
}

/// One sweep of a worker that has another key for the secrets of uploads below `seal/`, and no account for those below `account/`.
async fn run_sweep(memory: &Memory) -> SweepReport {
    let uploader_of = |_, mark: ledger::OpenMark| async move {
        match mark.location.key.split('/').next() {
            Some("account") => Err(Error::new(ErrorKind::Config, "account", "no such account")),
            Some("seal") => {
                let store = Arc::new(memory.ledger.clone());
                let ledger = Ledger::new(
                    store,
                    Arc::new(OtherSeal),
                    LedgerSettings::default(),
                    clock::machine_clock(),
                );
                let memory = Arc::new(memory.clone());
                Ok(Uploader::new(
                    memory.clone(),
                    memory,
                    ledger,
                    TransferSettings::default(),
                    clock::machine_clock(),
                ))
            }
            _ => Ok(memory.uploader()),
        }
    };
    sweep(&memory.ledger(), uploader_of, None, 75, &RunContext::default()).await.expect("the ledger is there")
}

async fn sweep_for_days(memory: &Memory, days: usize) {
    for _ in 0..days * SWEEPS_A_DAY {
        sleep(SWEEPS).await;
        run_sweep(memory).await;
    }
}

/// 60 uploads whose source is denied, 40 whose secrets are sealed with another key, and 20 whose account this worker lacks.
async fn create_stuck_uploads(memory: &Memory) -> Vec<(UploadId, UploadRequest)> {
    let ledger = memory.ledger();
    let mut all = Vec::new();
    memory.world().denied = true;
    for n in 0..120 {
        let kind = ["denied", "seal", "account"][usize::from(n >= 60) + usize::from(n >= 100)];
        let (id, request) = request_on(memory, &format!("{kind}/{n}.mp4")).await;
        if kind == "denied" {
            let error = memory.uploader().upload(&request, &RunContext::default()).await.expect_err("denied");
            assert_eq!(error.kind(), ErrorKind::SourceDenied);
        } else {
            let Ok(Claim::Acquired(held)) = ledger.claim(&id, &request).await else { unreachable!() };
            held.release().await;
        }
        all.push((id, request));
    }
    all
}

/// A hundred uploads that cannot proceed cost, after a month, three requests a day each, and few steps.
#[tokio::test(start_paused = true)]
async fn a_hundred_stuck_uploads_cost_three_requests_a_day_each() {
    let memory = Memory::holding(bytes(1000));
    let all = create_stuck_uploads(&memory).await;
    let creates = count_calls(&memory, "create");
    sweep_for_days(&memory, 29).await;
    memory.ledger.world().calls.clear();
    let before = memory.world().calls.len();
    sweep_for_days(&memory, 1).await;
    let mut requests: BTreeMap<&UploadId, usize> = BTreeMap::new();
    for (operation, key) in &memory.ledger.world().calls {
        let about = all.iter().find(|(id, _)| key.contains(id.as_str()));
        if let Some((id, _)) = about.filter(|_| *operation != "list") {
            *requests.entry(id).or_default() += 1;
        }
    }
    let reads = memory.world().calls[before..].to_vec();
    assert!(reads.iter().all(|call| *call == "read"), "the source alone is asked: {reads:?}");
    assert!(reads.len() <= 60, "{} reads", reads.len());
    for (id, request) in &all {
        let is_of = |kind| request.object.location.key.starts_with(kind);
        let asked = usize::from(is_of("denied/"));
        let requests = requests.get(id).copied().unwrap_or_default() + asked;
        // Another worker may have what this one lacks: each sweep reads the mark.
        let (most, pause) = if is_of("account/") { (SWEEPS_A_DAY, ".p00") } else { (3, ".p10") };
        assert!((1..=most).contains(&requests), "{requests} requests for {}", request.object.location);
        let steps = memory.ledger.keys(&format!("ledger/{id}/")).len();
        assert!(steps <= 40, "{steps} steps of {}", request.object.location);
        let marks = memory.ledger.keys(&format!("open/{id}"));
        assert!(marks.len() == 1 && marks[0].ends_with(pause), "{marks:?}");
    }
    assert_eq!(count_calls(&memory, "create"), creates, "Youku's rate is not spent on them");
}

/// A person or an event ends the pause, and the sweep resumes what is due within a day.
#[tokio::test(start_paused = true)]
async fn a_person_or_an_event_ends_the_pause() {
    let memory = Memory::holding(bytes(1000));
    memory.world().denied = true;
    let mut works = Vec::new();
    for key in ["a.mp4", "b.mp4", "c.mp4"] {
        let (id, request) = request_on(&memory, key).await;
        memory.uploader().upload(&request, &RunContext::default()).await.expect_err("denied");
        works.push((id, request));
    }
    sweep_for_days(&memory, 3).await;
    let [(_, a), (b_id, _), (c_id, c)] = works.try_into().expect("three");
    // A request while nothing is mended is answered at once, and the pauses begin again.
    let error = memory.uploader().upload(&c, &RunContext::default()).await.expect_err("still denied");
    assert_eq!(error.kind(), ErrorKind::SourceDenied);
    assert!(memory.ledger.keys(&format!("open/{c_id}"))[0].ends_with(".p01"));
    memory.world().denied = false;
    assert_eq!(run_sweep(&memory).await.skipped, 3, "none is due");
    memory.uploader().upload(&a, &RunContext::default()).await.expect("published at once");
    memory.uploader().resume(&b_id, &RunContext::default()).await.expect("published at once");
    sleep(SWEEPS).await;
    run_sweep(&memory).await;
    assert_eq!(memory.published().len(), 3);
    assert_eq!(memory.ledger.keys("open/").len(), 3, "their callbacks are owed, by one mark each");
}

/// Where the sweep's look at the source succeeds and its upload is refused all the same, its pauses grow as well: only a person or an event
/// begins them again.
#[tokio::test(start_paused = true)]
async fn the_pauses_of_what_a_sweep_resumes_in_vain_grow() {
    let memory = Memory::holding(bytes(1000));
    let (id, request) = request_on(&memory, "a.mp4").await;
    let (mut ends, mut resumed) = (Vec::new(), 0);
    for run in 0..4_usize {
        memory.fault("read", u32::from(run > 0), super::memory::Fault::Deny(ErrorKind::SourceDenied));
        if run == 0 {
            memory.uploader().upload(&request, &RunContext::default()).await.expect_err("denied");
        } else {
            while resumed < run {
                sleep(SWEEPS).await;
                resumed += run_sweep(&memory).await.resumed.len();
            }
        }
        let marks = memory.ledger.keys(&format!("open/{id}"));
        ends.push(marks[0].rsplit('.').next().expect("a pause").to_owned());
    }
    assert_eq!(ends, ["p01", "p02", "p03", "p04"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_due_costs_a_list_and_no_more() {
    let memory = Memory::holding(bytes(1000));
    let (_, request) = request_on(&memory, "a.mp4").await;
    memory.fault("create", 0, super::memory::Fault::Deny(ErrorKind::RateLimited));
    memory.uploader().upload(&request, &RunContext::default()).await.expect_err("refused for now");
    memory.ledger.world().calls.clear();
    assert_eq!(run_sweep(&memory).await.skipped, 1);
    let asked: Vec<_> = memory.ledger.world().calls.iter().map(|(operation, _)| *operation).collect();
    // The birth mark shows the store's clock.
    assert_eq!(asked, ["list", "read", "create", "read"], "neither its mark nor its steps are read");
}

/// A sweep reads the mark and the lease of an upload that is in progress, and none of its steps.
#[tokio::test(start_paused = true)]
async fn an_upload_in_progress_costs_a_sweep_three_requests() {
    let memory = Memory::holding(bytes(1000));
    let (id, request) = request_on(&memory, "a.mp4").await;
    let Ok(Claim::Acquired(held)) = memory.ledger().claim(&id, &request).await else { unreachable!() };
    memory.ledger.world().calls.clear();
    assert_eq!(run_sweep(&memory).await.skipped, 1);
    let calls = memory.ledger.world().calls.clone();
    let asked = calls.iter().filter(|(_, key)| key.contains(id.as_str())).map(|(operation, _)| *operation);
    assert_eq!(asked.collect::<Vec<_>>(), ["read", "list", "read"], "{calls:?}");
    held.release().await;
    run_sweep(&memory).await;
    assert_eq!(memory.published().len(), 1);
}

/// A holder may die after the mark and before the first step. Such a mark costs each sweep four requests for five minutes, then two once, and
/// none until it is deleted an hour later.
#[tokio::test(start_paused = true)]
async fn a_mark_without_steps_costs_a_few_requests() {
    let memory = Memory::holding(bytes(1000));
    let (id, request) = request_on(&memory, "a.mp4").await;
    let Ok(Claim::Acquired(held)) = memory.ledger().claim(&id, &request).await else { unreachable!() };
    held.release().await;
    memory.ledger.world().entries.retain(|key, _| !key.starts_with("ledger/"));
    let ask = async || {
        memory.ledger.world().calls.clear();
        assert_eq!(run_sweep(&memory).await.skipped, 1);
        let calls = memory.ledger.world().calls.clone();
        let asked = calls.iter().filter(|(_, key)| key.contains(id.as_str()));
        asked.map(|(operation, _)| *operation).collect::<Vec<_>>()
    };
    assert_eq!(ask().await, ["read", "list", "read", "list"]);
    sleep(Duration::from_secs(299)).await;
    assert_eq!(ask().await, ["read", "list", "read", "list"]);
    sleep(Duration::from_secs(1)).await;
    assert_eq!(ask().await, ["read", "list", "read", "list", "write", "delete"]);
    for _ in 0..11 {
        sleep(SWEEPS).await;
        assert!(ask().await.is_empty());
    }
    sleep(SWEEPS).await;
    assert_eq!(run_sweep(&memory).await.marks_cleared, 1);
    assert_eq!(memory.ledger.keys("open/").len(), 0);
}

/// What comes again while such a mark waits is uploaded at once, and resumed by the next sweep where its run dies.
#[tokio::test(start_paused = true)]
async fn a_mark_that_waits_holds_up_no_upload() {
    let memory = Memory::holding(bytes(1000));
    let (id, request) = request_on(&memory, "a.mp4").await;
    let Ok(Claim::Acquired(held)) = memory.ledger().claim(&id, &request).await else { unreachable!() };
    held.release().await;
    memory.ledger.world().entries.retain(|key, _| !key.starts_with("ledger/"));
    sleep(2 * SWEEPS).await;
    assert_eq!(run_sweep(&memory).await.skipped, 1);
    assert!(memory.ledger.keys("open/").iter().all(|key| key.contains(".u")));
    let Ok(Claim::Acquired(held)) = memory.ledger().claim(&id, &request).await else { unreachable!() };
    drop(held);
    sleep(SWEEPS).await;
    assert_eq!(run_sweep(&memory).await.resumed.len(), 1);
    assert_eq!(memory.published().len(), 1);
}

/// One upload whose steps are damaged is paused, and the others proceed.
#[tokio::test(start_paused = true)]
async fn one_damaged_upload_is_paused_and_the_others_proceed() {
    let memory = Memory::holding(bytes(1000));
    let ledger = memory.ledger();
    for key in ["a.mp4", "b.mp4", "c.mp4"] {
        let (id, request) = request_on(&memory, key).await;
        let Ok(Claim::Acquired(held)) = ledger.claim(&id, &request).await else { unreachable!() };
        held.release().await;
        if key == "b.mp4" {
            let now = memory.ledger.now();
            memory.ledger.world().entries.insert(format!("ledger/{id}/000001.json"), ("damaged".into(), now));
        }
    }
    let swept_once = run_sweep(&memory).await;
    assert_eq!(swept_once.resumed.iter().filter(|(_, ended)| ended.is_err()).count(), 1);
    assert_eq!(memory.published().len(), 2);
    let then = run_sweep(&memory).await;
    assert_eq!(
        (then.skipped, then.callbacks_delivered, then.resumed.len()),
        (1, 2, 0),
        "it is reported once, then left alone"
    );
}

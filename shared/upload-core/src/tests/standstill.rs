//! Uploads that cannot go on: they wait, ever longer, cost next to nothing, and go on as soon as somebody asks for them.

use super::{
    bytes, calls, job,
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

    fn keyed_hash(&self, text: &[u8]) -> String {
        format!("{:016x}", !crc64(text))
    }
}

async fn work_on(memory: &Memory, key: &str) -> (UploadId, UploadRequest) {
    let mut job = job(Mode::Oss);
    job.location.key = key.into();
    let object = head_object(memory, &job.location, &RetryPolicy::default()).await.expect("it is there");
    let url = "https://example.com/".into();
    let callback = Some(Callback { url, events: Vec::new() });
    let work = UploadRequest { job, object, requested_key: None, callback, caller_account: None };
    (UploadId::new(&work.object, &work.job), work)
}

/// One sweep of a worker to whom uploads below `seal/` are sealed with another key, and that lacks the account of those below `account/`.
async fn swept(memory: &Memory) -> SweepReport {
    let uploader_of = |_, mark: ledger::OpenMark| async move {
        match mark.location.key.split('/').next() {
            Some("account") => Err(Error::new(ErrorKind::Config, "account", "no such account")),
            Some("seal") => {
                let store = Arc::new(memory.ledger.clone());
                let ledger = Ledger::new(store, Arc::new(OtherSeal), LedgerSettings::default());
                let memory = Arc::new(memory.clone());
                Ok(Uploader::new(memory.clone(), memory, ledger, TransferSettings::default()))
            }
            _ => Ok(memory.uploader()),
        }
    };
    sweep(&memory.ledger(), uploader_of, None, 75, &RunContext::default()).await.expect("the ledger is there")
}

async fn days_of_sweeps(memory: &Memory, days: usize) {
    for _ in 0..days * SWEEPS_A_DAY {
        sleep(SWEEPS).await;
        swept(memory).await;
    }
}

/// A hundred uploads, 60 whose source is denied and 40 whose secrets are sealed with another key, and 20 whose account this worker lacks.
async fn a_hundred(memory: &Memory) -> Vec<(UploadId, UploadRequest)> {
    let ledger = memory.ledger();
    let mut all = Vec::new();
    memory.world().denied = true;
    for n in 0..120 {
        let kind = ["denied", "seal", "account"][usize::from(n >= 60) + usize::from(n >= 100)];
        let (id, work) = work_on(memory, &format!("{kind}/{n}.mp4")).await;
        if kind == "denied" {
            let error = memory.uploader().upload(&work, &RunContext::default()).await.expect_err("denied");
            assert_eq!(error.kind(), ErrorKind::SourceDenied);
        } else {
            let Ok(Claim::Acquired(held)) = ledger.claim(&id, &work).await else { unreachable!() };
            held.release().await;
        }
        all.push((id, work));
    }
    all
}

#[tokio::test(start_paused = true)]
async fn a_hundred_uploads_that_cannot_go_on_cost_three_requests_a_day_each_after_a_month_and_few_steps() {
    let memory = Memory::holding(bytes(1000));
    let all = a_hundred(&memory).await;
    let creates = calls(&memory, "create");
    days_of_sweeps(&memory, 29).await;
    memory.ledger.world().calls.clear();
    let before = memory.world().calls.len();
    days_of_sweeps(&memory, 1).await;
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
    for (id, work) in &all {
        let is_of = |kind| work.object.location.key.starts_with(kind);
        let asked = usize::from(is_of("denied/"));
        let requests = requests.get(id).copied().unwrap_or_default() + asked;
        // What one worker lacks another may have: each sweep reads the mark.
        let (most, pause) = if is_of("account/") { (SWEEPS_A_DAY, ".p00") } else { (3, ".p10") };
        assert!((1..=most).contains(&requests), "{requests} requests for {}", work.object.location);
        let steps = memory.ledger.keys(&format!("ledger/{id}/")).len();
        assert!(steps <= 40, "{steps} steps of {}", work.object.location);
        let marks = memory.ledger.keys(&format!("open/{id}"));
        assert!(marks.len() == 1 && marks[0].ends_with(pause), "{marks:?}");
    }
    assert_eq!(calls(&memory, "create"), creates, "Youku's rate is not spent on them");
}

#[tokio::test(start_paused = true)]
async fn a_person_or_an_event_ends_the_pause_and_the_sweep_goes_on_within_a_day() {
    let memory = Memory::holding(bytes(1000));
    memory.world().denied = true;
    let mut works = Vec::new();
    for key in ["a.mp4", "b.mp4", "c.mp4"] {
        let (id, work) = work_on(&memory, key).await;
        memory.uploader().upload(&work, &RunContext::default()).await.expect_err("denied");
        works.push((id, work));
    }
    days_of_sweeps(&memory, 3).await;
    let [(_, a), (b_id, _), (c_id, c)] = works.try_into().expect("three");
    // Who asks while nothing is mended is answered at once, and the pauses begin anew.
    let error = memory.uploader().upload(&c, &RunContext::default()).await.expect_err("still denied");
    assert_eq!(error.kind(), ErrorKind::SourceDenied);
    assert!(memory.ledger.keys(&format!("open/{c_id}"))[0].ends_with(".p01"));
    memory.world().denied = false;
    assert_eq!(swept(&memory).await.skipped, 3, "none is due");
    memory.uploader().upload(&a, &RunContext::default()).await.expect("published at once");
    memory.uploader().resume(&b_id, &RunContext::default()).await.expect("published at once");
    sleep(SWEEPS).await;
    swept(&memory).await;
    assert_eq!(memory.published().len(), 3);
    assert_eq!(memory.ledger.keys("open/").len(), 3, "their callbacks are owed, by one mark each");
}

#[tokio::test(start_paused = true)]
async fn what_is_not_due_costs_a_list_and_no_more() {
    let memory = Memory::holding(bytes(1000));
    let (_, work) = work_on(&memory, "a.mp4").await;
    memory.fault("create", 0, super::Fault::Deny(ErrorKind::RateLimited));
    memory.uploader().upload(&work, &RunContext::default()).await.expect_err("refused for now");
    memory.ledger.world().calls.clear();
    assert_eq!(swept(&memory).await.skipped, 1);
    let asked: Vec<_> = memory.ledger.world().calls.iter().map(|(operation, _)| *operation).collect();
    // The birth mark tells the store's clock.
    assert_eq!(asked, ["list", "read", "create", "read"], "neither its mark nor its steps are read");
}

#[tokio::test(start_paused = true)]
async fn one_upload_whose_steps_are_damaged_is_paused_and_the_rest_goes_on() {
    let memory = Memory::holding(bytes(1000));
    let ledger = memory.ledger();
    for key in ["a.mp4", "b.mp4", "c.mp4"] {
        let (id, work) = work_on(&memory, key).await;
        let Ok(Claim::Acquired(held)) = ledger.claim(&id, &work).await else { unreachable!() };
        held.release().await;
        if key == "b.mp4" {
            let now = memory.ledger.now();
            memory.ledger.world().entries.insert(format!("ledger/{id}/000001.json"), ("damaged".into(), now));
        }
    }
    let swept_once = swept(&memory).await;
    assert_eq!(swept_once.resumed.iter().filter(|(_, ended)| ended.is_err()).count(), 1);
    assert_eq!(memory.published().len(), 2);
    let then = swept(&memory).await;
    assert_eq!(
        (then.skipped, then.callbacks_delivered, then.resumed.len()),
        (1, 2, 0),
        "it is told once, then left alone"
    );
}

//! The ledger over a store in memory, under a paused clock.

mod ended_runs;
mod finished_uploads;
mod fixtures;
mod frozen_fixtures;
pub(crate) mod history;
mod holders;
mod leases;
mod marks;
pub(crate) mod memory;
mod races;
mod rate_limits;
mod reading;
mod records;
mod rehearsals;
mod replaced_steps;
mod search;
mod stories;
mod test_seal;
mod twins;
mod walked_edges;

use super::{seal::Sealer, *};
use crate::{Callback, Job, Location, Md5, Mode, Object, Plan, Provider};
use crate::{Error, ErrorKind, UploadId, tests::clock::machine_clock};
use codec::encode;
use memory::{MemoryStore, TestSeal};
use std::{sync::Arc, time::Duration};

const LIFE: Duration = Duration::from_secs(15);

fn ledger(store: &MemoryStore) -> Ledger {
    let settings = LedgerSettings { lease_life: LIFE, ..LedgerSettings::default() };
    Ledger::new(Arc::new(store.clone()), Arc::new(TestSeal), settings, machine_clock())
}

fn new_request(key: &str, callback: Option<&str>) -> UploadRequest {
    let location = Location { provider: Provider::Oss, bucket: "b".into(), key: key.into(), region: None };
    let job = Job {
        location: location.clone(),
        account: "main".into(),
        video: Default::default(),
        publication: None,
        mode: Mode::Oss,
        md5: None,
        force_nonce: None,
    };
    let object = Object::new(location, "A", 5);
    UploadRequest {
        callback: callback.map(|url| Callback::new(url.into())),
        ..UploadRequest::new(job, object)
    }
}

fn id_of(request: &UploadRequest) -> UploadId {
    UploadId::new(&request.object, &request.job)
}

fn session(token: &str) -> OpenedSession {
    OpenedSession {
        upload_token: token.into(),
        video_id: Some(format!("V{token}")),
        md5: Some(Md5([7; 16])),
        crc64: None,
        target: Target::Oss {
            endpoint: "e".into(),
            bucket: "b".into(),
            object: "o".into(),
            multipart_id: Some("M".into()),
            plan: Plan::new(5, 1 << 20, 8),
        },
    }
}

fn committed() -> Step {
    Step::Committed { video_id: Some("V1".into()) }
}

fn failed() -> Step {
    Step::Failed(Failure { code: "source_missing".into(), text: "it is gone".into(), advice: None })
}

fn waiting(not_before: Option<Timestamp>) -> Step {
    Step::Waiting(Waiting { reason: WaitReason::RateLimited, not_before })
}

fn updated(by: ChangeOrigin, is_refused: bool) -> Step {
    let failure = Failure { code: "youku_failed".into(), text: "no".into(), advice: None };
    let (video, refused) = (StoredMetadata::default(), is_refused.then_some(failure));
    Step::Updated(Box::new(Update { video, by, refused }))
}

fn scheduled(at: Option<Timestamp>) -> Step {
    let publication = at.map(|at| crate::Publication { at, word: None });
    let by = ChangeOrigin::Person("p".into());
    Step::Scheduled(Box::new(Scheduling { publication, audience: None, by, more: false }))
}

async fn acquire(ledger: &Ledger, request: &UploadRequest) -> LeasedUpload {
    match ledger.claim(&id_of(request), request).await {
        Ok(Claim::Acquired(held)) => *held,
        other => panic!("not held: {other:?}"),
    }
}

/// A small upload of its own that becomes a video.
pub(crate) async fn commit_many(ledger: &Ledger, number: usize) {
    let request = new_request(&format!("film-{number}.mp4"), None);
    let mut held = acquire(ledger, &request).await;
    held.append_session(session(&number.to_string())).await.expect("created");
    held.append(Step::Transferred(Transferred::default())).await.expect("transferred");
    held.append(committed()).await.expect("committed");
    held.release().await;
}

/// A small upload of its own that fails.
pub(crate) async fn fail_one(ledger: &Ledger, number: usize) {
    let request = new_request(&format!("film-{number}.mp4"), None);
    let mut held = acquire(ledger, &request).await;
    held.append(failed()).await.expect("failed");
    held.release().await;
}

async fn expect_refusal(ledger: &Ledger, request: &UploadRequest) -> Error {
    ledger.claim(&id_of(request), request).await.expect_err("it cannot be held now")
}

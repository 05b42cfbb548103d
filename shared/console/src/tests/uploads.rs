//! Uploads in a ledger, as holders write them.

use app::core::{
    Callback, Job, Location, Mode, Object, Plan, Provider, SystemClock, UploadId,
    ledger::{
        Claim, Failure, LeasedUpload, Ledger, LedgerSettings, LedgerStore, OpenedSession, Step, Target,
        Transferred, UploadRequest, WaitReason, Waiting,
    },
};
use std::{sync::Arc, time::Duration};

/// The life of a lease.
pub(crate) const LIFE: Duration = Duration::from_secs(15);
/// Bytes of each object, and of a part.
pub(crate) const SIZE: u64 = 8 << 20;
pub(crate) const PART: u64 = 2 << 20;

pub(crate) fn open_ledger(store: impl LedgerStore + 'static) -> Ledger {
    let settings = LedgerSettings { lease_life: LIFE, ..LedgerSettings::default() };
    Ledger::new(Arc::new(store), Arc::new(super::memory_store::OpenSeal), settings, Arc::new(SystemClock))
}

pub(crate) fn new_request(key: &str) -> UploadRequest {
    let location =
        Location { provider: Provider::Oss, bucket: "videos".into(), key: key.into(), region: None };
    let job = Job {
        location: location.clone(),
        account: "main".into(),
        video: Default::default(),
        publication: None,
        mode: Mode::Oss,
        md5: None,
        force_nonce: None,
    };
    UploadRequest::new(job, Object::new(location, "A", SIZE))
}

pub(crate) fn with_callback(key: &str) -> UploadRequest {
    let callback = Some(Callback::new("https://example.com/hook".into()));
    UploadRequest { callback, ..new_request(key) }
}

pub(crate) fn id_of(key: &str) -> UploadId {
    let request = new_request(key);
    UploadId::new(&request.object, &request.job)
}

pub(crate) async fn claim(ledger: &Ledger, request: &UploadRequest) -> LeasedUpload {
    let id = UploadId::new(&request.object, &request.job);
    match ledger.claim(&id, request).await {
        Ok(Claim::Acquired(held)) => *held,
        other => panic!("not held: {other:?}"),
    }
}

pub(crate) async fn append_session(held: &mut LeasedUpload) {
    let target = Target::Oss {
        endpoint: "e".into(),
        bucket: "b".into(),
        object: "o".into(),
        multipart_id: Some("M".into()),
        plan: Plan::new(SIZE, PART, 1),
    };
    let session = OpenedSession {
        upload_token: "t".into(),
        video_id: Some("X1".into()),
        md5: None,
        crc64: None,
        target,
    };
    held.append_session(session).await.unwrap();
}

/// From a session to the video.
pub(crate) async fn publish(mut held: LeasedUpload) {
    held.append(Step::Transferred(Transferred::default())).await.unwrap();
    held.append(Step::Committed { video_id: Some("X1".into()) }).await.unwrap();
    held.release().await;
}

pub(crate) async fn fail(mut held: LeasedUpload, code: &str) {
    let failure = Failure { code: code.into(), text: "it is gone".into(), advice: None };
    held.append(Step::Failed(failure)).await.unwrap();
    held.release().await;
}

pub(crate) async fn wait(mut held: LeasedUpload, reason: WaitReason) {
    let not_before = Some((held.lease().now() + Duration::from_secs(3600)).into());
    held.append(Step::Waiting(Waiting { reason, not_before })).await.unwrap();
    held.release().await;
}

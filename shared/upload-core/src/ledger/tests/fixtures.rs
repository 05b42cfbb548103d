//! Entries as they are written today, kept as files: they must stay readable, and be written the same.

use super::super::{
    codec::{VERSION, decode, encode},
    digest_claims::DigestEntry,
    lease_record::LeaseRecord,
};
use super::*;
use crate::ledger::{
    rate_limit::RateLimit,
    rehearsed::RehearsedNote,
    token_records::{ClaimRecord, PairRecord},
};
use crate::model::metadata::{PublicTypeOrigin, StatedMetadata, VideoMetadata};
use crate::{
    Entrypoint, Media, Preflight, PreflightFinding, PreflightReport, StatedMd5, TraceContext, VideoEvent,
};
use serde::{Serialize, de::DeserializeOwned};
use std::{collections::BTreeSet, fs, path::PathBuf, time::UNIX_EPOCH};

fn at() -> Timestamp {
    (UNIX_EPOCH + Duration::from_millis(1_800_000_000_250)).into()
}

fn entry(step: Step) -> Entry {
    Entry {
        v: VERSION,
        at: at(),
        epoch: 2,
        holder: "ffeeddccbbaa99887766554433221100".into(),
        nonce: "00112233445566778899aabbccddeeff".into(),
        step,
        preflight: None,
        traceparent: None,
        sequence: 0,
    }
}

fn full_work() -> StoredRequest {
    let mut request = new_request("dir/片.mp4", Some("https://example.com/hook"));
    request.requested_key = Some("film 7".into());
    request.caller_account = Some("a token".into());
    request.entrypoint = Some(Entrypoint::LegacyTask);
    request.landed = Some(at().get());
    request.object.location.region = Some("cn-hangzhou".into());
    request.object.version_id = Some("v".into());
    request.object.md5 = Some(Md5([1; 16]));
    request.object.crc64 = Some(u64::MAX);
    request.job.md5 = Some(StatedMd5::new(Md5([1; 16]), "field md5"));
    request.job.force_nonce = Some("n".into());
    let metadata: VideoMetadata = serde_json::from_value(serde_json::json!({
        "title": "片", "tags": ["a", "b"], "category": "Others", "description": "d", "copyright_type": "original",
        "public_type": "password", "watch_password": "open sesame", "thumbnail": "t",
        "latitude": 30.25, "longitude": 120.125, "shoot_time": "2026-01-01 00:00:00", "deshake": true
    }))
    .expect("metadata");
    for (field, _) in VideoMetadata::FIELDS {
        assert_eq!(metadata.states(field), Some(true), "the fixture has every field: {field}");
    }
    request.job.video =
        StatedMetadata::new(metadata, PublicTypeOrigin::Task).with_preflight(Some(Preflight::Warn));
    request.job.publication = Some(crate::Publication { at: at(), word: Some("until then".into()) });
    sealed(&request)
}

fn sealed(request: &UploadRequest) -> StoredRequest {
    StoredRequest::seal(request, Sealer { seal: &TestSeal, id: &id_of(request) }).expect("sealed")
}

fn session_to(target: Target) -> Step {
    let sealed = serde_json::from_str("\"sealed\"").expect("a sealed secret");
    let session = Session {
        upload_token: sealed,
        video_id: Some("XMQ".into()),
        md5: Some(Md5([1; 16])),
        crc64: Some(9_223_372_036_854_775_809),
        target,
    };
    Step::Created(Box::new(session))
}

fn publication() -> crate::Publication<Sealed> {
    crate::Publication { at: at(), word: Some(serde_json::from_str("\"sealed\"").expect("a sealed secret")) }
}

fn audience() -> StoredMetadata {
    serde_json::from_str(r#"{"public_type":"password","watch_password":"sealed"}"#).expect("metadata")
}

fn change(by: ChangeOrigin, refused: Option<Failure>) -> Step {
    Step::Updated(Box::new(Update { video: audience(), by, refused }))
}

fn steps() -> Vec<(&'static str, Step)> {
    let advice = Some("look at Youku before trying again".into());
    let failure = Failure { code: "commit_unknown".into(), text: "the commit is unknown".into(), advice };
    let refused = Failure { code: "not_publishable".into(), text: "it has no index".into(), advice: None };
    let refusal = Failure { code: "youku_failed".into(), text: "Youku refused".into(), advice: None };
    let mut events = new_request("a.mp4", Some("https://example.com/hook"));
    if let Some(callback) = &mut events.callback {
        callback.events = vec![VideoEvent::Ready, VideoEvent::Rejected];
    }
    let slice = Target::Slice {
        upload_server: "g01.upload.youku.com".into(),
        slice_kib: 2048,
        already_stored: false,
    };
    vec![
        ("claimed", Step::Claimed { request: Some(Box::new(full_work())) }),
        ("claimed-events", Step::Claimed { request: Some(Box::new(sealed(&events))) }),
        (
            "claimed-sidecar",
            Step::Claimed {
                request: Some(Box::new(StoredRequest {
                    fixed: vec!["publish_at".into(), "title".into()],
                    sidecar: Some("0123456789abcdef0123456789abcdef".into()),
                    ..sealed(&new_request("a.mp4", None))
                })),
            },
        ),
        ("updated", change(ChangeOrigin::Person("token 4104d36f".into()), None)),
        (
            "updated-refused",
            change(ChangeOrigin::Sidecar("0123456789abcdef0123456789abcdef".into()), Some(refusal)),
        ),
        ("updated-hour", change(ChangeOrigin::Schedule, None)),
        (
            "scheduled",
            Step::Scheduled(Box::new(Scheduling {
                publication: Some(publication()),
                audience: Some(audience()),
                by: ChangeOrigin::Sidecar("0123456789abcdef0123456789abcdef".into()),
                more: true,
            })),
        ),
        (
            "scheduled-given-up",
            Step::Scheduled(Box::new(Scheduling {
                publication: None,
                audience: None,
                by: ChangeOrigin::Person("command".into()),
                more: false,
            })),
        ),
        ("claimed-plain", Step::Claimed { request: Some(Box::new(sealed(&new_request("a.mp4", None)))) }),
        ("taken-over", Step::Claimed { request: None }),
        ("taken-over-traced", Step::Claimed { request: None }),
        ("created-oss", session_to(session("t").target)),
        ("created-slice", session_to(slice)),
        (
            "transferred",
            Step::Transferred(Transferred { server_ip: Some("10.0.0.1".into()), crc64: Some(1) }),
        ),
        ("committed", Step::Committed { video_id: Some("XMQ".into()) }),
        ("committed-no-id", Step::Committed { video_id: None }),
        ("notified", Step::Notified { code: "200".into(), event: None }),
        ("notified-event", Step::Notified { code: "204".into(), event: Some(VideoEvent::Rejected) }),
        ("failed", Step::Failed(failure)),
        ("failed-preflight", Step::Failed(refused)),
        ("cancelled", Step::Cancelled),
        ("reopened", Step::Reopened(Reopening::default())),
        ("reopened-new-session", Step::Reopened(Reopening { new_session: true, ..Reopening::default() })),
        ("reopened-returned", Step::Reopened(Reopening { returned: true, ..Reopening::default() })),
        ("reopened-preflight-off", Step::Reopened(Reopening { preflight_off: true, ..Reopening::default() })),
        ("waiting", waiting(Some(at()))),
        ("waiting-reauthorize", Step::Waiting(Waiting { reason: WaitReason::Reauthorize, not_before: None })),
        ("waiting-hash", Step::Waiting(Waiting { reason: WaitReason::Hash, not_before: None })),
        (
            "waiting-commit-unknown",
            Step::Waiting(Waiting { reason: WaitReason::CommitUnknown, not_before: None }),
        ),
        (
            "waiting-source-refused",
            Step::Waiting(Waiting { reason: WaitReason::SourceRefused, not_before: None }),
        ),
        (
            "waiting-target-refused",
            Step::Waiting(Waiting { reason: WaitReason::TargetRefused, not_before: None }),
        ),
    ]
}

fn traceparent() -> TraceContext {
    let text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    TraceContext::parse(text).expect("a traceparent")
}

fn report() -> PreflightReport {
    let media = Media {
        container: Some("MP4".into()),
        duration_ms: Some(1_500),
        width: Some(640),
        height: Some(360),
        codec: Some("h264".into()),
    };
    let finding = PreflightFinding {
        word: "no_index".into(),
        severity: "refuse".into(),
        text: "it has no index".into(),
        advice: "finish it".into(),
        text_zh: "没有索引".into(),
        advice_zh: "请先完成".into(),
    };
    PreflightReport { media, findings: vec![finding] }
}

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/ledger/fixtures").join(format!("v1-{name}.json"))
}

fn is_written_and_read<T: Serialize + DeserializeOwned>(name: &str, entry: &T) -> T {
    let written = encode(entry).expect("it can be written");
    let kept = fs::read(file(name)).expect("the fixture is there");
    assert_eq!(String::from_utf8_lossy(&written), String::from_utf8_lossy(&kept), "{name}");
    decode(name, &kept).expect("it can be read")
}

/// Every kind of entry is written as its fixture, and read from it.
#[test]
fn every_kind_of_entry_equals_its_fixture() {
    let tokens = ["refresh", "refresh-withdrawn", "refresh-lost", "refresh-refused", "token"];
    let others = ["lease", "open-mark", "pause", "recent", "notice", "digest", "rehearsed"];
    let mut names: BTreeSet<_> = tokens.iter().chain(&others).map(|name| (*name).to_owned()).collect();
    let mut kinds = BTreeSet::new();
    for (name, step) in steps() {
        kinds.insert(step.kind().as_str());
        let preflight = (name == "failed-preflight").then(|| Box::new(report()));
        let traceparent = (name == "taken-over-traced").then(traceparent);
        let entry = Entry { preflight, traceparent, ..entry(step) };
        assert_eq!(is_written_and_read(name, &entry), entry);
        names.insert(name.to_owned());
    }
    assert_eq!(kinds.len(), 11, "every step has a fixture");
    let part = UploadedPart { number: 1, etag: "E".into(), crc64: u64::MAX };
    let lease = LeaseRecord {
        v: VERSION,
        holder: "h".into(),
        released: false,
        session: 2,
        parts: vec![part.clone()],
    };
    assert_eq!(is_written_and_read("lease", &lease).parts, [part]);
    let mark: OpenMark = serde_json::from_value(serde_json::json!({
        "v": VERSION, "account": "main", "title": "t", "size": 5, "entrypoint": "event", "not_before": at(), "waiting": "rate_limited", "paused": "source_denied",
        "location": {"provider": "oss", "bucket": "b", "key": "k"},
        "callback": {"ended": at(), "state": "committed", "video_id": "XMQ", "message": "outcome", "attempts": 4, "code": "503"},
        "publication": {"ended": at(), "at": at(), "video_id": "XMQ"}
    }))
    .expect("an open mark");
    assert_eq!(is_written_and_read("open-mark", &mark), mark);
    let recent: FinishedUpload = serde_json::from_value(serde_json::json!({
        "v": VERSION, "ended": at(), "state": "committed", "account": "main", "title": "t", "size": 5, "entrypoint": "scan", "video_id": "XMQ", "media": report().media,
        "location": {"provider": "oss", "bucket": "b", "key": "k"}, "callback_pending": true,
        "callback_failed": "410", "publish_at": at(), "publish_failed": "youku_failed"
    }))
    .expect("a recent end");
    assert_eq!(is_written_and_read("recent", &recent), recent);
    let pause = is_written_and_read("pause", &RateLimit { v: VERSION, until: at(), refusals: 1 });
    assert_eq!(pause.until, at());
    let notice: Notice = serde_json::from_value(serde_json::json!({
        "v": VERSION, "event": "needs_you", "account": "main", "location": {"provider": "oss", "bucket": "b", "key": "k"},
        "title": "t", "upload_id": "00112233445566778899aabbccddeeff", "video_id": "XMQ", "code": "reauthorize", "expires": at()
    }))
    .expect("a notice");
    assert_eq!(is_written_and_read("notice", &notice), notice);
    let digest: DigestEntry = serde_json::from_value(serde_json::json!({
        "v": VERSION, "nonce": "0011", "ended": true, "sent": [at()], "told": ["published.8199999999750-00112233445566778899aabbccddeeff"],
        "refusal": {"code": "signature", "is_final": true, "since": at(), "until": at(), "settings": "00112233"}
    }))
    .expect("a digest");
    assert_eq!(is_written_and_read("digest", &digest), digest);
    let fact = RehearsedFact { found: "several".into(), least: Some(1200), at: at() };
    let note = RehearsedNote { v: VERSION, facts: [("oss.create_only".to_owned(), fact)].into() };
    assert_eq!(is_written_and_read("rehearsed", &note).facts, note.facts);
    let kept = fs::read_dir(file("x").parent().expect("a folder")).expect("it can be listed");
    let kept: BTreeSet<_> = kept
        .map(|entry| entry.expect("readable").file_name().into_string().expect("ASCII"))
        .map(|name| name.trim_start_matches("v1-").trim_end_matches(".json").to_owned())
        .collect();
    assert_eq!(kept, names, "a fixture that nobody tests");
}

#[test]
fn work_comes_back_as_it_was_and_its_secrets_show_nowhere() {
    let record = full_work();
    let id = id_of(&new_request("dir/片.mp4", None));
    let again = StoredRequest::seal(
        &record.open(Sealer { seal: &TestSeal, id: &opened_id(&record) }).expect("opens"),
        Sealer { seal: &TestSeal, id: &opened_id(&record) },
    );
    assert_eq!(again.expect("sealed again"), record);
    assert!(record.open(Sealer { seal: &TestSeal, id: &id }).is_err(), "sealed for another upload");
    let shown = format!("{record:?}{}", serde_json::to_string(&record).expect("JSON"));
    for secret in ["open sesame", "example.com", "a token", "until then"] {
        assert!(!shown.contains(secret), "{secret}");
    }
}

/// The id that [`full_work`] was sealed for.
fn opened_id(record: &StoredRequest) -> UploadId {
    let mut request = new_request(&record.location.key, None);
    request.object.version_id.clone_from(&record.object.version_id);
    request.job.force_nonce.clone_from(&record.force_nonce);
    id_of(&request)
}

#[test]
fn tokens_are_written_as_their_fixtures_and_read_from_them() {
    let nonce = || "00112233445566778899aabbccddeeff".to_owned();
    let claim = ClaimRecord { v: VERSION, nonce: nonce(), ended: None };
    assert_eq!(is_written_and_read("refresh", &claim), claim);
    let withdrawn = RefreshEnd::Withdrawn { pause: 60, code: "rate_limited".into() };
    for (name, end) in [
        ("refresh-withdrawn", withdrawn),
        ("refresh-lost", RefreshEnd::Lost),
        ("refresh-refused", RefreshEnd::Refused),
    ] {
        let claim = ClaimRecord { v: VERSION, nonce: nonce(), ended: Some(end) };
        assert_eq!(is_written_and_read(name, &claim), claim);
    }
    let sealed = || serde_json::from_str("\"sealed\"").expect("a sealed secret");
    let pair = PairRecord {
        v: VERSION,
        obtained: at(),
        life_seconds: 2_592_000,
        access_token: sealed(),
        refresh_token: sealed(),
    };
    assert_eq!(is_written_and_read("token", &pair), pair);
}

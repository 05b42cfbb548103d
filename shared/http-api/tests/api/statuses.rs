//! What callers learn of uploads: by the answers to their tasks, and by the ledger afterwards.

use super::*;
use app::Task;
use app::core::{
    Md5, RetryPolicy, UploadId, head_object,
    ledger::{
        Claim, Failure, LeasedUpload, OpenedSession, Step, Target, Timestamp, Transferred, UploadRequest,
        WaitReason, Waiting,
    },
};
use serde_json::{Value, json};
use std::{fs, io::Write};

const SECRET: &str = "token-of-the-session";

/// The settings' application with the upload of [`TASK`] claimed by this test.
pub(super) async fn claim_upload(settings: &str) -> (Arc<App>, tempfile::TempDir, LeasedUpload) {
    let (app, folder) = build_app(settings);
    let task = Task::from_json(TASK.as_bytes(), app.settings()).unwrap();
    let object = head_object(&*app.source(None), &task.job.location, &RetryPolicy::default()).await.unwrap();
    let entrypoint = Some(task.entrypoint);
    let work = UploadRequest { entrypoint, ..UploadRequest::new(task.job, object) };
    let id = UploadId::new(&work.object, &work.job);
    let Ok(Claim::Acquired(held)) = app.ledger(None).await.unwrap().claim(&id, &work).await else {
        panic!("nobody else is here")
    };
    (app, folder, *held)
}

pub(super) fn session() -> OpenedSession {
    let target = Target::Slice { upload_server: "u".into(), slice_kib: 2048, already_stored: true };
    OpenedSession {
        upload_token: SECRET.into(),
        video_id: Some("XMQ".into()),
        md5: Some(Md5([1; 16])),
        crc64: None,
        target,
    }
}

pub(super) async fn get(app: &Arc<App>, at: &str) -> (StatusCode, Value) {
    let request = Request::get(at).header(header::AUTHORIZATION, format!("Bearer {TOKEN}"));
    let answer = router(app.clone()).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (status, _, body) = read_whole(answer).await;
    assert!(!String::from_utf8_lossy(&body).contains(SECRET), "no secret is shown");
    (status, serde_json::from_slice(&body).unwrap())
}

pub(super) async fn start_with_object() -> MockServer {
    start_server("/bucket/a.mp4", &[("HEAD", object())]).await
}

/// An upload that somebody else holds answers 409, when to come again and which upload it is.
#[tokio::test]
async fn an_upload_held_elsewhere_answers_409() {
    let server = start_with_object().await;
    let (app, _folder, held) = claim_upload(&settings_over(&server)).await;
    let id = held.record().id.to_string();
    let (status, headers, outcome) = send(router(app.clone()), post(TASK)).await;
    assert_eq!((status, outcome.error.as_deref()), (StatusCode::CONFLICT, Some("in_progress")));
    assert_eq!(outcome.data.upload_id.as_deref(), Some(id.as_str()));
    let wait: u64 = headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!((1..=16).contains(&wait), "{wait}");
    let (status, body) = get(&app, &format!("/uploads/{id}")).await;
    assert_eq!(status, StatusCode::OK);
    let at = body["steps"][0]["at"].clone();
    let expected = json!({
        "upload_id": id, "state": "claimed", "at_rest": false, "outcome": null,
        "object": "oss://bucket/a.mp4", "account": "main", "size": 5, "entrypoint": "task",
        "public_type": "all", "public_type_from": "default",
        "holder": {"epoch": 1, "live": true}, "waiting": null,
        "steps": [{"step": "claimed", "at": at, "epoch": 1}], "updated": at,
    });
    assert_eq!(body, expected);
}

/// The status of an upload that ended has the very outcome that its task is answered.
#[tokio::test]
async fn an_ended_upload_has_its_tasks_outcome() {
    let failure =
        Failure { code: "youku_failed".into(), text: "it refused".into(), advice: Some("none".into()) };
    let video = Step::Committed { video_id: Some("XMQ".into()) };
    let ends = [
        (vec![Step::Transferred(Transferred::default()), video], StatusCode::OK, "committed"),
        (vec![Step::Failed(failure)], StatusCode::BAD_GATEWAY, "failed"),
        (vec![Step::Cancelled], StatusCode::INTERNAL_SERVER_ERROR, "cancelled"),
    ];
    for (steps, code, state) in ends {
        let server = start_with_object().await;
        let (app, _folder, mut held) = claim_upload(&settings_over(&server)).await;
        let id = held.record().id.to_string();
        held.append_session(session()).await.unwrap();
        for step in steps {
            held.append(step).await.unwrap();
        }
        held.release().await;
        let (status, headers, outcome) = send(router(app.clone()), post(TASK)).await;
        assert_eq!((status, headers.contains_key(header::RETRY_AFTER)), (code, false));
        assert_eq!(outcome.data.upload_id.as_deref(), Some(id.as_str()));
        let (_, body) = get(&app, &format!("/uploads/{id}")).await;
        assert_eq!(
            (&body["state"], &body["at_rest"], &body["holder"]),
            (&json!(state), &json!(true), &json!(null))
        );
        assert_eq!(body["outcome"], serde_json::to_value(outcome).unwrap());
    }
}

#[tokio::test]
async fn an_upload_that_waits_says_why_and_until_when() {
    let server = start_with_object().await;
    let (app, _folder, mut held) = claim_upload(&settings_over(&server)).await;
    let id = held.record().id.to_string();
    let until: Timestamp = (held.lease().now() + Duration::from_secs(90)).into();
    held.append(Step::Waiting(Waiting { reason: WaitReason::RateLimited, not_before: Some(until) }))
        .await
        .unwrap();
    held.release().await;
    let (status, headers, outcome) = send(router(app.clone()), post(TASK)).await;
    assert_eq!((status, outcome.data.upload_id), (StatusCode::TOO_MANY_REQUESTS, Some(id.clone())));
    let wait: u64 = headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!((80..=90).contains(&wait), "{wait}");
    let (_, body) = get(&app, &format!("/uploads/{id}")).await;
    assert_eq!(body["state"], "waiting");
    assert_eq!(body["waiting"], json!({"reason": "rate_limited", "not_before": until.to_string()}));
}

/// Failures at Youku and at the deadline name the upload to ask for.
#[tokio::test]
async fn failures_name_the_upload_to_ask_for() {
    let slow = ResponseTemplate::new(200).set_delay(Duration::from_secs(60));
    let rate =
        ResponseTemplate::new(429).set_body_string(r#"{"error":{"code":1017,"type":"x","description":"x"}}"#);
    let other = ResponseTemplate::new(400)
        .set_body_string(r#"{"error":{"code":120010101,"type":"x","description":"x"}}"#);
    let cases = [
        (slow, StatusCode::SERVICE_UNAVAILABLE, "deadline", Some("30")),
        (rate, StatusCode::TOO_MANY_REQUESTS, "rate_limited", Some("60")),
        (other, StatusCode::BAD_GATEWAY, "youku_failed", None),
    ];
    for (answer, status, code, wait) in cases {
        let server = start_server("/bucket/a.mp4", &[("HEAD", object()), ("POST", answer)]).await;
        let (app, _folder) = build_app(&settings_over(&server));
        let mut request = post(TASK);
        let deadline = Some(Instant::now() + Duration::from_secs(2));
        request.extensions_mut().insert(RequestContext { deadline, ..RequestContext::default() });
        let (found, headers, outcome) = send(router(app.clone()), request).await;
        assert_eq!((found, outcome.error.as_deref()), (status, Some(code)), "{}", outcome.msg);
        assert_eq!(headers.get(header::RETRY_AFTER).map(|value| value.to_str().unwrap()), wait, "{code}");
        let (found, body) = get(&app, &format!("/uploads/{}", outcome.data.upload_id.unwrap())).await;
        let failed = status == StatusCode::BAD_GATEWAY;
        assert_eq!((found, body["state"] == "failed"), (StatusCode::OK, failed), "{body}");
        assert_eq!(body["state"] == "waiting", !failed, "{body}");
    }
}

/// An upload without a step is new, and one that the ledger does not know is not found.
#[tokio::test]
async fn an_upload_without_a_step_is_new() {
    let server = start_with_object().await;
    let (app, folder, held) = claim_upload(&settings_over(&server)).await;
    let id = held.record().id.to_string();
    std::fs::remove_dir_all(folder.path().join("ledger")).unwrap();
    let (status, body) = get(&app, &format!("/uploads/{id}")).await;
    assert_eq!(
        (status, &body["state"], &body["object"]),
        (StatusCode::OK, &json!("new"), &json!("oss://bucket/a.mp4"))
    );
    assert_eq!((&body["holder"], &body["steps"]), (&json!({"epoch": 1, "live": true}), &json!([])));
    let cases = [
        ("0".repeat(32), StatusCode::NOT_FOUND, "no_such_upload"),
        (id.to_uppercase(), StatusCode::BAD_REQUEST, "invalid_upload_id"),
        (id[1..].to_owned(), StatusCode::BAD_REQUEST, "invalid_upload_id"),
        ("..%2F..%2Fbirth".into(), StatusCode::BAD_REQUEST, "invalid_upload_id"),
        ("%ff".into(), StatusCode::BAD_REQUEST, "invalid_upload_id"),
    ];
    for (id, status, code) in cases {
        let (found, body) = get(&app, &format!("/uploads/{id}")).await;
        assert_eq!(
            (found, &body["error"], &body["code"]),
            (status, &json!(code), &json!(status.as_str())),
            "{id}"
        );
    }
}

#[tokio::test]
async fn a_damaged_ledger_answers_500_and_no_word_of_what_is_in_it() {
    let server = start_with_object().await;
    let (app, folder, held) = claim_upload(&settings_over(&server)).await;
    let id = held.record().id.to_string();
    let step = folder.path().join(format!("ledger/{id}/000001.json"));
    fs::write(step, r#"{"v":1,"epoch":"words of somebody"}"#).unwrap();
    let (status, body) = get(&app, &format!("/uploads/{id}")).await;
    assert_eq!((status, &body["error"]), (StatusCode::INTERNAL_SERVER_ERROR, &json!("ledger_failed")));
    assert!(!body.to_string().contains("somebody"), "{body}");
    let (status, _, outcome) = send(router(app), post(TASK)).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!outcome.msg.contains("somebody") && outcome.data.upload_id == Some(id), "{}", outcome.msg);
}

/// An upload that is asked about again costs a folder one list: its time is not read again by a write, and steps that show the same size
/// and time of writing are not read again.
#[tokio::test]
async fn an_upload_known_from_a_folder_is_not_read_again() {
    let server = start_with_object().await;
    let (app, folder, held) = claim_upload(&settings_over(&server)).await;
    let id = held.record().id.clone();
    let path = format!("/uploads/{id}");
    let (_, first) = get(&app, &path).await;
    let written = |name: &str| fs::metadata(folder.path().join(name)).unwrap().modified().unwrap();
    let clock = written("clock");
    let step = format!("ledger/{id}/000001.json");
    let at = written(&step);
    let file = fs::File::options().write(true).open(folder.path().join(&step)).unwrap();
    (&file).write_all(b"#").unwrap();
    file.set_modified(at).unwrap();
    assert_eq!(get(&app, &path).await, (StatusCode::OK, first));
    assert_eq!(written("clock"), clock);
    file.set_modified(at + Duration::from_secs(1)).unwrap();
    let (status, body) = get(&app, &path).await;
    assert_eq!((status, &body["error"]), (StatusCode::INTERNAL_SERVER_ERROR, &json!("ledger_failed")));
}

//! What callers are told of uploads: by the answers to their tasks, and by the ledger afterwards.

use super::*;
use ::app::Task;
use ::app::core::{
    Md5, RetryPolicy, UploadId, head_object,
    ledger::{
        Claim, Failure, LeasedUpload, OpenedSession, Step, Target, Timestamp, Transferred, UploadRequest,
        WaitReason, Waiting,
    },
};
use serde_json::{Value, json};

const SECRET: &str = "token-of-the-session";

/// The settings' application with the upload of [`TASK`] in this test's hands.
pub(super) async fn held(settings: &str) -> (Arc<App>, tempfile::TempDir, LeasedUpload) {
    let (app, folder) = application(settings);
    let task = Task::from_json(TASK.as_bytes(), app.settings()).unwrap();
    let object = head_object(&*app.source(None), &task.job.location, &RetryPolicy::default()).await.unwrap();
    let work =
        UploadRequest { job: task.job, object, requested_key: None, callback: None, caller_account: None };
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
        md5: Md5([1; 16]),
        crc64: None,
        target,
    }
}

pub(super) async fn get(app: &Arc<App>, at: &str) -> (StatusCode, Value) {
    let request = Request::get(at).header(header::AUTHORIZATION, format!("Bearer {TOKEN}"));
    let answer = router(app.clone()).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (status, _, body) = whole(answer).await;
    assert!(!String::from_utf8_lossy(&body).contains(SECRET), "no secret is told");
    (status, serde_json::from_slice(&body).unwrap())
}

pub(super) async fn there() -> MockServer {
    answering("/bucket/a.mp4", &[("HEAD", object())]).await
}

#[tokio::test]
async fn an_upload_in_other_hands_answers_409_when_to_come_again_and_which_upload_it_is() {
    let server = there().await;
    let (app, _folder, held) = held(&over(&server)).await;
    let id = held.record().id.to_string();
    let (status, headers, outcome) = asked(router(app.clone()), post(TASK)).await;
    assert_eq!((status, outcome.error.as_deref()), (StatusCode::CONFLICT, Some("in_progress")));
    assert_eq!(outcome.data.upload_id.as_deref(), Some(id.as_str()));
    let wait: u64 = headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!((1..=16).contains(&wait), "{wait}");
    let (status, told) = get(&app, &format!("/uploads/{id}")).await;
    assert_eq!(status, StatusCode::OK);
    let at = told["steps"][0]["at"].clone();
    let expected = json!({
        "upload_id": id, "state": "claimed", "at_rest": false, "outcome": null,
        "object": "oss://bucket/a.mp4", "account": "main", "size": 5,
        "public_type": "all", "public_type_from": "default",
        "holder": {"epoch": 1, "live": true}, "waiting": null,
        "steps": [{"step": "claimed", "at": at, "epoch": 1}], "updated": at,
    });
    assert_eq!(told, expected);
}

#[tokio::test]
async fn an_upload_that_ended_tells_the_very_outcome_that_its_task_is_answered() {
    let failure =
        Failure { code: "youku_failed".into(), text: "it refused".into(), advice: Some("none".into()) };
    let video = Step::Committed { video_id: Some("XMQ".into()) };
    let ends = [
        (vec![Step::Transferred(Transferred::default()), video], StatusCode::OK, "committed"),
        (vec![Step::Failed(failure)], StatusCode::BAD_GATEWAY, "failed"),
        (vec![Step::Cancelled], StatusCode::INTERNAL_SERVER_ERROR, "cancelled"),
    ];
    for (steps, code, state) in ends {
        let server = there().await;
        let (app, _folder, mut held) = held(&over(&server)).await;
        let id = held.record().id.to_string();
        held.append_session(session()).await.unwrap();
        for step in steps {
            held.append(step).await.unwrap();
        }
        held.release().await;
        let (status, headers, outcome) = asked(router(app.clone()), post(TASK)).await;
        assert_eq!((status, headers.contains_key(header::RETRY_AFTER)), (code, false));
        assert_eq!(outcome.data.upload_id.as_deref(), Some(id.as_str()));
        let (_, told) = get(&app, &format!("/uploads/{id}")).await;
        assert_eq!(
            (&told["state"], &told["at_rest"], &told["holder"]),
            (&json!(state), &json!(true), &json!(null))
        );
        assert_eq!(told["outcome"], serde_json::to_value(outcome).unwrap());
    }
}

#[tokio::test]
async fn an_upload_that_waits_says_why_and_until_when() {
    let server = there().await;
    let (app, _folder, mut held) = held(&over(&server)).await;
    let id = held.record().id.to_string();
    let until: Timestamp = (held.lease().now() + Duration::from_secs(90)).into();
    held.append(Step::Waiting(Waiting { reason: WaitReason::RateLimited, not_before: Some(until) }))
        .await
        .unwrap();
    held.release().await;
    let (status, headers, outcome) = asked(router(app.clone()), post(TASK)).await;
    assert_eq!((status, outcome.data.upload_id), (StatusCode::TOO_MANY_REQUESTS, Some(id.clone())));
    let wait: u64 = headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!((80..=90).contains(&wait), "{wait}");
    let (_, told) = get(&app, &format!("/uploads/{id}")).await;
    assert_eq!(told["state"], "waiting");
    assert_eq!(told["waiting"], json!({"reason": "rate_limited", "not_before": until.to_string()}));
}

#[tokio::test]
async fn failures_at_youku_and_at_the_deadline_name_the_upload_to_ask_for() {
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
        let server = answering("/bucket/a.mp4", &[("HEAD", object()), ("POST", answer)]).await;
        let (app, _folder) = application(&over(&server));
        let mut request = post(TASK);
        let deadline = Some(Instant::now() + Duration::from_secs(2));
        request.extensions_mut().insert(RequestContext { deadline, ..RequestContext::default() });
        let (found, headers, outcome) = asked(router(app.clone()), request).await;
        assert_eq!((found, outcome.error.as_deref()), (status, Some(code)), "{}", outcome.msg);
        assert_eq!(headers.get(header::RETRY_AFTER).map(|value| value.to_str().unwrap()), wait, "{code}");
        let (found, told) = get(&app, &format!("/uploads/{}", outcome.data.upload_id.unwrap())).await;
        let failed = status == StatusCode::BAD_GATEWAY;
        assert_eq!((found, told["state"] == "failed"), (StatusCode::OK, failed), "{told}");
        assert_eq!(told["state"] == "waiting", !failed, "{told}");
    }
}

#[tokio::test]
async fn an_upload_without_a_step_is_new_and_one_that_nobody_knows_is_not_found() {
    let server = there().await;
    let (app, folder, held) = held(&over(&server)).await;
    let id = held.record().id.to_string();
    std::fs::remove_dir_all(folder.path().join("ledger")).unwrap();
    let (status, told) = get(&app, &format!("/uploads/{id}")).await;
    assert_eq!(
        (status, &told["state"], &told["object"]),
        (StatusCode::OK, &json!("new"), &json!("oss://bucket/a.mp4"))
    );
    assert_eq!((&told["holder"], &told["steps"]), (&json!({"epoch": 1, "live": true}), &json!([])));
    let cases = [
        ("0".repeat(32), StatusCode::NOT_FOUND, "no_such_upload"),
        (id.to_uppercase(), StatusCode::BAD_REQUEST, "invalid_upload_id"),
        (id[1..].to_owned(), StatusCode::BAD_REQUEST, "invalid_upload_id"),
        ("..%2F..%2Fbirth".into(), StatusCode::BAD_REQUEST, "invalid_upload_id"),
        ("%ff".into(), StatusCode::BAD_REQUEST, "invalid_upload_id"),
    ];
    for (id, status, code) in cases {
        let (found, told) = get(&app, &format!("/uploads/{id}")).await;
        assert_eq!(
            (found, &told["error"], &told["code"]),
            (status, &json!(code), &json!(status.as_str())),
            "{id}"
        );
    }
}

#[tokio::test]
async fn a_damaged_ledger_answers_500_and_no_word_of_what_is_in_it() {
    let server = there().await;
    let (app, folder, held) = held(&over(&server)).await;
    let id = held.record().id.to_string();
    let step = folder.path().join(format!("ledger/{id}/000001.json"));
    std::fs::write(step, r#"{"v":1,"epoch":"words of somebody"}"#).unwrap();
    let (status, told) = get(&app, &format!("/uploads/{id}")).await;
    assert_eq!((status, &told["error"]), (StatusCode::INTERNAL_SERVER_ERROR, &json!("ledger_failed")));
    assert!(!told.to_string().contains("somebody"), "{told}");
    let (status, _, outcome) = asked(router(app), post(TASK)).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!outcome.msg.contains("somebody") && outcome.data.upload_id == Some(id), "{}", outcome.msg);
}

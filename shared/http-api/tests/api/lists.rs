//! Lists of uploads, and requests that ask for another.

use super::{
    statuses::{claim_upload, get, session, start_with_object},
    *,
};
use app::Task;
use app::core::{
    RetryPolicy, UploadId, head_object,
    ledger::{Claim, Failure, Step, Transferred, UploadRequest},
};
use serde_json::json;

#[tokio::test]
async fn open_uploads_are_listed_then_ended_ones_a_page_at_a_time() {
    let server = MockServer::start().await;
    let (app, _folder) = build_app(&settings_over(&server));
    let ledger = app.ledger(None).await.unwrap();
    let (mut ids, mut working) = (Vec::new(), Vec::new());
    for n in 0..5 {
        Mock::given(method("HEAD"))
            .and(path(format!("/bucket/{n}.mp4")))
            .respond_with(object())
            .mount(&server)
            .await;
        let task = json!({"source": format!("oss://bucket/{n}.mp4")}).to_string();
        let task = Task::from_json(task.as_bytes(), app.settings()).unwrap();
        let object =
            head_object(&*app.source(None), &task.job.location, &RetryPolicy::default()).await.unwrap();
        let work =
            UploadRequest { entrypoint: Some(task.entrypoint), ..UploadRequest::new(task.job, object) };
        let id = UploadId::new(&work.object, &work.job);
        let Ok(Claim::Acquired(mut held)) = ledger.claim(&id, &work).await else {
            panic!("nobody else is here")
        };
        match n {
            0 => held.append(Step::Cancelled).await.unwrap(),
            1 => {
                let failure = Failure { code: "integrity".into(), text: "words".into(), advice: None };
                held.append(Step::Failed(failure)).await.unwrap();
            }
            2 => {
                held.append_session(session()).await.unwrap();
                held.append(Step::Transferred(Transferred::default())).await.unwrap();
                held.append(Step::Committed { video_id: Some("XMQ".into()) }).await.unwrap();
            }
            _ => {}
        }
        ids.push(id.to_string());
        if n < 3 { held.release().await } else { working.push(held) }
    }
    let known = |n: usize| ids[n].clone();
    let mut open = [known(3), known(4)];
    open.sort();
    let ended = [known(2), known(1), known(0)];
    let all: Vec<_> = open.iter().chain(&ended).cloned().collect();
    for (query, expected) in [("", &all[..]), ("state=open", &open), ("state=finished", &ended)] {
        for limit in 1..=6 {
            let (mut found, mut after) = (Vec::new(), String::new());
            loop {
                let (status, page) =
                    get(&app, &format!("/uploads?limit={limit}&after={after}&{query}")).await;
                assert_eq!(status, StatusCode::OK, "{page}");
                let uploads = page["uploads"].as_array().unwrap();
                assert!(uploads.len() <= limit);
                found.extend(uploads.iter().map(|one| one["upload_id"].as_str().unwrap().to_owned()));
                let Some(next) = page["next"].as_str() else { break };
                next.clone_into(&mut after);
            }
            assert_eq!(found, expected, "{query} by {limit}");
        }
    }
    let (_, page) = get(&app, "/uploads?state=finished").await;
    let mut newest = page["uploads"][0].clone();
    assert!(newest["at"].take().is_string());
    let expected = json!({"upload_id": known(2), "state": "committed", "object": "oss://bucket/2.mp4",
        "account": "main", "title": "2", "size": 5, "entrypoint": "task", "at": null, "videoid": "XMQ"});
    assert_eq!((newest, &page["uploads"][1]["error"]), (expected, &json!("integrity")));
    for query in [
        "state=all",
        "limit=0",
        "limit=101",
        "limit=x",
        "after=x",
        "page=2",
        &format!("state=open&after={}", "finished"),
        &format!("state=finished&after={}", known(3)),
    ] {
        let (status, body) = get(&app, &format!("/uploads?{query}")).await;
        assert_eq!((status, &body["error"]), (StatusCode::BAD_REQUEST, &json!("invalid_query")), "{query}");
        let field = query.split('&').next_back().unwrap().split('=').next().unwrap();
        assert!(field == "page" || body["msg"].as_str().unwrap().starts_with(field), "{body}");
    }
}

/// `again` asks for another upload; a request's key alone asks for none.
#[tokio::test]
async fn only_again_asks_for_another_upload() {
    let server = start_with_object().await;
    let (app, _folder, held) = claim_upload(&settings_over(&server)).await;
    let first = held.record().id.to_string();
    let again = r#"{"source":"oss://bucket/a.mp4","again":true}"#;
    let named = r#"{"source":"oss://bucket/a.mp4","again":"k-1"}"#;
    let mut ids = Vec::new();
    for (task, key) in
        [(TASK, None), (TASK, Some("k-1")), (again, Some("k-1")), (named, None), (again, Some("k-2"))]
    {
        let mut request = post(task);
        if let Some(key) = key {
            request.headers_mut().insert("idempotency-key", key.parse().unwrap());
        }
        let call = RequestContext {
            deadline: Some(Instant::now() + Duration::from_secs(2)),
            ..RequestContext::default()
        };
        request.extensions_mut().insert(call);
        let (_, _, outcome) = send(router(app.clone()), request).await;
        ids.push(outcome.data.upload_id.unwrap());
    }
    assert!(ids[0] == first && ids[1] == first, "{ids:?}");
    assert!(ids[2] == ids[3] && ids[2] != first && ids[4] != first && ids[4] != ids[2], "{ids:?}");
    let (long, no_text) = ("k".repeat(129), [b'k', 0xe4]);
    for (task, keys) in [
        (again, vec![]),
        (TASK, vec!["".parse().unwrap()]),
        (TASK, vec!["a b".parse().unwrap()]),
        (TASK, vec![long.parse().unwrap()]),
        (TASK, vec![axum::http::HeaderValue::from_bytes(&no_text).unwrap()]),
        (TASK, vec!["a".parse().unwrap(), "b".parse().unwrap()]),
    ] {
        let mut request = post(task);
        for key in keys {
            request.headers_mut().append("idempotency-key", key);
        }
        let (status, _, outcome) = send(router(app.clone()), request).await;
        assert_eq!((status, outcome.error.as_deref()), (StatusCode::BAD_REQUEST, Some("invalid_job")));
        assert!(outcome.msg.contains("Idempotency-Key"), "{}", outcome.msg);
    }
}

//! Who may watch what a task names: as the object says, and as its rule does.

use super::{statuses::get, *};
use axum::http::HeaderValue;
use serde_json::{Value, json};

const MODERN: &str = r#"{"source":"oss://bucket/user/dee/a.mp4"}"#;
const LEGACY: &str = r#"{"conf":{"keyname":"a"},"youku":{"public_type":"all"}}"#;
const FRIEND: &str = "
    [[rules]]
    bucket = 'bucket'
    account = 'main'
    public_type = 'friend'
    sidecar = 'off'
";

/// An object that states this public type, if one, before a Youku that refuses whatever is created.
async fn start_server_stating(public_type: Option<&str>) -> MockServer {
    let refusal = json!({"error": {"code": 120010101, "type": "SystemException", "description": "refused"}});
    let refusal = ResponseTemplate::new(400).set_body_json(refusal);
    let object = public_type
        .iter()
        .fold(object(), |object, word| object.insert_header("x-oss-meta-youku-public-type", *word));
    start_server("/bucket/user/dee/a.mp4", &[("HEAD", object), ("POST", refusal.clone()), ("GET", refusal)])
        .await
}

/// Who may watch, and where that was stated, as the ledger recorded it.
async fn recorded_audience(settings: &str, task: &str) -> (Value, Value) {
    let (app, _folder) = build_app(settings);
    let (_, _, outcome) = send(router(app.clone()), post(task.to_owned())).await;
    let id = outcome.data.upload_id.unwrap_or_else(|| panic!("no upload: {}", outcome.msg));
    let (_, body) = get(&app, &format!("/uploads/{id}")).await;
    (body["public_type"].clone(), body["public_type_from"].clone())
}

#[tokio::test]
async fn a_task_never_makes_a_private_object_public() {
    let server = start_server_stating(Some("friend")).await;
    for task in [MODERN, LEGACY] {
        let expected = (json!("friend"), json!("metadata"));
        assert_eq!(recorded_audience(&settings_over(&server), task).await, expected, "{task}");
    }
    let server = start_server_stating(None).await;
    for task in [MODERN, LEGACY] {
        let settings = format!("{}{FRIEND}", settings_over(&server));
        assert_eq!(recorded_audience(&settings, task).await, (json!("friend"), json!("rule")), "{task}");
    }
}

#[tokio::test]
async fn a_modern_task_that_states_all_means_it() {
    let server = start_server_stating(Some("friend")).await;
    let task = MODERN.replace('}', r#","video":{"public_type":"all"}}"#);
    assert_eq!(recorded_audience(&settings_over(&server), &task).await, (json!("all"), json!("task")));
}

/// A title in Latin-1, as some clients send it, is refused by its name and never published with replaced characters.
#[tokio::test]
async fn a_title_that_is_not_utf_8_is_refused_by_its_name() {
    let latin = HeaderValue::from_bytes(b"caf\xe9").unwrap();
    let object = object().insert_header("x-oss-meta-youku-title", latin);
    let server = start_server("/bucket/user/dee/a.mp4", &[("HEAD", object)]).await;
    for task in [MODERN, LEGACY] {
        let (status, _, outcome) = send(build_api(&settings_over(&server)), post(task.to_owned())).await;
        assert_eq!((status, outcome.error.as_deref()), (StatusCode::BAD_REQUEST, Some("invalid_job")));
        assert!(outcome.msg.contains("youku-title holds bytes that are not UTF-8"), "{}", outcome.msg);
    }
}

#[tokio::test]
async fn an_object_whose_public_type_cannot_be_read_is_refused() {
    let server = start_server_stating(Some("s3cret")).await;
    let stated = MODERN.replace('}', r#","video":{"public_type":"all"}}"#);
    for task in [MODERN, LEGACY, &stated] {
        let (status, _, outcome) = send(build_api(&settings_over(&server)), post(task.to_owned())).await;
        assert_eq!((status, outcome.error.as_deref()), (StatusCode::BAD_REQUEST, Some("invalid_job")));
        assert!(
            outcome.msg.contains("youku-public-type") && !outcome.msg.contains("s3cret"),
            "{}",
            outcome.msg
        );
    }
}

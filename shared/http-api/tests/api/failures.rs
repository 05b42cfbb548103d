//! What callers learn of failures: nothing about where things lie.

use super::*;
use serde_json::json;

fn refusal(status: u16, code: u64) -> ResponseTemplate {
    let error = json!({"error": {"code": code, "type": "SystemException", "description": "inner words"}});
    ResponseTemplate::new(status).set_body_json(error)
}

/// A client id that Youku does not know is reported as such, and not as a token.
#[tokio::test]
async fn an_unknown_client_id_is_not_reported_as_a_token() {
    let server = start_server("/bucket/a.mp4", &[("HEAD", object()), ("POST", refusal(400, 1005))]).await;
    let (app, _folder) = build_app(&settings_over(&server));
    let (status, _, outcome) = send(router(app.clone()), post(TASK)).await;
    assert_eq!((status, outcome.error.as_deref()), (StatusCode::BAD_GATEWAY, Some("youku_client_refused")));
    assert_eq!(outcome.msg, "Youku does not know the client_id of the account: correct it in the settings");
    let id = outcome.data.upload_id.unwrap();
    let (_, upload) = super::statuses::get(&app, &format!("/uploads/{id}")).await;
    assert_eq!(
        (&upload["state"], &upload["waiting"]["reason"]),
        (&json!("waiting"), &json!("client_refused"))
    );
}

#[tokio::test]
async fn neither_an_answer_nor_a_stored_failure_names_a_place_of_ours() {
    let server =
        start_server("/bucket/a.mp4", &[("HEAD", object()), ("POST", refusal(400, 120_010_101))]).await;
    let (app, folder) = build_app(&settings_over(&server));
    let (_, _, outcome) = send(router(app.clone()), post(TASK)).await;
    let golden = "Youku refused the call or failed";
    assert_eq!((outcome.error.as_deref(), outcome.msg.as_str()), (Some("youku_failed"), golden));
    let id = outcome.data.upload_id.unwrap();
    let (_, upload) = super::statuses::get(&app, &format!("/uploads/{id}")).await;
    assert_eq!((&upload["state"], &upload["outcome"]["msg"]), (&json!("failed"), &json!(golden)));
    // The operator still finds the reason: in the ledger, and in the log.
    let story = app.upload_details(&app::core::UploadId::parse(&id).unwrap()).await.unwrap().unwrap();
    let text = story.record.failure.unwrap().text;
    assert!(text.contains("120010101"), "{text}");

    std::fs::write(folder.path().join(format!("ledger/{id}/000001.json")), "{").unwrap();
    let (_, body) = super::statuses::get(&app, &format!("/uploads/{id}")).await;
    let expected = json!({"code": "500", "msg": "the record of uploads could not be used",
        "info": "the record of uploads could not be used", "error": "ledger_failed", "data": {"key": ""}});
    assert_eq!(body, expected);
}

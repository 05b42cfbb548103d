//! What the page of one of a function's uploads shows and offers.

use super::function::Answers;
use crate::{function::show_function_details, rows::Row};
use app::core::UploadId;
use http_body_util::BodyExt;
use serde_json::{Value, json};

fn id(number: usize) -> UploadId {
    UploadId::parse(&format!("{number:032x}")).unwrap()
}

async fn show(answers: &Answers, number: usize, row: Option<Row>) -> Value {
    let response = show_function_details(&answers.function, &id(number), row).await;
    let body = response.into_body().collect().await.unwrap().to_bytes();
    serde_json::from_slice(&body).unwrap()
}

/// An upload that no list has named, such as one that ended long ago, has the row that its status makes.
#[tokio::test]
async fn an_upload_that_was_not_listed_has_a_row() {
    let (answers, _reader, _table) = Answers::start().await;
    let at = "2026-10-01T08:00:00Z";
    let steps = json!([{"step": "claimed", "at": at, "epoch": 1}]);
    let base =
        json!({"object": "oss://b/a/film.mp4", "account": "main", "size": 5, "updated": at, "steps": steps});
    for (number, (more, state, actions)) in [
        (json!({"state": "committed", "outcome": {"data": {"videoid": "X1"}}}), "published", json!([])),
        (
            json!({"state": "notified", "outcome": {"error": "refused", "data": {}}}),
            "failed",
            json!(["retry"]),
        ),
        (json!({"state": "created", "holder": {"epoch": 1, "live": true}}), "uploading", json!(["cancel"])),
        (
            json!({"state": "waiting", "waiting": {"reason": "reauthorize"}}),
            "needs_you",
            json!(["resume", "cancel"]),
        ),
        (json!({"state": "claimed", "entrypoint": "fax", "media": 3}), "queued", json!(["resume", "cancel"])),
    ]
    .into_iter()
    .enumerate()
    {
        let mut status = base.clone();
        status.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        answers.set(&format!("/uploads/{}", id(number)), status);
        let details = show(&answers, number, None).await;
        let row = &details["row"];
        assert_eq!((&row["state"], &details["actions"]), (&json!(state), &actions), "{more}: {row}");
        assert_eq!(
            (&row["file"], &row["account"], &row["size"]),
            (&json!("film.mp4"), &json!("main"), &json!(5))
        );
        assert_eq!(row["at"], json!(at));
    }
    // Its first holder has just begun.
    answers.set(&format!("/uploads/{}", id(9)), json!({"state": "new", "steps": []}));
    let details = show(&answers, 9, None).await;
    assert_eq!(
        (&details["row"]["state"], &details["row"]["file"]),
        (&json!("queued"), &json!(id(9).to_string()))
    );
}

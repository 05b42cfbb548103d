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

/// Shows an upload that the function lists so and whose status is this, after the list was read.
async fn show_listed(state: &str, listed: Value, status: Value) -> Value {
    let (answers, mut reader, table) = Answers::start().await;
    let mut upload = json!({"upload_id": id(1), "state": state, "object": "oss://b/k.mp4", "account": "main", "at": "2026-11-29T08:00:00Z"});
    upload.as_object_mut().unwrap().extend(listed.as_object().unwrap().clone());
    let (open, finished) =
        if status["at_rest"] == true { (vec![], vec![upload]) } else { (vec![upload], vec![]) };
    answers.set("/uploads?state=open&limit=100", json!({"uploads": open}));
    answers.set("/uploads?state=finished&limit=100", json!({"uploads": finished}));
    answers.set(&format!("/uploads/{}", id(1)), status);
    reader.look().await.unwrap();
    let row = table.row(&id(1));
    assert!(row.is_some(), "it is listed");
    show(&answers, 1, row).await
}

/// Another video would be made without what a task stated, such as who may watch: it is not offered. A local file is resumed where it
/// lies, and a video that is hidden until its hour has nothing to go on with.
#[tokio::test]
async fn only_what_a_function_can_do_is_offered() {
    let local = json!({"object": "folder:///film.mp4"});
    let hidden = json!({"videoid": "X1", "publish_at": "2026-12-29T08:00:00Z"});
    let rest = |state: &str| json!({"state": state, "at_rest": true, "steps": []});
    let open = |state: &str| json!({"state": state, "at_rest": false, "steps": []});
    for (state, listed, status, shown, actions) in [
        ("committed", json!({"videoid": "X1"}), rest("committed"), "published", json!([])),
        ("failed", json!({"error": "refused"}), rest("failed"), "failed", json!(["retry"])),
        ("cancelled", json!({}), rest("cancelled"), "cancelled", json!(["retry"])),
        ("committed", hidden, open("committed"), "waiting", json!([])),
        ("open", json!({}), open("created"), "queued", json!(["resume", "cancel"])),
        ("open", local.clone(), open("created"), "needs_you", json!(["cancel"])),
        ("failed", local.clone(), rest("failed"), "failed", json!([])),
        ("cancelled", local, rest("cancelled"), "cancelled", json!([])),
    ] {
        let details = show_listed(state, listed.clone(), status).await;
        assert_eq!((&details["row"]["state"], &details["actions"]), (&json!(shown), &actions), "{listed}");
    }
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

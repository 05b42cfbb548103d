//! Uploads as the page follows them.

use super::start_console;
use crate::support::{MIB, Setup, TestEnv, add_fault, console::Browser, sample_bytes};
use serde_json::{Value, json};

/// An upload that the function runs shows the bytes that have moved, and then its video.
#[tokio::test]
async fn a_running_upload_shows_its_bytes_and_its_video() {
    let variables = [("OSS2YOUKU_TRANSFER__PART_MIB", "1"), ("OSS2YOUKU_LEDGER__LEASE_SECONDS", "3")];
    let env = TestEnv::start(Setup { variables: &variables, ..Setup::default() }).await;
    let folder = tempfile::tempdir().unwrap();
    let console = start_console(&env, folder.path());
    let browser = Browser::open(&console.url).await;
    let bytes = sample_bytes(1, 12 * MIB);
    let bucket = env.clouds.youku.bucket_control();
    let hold = json!({"operation": "UploadPart", "skip": 4, "times": 0, "fault": {"kind": "hold_before"}});
    let hold = add_fault(&bucket, hold);
    env.put("film.mp4", &bytes).await;
    let moved = |list: &Value| list["rows"][0]["moved"].as_u64();
    let size = bytes.len() as u64;
    let list = browser.wait_for("", |list| moved(list).is_some_and(|moved| moved > 0 && moved < size)).await;
    let row = &list["rows"][0];
    assert_eq!(
        (&row["state"], &row["size"], &row["ledger_state"]),
        (&json!("uploading"), &json!(size), &json!("created"))
    );
    bucket.faults.release(hold);
    bucket.faults.clear();
    let list = browser.wait_for("?state=published", |list| list["total"] == 1).await;
    let video = env.assert_published("film", &bytes);
    let row = &list["rows"][0];
    assert_eq!((&row["videoid"], moved(&list)), (&json!(video.id), Some(size)));
    assert!(
        row["link"].as_str().is_some_and(|link| link.contains(&video.id)) && row["rate"].is_null(),
        "{row}"
    );
}

/// A failed upload says why and what can be done, and the page's own request publishes it, after which the page is told.
#[tokio::test]
async fn a_failed_upload_is_retried_from_the_page() {
    let env = TestEnv::start(Setup::default()).await;
    let folder = tempfile::tempdir().unwrap();
    let console = start_console(&env, folder.path());
    let browser = Browser::open(&console.url).await;
    let refusal = json!({"kind": "status", "status": 400, "code": "120010101"});
    add_fault(&env.clouds.youku.control(), json!({"operation": "create", "fault": refusal}));
    let bytes = sample_bytes(2, 200_000);
    env.put("film.mp4", &bytes).await;
    let list = browser.wait_for("?state=failed", |list| list["total"] == 1).await;
    let row = &list["rows"][0];
    assert_eq!((&row["error"], &list["errors"]), (&json!("youku_failed"), &json!(["youku_failed"])));
    let id = row["upload_id"].as_str().unwrap();
    let details = browser.get(&format!("/console/uploads/{id}")).await;
    assert_eq!(details["actions"], json!(["retry", "again"]));
    assert!(
        details["advice"].as_str().is_some_and(|advice| advice.contains(&format!("oss2youku retry {id}")))
    );
    let (status, outcome) = browser.post(&format!("/api/uploads/{id}/retry")).await;
    let video = env.assert_published("film", &bytes);
    assert_eq!((status, &outcome["data"]["videoid"]), (200, &json!(video.id)), "{outcome}");
    let list = browser.wait_for("?text=FILM&state=published", |list| list["total"] == 1).await;
    assert_eq!((&list["counts"]["failed"], &list["rows"][0]["error"]), (&json!(0), &Value::Null));
    let (status, refused) = browser.post(&format!("/api/uploads/{id}/cancel")).await;
    assert_eq!((status, &refused["error"]), (409, &json!("wrong_state")));
}

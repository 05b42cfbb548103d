//! Dropped files: received, kept over a restart, uploaded, and deleted at the end.

use super::file_site::{LIMIT, Site, entries, failure, form};
use crate::{Prospect, Spool, SpoolError, UploadFailure};
use axum::{body::Body, http::Method};
use futures_util::stream;
use serde_json::{Value, json};
use std::{fs, os::unix::fs::PermissionsExt};

/// Bytes come in pieces, each at the offset where the last one ended, and a restarted console goes on with them.
#[tokio::test]
async fn a_file_is_received_in_pieces_over_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::start(folder.path(), vec![]).await;
    let (status, file) = site.announce("film.mp4", 6).await;
    let id = file["id"].as_str().unwrap().to_owned();
    assert_eq!((status, &file["state"], &file["received"]), (200, &json!("receiving"), &json!(0)));
    assert_eq!(site.put(&id, 0, "abc").await.1["received"], 3);
    assert_eq!(site.put(&id, 2, "cdef").await, (409, site.put(&id, 2, "cdef").await.1));
    let (status, told) = site.put(&id, 3, "defg").await;
    assert_eq!((status, &told["error"]), (413, &json!("too_long")));
    // The connection breaks after a byte.
    let pieces = [Ok("d"), Err(std::io::Error::other("gone"))];
    let broken = Body::from_stream(stream::iter(pieces));
    site.ask(Method::PUT, &format!("/console/files/{id}?offset=3"), broken).await;
    assert_eq!(
        site.announce("film.mp4", 6).await.1,
        json!({"id": id, "name": "film.mp4", "size": 6,
        "modified": 5, "received": 4, "state": "receiving"})
    );
    assert!(matches!(Spool::open(folder.path().join("spool"), LIMIT), Err(SpoolError::InUse)));
    drop(site);

    let site = Site::start(folder.path(), vec![]).await;
    assert_eq!(site.file().await["received"], 4);
    assert_eq!(site.put(&id, 4, "ef").await.1["state"], "ready");
    assert_eq!(fs::read_to_string(folder.path().join(format!("spool/{id}/film.mp4"))).unwrap(), "abcdef");
    assert_eq!(site.put(&id, 6, "g").await.0, 409, "it is complete");
    assert_eq!(site.ask(Method::DELETE, &format!("/console/files/{id}"), "").await.0, 200);
    assert!(entries(&folder).is_empty() && site.file().await.is_null());
}

/// What cannot be kept is refused before a byte is written, with the limit in the answer.
#[tokio::test]
async fn a_file_that_cannot_be_kept_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::start(folder.path(), vec![]).await;
    for name in ["../film.mp4", "a/b.mp4", "", ".", "..", "a\0.mp4", &"x".repeat(300)] {
        let (status, told) = site.announce(name, 5).await;
        assert_eq!((status, &told["error"]), (400, &json!("invalid_name")), "{name}");
    }
    assert_eq!(site.announce("film.mp4", 0).await.1["error"], "empty_file");
    assert_eq!(site.announce("one.mp4", 600).await.0, 200);
    let (status, told) = site.announce("film.mp4", 401).await;
    assert_eq!((status, &told["error"]), (507, &json!("spool_full")));
    assert!(told["msg"].as_str().unwrap().contains("1000 bytes (--spool-limit), of which 600"), "{told}");
    assert_eq!(site.announce("film.mp4", 400).await.0, 200);
    for path in
        ["/console/files/../../x", "/console/files/abc", &format!("/console/files/{}", "A".repeat(32))]
    {
        assert_eq!(site.ask(Method::PUT, &format!("{path}?offset=0"), "x").await.0, 404, "{path}");
    }
}

/// Without the cookie, or from another site's page, nothing is written to the disk.
#[tokio::test]
async fn nothing_is_written_for_a_stranger() {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::start(folder.path(), vec![]).await;
    let (_, file) = site.announce("film.mp4", 6).await;
    let id = file["id"].as_str().unwrap();
    let before = entries(&folder);
    let own = ("origin", "http://127.0.0.1:9390");
    let cookie = ("cookie", site.cookie.as_str());
    let json = ("content-type", "application/json");
    for lines in [&[own, json][..], &[cookie, ("origin", "http://evil.example"), json], &[cookie, json]] {
        let announced = r#"{"name":"evil.mp4","size":5,"modified":1}"#;
        let (status, ..) = site.send(Method::POST, "/console/files", lines, announced.into()).await;
        assert!(status == 401 || status == 403, "{status} {lines:?}");
        let path = format!("/console/files/{id}?offset=0");
        let (status, ..) = site.send(Method::PUT, &path, lines, "abc".into()).await;
        assert!(status == 401 || status == 403, "{status} {lines:?}");
    }
    assert_eq!((entries(&folder), site.file().await["received"].clone()), (before, json!(0)));
    assert!(!folder.path().join(format!("spool/{id}/film.mp4")).exists());
}

/// The bytes and the record go when the upload has ended; what became of it is shown until it is put away.
#[tokio::test]
async fn a_file_is_deleted_when_its_upload_has_ended() {
    let cancelled = UploadFailure { error: "cancelled", ..failure(Prospect::Ended) };
    for (end, state) in
        [(Ok(()), "published"), (Err(failure(Prospect::Ended)), "failed"), (Err(cancelled), "cancelled")]
    {
        let folder = tempfile::tempdir().unwrap();
        let site = Site::start(folder.path(), vec![end]).await;
        let id = site.upload("abcdef").await;
        let file = site.wait_for(state).await;
        assert_eq!(file["upload_id"], "a".repeat(32));
        assert_eq!(file.get("form"), None);
        assert_eq!(*site.script.uploaded.lock().unwrap(), [(b"abcdef".to_vec(), Some("Film".to_owned()))]);
        assert!(entries(&folder).is_empty(), "{state}: {:?}", entries(&folder));
        assert_eq!(site.announce("other.mp4", LIMIT).await.0, 200, "its room is free");
        assert_eq!(site.ask(Method::DELETE, &format!("/console/files/{id}"), "").await.0, 200);
    }
}

/// A restarted console resumes what was asked for, with the form, which only its user can read.
#[tokio::test]
async fn an_upload_is_resumed_by_a_restarted_console() {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::start(folder.path(), vec![]).await;
    let id = site.upload("abcdef").await;
    site.wait_for("running").await;
    assert_eq!(site.ask(Method::DELETE, &format!("/console/files/{id}"), "").await.0, 409);
    assert_eq!(site.ask(Method::POST, &format!("/console/files/{id}/upload"), form()).await.0, 409);
    let record = folder.path().join(format!("spool/{id}.json"));
    assert_eq!(fs::metadata(&record).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(folder.path().join("spool")).unwrap().permissions().mode() & 0o777, 0o700);
    drop(site);
    // The uploads of the first console end with it, and let go of its spool.
    tokio::task::yield_now().await;

    let site = Site::start(folder.path(), vec![Ok(())]).await;
    site.wait_for("published").await;
    assert_eq!(site.script.uploaded.lock().unwrap()[0], (b"abcdef".to_vec(), Some("Film".to_owned())));
    assert_eq!(*site.script.retries.lock().unwrap(), [false]);
    assert!(entries(&folder).is_empty());
}

/// What may succeed later is tried again; what a person must correct waits for another form.
#[tokio::test(start_paused = true)]
async fn a_failure_is_tried_again_or_given_back() {
    let folder = tempfile::tempdir().unwrap();
    let ends = vec![Err(failure(Prospect::Later)), Err(failure(Prospect::Refused)), Ok(())];
    let site = Site::start(folder.path(), ends).await;
    let id = site.upload("abcdef").await;
    let mut file = site.file().await;
    while file["failure"].is_null() {
        tokio::task::yield_now().await;
        file = site.file().await;
    }
    assert_eq!(file["state"], "queued");
    assert_eq!(file["failure"], json!({"error": "youku_failed", "message": "no"}));
    tokio::time::sleep(std::time::Duration::from_secs(6)).await;
    let file = site.wait_for("ready").await;
    assert_eq!(file["failure"]["message"], "no");
    let kept: Value =
        serde_json::from_slice(&fs::read(folder.path().join(format!("spool/{id}.json"))).unwrap()).unwrap();
    assert_eq!(kept.get("form"), None, "the password is not kept");
    assert_eq!(site.ask(Method::POST, &format!("/console/files/{id}/upload"), form()).await.0, 202);
    site.wait_for("published").await;
    // What had ended before is retried as often as a person asks, and no more.
    assert_eq!(*site.script.retries.lock().unwrap(), [true, false, true]);
}

/// A plan names what would be sent; a field that does not fit is named, and its value is not repeated.
#[tokio::test]
async fn a_dropped_file_is_planned_before_it_is_uploaded() {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::start(folder.path(), vec![]).await;
    let (_, file) = site.announce("film.mp4", 3).await;
    let id = file["id"].as_str().unwrap();
    let request = |form: &str| format!("{{\"source\":{{\"file\":\"{id}\"}},\"form\":{form}}}");
    let plan = async |form: &str| site.ask(Method::POST, "/console/plan", request(form)).await;
    assert_eq!(plan(&form()).await.0, 404, "bytes are missing");
    site.put(id, 0, "abc").await;
    let (status, planned) = plan(&form()).await;
    assert_eq!(
        (status, &planned["title"], &planned["lines"]),
        (200, &json!("Film"), &json!([["file", "film.mp4"]]))
    );
    let wrong = r#"{"language":"en","video":{"public_type":"hush-secret"}}"#;
    let (status, told) = plan(wrong).await;
    let said = told["msg"].as_str().unwrap();
    assert!(status == 400 && said.contains("video.public_type") && !said.contains("hush"), "{said}");
    assert_eq!(site.ask(Method::POST, &format!("/console/files/{id}/upload"), wrong.to_owned()).await.0, 400);
}

/// The form counts by the limits that uploads are checked by.
#[tokio::test]
async fn the_limits_are_those_of_uploads() {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::start(folder.path(), vec![]).await;
    let (_, limits) = site.ask(Method::GET, "/console/limits", "").await;
    assert_eq!(
        (&limits["title"], &limits["description"]),
        (&json!({"min": 1, "max": 60}), &json!({"min": 0, "max": 1999}))
    );
    assert_eq!((&limits["tags"]["max"], &limits["tag"]), (&json!(10), &json!({"min": 2, "max": 20})));
    assert!(limits["categories"].as_array().unwrap().contains(&json!("Tech")), "{limits}");
    let parts = |text: &str| app::core::metadata::split_tags(text).len();
    for one in limits["tag_separators"].as_str().unwrap().chars() {
        assert_eq!(parts(&format!("ab{one}cd")), 2, "{one}");
    }
}

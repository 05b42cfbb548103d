//! Whether the ledger's store keeps what is written to it.

use crate::scripted_bucket::{response, start_bucket};
use app::{App, Cause, ListQuery, Settings, find_cause};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use upload_core::ErrorKind;

/// Versioning that is enabled later is found by the next check, and the first use of a process asks once.
#[tokio::test]
async fn versioning_that_is_enabled_later_is_found() {
    let is_on = Arc::new(AtomicBool::new(false));
    let switch = is_on.clone();
    let (endpoint, asked) = start_bucket(move |request| {
        let status = if switch.load(Ordering::SeqCst) { "<Status>Enabled</Status>" } else { "" };
        let versioning = format!("<VersioningConfiguration>{status}</VersioningConfiguration>");
        match request {
            _ if request.contains("?versioning") => response("200 OK", "", &versioning),
            // The ledger's birth is on record.
            _ => response("200 OK", "ETag: \"A\"\r\n", "{\"v\":1}\n"),
        }
    });
    let sections = format!(
        "[source]\nendpoint = {endpoint:?}\nregion = \"cn-hangzhou\"\naccess_key_id = \"a\"\naccess_key_secret = \"b\"\n\
         [ledger]\nlocation = \"oss://b/p/\"\nseal_key = \"{}=\"",
        "A".repeat(43),
    );
    let settings = Settings::from_parts("test", &sections, []).expect("settings");
    let app = App::from_settings(settings).expect("an application");
    let looks = || {
        let asked = asked.lock().expect("no panic");
        asked.iter().filter(|request| request.contains("?versioning")).count()
    };
    app.check_ledger(None).await.expect("it never had versioning");
    app.ledger(None).await.expect("it is open");
    assert_eq!(looks(), 1, "the first use of a process is its check");
    app.check_ledger(None).await.expect("still none");
    is_on.store(true, Ordering::SeqCst);
    let error = app.check_ledger(None).await.expect_err("it has versioning now");
    assert_eq!((error.kind(), error.is_retryable(), looks()), (ErrorKind::Config, false, 3), "{error}");
}

/// Who only reads a ledger makes neither its folder nor its key; who writes makes both, and never a second key for a ledger in use.
#[tokio::test]
async fn a_ledger_that_is_only_read_is_not_made() {
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = folder.path().join("deep/ledger");
    let open = || {
        let settings = format!("[ledger]\nlocation = {:?}", ledger.display().to_string());
        App::from_settings(Settings::from_parts("test", &settings, []).expect("settings"))
            .expect("an application")
    };
    assert!(open().ledger_to_read(None).await.expect("nothing to read").is_none());
    let query = ListQuery { state: None, limit: 5, after: None };
    assert!(open().list(&query, None).await.expect("an empty list").uploads.is_empty());
    assert!(!folder.path().join("deep").exists(), "nothing is made");

    open().ledger(None).await.expect("the first use");
    let key = ledger.join("seal.key");
    assert!(key.is_file() && open().ledger_to_read(None).await.expect("it is there").is_some());
    std::fs::remove_file(&key).expect("removed");
    let error = open().ledger(None).await.map(drop).expect_err("its secrets have another key");
    assert_eq!((error.kind(), find_cause(&error)), (ErrorKind::Config, Some(Cause::WrongSealKey)));
    assert!(!key.exists() && open().ledger_to_read(None).await.expect("lists need no key").is_some());
}

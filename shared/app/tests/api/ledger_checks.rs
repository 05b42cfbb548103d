//! Whether the ledger's store keeps what is written to it.

use crate::scripted_bucket::{response, start_bucket};
use app::{App, Settings};
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

//! Open marks that cannot be read, and uploads that cannot go on: each is trouble of its own, in a folder's ledger as in a bucket's, and the rest
//! goes on.

use super::{UNTRIGGERED, next_second};
use crate::{
    function::{Rig, Setup, bytes, records, script},
    operator::{SWEPT, oss2youku},
};
use app::storage::{Credentials, PutOptions, Store, StoreConfig};
use bytes::Bytes;
use serde_json::{Value, json};
use std::{fs, path::PathBuf};

const DAMAGED: &str = "open/00112233445566778899aabbccddeeff";
const NEWER: &str = "open/ffeeddccbbaa99887766554433221100.0123abcd";
/// What stands among the marks and is none, or cannot be read.
const PLANTED: [(&str, &str); 4] =
    [("open/.DS_Store", ""), ("open/folder/file", "x"), (DAMAGED, "no JSON"), (NEWER, "{\"v\":9}\n")];

async fn rig(ledger_in_bucket: bool) -> Rig {
    Rig::start(Setup { events: UNTRIGGERED, env: &SWEPT, ledger_in_bucket, ..Setup::default() }).await
}

/// The folder that holds the ledger.
fn folder(rig: &Rig) -> PathBuf {
    rig.env["OSS2YOUKU_LEDGER__LOCATION"].clone().into()
}

async fn plant(rig: &Rig, ledger_in_bucket: bool) {
    if ledger_in_bucket {
        let key = Credentials::Static {
            access_key_id: "local-access-key".into(),
            access_key_secret: "local-access-secret".into(),
            security_token: None,
        };
        let config = StoreConfig::oss(records::BUCKET)
            .endpoint(&rig.clouds.endpoints.oss)
            .region(Some(rig.env["OSS2YOUKU_SOURCE__REGION"].clone()))
            .credentials(key);
        let store = Store::new(config, app::store_client().unwrap()).unwrap();
        for (key, text) in PLANTED {
            store.put(key, Bytes::from_static(text.as_bytes()), &PutOptions::default()).await.unwrap();
        }
        return;
    }
    for (key, text) in PLANTED {
        let path = folder(rig).join(key);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// Every key that was planted is named by one of these lines.
fn names_all(lines: &[Value]) {
    let lines: Vec<_> = lines.iter().map(ToString::to_string).collect();
    for (key, _) in PLANTED {
        assert!(lines.iter().any(|line| line.contains(key)), "{key}: {lines:?}");
    }
}

fn events<'a>(lines: &'a [Value], event: &str) -> Vec<&'a Value> {
    lines.iter().filter(|line| line["event"] == event).collect()
}

/// An upload whose source is denied in the middle: it is open, and paused.
async fn stuck(rig: &Rig, bytes: &Bytes) -> String {
    let denied = json!({"kind": "status", "status": 403, "code": "AccessDenied"});
    let rule = json!({"operation": "GetObject", "match": "/videos/stuck.mp4", "times": 0, "fault": denied});
    script(&rig.clouds.oss_control, rule);
    rig.put("stuck.mp4", bytes).await;
    let said = oss2youku(rig, &["upload", "--json", "oss://videos/stuck.mp4"]).await;
    assert_ne!(said.code, Some(0), "{said:?}");
    let said = oss2youku(rig, &["explain", "--json", "oss://videos/stuck.mp4"]).await;
    said.lines()[0]["upload_id"].as_str().unwrap_or_else(|| panic!("{said:?}")).to_owned()
}

async fn one_bad_mark_stops_nothing(ledger_in_bucket: bool) {
    let rig = rig(ledger_in_bucket).await;
    // The ledger and its rule are older than what a sweep finds.
    assert_eq!(oss2youku(&rig, &["sweep"]).await.code, Some(0));
    next_second().await;
    let (stuck_bytes, fresh_bytes) = (bytes(1, 1000), bytes(2, 2000));
    let id = stuck(&rig, &stuck_bytes).await;
    plant(&rig, ledger_in_bucket).await;
    rig.put("fresh.mp4", &fresh_bytes).await;

    let listed = oss2youku(&rig, &["list", "--open", "--json"]).await;
    let lines = listed.lines();
    assert_eq!((listed.code, events(&lines, "trouble").len()), (Some(0), 4), "{listed:?}");
    names_all(&lines);
    let open: Vec<_> = lines.iter().filter(|line| line["upload_id"] == id.as_str()).collect();
    assert_eq!(open.len(), 1, "{listed:?}");
    assert!(open[0]["not_before"].is_string(), "it is paused: {listed:?}");

    let swept = oss2youku(&rig, &["sweep", "--json"]).await;
    let lines = swept.lines();
    assert_eq!((swept.code, events(&lines, "trouble").len()), (Some(1), 4), "{swept:?}");
    names_all(&lines);
    assert_eq!(events(&lines, "found").len(), 1, "{swept:?}");
    rig.published("fresh", &fresh_bytes);

    let looked = oss2youku(&rig, &["doctor", "--json"]).await;
    let marks: Vec<_> = looked.lines().into_iter().filter(|line| line["check"] == "open marks").collect();
    assert!(looked.code == Some(1) && marks.len() == 4, "{looked:?}");
    assert!(marks.iter().all(|mark| mark["ok"] == false && mark["advice"].is_string()), "{looked:?}");
    names_all(&marks);

    // A person's word ends the pause at once, whatever stands among the marks.
    let said = oss2youku(&rig, &["retry", &id]).await;
    assert_ne!(said.code, Some(0), "still denied: {said:?}");
    rig.clouds.oss_control.faults.clear();
    let said = oss2youku(&rig, &["retry", &id, "--json"]).await;
    assert_eq!((said.code, &said.lines()[0]["event"]), (Some(0), &json!("published")), "{said:?}");
    rig.published("stuck", &stuck_bytes);
}

#[tokio::test]
async fn one_bad_mark_in_a_folder_stops_neither_sweep_nor_list_nor_discovery() {
    one_bad_mark_stops_nothing(false).await;
}

#[tokio::test]
async fn one_bad_mark_in_a_bucket_stops_neither_sweep_nor_list_nor_discovery() {
    one_bad_mark_stops_nothing(true).await;
}

#[tokio::test]
async fn a_place_of_marks_that_is_none_is_no_empty_list() {
    let rig = rig(false).await;
    rig.put("a.mp4", &bytes(1, 1000)).await;
    let said = oss2youku(&rig, &["upload", "oss://videos/a.mp4"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    let open = folder(&rig).join("open");
    fs::remove_dir_all(&open).unwrap();
    let said = oss2youku(&rig, &["list", "--open"]).await;
    assert_eq!(said.code, Some(0), "a folder is made with its first entry: {said:?}");
    fs::write(&open, "").unwrap();
    for command in ["list", "sweep"] {
        let said = oss2youku(&rig, &[command]).await;
        assert!(said.code == Some(2) && said.err.contains("no folder"), "{command}: {said:?}");
    }
    let mut env = crate::operator::variables(&rig);
    env.insert("OSS2YOUKU_LEDGER__LOCATION".into(), "oss://nowhere/x/".into());
    env.insert("OSS2YOUKU_LEDGER__SEAL_KEY".into(), records::SEAL_KEY.into());
    env.insert("OSS2YOUKU_TRANSFER__PATIENCE_SECONDS".into(), "1".into());
    let said = crate::operator::run(env, &["list", "--open"]).await;
    assert!(said.code != Some(0) && said.out.is_empty(), "{said:?}");
}

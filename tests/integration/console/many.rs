//! Many uploads: the first list comes at once, and the process stays small.

use super::{ledger_variables, program};
use crate::support::{
    Setup, TestEnv,
    command_line::operator_variables,
    console::{Browser, ConsoleProcess},
    ledger_bucket,
    process::peak_kib,
    store::oss_store,
};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use local_clouds::{
    control::LinkSettings,
    faults::{Fault, Rule},
};
use object_storage::PutOptions;
use serde_json::{Value, json};
use std::{
    fs,
    path::Path,
    sync::Arc,
    time::{Duration, Instant, UNIX_EPOCH},
};

const FINISHED: u64 = 10_000;
const OPEN: u64 = 200;

/// Entries as the ledger's format has them (docs/ledger-format.md), by their keys: uploads that ended, a minute apart, and open ones that
/// nobody holds.
fn build_entries() -> Vec<(String, String)> {
    let mut entries = Vec::new();
    let mut write = |key: &str, entry: &Value| entries.push((key.to_owned(), format!("{entry}\n")));
    let location =
        |number: u64| json!({"provider": "oss", "bucket": "videos", "key": format!("dir/{number}.mp4")});
    write("birth", &json!({"v": 1}));
    let first = 1_795_000_000_000_u64;
    for number in 0..FINISHED {
        let ended = first + number * 60_000;
        let time: app::core::ledger::Timestamp = (UNIX_EPOCH + Duration::from_millis(ended)).into();
        let (state, error) =
            if number % 50 == 0 { ("failed", json!("source_missing")) } else { ("committed", Value::Null) };
        let mut entry = json!({"v": 1, "ended": time, "state": state, "location": location(number), "account": "main",
            "title": format!("A film of some length, number {number}")});
        if error.is_null() {
            entry["video_id"] = format!("X{number}").into();
        } else {
            entry["error"] = error;
        }
        write(&format!("recent/{:013}-{number:032x}", 9_999_999_999_999 - ended), &entry);
    }
    for number in FINISHED..FINISHED + OPEN {
        let (id, location) = (format!("{number:032x}"), location(number));
        write(
            &format!("open/{id}.89abcdef"),
            &json!({"v": 1, "location": location, "account": "main", "title": "Open"}),
        );
        let holder = format!("89abcdef{}", "0".repeat(24));
        let request = json!({"location": location, "account": "main", "mode": "oss", "object": {"etag": "A", "size": 5}, "video": {}});
        let step = json!({"v": 1, "at": "2026-11-20T08:00:00Z", "epoch": 1, "holder": holder, "nonce": holder,
            "step": {"claimed": {"request": request}}});
        write(&format!("ledger/{id}/000001.json"), &step);
        write(
            &format!("lease/{id}/000001"),
            &json!({"v": 1, "holder": holder, "released": true, "session": 0, "parts": []}),
        );
    }
    entries
}

fn write_ledger(ledger: &Path) {
    for (key, entry) in build_entries() {
        let path = ledger.join(key);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, entry).unwrap();
    }
}

/// Of 10,000 ends and 200 open uploads the first page comes within a second, all are there soon, and the process stays below 64 MiB.
#[tokio::test]
async fn ten_thousand_uploads_are_listed_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = folder.path().join("ledger");
    write_ledger(&ledger);
    // The quickest of three, since other tests keep the machine busy as well.
    let mut tries = Vec::new();
    let (mut console, browser, first) = loop {
        let mut console = ConsoleProcess::start(program(ledger_variables(&ledger), folder.path()), &[]);
        let begun = Instant::now();
        let browser = Browser::open(&console.url).await;
        let first = browser.get("/console/uploads").await;
        tries.push(begun.elapsed());
        if tries.iter().any(|took| *took < Duration::from_secs(1)) {
            break (console, browser, first);
        }
        assert!(tries.len() < 3, "{tries:?}");
        console.end();
    };
    assert_eq!(first["rows"].as_array().map(Vec::len), Some(100), "{first}");
    assert!(first["rows"][0]["state"] == "queued" && first["complete"] == false, "{first}");
    let all = browser.wait_for("", |list| list["complete"] == true).await;
    assert_eq!(
        (all["total"].as_u64(), all["counts"]["queued"].as_u64()),
        (Some(FINISHED + OPEN), Some(OPEN))
    );
    assert_eq!(all["counts"]["failed"].as_u64(), Some(FINISHED / 50));
    let last = browser.get("/console/uploads?offset=10100&limit=100").await;
    assert_eq!(last["rows"][99]["file"], "0.mp4");
    assert_eq!(all["since"], last["rows"][99]["at"]);
    let found = browser.get("/console/uploads?text=NUMBER 1234").await;
    assert_eq!((found["total"].as_u64(), found["rows"][0]["file"].as_str()), (Some(1), Some("1234.mp4")));
    let peak = peak_kib(console.pid());
    assert!(peak < 64 << 10, "{peak} KiB");
    assert_eq!(console.end(), Some(130));
}

/// The figures of a ledger in a bucket 20 ms away: printed, since they depend on the machine; the requests of an open page are bounded.
#[tokio::test]
#[ignore = "it writes ten thousand objects, and prints figures"]
#[expect(clippy::print_stdout, reason = "the figures are what it is run for")]
async fn figures_of_a_bucket_twenty_milliseconds_away() {
    const LATENCY_MS: u64 = 20;
    const WATCHED: Duration = Duration::from_secs(20);
    let env = TestEnv::start(Setup { ledger_in_bucket: true, ..Setup::default() }).await;
    let (endpoint, region) = (&env.clouds.endpoints.oss, "cn-hangzhou");
    let keys = ("local-access-key", "local-access-secret");
    let bucket = Arc::new(oss_store(ledger_bucket::BUCKET, endpoint, region, keys.0, keys.1));
    let writing = stream::iter(build_entries()).map(|(key, entry)| {
        let bucket = bucket.clone();
        async move { bucket.put(&key, Bytes::from(entry), &PutOptions::default()).await.unwrap() }
    });
    writing.buffer_unordered(16).collect::<Vec<_>>().await;
    let control = &env.clouds.oss_control;
    control.link.set(LinkSettings { latency_ms: Some(LATENCY_MS), ..LinkSettings::default() });
    // A rule that never acts counts the requests.
    let rule = Rule::new("*", Fault::IgnoreRange).matching(ledger_bucket::BUCKET).skip(u64::MAX);
    let rule = control.faults.add(rule);
    let requests = || control.faults.state(rule).unwrap().seen;
    let folder = tempfile::tempdir().unwrap();
    let mut console = ConsoleProcess::start(program(operator_variables(&env), folder.path()), &[]);
    let begun = Instant::now();
    let browser = Browser::open(&console.url).await;
    let first = browser.get("/console/uploads").await;
    let (first_after, first_rows) = (begun.elapsed(), first["rows"].as_array().map_or(0, Vec::len));
    let all = browser.wait_for("", |list| list["complete"] == true).await;
    let (all_after, to_read) = (begun.elapsed(), requests());
    assert_eq!(all["total"].as_u64(), Some(FINISHED + OPEN));
    let following = browser.get_range("/console/events", None);
    let watched = tokio::time::timeout(WATCHED, following).await;
    assert!(watched.is_err(), "the page follows as long as it is open");
    let idle = requests() - to_read;
    let peak = peak_kib(console.pid());
    println!(
        "bucket at {LATENCY_MS} ms: first list ({first_rows} rows) after {first_after:?}, all {} after {all_after:?} with {to_read} requests; \
         an open page {:.2} requests a second; peak {peak} KiB",
        FINISHED + OPEN,
        Duration::from_secs(idle).as_secs_f64() / WATCHED.as_secs_f64()
    );
    assert!(idle <= 3 * WATCHED.as_secs(), "{idle} requests");
    assert!(peak < 64 << 10, "{peak} KiB");
    assert_eq!(console.end(), Some(130));
}

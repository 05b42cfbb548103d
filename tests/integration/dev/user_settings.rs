//! `dev --config`: the user's own rules and callbacks between local clouds.

use crate::support::{
    callback_receiver::{Receiver, Reply},
    dev_terminal::DevTerminal,
    sample_bytes,
};
use object_storage::PutOptions;
use serde_json::Value;

/// Rules, metadata and callbacks are the user's; accounts, ledger and endpoints are not, and the greeting says so.
#[tokio::test(flavor = "multi_thread")]
async fn rules_and_callbacks_of_the_users_file_hold() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(&[]).await;
    let file = folder.path().join("my settings.toml");
    let text = format!(
        r#"
        [accounts.News]
        client_id = "real"
        access_token = "real"
        [accounts.main]
        client_id = "real"
        access_token = "real"
        [ledger]
        location = "oss://real-ledger/oss2youku/"
        seal_key = "not a key"
        [source]
        region = "cn-beijing"
        [callback]
        allow_http = true
        allowed = [{{ host = "127.0.0.1", network = "127.0.0.0/8", any_port = true }}]
        [[rules]]
        bucket = "films"
        prefix = "in/"
        account = "News"
        public_type = "friend"
        category = "News"
        description = "By rule"
        callback = "http://127.0.0.1:{}/hook"
        [[rules]]
        bucket = "clips"
        account = "main"
        public_type = "all"
        "#,
        receiver.port
    );
    std::fs::write(&file, text).unwrap();
    let data = folder.path().join("data");
    let mut dev = DevTerminal::start(&data, &["--config", file.to_str().unwrap()]);
    let greeting = dev.greeting.join("\n");
    assert!(greeting.contains("bucket films, clips"), "{greeting}");
    assert!(
        greeting.contains("replaced by the local ones, or left out: accounts, ledger, source"),
        "{greeting}"
    );
    let bytes = sample_bytes(1, 300_000);
    for (bucket, key) in [("films", "in/a.mp4"), ("clips", "b.mp4"), ("films", "elsewhere.mp4")] {
        dev.bucket(bucket).put(key, bytes.clone(), &PutOptions::default()).await.unwrap();
    }
    // Three events at once: their lines come in any order.
    let mut lines: Vec<_> = (0..4).map(|_| dev.wait_for(&[" -> "])).collect();
    lines.sort();
    for (line, words) in lines.iter().zip([
        ["elsewhere.mp4", "[no_rule]"],
        ["oss://clips/b.mp4", "published"],
        ["oss://films/in/a.mp4", ""],
        ["oss://films/in/a.mp4", ""],
    ]) {
        assert!(words.iter().all(|word| line.contains(word)), "{lines:#?}");
    }
    assert!(lines.iter().any(|line| line.contains("callback answered 200")), "{lines:#?}");
    let url = format!("{}/_sandbox/videos", dev.url(3));
    let response = app::http_client().unwrap().get(url).send().await.unwrap();
    let videos: Vec<Value> = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
    let video = videos.iter().find(|video| video["title"] == "a").unwrap_or_else(|| panic!("{videos:?}"));
    assert_eq!(
        (&video["public_type"], &video["description"]),
        (&"friend".into(), &"By rule".into()),
        "{video}"
    );
    assert_eq!(receiver.requests()[0].json()["data"]["key"], "in/a.mp4");
    assert_eq!(dev.end(), Some(130));
}

/// A callback that is not delivered has a line for each cause, and not for each attempt; one that the receiver refuses for good does not
/// read as a success.
#[tokio::test(flavor = "multi_thread")]
async fn an_undelivered_callback_has_a_line_for_each_cause() {
    let folder = tempfile::tempdir().unwrap();
    let receiver =
        Receiver::start(&[[Reply::Status(503, None); 4], [Reply::Status(410, None); 4]].concat()).await;
    let file = folder.path().join("o.toml");
    let text = format!(
        "[callback]\nallow_http = true\npause_seconds = 1\n\
         allowed = [{{ host = \"127.0.0.1\", network = \"127.0.0.0/8\", any_port = true }}]\n\
         [[rules]]\nbucket = \"films\"\naccount = \"main\"\npublic_type = \"all\"\ncallback = \"http://127.0.0.1:{}/hook\"\n",
        receiver.port
    );
    std::fs::write(&file, text).unwrap();
    let mut dev = DevTerminal::start(
        &folder.path().join("data"),
        &["--config", file.to_str().unwrap(), "--lang", "en"],
    );
    dev.bucket("films").put("a.mp4", sample_bytes(1, 1000), &PutOptions::default()).await.unwrap();
    let lines: Vec<_> = (0..3).map(|_| dev.wait_for(&["oss://films/a.mp4 -> "])).collect();
    for (line, words) in lines.iter().zip([
        "published",
        "not delivered yet, the sweep sends it again",
        "refused for good (410)",
    ]) {
        assert!(line.contains(words), "{lines:#?}");
    }
    assert!(lines[1].contains("HTTP 503") && receiver.requests().len() == 5, "{lines:#?}");
    assert_eq!(dev.end(), Some(130));
}

//! A published upload whose callback is not delivered, as an operator sees it.

use super::{CallbackEnv, NO_RULES, TOKEN, modern};
use crate::support::{
    callback_receiver::{Receiver, Reply},
    command_line::oss2youku,
    golden::{assert_golden, normalize},
    within,
};
use std::time::Duration;
use tokio::time::sleep;

/// It is one row of the list, in words; `explain` and `replay-callback` name attempts, the next one and the last cause, and of the
/// receiver no more than its host.
#[tokio::test]
async fn an_undelivered_callback_is_told_in_both_languages() {
    // Three attempts of the upload, and a replay in each language.
    let receiver = Receiver::start(&[Reply::Status(503, None); 5]).await;
    let hooks = CallbackEnv::start(receiver.port, NO_RULES).await;
    hooks.put("film.mp4").await;
    let (status, answer) = hooks.post(&modern("film.mp4", receiver.port, &[])).await;
    assert_eq!(status, 200, "{answer}");
    let id = answer["data"]["upload_id"].as_str().unwrap();
    let mut report = String::new();
    for lang in ["en", "zh"] {
        for arguments in [&["list"][..], &["list", "--open"], &["list", "--finished"], &["explain", id]] {
            let output = oss2youku(&hooks.env, &[arguments, &["--lang", lang]].concat()).await;
            assert_eq!(output.code, Some(0), "{output:?}");
            report +=
                &format!("== {lang}: {}\n{}", arguments.join(" ").replace(id, "ID"), normalize(&output.out));
        }
        let replayed = oss2youku(&hooks.env, &["replay-callback", id, "--lang", lang]).await;
        assert_eq!(replayed.code, Some(7), "{replayed:?}");
        report += &format!("== {lang}: replay-callback\n{}", normalize(&replayed.out));
    }
    assert!(!report.contains(TOKEN) && !report.contains("/done"), "{report}");
    assert_golden("callback-pending.txt", &report);
    let listed = oss2youku(&hooks.env, &["list", "--json"]).await.lines();
    assert_eq!(
        (listed.len(), &listed[0]["state"], &listed[0]["callback"]["attempts"]),
        (1, &"committed".into(), &3.into())
    );
    let (_, page) = hooks.env.ask_http("/uploads?limit=5", None).await;
    assert_eq!(page["uploads"], serde_json::json!(listed), "the HTTP API lists it as well");
}

/// The first attempt is under way, and no mark tells of it yet: the list of finished uploads does.
#[tokio::test]
async fn an_upload_is_one_row_while_its_callback_is_sent() {
    let receiver = Receiver::start(&[Reply::Silence]).await;
    let hooks = CallbackEnv::start(receiver.port, NO_RULES).await;
    hooks.put("film.mp4").await;
    let task = modern("film.mp4", receiver.port, &[]);
    let listing = async {
        while receiver.requests().is_empty() {
            sleep(Duration::from_millis(20)).await;
        }
        oss2youku(&hooks.env, &["list", "--json"]).await.lines()
    };
    let listing = within("a callback that is under way", listing);
    let ((status, answer), listed) = tokio::join!(hooks.post(&task), listing);
    assert_eq!((status, listed.len()), (200, 1), "{answer} {listed:?}");
    let row = &listed[0];
    assert_eq!((&row["state"], &row["callback"]["message"]), (&"committed".into(), &"outcome".into()));
}

//! An upload of the command line whose callback is not delivered: a published video alone would read as if the receiver knew.

use super::{CallbackEnv, NO_RULES, TOKEN, url};
use crate::support::{
    callback_receiver::{Receiver, Reply},
    command_line::{CommandOutput, file, oss2youku, run},
    golden::{assert_golden, normalize},
    sample_bytes,
};

/// Nobody listens any more at the receiver's address: `upload` says that the callback is left, why, and what delivers it. A receiver that
/// wants no more messages is named as such, wherever the upload is shown.
#[tokio::test]
async fn an_upload_says_what_became_of_its_callback() {
    let receiver = Receiver::start(&[]).await;
    let port = receiver.port;
    let hooks = CallbackEnv::start(port, NO_RULES).await;
    let (folder, _) = file("a.mp4", &sample_bytes(1, 1000));
    let url = url(port);
    let upload = async |again: &str, lang: &str| {
        let arguments = ["upload", "a.mp4", "--callback", &url, "--again", again, "--lang", lang];
        let output = run(&hooks.env, folder.path(), &arguments).await;
        assert_eq!(output.code, Some(0), "the video is published: {output:?}");
        output
    };
    let mut report = String::new();
    let mut add =
        |title: &str, output: &CommandOutput| report += &format!("== {title}\n{}", normalize(&output.out));

    drop(receiver);
    add("en: no receiver", &upload("en", "en").await);
    add("zh: no receiver", &upload("zh", "zh").await);
    let json = ["upload", "a.mp4", "--callback", &url, "--again", "json", "--json"];
    let lines = run(&hooks.env, folder.path(), &json).await.lines();
    let event = lines.last().unwrap();
    assert_eq!(
        (&event["event"], &event["delivered"], &event["code"], &event["attempts"]),
        (&"callback".into(), &false.into(), &"connection".into(), &3.into()),
        "{lines:?}"
    );

    let _receiver = Receiver::start_at(port, &[Reply::Status(410, None); 2]).await;
    add("en: 410", &upload("gone", "en").await);
    add("zh: 410", &upload("gone-too", "zh").await);
    for lang in ["en", "zh"] {
        let mut listed = oss2youku(&hooks.env, &["list", "--finished", "--lang", lang]).await;
        // The latest.
        listed.out = listed.out.lines().next().unwrap_or_default().to_owned() + "\n";
        add(&format!("{lang}: list"), &listed);
        let id = listed.out.split_whitespace().next().unwrap().to_owned();
        add(&format!("{lang}: explain"), &oss2youku(&hooks.env, &["explain", &id, "--lang", lang]).await);
    }
    assert!(!report.contains(TOKEN), "{report}");
    assert_golden("callback-undelivered.txt", &report);
}

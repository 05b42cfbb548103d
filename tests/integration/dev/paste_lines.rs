//! The commands that `dev` shows, pasted as they are.

use crate::support::{callback_receiver::Receiver, dev_terminal::DevTerminal, md5_hex};
use serde_json::Value;
use std::process::{Command, Output};
use tokio::task::spawn_blocking;

/// Runs a line as a shell does; it must succeed.
async fn paste(line: String) -> String {
    let run = move || -> Output {
        let mut shell = Command::new("bash");
        // The person's own settings and credentials must not matter.
        shell.args(["-euc", &line]).current_dir("/").env_remove("LC_ALL").env("LANG", "C");
        // rclone's client cannot take a bundle of its own from the environment.
        shell.env_remove("AWS_CA_BUNDLE").env("ALIBABA_CLOUD_ACCESS_KEY_ID", "another");
        shell.output().expect("bash runs")
    };
    let output = spawn_blocking(run).await.unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The videos of the local Youku: title and MD5.
async fn videos(dev: &DevTerminal) -> Vec<(String, String)> {
    let url = format!("{}/_sandbox/videos", dev.url(3));
    let response = app::http_client().unwrap().get(url).send().await.unwrap();
    let videos: Vec<Value> = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
    let text = |video: &Value, field: &str| video[field].as_str().unwrap().to_owned();
    videos.iter().map(|video| (text(video, "title"), text(video, "md5"))).collect()
}

fn has(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lines_of_dev_work_as_they_are_pasted() {
    let data = tempfile::tempdir().unwrap();
    let mut dev = DevTerminal::start(&data.path().join("a folder"), &[]);
    let sample = std::fs::read(data.path().join("a folder/demo.mp4")).unwrap();
    let mut expected = Vec::new();

    let said = paste(dev.command("the command line, with this ledger").to_owned()).await;
    assert!(said.contains("published"), "{said}");
    expected.push("demo");
    let said = paste(dev.command("what became of the uploads").to_owned()).await;
    assert!(said.contains("demo.mp4"), "{said}");

    paste(dev.command("curl").to_owned()).await;
    dev.wait_for(&["oss://videos/curl.mp4 -> ", "published"]);
    expected.push("curl");
    if has("rclone") {
        paste(dev.command("rclone").to_owned()).await;
        dev.wait_for(&["oss://videos/rclone.mp4 -> ", "published"]);
        expected.push("rclone");
    }

    let receiver = Receiver::start(&[]).await;
    let remark = "a job of the legacy worker: its object lies under user/dee/, and its receiver may be on this machine";
    let line = dev.command(remark).replace("127.0.0.1:8000", &format!("127.0.0.1:{}", receiver.port));
    let answer: Value = serde_json::from_str(&paste(line).await).unwrap();
    assert_eq!((&answer["code"], &answer["data"]["key"]), (&"200".into(), &"legacy".into()), "{answer}");
    assert!(answer["data"]["warning"].is_null(), "{answer}");
    dev.wait_for(&["oss://videos/user/dee/legacy.mp4 -> ", "published"]);
    dev.wait_for(&["oss://videos/user/dee/legacy.mp4 -> ", "callback answered 200"]);
    let requests = receiver.requests();
    assert_eq!(requests.len(), 1, "one callback");
    assert_eq!(requests[0].json()["data"]["videoid"], answer["data"]["videoid"]);
    expected.push("legacy");

    let mut found = videos(&dev).await;
    found.sort();
    expected.sort_unstable();
    let md5 = md5_hex(&sample);
    assert_eq!(found, expected.into_iter().map(|title| (title.to_owned(), md5.clone())).collect::<Vec<_>>());
    assert_eq!(dev.end(), Some(130));
}

/// With the user's own rules the lines put their objects where the first rule takes them.
#[tokio::test(flavor = "multi_thread")]
async fn the_lines_follow_the_users_first_rule() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("o.toml");
    let rule = "account = \"main\"\npublic_type = \"all\"\n";
    std::fs::write(
        &file,
        format!(
            "[[rules]]\nbucket = \"off\"\npaused = true\n{rule}[[rules]]\nbucket = \"films\"\nprefix = \"in here/片/\"\n{rule}\
             [legacy]\nbucket = \"old\"\nkey_prefix = \"mov/\"\n"
        ),
    )
    .unwrap();
    let mut dev = DevTerminal::start(&folder.path().join("data"), &["--config", file.to_str().unwrap()]);
    let mut names = vec!["curl"];
    names.extend(has("rclone").then_some("rclone"));
    for name in names {
        paste(dev.command(name).to_owned()).await;
        dev.wait_for(&[&format!("oss://films/in here/片/{name}.mp4 -> "), "published"]);
    }
    assert!(dev.command("ossutil").contains("'oss://films/in here/片/ossutil.mp4'"));
    let remark =
        "a job of the legacy worker: its object lies under mov/, and its receiver may be on this machine";
    let answer: Value = serde_json::from_str(&paste(dev.command(remark).to_owned()).await).unwrap();
    assert_eq!(answer["code"], "200", "{answer}");
    assert_eq!(dev.end(), Some(130));
}

//! New uploads from the page: files that are dropped, and objects of a bucket.

use super::{
    browser::{ConsoleEnv, refuse, walk},
    program,
};
use crate::support::{
    MIB, Setup, TestEnv, add_fault,
    command_line::operator_variables,
    console::{Browser, ConsoleProcess},
    sample_bytes, serve_http, wait_fired, within,
};
use bytes::Bytes;
use local_clouds::control::LinkSettings;
use reqwest::header::{CONTENT_TYPE, COOKIE, ORIGIN};
use serde_json::json;
use std::{
    fs::{self, File},
    num::NonZeroU64,
    path::{Path, PathBuf},
    time::{Duration, UNIX_EPOCH},
};

/// Files are not in a bucket: no event uploads them.
async fn start() -> ConsoleEnv {
    ConsoleEnv::new(TestEnv::start(Setup::default()).await)
}

fn write(folder: &Path, name: &str, bytes: &Bytes) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, bytes).unwrap();
    path
}

/// What is left in the spool besides its lock.
fn spooled(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder.join("spool")).unwrap().map(|entry| entry.unwrap().file_name());
    names.map(|name| name.into_string().unwrap()).filter(|name| name != "lock").collect()
}

/// A file that is dropped onto the page becomes a video with the right bytes and all that the form states; its copy is deleted.
#[tokio::test]
async fn a_dropped_file_is_published_with_the_right_bytes() {
    let console = start().await;
    let bytes = sample_bytes(3, 3 * MIB);
    let path = write(console.folder.path(), "clip.mp4", &bytes);
    console.walk("drop", json!({"path": path, "name": "sea.mp4", "title": "The sea in May"})).await;
    let video = console.env.assert_published("The sea in May", &bytes);
    assert_eq!(
        (&*video.tags, &*video.description, &*video.category, &*video.public_type, &*video.file_name),
        ("spring,家庭", "By the sea.\nIn May.", "Tech", "password", "sea.mp4")
    );
    assert!(spooled(console.folder.path()).is_empty(), "{:?}", spooled(console.folder.path()));
}

/// A transfer that broke goes on where it ended when the same file is chosen again.
#[tokio::test]
async fn a_broken_transfer_goes_on_where_it_ended() {
    const HALF: usize = MIB;
    let console = start().await;
    let bytes = sample_bytes(4, 2 * MIB);
    let path = write(console.folder.path(), "film.mp4", &bytes);
    let modified = Duration::from_secs(1_795_000_000);
    File::options().write(true).open(&path).unwrap().set_modified(UNIX_EPOCH + modified).unwrap();
    let browser = Browser::open(&console.console.url).await;
    let send = |request: reqwest::RequestBuilder| {
        let request = request.header(COOKIE, &browser.cookie).header(ORIGIN, &browser.base);
        async {
            serde_json::from_str::<serde_json::Value>(&request.send().await.unwrap().text().await.unwrap())
                .unwrap()
        }
    };
    let files = format!("{}/console/files", browser.base);
    let told = json!({"name": "film.mp4", "size": bytes.len(), "modified": u64::try_from(modified.as_millis()).unwrap()});
    let file =
        send(browser.client.post(&files).header(CONTENT_TYPE, "application/json").body(told.to_string()))
            .await;
    let id = file["id"].as_str().unwrap();
    let half = send(browser.client.put(format!("{files}/{id}?offset=0")).body(bytes.slice(..HALF))).await;
    assert_eq!(half["received"], HALF, "{half}");
    console.walk("resume", json!({"path": path, "name": "film.mp4", "half": HALF})).await;
    let landed = fs::read(console.folder.path().join(format!("spool/{id}/film.mp4"))).unwrap();
    assert!(landed == bytes, "the file is whole");
}

/// A console that ends while a file is uploaded resumes it when it is started again, without the page.
#[tokio::test]
async fn a_restarted_console_resumes_a_dropped_file() {
    let variables = [("OSS2YOUKU_TRANSFER__PART_MIB", "1"), ("OSS2YOUKU_LEDGER__LEASE_SECONDS", "3")];
    let env = TestEnv::start(Setup { variables: &variables, ..Setup::default() }).await;
    let slow = LinkSettings { bytes_per_second: NonZeroU64::new(2 * MIB as u64), ..LinkSettings::default() };
    let bucket = env.clouds.youku.bucket_control();
    bucket.link.set(slow);
    let mut console = ConsoleEnv::new(env);
    let browser = Browser::open(&console.console.url).await;
    let bytes = sample_bytes(5, 12 * MIB);
    let id = browser.drop_file("film.mp4", &bytes).await;
    let form = json!({"language": "en", "video": {"title": "Resumed"}});
    let (status, file) = browser.post_json(&format!("/console/files/{id}/upload"), &form).await;
    assert_eq!(status, 202, "{file}");
    browser.wait_for("?state=uploading", |list| list["total"] == 1).await;
    assert_eq!(console.console.end(), Some(130));
    bucket.link.set(LinkSettings::default());
    console.console = super::start_console(&console.env, console.folder.path());
    let browser = Browser::open(&console.console.url).await;
    browser.wait_for("?state=published", |list| list["total"] == 1).await;
    console.env.assert_published("Resumed", &bytes);
    // It is deleted right after the end is on record.
    let deleting = async {
        while !spooled(console.folder.path()).is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    within("it is deleted", deleting).await;
}

/// A console that is ended while Youku answers an upload's refresh waits for the answer: its pair serves the next one.
#[tokio::test(flavor = "multi_thread")]
async fn a_console_that_ends_during_a_refresh_keeps_the_new_tokens() {
    let variables = [("OSS2YOUKU_LEDGER__LEASE_SECONDS", "3")];
    let env = TestEnv::start(Setup { variables: &variables, ..Setup::default() }).await;
    let client = env.clouds.endpoints.youku_accounts[0].client_id.clone();
    let control = env.clouds.youku.control();
    env.clouds.youku.expire_access_token(&client);
    let held = add_fault(&control, json!({"operation": "refresh", "fault": {"kind": "hold"}}));
    let mut console = ConsoleEnv::new(env);
    let browser = Browser::open(&console.console.url).await;
    let bytes = sample_bytes(6, MIB);
    let id = browser.drop_file("film.mp4", &bytes).await;
    let form = json!({"language": "en", "video": {"title": "Renewed"}});
    let (status, file) = browser.post_json(&format!("/console/files/{id}/upload"), &form).await;
    assert_eq!(status, 202, "{file}");
    wait_fired(&control, held, 1).await;
    // Slow, but not too slow for a console that was told to end.
    let released = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(500)).await;
        control.faults.clear();
    });
    assert_eq!(tokio::task::block_in_place(|| console.console.end()), Some(130));
    within("the answer", released).await.unwrap();
    let renewed = console.env.clouds.youku.tokens(&client);
    console.console = super::start_console(&console.env, console.folder.path());
    let browser = Browser::open(&console.console.url).await;
    browser.wait_for("?state=published", |list| list["total"] == 1).await;
    console.env.assert_published("Renewed", &bytes);
    assert_eq!(console.env.clouds.youku.tokens(&client), renewed, "the pair was in the ledger");
}

/// A file whose upload failed once, and which is dropped again, becomes a video: the dry run says nothing else.
#[tokio::test]
async fn a_file_that_failed_once_is_uploaded_again() {
    let console = start().await;
    refuse(&console.env, 1);
    let browser = Browser::open(&console.console.url).await;
    let bytes = sample_bytes(5, MIB);
    for state in ["failed", "published"] {
        let id = browser.drop_file("film.mp4", &bytes).await;
        let form = json!({"language": "en", "video": {"title": "Twice"}});
        let source = json!({"source": {"file": id}, "form": form});
        assert_eq!(browser.post_json("/console/plan", &source).await.0, 200);
        let (status, file) = browser.post_json(&format!("/console/files/{id}/upload"), &form).await;
        assert_eq!(status, 202, "{file}");
        browser
            .wait_for(&format!("?state={state}"), |list| {
                list["total"] == 1 && list["rows"][0]["file"] == "film.mp4"
            })
            .await;
    }
    console.env.assert_published("Twice", &bytes);
}

/// Waits until a file of the spool is in this state; returns it.
async fn wait_for_file(browser: &Browser, id: &str, state: &str) -> serde_json::Value {
    let waiting = async {
        loop {
            let spool = browser.get("/console/files").await;
            let files = spool["files"].as_array().unwrap();
            if let Some(file) = files.iter().find(|file| file["id"] == id && file["state"] == state) {
                return file.clone();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    within(state, waiting).await
}

/// A file whose upload failed, and which is dropped again for another audience, is given back: a retry would publish it for everybody.
#[tokio::test]
async fn a_file_for_another_audience_is_given_back() {
    let console = start().await;
    refuse(&console.env, 1);
    let browser = Browser::open(&console.console.url).await;
    let bytes = sample_bytes(5, MIB);
    let form =
        |audience: &str| json!({"language": "en", "video": {"title": "Twice", "public_type": audience}});
    let upload = async |id: &str, audience: &str| {
        let (status, file) = browser.post_json(&format!("/console/files/{id}/upload"), &form(audience)).await;
        assert_eq!(status, 202, "{file}");
    };
    let id = browser.drop_file("film.mp4", &bytes).await;
    upload(&id, "all").await;
    wait_for_file(&browser, &id, "failed").await;

    let id = browser.drop_file("film.mp4", &bytes).await;
    for (audience, is_warned) in [("friend", true), ("all", false)] {
        let source = json!({"source": {"file": id}, "form": form(audience)});
        let (status, plan) = browser.post_json("/console/plan", &source).await;
        let warning = plan["warning"].as_str().unwrap_or_default();
        assert!(status == 200 && warning.contains("not used: public_type") == is_warned, "{plan}");
    }
    upload(&id, "friend").await;
    let file = wait_for_file(&browser, &id, "ready").await;
    let message = file["failure"]["message"].as_str().unwrap_or_else(|| panic!("{file}"));
    assert_eq!(file["failure"]["error"], "invalid_job", "{file}");
    assert!(message.contains("(public_type)") && message.contains("nothing was published"), "{message}");
    assert!(console.env.clouds.youku.videos().is_empty());

    upload(&id, "all").await;
    wait_for_file(&browser, &id, "published").await;
    assert_eq!(console.env.assert_published("Twice", &bytes).public_type, "all");
}

/// What is not a video is refused by the dry run, in both languages; what the spool cannot hold is refused before it is sent.
#[tokio::test]
async fn a_file_that_cannot_be_uploaded_is_refused_early() {
    let console = start().await;
    let folder = console.folder.path();
    let path = write(folder, "notes.txt", &sample_bytes(1, 1000));
    console.walk("refused", json!({"path": path})).await;
    assert!(spooled(folder).is_empty());
    let path = write(folder, "film.mp4", &sample_bytes(1, 2000));
    console.walk("twice", json!({"path": path})).await;
    let small =
        ["--spool", &folder.join("small").display().to_string(), "--spool-limit", "1K"].map(str::to_owned);
    let arguments = small.each_ref().map(String::as_str);
    let limited = ConsoleProcess::start(program(operator_variables(&console.env), folder), &arguments);
    let path = write(folder, "film.mp4", &sample_bytes(1, 2000));
    walk(&limited, "full", json!({"path": path})).await;
    assert!(console.env.clouds.youku.videos().is_empty());
}

/// The form counts as Youku counts.
#[tokio::test]
async fn the_form_counts_as_youku_counts() {
    start().await.walk("counters", json!({})).await;
}

/// An object of the rule's bucket is found among many, a page at a time, and published as the form says.
#[tokio::test]
async fn an_object_of_a_bucket_is_chosen_and_published() {
    let env = TestEnv::start(Setup { variables: &[("OSS2YOUKU_PAUSED", "true")], ..Setup::default() }).await;
    for number in 0..203 {
        env.put(&format!("old/{number:03}.mp4"), &sample_bytes(1, 10)).await;
    }
    let bytes = sample_bytes(6, MIB);
    env.put("sea.mp4", &bytes).await;
    env.put("sea.txt", &sample_bytes(1, 10)).await;
    env.wait_for_deliveries().await;
    let console = ConsoleEnv::new(env);
    console.walk("choose", json!({"key": "sea", "title": "The sea", "more": 4})).await;
    console.env.assert_published("The sea", &bytes);
}

/// A deployed function gets an object's name as a task, and no files.
#[tokio::test]
async fn a_function_gets_an_object_as_a_task() {
    const TOKENS: &str = r#"[{sha256="536be6d0991abfeb60c6af76708347f04b9c9b8f449ab02826821c53d48f03c1",rights=["submit","read","manage"]}]"#;
    let variables = [("OSS2YOUKU_HTTP__TOKENS", TOKENS), ("OSS2YOUKU_PAUSED", "true")];
    let env = TestEnv::start(Setup { variables: &variables, host: serve_http, ..Setup::default() }).await;
    let bytes = sample_bytes(8, 100_000);
    env.put("film.mp4", &bytes).await;
    env.wait_for_deliveries().await;
    let folder = tempfile::tempdir().unwrap();
    let token = write(folder.path(), "token", &Bytes::from_static(b"right-horse"));
    let url = env.clouds.endpoints.http_trigger.clone();
    let arguments = ["--function-url", &url, "--token-file", token.to_str().unwrap()];
    let console = ConsoleProcess::start(program([], folder.path()), &arguments);
    walk(&console, "task", json!({"object": "oss://videos/film.mp4", "title": "By task"})).await;
    env.assert_published("By task", &bytes);
}

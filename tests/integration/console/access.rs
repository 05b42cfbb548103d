//! Who is let in, where the page is, and how the program ends.

use super::{ledger_variables, program};
use crate::support::{
    console::{Browser, ConsoleProcess},
    dev_terminal::DevTerminal,
    sample_bytes, within, write_script,
};
use object_storage::PutOptions;
use reqwest::header::{COOKIE, HOST, ORIGIN};
use serde_json::json;
use std::{
    fs,
    net::TcpListener,
    process::Stdio,
    time::{Duration, Instant},
};

/// The real listener answers its own page alone; Ctrl-C ends it soon, with a page following.
#[tokio::test]
async fn the_page_is_for_its_user_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut console = ConsoleProcess::start(program(ledger_variables(folder.path()), folder.path()), &[]);
    let browser = Browser::open(&console.url).await;
    let (client, base) = (&browser.client, &browser.base);
    let get = |path: &str| client.get(format!("{base}{path}"));
    let cookie = browser.cookie.as_str();
    for (request, status) in [
        (get("/").header(COOKIE, cookie), 200),
        (get("/"), 401),
        (get("/?token=0123456789abcdef0123456789abcdef"), 401),
        (get("/console/uploads"), 401),
        (get("/api/uploads"), 401),
        (get("/").header(COOKIE, cookie).header(HOST, "evil.example"), 403),
        (get("/api/uploads").header(COOKIE, cookie).header(ORIGIN, "http://evil.example"), 403),
        (client.post(format!("{base}/api/uploads")).header(COOKIE, cookie), 403),
        (client.post(format!("{base}/api/uploads")).header(COOKIE, cookie).header(ORIGIN, base), 400),
    ] {
        let text = format!("{request:?}");
        assert_eq!(request.send().await.unwrap().status().as_u16(), status, "{text}");
    }
    let following = get("/console/events").header(COOKIE, cookie).send().await.unwrap();
    assert_eq!(following.status().as_u16(), 200);
    let begun = Instant::now();
    assert_eq!(console.end(), Some(130));
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
}

/// A port in use is named, with the flag that chooses another.
#[test]
fn a_port_in_use_is_named_with_the_flag() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let folder = tempfile::tempdir().unwrap();
    for (lang, words) in [("en", "uses another port"), ("zh", "换其他端口")] {
        let mut command = program(ledger_variables(folder.path()), folder.path());
        let output = command.args(["console", "--lang", lang, "--port", &port]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(2), &b""[..]), "{said}");
        assert!(said.contains(&port) && said.contains("--port N") && said.contains(words), "{said}");
    }
}

/// The browser is opened by an address that other users may have read: it lets in once.
#[tokio::test]
async fn the_opened_address_lets_in_once() {
    let folder = tempfile::tempdir().unwrap();
    let (opener, opened) = (folder.path().join("xdg-open"), folder.path().join("opened"));
    write_script(&opener, &format!("echo \"$1\" > {0}.new && mv {0}.new {0}", opened.display()));
    let mut command = program(ledger_variables(folder.path()), folder.path());
    command.env("PATH", format!("{}:/usr/bin:/bin", folder.path().display())).stderr(Stdio::inherit());
    let console = ConsoleProcess::start(command, &["--open"]);
    let opening = async {
        loop {
            match fs::read_to_string(&opened) {
                Ok(url) => return url.trim().to_owned(),
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
    };
    let url = within("it is opened", opening).await;
    assert_ne!(url, console.url);
    Browser::open(&url).await;
    let again = app::http_client().unwrap().get(&url).send().await.unwrap();
    assert_eq!(again.status().as_u16(), 401);
    Browser::open(&console.url).await;
}

/// `dev` names its console first, which shows what lands in the bucket and checks its own settings.
#[tokio::test]
async fn dev_names_its_console_first() {
    let data = tempfile::tempdir().unwrap();
    let mut dev = DevTerminal::start(data.path(), &["--lang", "zh"]);
    let browser = Browser::open(dev.url(0)).await;
    let info = browser.get("/console/info").await;
    assert_eq!(
        (&info["dev"], &info["language"], &info["accounts"]),
        (&json!(true), &json!("zh"), &json!(["main"]))
    );
    dev.bucket("videos").put("clip.mp4", sample_bytes(1, 300_000), &PutOptions::default()).await.unwrap();
    let list = browser.wait_for("", |list| list["counts"]["published"] == 1).await;
    let row = &list["rows"][0];
    assert_eq!((&row["file"], &row["state"]), (&json!("clip.mp4"), &json!("published")));
    for (lang, text) in [("zh", "已发布"), ("en", "published")] {
        let path = format!("/console/uploads/{}?lang={lang}", row["upload_id"].as_str().unwrap());
        let details = browser.get(&path).await;
        assert!(details["explanation"].as_str().is_some_and(|said| said.starts_with(text)), "{details}");
    }
    let diagnosis = browser.get("/console/doctor?lang=en").await;
    assert_eq!(diagnosis["all_well"], true, "{diagnosis}");
    assert!(diagnosis["findings"][1]["check"] == "ledger", "{diagnosis}");
    assert_eq!(dev.end(), Some(130));
}

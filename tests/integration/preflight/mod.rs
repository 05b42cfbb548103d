//! Films that cannot become videos: refused before Youku hears of them, by every way in, and published on request. Films are FFmpeg's.

mod corpus;
mod films;

use crate::support::{
    Setup, TestEnv,
    command_line::{file, last_event, operator_variables, oss2youku, run, run_with, upload_id},
    serve_http,
};
use films::{unfinished, whole};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const TOKEN: &str = "correct horse";
/// The function's tokens: SHA-256 of it, by `sha256sum`.
const TOKENS: [(&str, &str); 1] =
    [("OSS2YOUKU_HTTP__TOKENS", r#"["4104d36f8da2c254349f85836793ebe029e0c957063a34c91c2e9203187b5631"]"#)];
const SENTENCE: &str = "The file has no index (moov box): the program that wrote it did not finish.";

/// An event of a broken film ends as a result for good; the same version is published by a task that turns the preflight off.
#[tokio::test]
async fn an_event_is_refused_and_a_task_overrides_it() {
    let env = TestEnv::start(Setup { host: serve_http, variables: &TOKENS, ..Setup::default() }).await;
    env.put("broken.mp4", &unfinished()).await;
    let delivery = env.wait_for_delivery().await;
    let result = delivery.result();
    assert_eq!((&result["error"], &result["msg"]), (&json!("not_publishable"), &json!(SENTENCE)), "{result}");
    assert_eq!(result["data"]["findings"][0]["word"], "no_index");
    assert_eq!(delivery.attempts, 1, "the event does not come again");
    assert_eq!(env.clouds.youku.sessions(), [], "nothing reached Youku");
    assert!(env.log().contains("no_index"), "{}", env.log());

    let task = json!({"source": "oss://videos/broken.mp4", "video": {"title": "broken"}});
    let (status, outcome) = env.ask_http_with_token("/uploads", TOKEN, Some(&task)).await;
    assert_eq!((status, &outcome["error"]), (400, &json!("not_publishable")), "{outcome}");
    assert_eq!(outcome["data"]["findings"], result["data"]["findings"]);
    assert_eq!(outcome["data"]["media"], json!({"container": "MP4"}));
    let id = outcome["data"]["upload_id"].as_str().unwrap();
    let (_, status) = env.ask_http_with_token(&format!("/uploads/{id}"), TOKEN, None).await;
    assert_eq!(status["findings"][0]["word"], "no_index", "{status}");

    let task = json!({"source": "oss://videos/broken.mp4", "preflight": "off"});
    let (status, outcome) = env.ask_http_with_token("/uploads", TOKEN, Some(&task)).await;
    assert_eq!((status, &outcome["data"]["upload_id"]), (200, &json!(id)), "{outcome}");
    env.assert_published("broken", &unfinished());

    let wrong = json!({"source": "oss://videos/broken.mp4", "preflight": "maybe"});
    let (status, outcome) = env.ask_http_with_token("/uploads", TOKEN, Some(&wrong)).await;
    assert_eq!((status, &outcome["error"]), (400, &json!("invalid_job")));
    assert!(outcome["msg"].as_str().unwrap().contains("preflight"), "{outcome}");
}

/// The object's metadata and its rule have a say as well, and a whole film tells what it holds.
#[tokio::test]
async fn metadata_and_rules_state_the_preflight_too() {
    let rules = r#"[{bucket="videos",account="main",public_type="all"},{bucket="videos",prefix="warned/",account="main",public_type="all",preflight="warn"}]"#;
    let env = TestEnv::start(Setup { rules, host: serve_http, variables: &TOKENS, ..Setup::default() }).await;
    env.put_with("stated.mp4", &unfinished(), &[("youku-preflight", "off")]).await;
    let stated = env.wait_for_delivery().await;
    assert_eq!(stated.result()["code"], "200", "{stated:?}");
    env.put("warned/one.mp4", &unfinished()).await;
    let warned = env.wait_for_delivery().await;
    assert_eq!(warned.result()["code"], "200", "{warned:?}");
    assert_eq!(warned.result()["data"]["findings"][0]["severity"], "refuse");
    env.put("whole.mp4", &whole()).await;
    let published = env.wait_for_delivery().await;
    let media = &published.result()["data"]["media"];
    assert_eq!(
        (&media["container"], &media["codec"], &media["width"], &media["height"]),
        (&json!("MP4"), &json!("h264"), &json!(96), &json!(64)),
        "{published:?}"
    );
    assert!(media["duration_ms"].as_u64().is_some_and(|time| time.abs_diff(2000) < 100), "{media}");
    let (_, list) = env.ask_http_with_token("/uploads?state=finished", TOKEN, None).await;
    let listed = list["uploads"].as_array().unwrap();
    let found = listed.iter().find(|one| one["title"] == "whole").unwrap_or_else(|| panic!("{list}"));
    assert_eq!(&found["media"], media);
}

/// A team that states what Youku takes from it is warned of a longer video, in every way in; it is published all the same.
#[tokio::test]
async fn a_video_beyond_the_stated_limits_is_warned_of() {
    let limits = [("OSS2YOUKU_YOUKU__MAX_DURATION_SECONDS", "1"), ("OSS2YOUKU_YOUKU__MAX_SIZE_MIB", "1")];
    let env = TestEnv::start(Setup { variables: &limits, ..Setup::default() }).await;
    env.put("long.mp4", &whole()).await;
    let delivery = env.wait_for_delivery().await;
    let is_long = |findings: &Value| {
        let words: Vec<_> = findings.as_array().unwrap().iter().map(|one| &one["word"]).collect();
        assert_eq!(words, ["index_at_end", "too_long"]);
    };
    assert_eq!(delivery.result()["code"], "200", "{delivery:?}");
    is_long(&delivery.result()["data"]["findings"]);

    let (folder, _) = file("long.mp4", &whole());
    let variables =
        operator_variables(&env).into_iter().chain(limits.map(|(name, value)| (name.into(), value.into())));
    let variables: BTreeMap<String, String> = variables.collect();
    let path = folder.path().join("long.mp4");
    for source in [path.to_str().unwrap(), "oss://videos/long.mp4"] {
        let seen = run_with(variables.clone(), &["inspect", source, "--json"]).await;
        assert_eq!(seen.code, Some(0), "{seen:?}");
        is_long(&seen.lines()[0]["findings"]);
    }
    let dry =
        run_with(variables.clone(), &["upload", path.to_str().unwrap(), "--dry-run", "--lang", "en"]).await;
    assert!(dry.code == Some(0) && dry.out.contains("longer than allowed. [too_long]"), "{dry:?}");
    let wrong = BTreeMap::from([("OSS2YOUKU_YOUKU__MAX_SIZE_MIB".into(), "0".into())]);
    let wrong = run_with(wrong, &["inspect", path.to_str().unwrap(), "--lang", "en"]).await;
    assert!(wrong.code == Some(2) && wrong.err.contains("youku.max_size_mib must be 1 to"), "{wrong:?}");
}

/// The command line refuses a file before it reads it, shows it by itself, and publishes it where it is told to.
#[tokio::test]
async fn the_command_line_refuses_inspects_and_forces() {
    let env = TestEnv::start(Setup { events: Some(&["oss:ObjectModified:*"]), ..Setup::default() }).await;
    let (folder, _) = file("broken.mp4", &unfinished());
    let upload = async |more: &[&str]| {
        let usual = ["upload", "broken.mp4", "--wait-stable", "0", "--lang", "en"];
        run(&env, folder.path(), &[&usual, more].concat()).await
    };
    let refused = upload(&[]).await;
    assert_eq!(refused.code, Some(5), "{refused:?}");
    assert!(refused.err.contains(SENTENCE) && refused.err.contains("--force"), "{refused:?}");
    let refused = upload(&["--json"]).await;
    let failed = refused.lines();
    let failed = last_event(&failed, "failed");
    assert_eq!(
        (&failed["error"], &failed["findings"][0]["word"]),
        (&json!("not_publishable"), &json!("no_index"))
    );
    assert_eq!(upload(&["--dry-run"]).await.code, Some(5));
    assert_eq!(env.clouds.youku.sessions(), []);

    let inspect = async |lang| run(&env, folder.path(), &["inspect", "broken.mp4", "--lang", lang]).await;
    let seen = inspect("en").await;
    assert!(
        seen.code == Some(5) && seen.out.contains("refused  The file has no index (moov box)"),
        "{seen:?}"
    );
    assert!(inspect("zh").await.out.contains("拒绝  文件缺少索引（moov box）"));

    env.put("broken.mp4", &unfinished()).await;
    env.put("whole.mp4", &whole()).await;
    let source = "oss://videos/broken.mp4";
    let seen = oss2youku(&env, &["inspect", source, "--json"]).await;
    assert_eq!((seen.code, &seen.lines()[0]["refused"]), (Some(5), &json!(true)));
    let seen = oss2youku(&env, &["inspect", "oss://videos/whole.mp4", "--json"]).await;
    let line = seen.lines().remove(0);
    assert_eq!(
        (seen.code, &line["refused"], &line["media"]["codec"]),
        (Some(0), &json!(false), &json!("h264"))
    );
    let dry = oss2youku(&env, &["upload", "--dry-run", source, "--lang", "en"]).await;
    assert!(dry.code == Some(5) && dry.out.contains("[no_index]"), "{dry:?}");

    let refused = oss2youku(&env, &["upload", source]).await;
    assert_eq!(refused.code, Some(5), "{refused:?}");
    assert_eq!(env.clouds.youku.sessions(), []);
    let explained = oss2youku(&env, &["explain", &upload_id(&env, source).await, "--lang", "zh"]).await;
    assert!(
        explained.out.contains("上传前已拒绝：文件缺少索引") && explained.out.contains("--force"),
        "{explained:?}"
    );
    let forced = oss2youku(&env, &["upload", source, "--force"]).await;
    assert_eq!(forced.code, Some(0), "{forced:?}");
    env.assert_published("broken", &unfinished());
    let explained = oss2youku(&env, &["explain", source, "--lang", "en"]).await;
    assert!(explained.out.contains("reopened without the preflight"), "{explained:?}");

    // A retry that states it in its file turns the preflight off too.
    env.put("other.mp4", &unfinished()).await;
    let source = "oss://videos/other.mp4";
    assert_eq!(oss2youku(&env, &["upload", source, "--retry"]).await.code, Some(5));
    let (_folder, meta) = file("v.json", br#"{"preflight": "off"}"#);
    let retried = oss2youku(&env, &["upload", source, "--retry", "--meta", meta.to_str().unwrap()]).await;
    assert_eq!(retried.code, Some(0), "{retried:?}");
    env.assert_published("other", &unfinished());
}

/// A file that an encoder still writes is waited for.
#[tokio::test]
async fn a_file_that_is_still_written_is_waited_for() {
    let env = TestEnv::start(Setup { events: Some(&["oss:ObjectModified:*"]), ..Setup::default() }).await;
    let (folder, path) = file("film.mp4", &unfinished());
    let mut command = crate::support::command_line::command(
        &env,
        folder.path(),
        &["upload", "film.mp4", "--wait-stable", "600", "--lang", "en"],
    );
    let mut child = command.spawn().unwrap();
    let mut notes = tokio::io::BufReader::new(child.stderr.take().unwrap());
    let mut note = String::new();
    while !note.contains("--wait-stable") {
        note.clear();
        let read = tokio::io::AsyncBufReadExt::read_line(&mut notes, &mut note).await.unwrap();
        assert!(read > 0, "it ended without waiting");
    }
    // The encoder comes to its end.
    let new = folder.path().join("film.mp4.new");
    std::fs::write(&new, whole()).unwrap();
    std::fs::rename(&new, &path).unwrap();
    let drain = async {
        let mut rest = String::new();
        tokio::io::AsyncReadExt::read_to_string(&mut notes, &mut rest).await.unwrap()
    };
    let (ended, _) = tokio::join!(child.wait(), drain);
    assert!(ended.unwrap().success());
    env.assert_published("film", &whole());
}

//! `explain`: why an object has no upload, and what to do about an upload that did not get through. Commands are run as printed.

use crate::support::{
    Setup, TestEnv, add_fault,
    command_line::{CommandOutput, command, file, oss2youku, run, run_command, run_with},
    golden::{assert_golden, normalize},
    sample_bytes,
};
use serde_json::{Value, json};
use std::{
    fs,
    path::Path,
    time::{Duration, SystemTime},
};

const RULES: &str = r#"[
    {bucket="videos",prefix="in/",account="main",public_type="all"},
    {bucket="videos",prefix="mov/",account="main",public_type="all",extensions=["mov"]},
    {bucket="videos",prefix="paused/",account="main",public_type="all",paused=true},
    {bucket="videos",prefix="wait/",account="main",public_type="all",sidecar="required"}]"#;

/// Nothing is uploaded by events.
async fn start_env(ledger_in_bucket: bool) -> TestEnv {
    let rules = &RULES.replace('\n', " ");
    TestEnv::start(Setup {
        rules,
        events: Some(&["oss:ObjectModified:*"]),
        ledger_in_bucket,
        ..Setup::default()
    })
    .await
}

/// What `explain --json` says of something without an upload, which exits with 3.
async fn explain_missing(env: &TestEnv, source: &str, variables: &[(&str, &str)]) -> Value {
    let mut explain = command(env, Path::new("/"), &["explain", "--json", source]);
    explain.envs(variables.iter().copied());
    let output = run_command(explain).await;
    assert_eq!(output.code, Some(3), "{source}: {output:?}");
    output.lines()[0].clone()
}

/// The command behind the last `": "` of a line, as a person pastes it.
fn pasted<'a>(output: &'a CommandOutput, label: &str) -> Vec<&'a str> {
    let line = output
        .out
        .lines()
        .find(|line| line.starts_with(label))
        .unwrap_or_else(|| panic!("no {label}: {output:?}"));
    let (_, command) = line.rsplit_once("oss2youku ").unwrap_or_else(|| panic!("no command: {line}"));
    command.split(' ').collect()
}

/// Each reason for which an object is not published is found by trying its decision, and nothing is written.
#[tokio::test]
async fn explain_says_why_an_object_was_not_published() {
    let env = start_env(false).await;
    let film = sample_bytes(1, 1000);
    for key in ["out/a.mp4", "in/a.txt", "mov/a.mp4", "paused/a.mp4", "wait/a.mp4", "in/._a.mp4", "in/a.mp4"]
    {
        env.put(key, &film).await;
    }
    env.put("oss2youku/a.mp4", &film).await;
    env.put("in/empty.mp4", &sample_bytes(1, 0)).await;
    env.put_with("in/bad.mp4", &film, &[("youku-public-type", "everybody")]).await;
    let mut reports = ["en", "zh"].map(|lang| (lang, String::new()));
    for (key, reason, word) in [
        ("out/a.mp4", "no_rule", "no rule of its bucket"),
        ("in/a.txt", "not_a_video", "extension"),
        ("mov/a.mp4", "not_a_video", "mov"),
        ("paused/a.mp4", "paused", "its rule is paused"),
        ("wait/a.mp4", "waits_for_sidecar", "wait/a.mp4.youku.json"),
        ("in/._a.mp4", "junk", "leave behind"),
        ("oss2youku/a.mp4", "own_prefix", "the settings reserve (reserved.prefixes)"),
        ("in/empty.mp4", "empty_object", "empty"),
        ("in/bad.mp4", "invalid_job", "youku-public-type"),
        ("in/a.mp4", "ledger_unused", "the ledger is new"),
    ] {
        let source = format!("oss://videos/{key}");
        let why = explain_missing(&env, &source, &[]).await;
        assert_eq!((&why["error"], &why["reason"]), (&json!("no_such_upload"), &json!(reason)), "{why}");
        assert!(why["message"].to_string().contains(word), "{word}: {why}");
        assert_eq!(why["rules"].as_array().map(Vec::len), Some(4), "{why}");
        for (lang, report) in &mut reports {
            let output = oss2youku(&env, &["explain", &source, "--lang", lang]).await;
            assert_eq!(output.code, Some(3), "{output:?}");
            let told = output.out.replace(env.ledger_folder().to_str().unwrap(), "/LEDGER");
            *report += &format!("== {key}\n{}", normalize(&told));
        }
    }
    assert!(!env.ledger_folder().exists(), "who asks leaves nothing behind");
    let paused = explain_missing(&env, "oss://videos/in/a.mp4", &[("OSS2YOUKU_PAUSED", "true")]).await;
    assert!(paused["message"].to_string().contains("paused = true"), "{paused}");
    let none = explain_missing(&env, "oss://videos/in/a.mp4", &[("OSS2YOUKU_RULES", "[]")]).await;
    assert!(none["message"].to_string().contains("no rules"), "{none}");
    for source in ["oss://videos/in/nowhere.mp4", "oss://nowhere/a.mp4"] {
        assert_eq!(explain_missing(&env, source, &[]).await["error"], "source_missing");
    }
    let [(_, en), (_, zh)] = reports;
    assert_golden("explain-objects.txt", &format!("{en}{zh}"));
}

/// What a sweep makes of an object's age is what `explain` says, and its command publishes the object.
#[tokio::test]
async fn explain_says_what_a_sweep_makes_of_an_objects_age() {
    let env = start_env(false).await;
    let (folder, _) = file("first.mp4", &sample_bytes(9, 1000));
    assert_eq!(run(&env, folder.path(), &["upload", "first.mp4"]).await.code, Some(0));
    let birth = fs::File::options().write(true).open(env.ledger_folder().join("birth")).unwrap();
    let hour = Duration::from_secs(3600);
    birth.set_modified(SystemTime::now() - hour).unwrap();
    env.put("in/a.mp4", &sample_bytes(1, 1000)).await;
    let source = "oss://videos/in/a.mp4";
    assert_eq!(explain_missing(&env, source, &[]).await["reason"], "too_young");
    let at_once = [("OSS2YOUKU_SWEEP__GRACE_SECONDS", "0")];
    assert_eq!(explain_missing(&env, source, &at_once).await["reason"], "not_found_yet");
    birth.set_modified(SystemTime::now() + hour).unwrap();
    assert_eq!(explain_missing(&env, source, &at_once).await["reason"], "too_old");

    let output = oss2youku(&env, &["explain", source, "--lang", "en"]).await;
    let advice = output.out.lines().last().unwrap().to_owned();
    let command = advice.split("upload it now: oss2youku ").nth(1).unwrap().split(';').next().unwrap();
    let done = oss2youku(&env, &command.split(' ').collect::<Vec<_>>()).await;
    assert_eq!(done.code, Some(0), "{command}: {done:?}");
    assert_eq!(oss2youku(&env, &["explain", source]).await.code, Some(0));
}

/// A version with the content of the last published one is told from one that nobody has found.
#[tokio::test]
async fn explain_names_the_video_of_the_same_content() {
    let env = start_env(false).await;
    env.clouds.oss.set_versioning("videos", true);
    let film = sample_bytes(1, 1000);
    env.put("in/film.mp4", &film).await;
    let published = env.call_with_event("ObjectCreated:PutObject", "in/film.mp4", film.len()).await;
    env.put("in/film.mp4", &film).await;
    let why = explain_missing(&env, "oss://videos/in/film.mp4", &[]).await;
    assert_eq!(why["reason"], "same_content", "{why}");
    assert_eq!(
        (&why["video_id"], &why["upload_id"]),
        (&published["data"]["videoid"], &published["data"]["upload_id"])
    );
}

/// A file is known by its name and MD5; what has no upload, or does not exist, says so.
#[tokio::test]
async fn explain_knows_a_local_file() {
    let env = start_env(false).await;
    let (folder, path) = file("my film.mp4", &sample_bytes(1, 1000));
    let explain = async |what: &str| run(&env, folder.path(), &["explain", what, "--lang", "en"]).await;
    let unknown = explain("my film.mp4").await;
    assert!(unknown.code == Some(3) && unknown.err.contains("there is no ledger at"), "{unknown:?}");
    assert!(!env.ledger_folder().exists());
    assert_eq!(run(&env, folder.path(), &["upload", "my film.mp4"]).await.code, Some(0));
    for what in ["my film.mp4", path.to_str().unwrap()] {
        let known = explain(what).await;
        assert!(known.code == Some(0) && known.out.contains("published: video"), "{known:?}");
    }
    fs::write(&path, sample_bytes(2, 1000)).unwrap();
    let other = explain("my film.mp4").await;
    let paste = format!("oss2youku upload '{}'", path.display());
    assert!(other.code == Some(3) && other.err.contains(&paste), "other bytes are another upload: {other:?}");
    for (what, code, word) in [
        ("gone.mp4", 3, "there is no file gone.mp4"),
        (".", 2, "is a directory"),
        ("http://x/y", 2, "names no object"),
    ] {
        let output = explain(what).await;
        assert!(output.code == Some(code) && output.err.contains(word), "{output:?}");
    }
    // Several accounts: the one that has it is found.
    let mut two = command(&env, folder.path(), &["explain", "--json", "oss://videos/out/x.mp4"]);
    two.envs([("OSS2YOUKU_ACCOUNTS__B__CLIENT_ID", "c"), ("OSS2YOUKU_ACCOUNTS__B__ACCESS_TOKEN", "t")]);
    env.put("out/x.mp4", &sample_bytes(3, 1000)).await;
    let upload = oss2youku(&env, &["upload", "oss://videos/out/x.mp4"]).await;
    assert_eq!(upload.code, Some(0), "{upload:?}");
    let found = run_command(two).await;
    assert_eq!(found.code, Some(0), "{found:?}");
}

/// An upload that was interrupted, cancelled or failed says with which command it goes on, and the command works.
#[tokio::test]
async fn explain_prints_the_command_that_helps() {
    let env = start_env(false).await;
    let film = sample_bytes(1, 300_000);
    let (folder, path) = file("my film.mp4", &film);
    let here = async |arguments: &[&str]| run(&env, folder.path(), arguments).await;
    let explain = async |what: &str| here(&["explain", what, "--lang", "en"]).await;
    let down = json!({"operation": "UploadPart", "times": 0, "fault": {"kind": "status", "status": 503}});
    let interrupt = async |source: &str| {
        add_fault(&env.clouds.youku.bucket_control(), down.clone());
        let mut upload = command(&env, folder.path(), &["upload", source]);
        upload.env("OSS2YOUKU_TRANSFER__PATIENCE_SECONDS", "1");
        assert_eq!(run_command(upload).await.code, Some(7));
        env.clouds.youku.bucket_control().faults.clear();
    };
    interrupt("my film.mp4").await;
    let open = explain("my film.mp4").await;
    // What is pasted works in any folder.
    let shown = path.display();
    assert!(open.out.contains(&format!("oss2youku upload '{shown}'")), "{open:?}");
    let [listed] = here(&["list", "--open", "--json"]).await.lines().try_into().unwrap();
    let id = listed["upload_id"].as_str().unwrap();
    let by_id = explain(id).await;
    assert!(
        by_id.out.contains("oss2youku upload '/path/to/my film.mp4'"),
        "the folder is not known: {by_id:?}"
    );
    assert_eq!(here(&["cancel", id]).await.code, Some(0));
    let cancelled = explain("my film.mp4").await;
    assert!(cancelled.out.contains(&format!("oss2youku upload --retry '{shown}'")), "{cancelled:?}");
    assert!(cancelled.out.contains("nothing by itself"), "{cancelled:?}");
    assert_eq!(here(&["upload", "--retry", "my film.mp4"]).await.code, Some(0));

    env.put("in/a.mp4", &film).await;
    interrupt("oss://videos/in/a.mp4").await;
    let open = explain("oss://videos/in/a.mp4").await;
    let sweep = pasted(&open, "advice");
    assert_eq!(sweep, ["sweep"], "{open:?}");
    let [listed] = here(&["list", "--open", "--json"]).await.lines().try_into().unwrap();
    assert_eq!(here(&["cancel", listed["upload_id"].as_str().unwrap()]).await.code, Some(0));
    let cancelled = explain("oss://videos/in/a.mp4").await;
    assert_eq!(here(&pasted(&cancelled, "advice")).await.code, Some(0), "{cancelled:?}");

    let refusal = json!({"kind": "status", "status": 400, "code": "120010101"});
    add_fault(&env.clouds.youku.control(), json!({"operation": "create", "fault": refusal}));
    env.put("in/b.mp4", &sample_bytes(2, 1000)).await;
    assert_eq!(here(&["upload", "oss://videos/in/b.mp4"]).await.code, Some(1));
    let failed = explain("oss://videos/in/b.mp4").await;
    assert_eq!(here(&pasted(&failed, "advice")).await.code, Some(0), "{failed:?}");
}

/// An object that is archived: the advice names its restore, and the upload resumes after it.
#[tokio::test]
async fn an_archived_objects_advice_names_the_restore() {
    let env = start_env(false).await;
    let film = sample_bytes(1, 1000);
    env.put("out/a b.mp4", &film).await;
    let archived = json!({"kind": "status", "status": 403, "code": "InvalidObjectState"});
    add_fault(
        &env.clouds.oss_control,
        json!({"operation": "GetObject", "match": "/out/a%20b.mp4", "times": 0, "fault": archived}),
    );
    let restore = "ossutil restore 'oss://videos/out/a b.mp4'";
    for (lang, key) in [("en", "source.access_key_id"), ("zh", "密钥")] {
        let output = oss2youku(&env, &["upload", "oss://videos/out/a b.mp4", "--lang", lang]).await;
        assert!(
            output.code == Some(6) && output.err.contains(restore) && !output.err.contains(key),
            "{output:?}"
        );
    }
    let blocked = oss2youku(&env, &["explain", "oss://videos/out/a b.mp4", "--lang", "en"]).await;
    assert!(blocked.out.contains("blocked") && blocked.out.contains(restore), "{blocked:?}");
    env.clouds.oss_control.faults.clear();
    let resumed = oss2youku(&env, &pasted(&blocked, "advice")).await;
    assert_eq!(resumed.code, Some(0), "{resumed:?}");
    env.assert_published("a b", &film);
}

/// Commands that only read make neither a folder nor a key, and say that there is no ledger yet; a missing key file is not replaced by
/// another.
#[tokio::test]
async fn reading_commands_leave_nothing_behind() {
    let env = start_env(false).await;
    let (folder, _) = file("a.mp4", &sample_bytes(1, 1000));
    let ledger = env.ledger_folder();
    for arguments in [
        &["list"][..],
        &["list", "--open"],
        &["explain", "a.mp4"],
        &["explain", "00000000000000000000000000000000"],
    ] {
        let output = run(&env, folder.path(), arguments).await;
        let place = ledger.to_str().unwrap();
        let is_told = output.err.contains(place) && output.err.contains("ledger.location");
        assert!(output.code == Some(3) && is_told && !ledger.exists(), "{arguments:?}: {output:?}");
    }
    assert_eq!(run(&env, folder.path(), &["upload", "a.mp4"]).await.code, Some(0));
    fs::remove_file(ledger.join("seal.key")).unwrap();
    assert_eq!(run(&env, folder.path(), &["list"]).await.code, Some(0));
    let refused = run(&env, folder.path(), &["upload", "a.mp4", "--again", "x"]).await;
    assert!(refused.code == Some(2) && refused.err.contains("ledger.seal_key"), "{refused:?}");
    assert!(!ledger.join("seal.key").exists());
}

/// Without settings nothing is found, and the way out names `init`.
#[tokio::test]
async fn an_unset_account_names_init() {
    let output = run_with([], &["explain", "oss://films/a.mp4"]).await;
    assert!(output.code == Some(2) && output.err.contains("oss2youku init"), "{output:?}");
}

/// Several uploads of one version are all named, the newest first; each that asked for another video tells with which text.
#[tokio::test]
async fn explain_lists_every_upload_of_an_object() {
    let env = start_env(false).await;
    let (folder, _) = file("a.mp4", &sample_bytes(1, 1000));
    env.put("out/b.mp4", &sample_bytes(2, 1000)).await;
    let upload = async |source: &str, again: &[&str]| {
        let output = run(&env, folder.path(), &[&["upload", source][..], again].concat()).await;
        assert_eq!(output.code, Some(0), "{output:?}");
    };
    upload("a.mp4", &[]).await;
    let alone = run(&env, folder.path(), &["explain", "a.mp4"]).await;
    assert!(alone.code == Some(0) && !alone.out.contains("uploads "), "{alone:?}");
    upload("a.mp4", &["--again", "second"]).await;
    // Nobody uploads this one without `--again`.
    upload("oss://videos/out/b.mp4", &["--again", "first"]).await;
    upload("oss://videos/out/b.mp4", &["--again", "second"]).await;
    for (source, older) in [("a.mp4", json!(null)), ("oss://videos/out/b.mp4", json!("first"))] {
        let shown = run(&env, folder.path(), &["explain", source]).await;
        let words = ["uploads  2 of this version", "--again second"];
        assert!(words.iter().all(|word| shown.out.contains(word)), "{shown:?}");
        let output = run(&env, folder.path(), &["explain", source, "--json"]).await;
        let found = &output.lines()[0];
        let [other] = found["other_uploads"].as_array().unwrap().as_slice() else { panic!("{found}") };
        assert_eq!((&other["again"], &other["state"]), (&older, &json!("committed")), "{found}");
        let by_id = run(&env, folder.path(), &["explain", other["upload_id"].as_str().unwrap()]).await;
        assert!(by_id.code == Some(0) && !by_id.out.contains("uploads "), "{by_id:?}");
        assert!(
            shown.out.find(found["upload_id"].as_str().unwrap())
                < shown.out.find(other["upload_id"].as_str().unwrap())
        );
    }
}

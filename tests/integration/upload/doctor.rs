//! `doctor`: each of its checks passes where all is well, and fails with advice where it must.

use crate::support::{
    Setup, TestEnv, add_fault,
    command_line::{command, file, run, run_command, run_with},
    golden::{assert_golden, normalize},
    sample_bytes,
};
use local_clouds::{
    fc::HttpAuth,
    youku::{CallHost, Switches},
};
use serde_json::{Value, json};
use std::fs;

const KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
const NOWHERE: &str = "http://127.0.0.1:1";
const IMPATIENT: (&str, &str) = ("OSS2YOUKU_TRANSFER__PATIENCE_SECONDS", "1");
const NO_KEY: (&str, &str) = ("ALIBABA_CLOUD_ACCESS_KEY_ID", "");
/// Asks no machine for its role.
const NO_ROLE: (&str, &str) = ("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true");
/// The token `t0ken`, by `sha256sum`.
const TOKENS: &str = r#"["b46c09677343261f0b439a472422225e3a230c9c094d6ab16762e2036b597053"]"#;

async fn start_env() -> TestEnv {
    TestEnv::start(Setup {
        events: Some(&["oss:ObjectModified:*"]),
        variables: &[("OSS2YOUKU_HTTP__TOKENS", TOKENS)],
        host: |function| function.http_trigger = Some(HttpAuth::Anonymous),
        ..Setup::default()
    })
    .await
}

#[tokio::test]
async fn every_check_has_a_case_in_which_it_fails_and_says_what_to_do() {
    let env = start_env().await;
    env.put("a.mp4", &sample_bytes(1, 1000)).await;
    let (folder, _) = file("wrong-token", b"other");
    let uploaded = run(&env, folder.path(), &["upload", "oss://videos/a.mp4"]).await;
    assert_eq!(uploaded.code, Some(0), "{uploaded:?}");
    let url = env.clouds.endpoints.http_trigger.clone();
    let well = run(
        &env,
        folder.path(),
        &["doctor", "--json", "--function-url", &url, "--callback", "https://example.com/"],
    )
    .await;
    assert_eq!(well.code, Some(0), "{well:?}");
    let checks: Vec<_> = well.lines().iter().map(|line| line["check"].clone()).collect();
    for name in [
        "settings",
        "ledger",
        "seal key",
        "clock",
        "source oss://videos/",
        "account main",
        "callbacks",
        "--callback",
        "function",
    ] {
        assert!(checks.contains(&Value::from(name)), "{name}: {checks:?}");
    }

    env.clouds.oss.create_bucket("versioned");
    env.clouds.oss.set_versioning("versioned", true);
    let sealed = ("OSS2YOUKU_LEDGER__SEAL_KEY", KEY);
    type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [&'a str], &'a str);
    let cases: &[Case<'_>] = &[
        ("settings", &[("OSS2YOUKU_SOURCE__REGIO", "x")], &[], "correct the setting"),
        (
            "ledger",
            &[("OSS2YOUKU_LEDGER__LOCATION", "oss://versioned/x/"), sealed],
            &[],
            "has never had versioning",
        ),
        (
            "ledger",
            &[("OSS2YOUKU_LEDGER__LOCATION", "oss://nowhere/x/"), sealed, IMPATIENT],
            &[],
            "check the bucket's name (nowhere)",
        ),
        (
            "ledger",
            &[
                ("OSS2YOUKU_LEDGER__LOCATION", "oss://versioned/x/"),
                sealed,
                ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "s3cret"),
                IMPATIENT,
            ],
            &[],
            "key id and secret belong together",
        ),
        (
            "ledger",
            &[("OSS2YOUKU_LEDGER__LOCATION", "oss://records/x/"), NO_ROLE, sealed, NO_KEY],
            &[],
            "no key is set",
        ),
        ("settings", &[("OSS2YOUKU_LEDGER__LOCATION", "oss://records/x/")], &[], "openssl rand"),
        ("settings", &[("OSS2YOUKU_LEDGER__SEAL_KEY", "MDEy")], &[], "32 bytes in base64"),
        (
            "ledger's place",
            &[("OSS2YOUKU_LEDGER__LOCATION", "oss://videos/x/"), sealed],
            &[],
            "bucket of its own",
        ),
        ("seal key", &[sealed], &[], "that this ledger began with"),
        ("source oss://videos/", &[("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "s3cret")], &[], "belong together"),
        ("source oss://videos/", &[NO_KEY, NO_ROLE], &[], "ALIBABA_CLOUD_ACCESS_KEY_ID"),
        (
            "source oss://videos/",
            &[("OSS2YOUKU_SOURCE__ENDPOINT", NOWHERE), IMPATIENT],
            &[],
            "127.0.0.1:1 cannot be reached from here",
        ),
        (
            "source oss://gone/",
            &[("OSS2YOUKU_RULES", r#"[{bucket="gone",account="main",public_type="all"}]"#)],
            &[],
            "check the bucket's name (gone)",
        ),
        ("account main", &[("OSS2YOUKU_YOUKU__API", NOWHERE), IMPATIENT], &[], "youku.api"),
        ("account main", &[("OSS2YOUKU_ACCOUNTS__MAIN__CLIENT_ID", "nobody")], &[], "client_id"),
        ("account nobody", &[], &["--account", "nobody"], "--account"),
        ("--callback", &[], &["--callback", "http://example.com/"], "[callback]"),
        ("function", &[], &["--function-url", NOWHERE], "--function-url"),
        ("function's token", &[], &["--function-url", &url, "--token-file", "wrong-token"], "sha256sum"),
        ("function's token", &[], &["--function-url", &url, "--token-file", "nowhere"], "token alone"),
    ];
    for (check, variables, more, advice) in cases {
        let mut command = command(&env, folder.path(), &[&["doctor", "--json"], *more].concat());
        command.envs(variables.iter().copied());
        let output = run_command(command).await;
        let code = if *check == "settings" { 2 } else { 1 };
        assert_eq!(output.code, Some(code), "{check}: {output:?}");
        let found = output.lines().into_iter().find(|line| line["check"] == *check && line["ok"] == false);
        let found = found.unwrap_or_else(|| panic!("{check} is well: {output:?}"));
        assert!(found["advice"].as_str().is_some_and(|output| output.contains(advice)), "{check}: {found}");
        assert!(found["tried"].is_string() && found["result"].is_string(), "{found}");
        assert!(!output.out.contains("s3cret") && !output.err.contains("s3cret"), "{output:?}");
    }
    let output = run(&env, folder.path(), &["doctor", "--lang", "zh", "--callback", "x"]).await;
    assert!(output.out.contains("正常  设置") && output.out.contains("处理办法"), "{output:?}");
    assert!(fs::read_dir(folder.path()).unwrap().count() == 1, "it leaves nothing behind");
}

#[tokio::test]
async fn what_doctor_says_is_golden_in_both_languages() {
    let env = start_env().await;
    let folder = tempfile::tempdir().unwrap();
    let more = [
        "--callback",
        "http://example.com/",
        "--function-url",
        "http://somebody:s3cret@127.0.0.1:1/x?s3cret",
    ];
    let mut report = String::new();
    for lang in ["en", "zh"] {
        let output = run(&env, folder.path(), &[&["doctor", "--lang", lang], &more[..]].concat()).await;
        assert!(output.code == Some(1) && !output.out.contains("s3cret"), "{output:?}");
        report += &format!("== {lang}\n{}", output.out);
    }
    // What is wrong differs, and so does what to do about it.
    env.clouds.oss.create_bucket("versioned");
    env.clouds.oss.set_versioning("versioned", true);
    let wrong = [
        ("OSS2YOUKU_LEDGER__LOCATION", "oss://versioned/x/"),
        ("OSS2YOUKU_LEDGER__SEAL_KEY", KEY),
        ("OSS2YOUKU_YOUKU__API", NOWHERE),
        ("OSS2YOUKU_RULES", r#"[{bucket="gone",account="main",public_type="all"}]"#),
        IMPATIENT,
    ];
    for lang in ["en", "zh"] {
        let mut command = command(&env, folder.path(), &["doctor", "--lang", lang]);
        command.envs(wrong);
        let output = run_command(command).await;
        assert_eq!(output.code, Some(1), "{output:?}");
        report += &format!("== wrong settings: {lang}\n{}", normalize(&output.out));
        let output = run_with([], &["doctor", "--lang", lang]).await;
        assert_eq!(output.code, Some(2), "{output:?}");
        report += &format!("== no settings: {lang}\n{}", output.out);
    }
    let ledger = &env.variables["OSS2YOUKU_LEDGER__LOCATION"];
    let report = report
        .replace(ledger, "LEDGER")
        .replace(": 1 s apart", ": 0 s apart")
        .replace("相差 1 秒", "相差 0 秒");
    assert_golden("doctor.txt", &report);
}

/// `doctor` states how many days a renewed token has left, and a token pair that is spent is a failure.
#[tokio::test]
async fn doctor_states_days_left_and_fails_a_spent_token_pair() {
    let env = start_env().await;
    let (folder, _) = file("a.mp4", &sample_bytes(1, 1000));
    env.clouds.youku.expire_access_token(&env.variables["OSS2YOUKU_ACCOUNTS__MAIN__CLIENT_ID"]);
    assert_eq!(run(&env, folder.path(), &["upload", "a.mp4"]).await.code, Some(0));
    let report = run(&env, folder.path(), &["doctor"]).await;
    assert!(report.code == Some(0) && report.out.contains("29 days left"), "{report:?}");

    let spent = |arguments: &[&str]| {
        let mut command = command(&env, folder.path(), arguments);
        command.envs(
            ["ACCESS", "REFRESH"].map(|kind| (format!("OSS2YOUKU_ACCOUNTS__MAIN__{kind}_TOKEN"), "s3cret")),
        );
        command
    };
    assert_eq!(run_command(spent(&["upload", "a.mp4", "--again", "x"])).await.code, Some(6));
    let output = run_command(spent(&["doctor", "--json"])).await;
    let lines = output.lines();
    let failed: Vec<_> = lines.iter().filter(|line| line["ok"] == false).collect();
    assert!(!failed.is_empty() && failed.iter().all(|line| line["check"] == "account main"), "{output:?}");
    assert!(failed[0]["result"].as_str().unwrap().contains("reauthorize"), "{failed:?}");
    assert!(failed[0]["advice"].as_str().unwrap().contains("cloud.youku.com/tools"), "{failed:?}");
    assert!(!output.out.contains("s3cret") && !output.err.contains("s3cret"), "{output:?}");
}

/// `doctor` says on which host it found each call about videos, and what follows where one is nowhere; nothing changes at Youku.
#[tokio::test]
async fn doctor_says_where_the_calls_about_videos_are() {
    let env = start_env().await;
    let folder = tempfile::tempdir().unwrap();
    for (batch, own, places, advised) in [
        (
            CallHost::New,
            CallHost::Old,
            "videos/show youku.api, videos/show_batch youku.api, videos/by_me youku.old_api",
            false,
        ),
        (
            CallHost::Neither,
            CallHost::Both,
            "videos/show youku.api, videos/show_batch nowhere, videos/by_me youku.api",
            true,
        ),
    ] {
        let switches = Switches { show_batch_host: batch, by_me_host: own, ..Switches::default() };
        env.clouds.youku.set_switches(switches);
        let output = run(&env, folder.path(), &["doctor", "--json"]).await;
        let lines = output.lines();
        let found =
            lines.iter().find(|line| line["result"] == places).unwrap_or_else(|| panic!("{output:?}"));
        let advice = found["advice"].as_str().unwrap_or_default();
        assert_eq!((found["ok"] == true, advice.contains("100 an hour")), (true, advised), "{found}");
    }
    assert_eq!((env.clouds.youku.sessions().len(), env.clouds.youku.changes().len()), (0, 0));
}

/// Each refusal of a store has its own way out, and the first finding names it.
#[tokio::test]
async fn advice_follows_what_a_store_refuses() {
    let env = TestEnv::start(Setup { ledger_in_bucket: true, ..Setup::default() }).await;
    let folder = tempfile::tempdir().unwrap();
    let control = env.clouds.oss_control.clone();
    for (operation, code, words) in [
        (
            "ListObjectsV2",
            "AccessDenied",
            ["the key is not allowed to call ListObjectsV2 there", "oss:DeleteObject"],
        ),
        ("*", "InvalidAccessKeyId", ["does not accept the key", "ALIBABA_CLOUD_ACCESS_KEY_ID"]),
        ("*", "RequestTimeTooSkewed", ["set this machine's clock", "date -u"]),
        ("*", "NoSuchBucket", ["check the bucket's name (records)", "source.region"]),
    ] {
        let status = if code == "NoSuchBucket" { 404 } else { 403 };
        let fault = json!({"kind": "status", "status": status, "code": code});
        add_fault(&control, json!({"operation": operation, "times": 0, "fault": fault}));
        let mut command = command(&env, folder.path(), &["doctor", "--json"]);
        command.envs([IMPATIENT]);
        let output = run_command(command).await;
        control.faults.clear();
        let lines = output.lines();
        let failed = lines.iter().find(|line| line["check"] == "ledger" && line["ok"] == false);
        let advice = failed.unwrap_or_else(|| panic!("{code}: {output:?}"))["advice"].to_string();
        assert!(output.code == Some(1) && words.iter().all(|word| advice.contains(word)), "{code}: {advice}");
    }
}

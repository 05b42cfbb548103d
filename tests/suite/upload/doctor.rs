//! `doctor`: each of its checks where all is well, and where it must fail and say what to do.

use super::{Rig, Setup, bytes, command, file, run, said};
use sandbox::fc::HttpAuth;
use serde_json::Value;
use std::fs;

const KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
const NOWHERE: &str = "http://127.0.0.1:1";
const IMPATIENT: (&str, &str) = ("OSS2YOUKU_TRANSFER__PATIENCE_SECONDS", "1");
/// The token `t0ken`, by `sha256sum`.
const TOKENS: &str = r#"["b46c09677343261f0b439a472422225e3a230c9c094d6ab16762e2036b597053"]"#;

async fn rig() -> Rig {
    Rig::start(Setup {
        events: Some(&["oss:ObjectModified:*"]),
        env: &[("OSS2YOUKU_HTTP__TOKENS", TOKENS)],
        host: |function| function.http_trigger = Some(HttpAuth::Anonymous),
        ..Setup::default()
    })
    .await
}

#[tokio::test]
async fn every_check_has_a_case_in_which_it_fails_and_says_what_to_do() {
    let rig = rig().await;
    rig.put("a.mp4", &bytes(1, 1000)).await;
    let (folder, _) = file("wrong-token", b"other");
    let uploaded = run(&rig, folder.path(), &["upload", "oss://videos/a.mp4"]).await;
    assert_eq!(uploaded.code, Some(0), "{uploaded:?}");
    let url = rig.clouds.endpoints.http_trigger.clone();
    let well = run(
        &rig,
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

    rig.clouds.oss.create_bucket("versioned");
    rig.clouds.oss.set_versioning("versioned", true);
    let sealed = ("OSS2YOUKU_LEDGER__SEAL_KEY", KEY);
    type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [&'a str], &'a str);
    let cases: &[Case<'_>] = &[
        ("settings", &[("OSS2YOUKU_SOURCE__REGIO", "x")], &[], "correct the setting"),
        ("ledger", &[("OSS2YOUKU_LEDGER__LOCATION", "oss://versioned/x/"), sealed], &[], "ledger.location"),
        (
            "ledger",
            &[("OSS2YOUKU_LEDGER__LOCATION", "oss://nowhere/x/"), sealed, IMPATIENT],
            &[],
            "place exists",
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
            "ledger.location",
        ),
        (
            "ledger's place",
            &[("OSS2YOUKU_LEDGER__LOCATION", "oss://videos/x/"), sealed],
            &[],
            "bucket of its own",
        ),
        ("seal key", &[sealed], &[], "that this ledger began with"),
        ("source oss://videos/", &[("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "s3cret")], &[], "oss:ListObjects"),
        (
            "source oss://videos/",
            &[("OSS2YOUKU_SOURCE__ENDPOINT", NOWHERE), IMPATIENT],
            &[],
            "can be reached",
        ),
        (
            "source oss://gone/",
            &[("OSS2YOUKU_RULES", r#"[{bucket="gone",account="main",public_type="all"}]"#)],
            &[],
            "the rule's bucket",
        ),
        ("account main", &[("OSS2YOUKU_YOUKU__API", NOWHERE), IMPATIENT], &[], "youku.api"),
        ("account main", &[("OSS2YOUKU_ACCOUNTS__MAIN__CLIENT_ID", "nobody")], &[], "client_id"),
        ("--callback", &[], &["--callback", "http://example.com/"], "[callback]"),
        ("function", &[], &["--function-url", NOWHERE], "--function-url"),
        ("function's token", &[], &["--function-url", &url, "--token-file", "wrong-token"], "sha256sum"),
    ];
    for (check, env, more, advice) in cases {
        let mut command = command(&rig, folder.path(), &[&["doctor", "--json"], *more].concat());
        command.envs(env.iter().copied());
        let said = said(command).await;
        assert_eq!(said.code, Some(1), "{check}: {said:?}");
        let found = said.lines().into_iter().find(|line| line["check"] == *check && line["ok"] == false);
        let found = found.unwrap_or_else(|| panic!("{check} is well: {said:?}"));
        assert!(found["advice"].as_str().is_some_and(|said| said.contains(advice)), "{check}: {found}");
        assert!(found["tried"].is_string() && found["result"].is_string(), "{found}");
        assert!(!said.out.contains("s3cret") && !said.err.contains("s3cret"), "{said:?}");
    }
    let said = run(&rig, folder.path(), &["doctor", "--lang", "zh", "--callback", "x"]).await;
    assert!(said.out.contains("正常  设置") && said.out.contains("处理办法"), "{said:?}");
    assert!(fs::read_dir(folder.path()).unwrap().count() == 1, "it leaves nothing behind");
}

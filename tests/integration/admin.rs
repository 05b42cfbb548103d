//! The commands of an operator: `explain`, `list` and `retry`, run as a program against the local clouds.

use crate::support::{
    Setup, TestEnv, add_fault,
    command_line::{SWEEPING, oss2youku, run_with, upload_id},
    golden::{assert_golden, normalize},
    sample_bytes, wait_fired,
};
use bytes::Bytes;
use local_clouds::control::RuleId;
use serde_json::json;

type Variables<'a> = &'a [(&'a str, &'a str)];

async fn start_env() -> TestEnv {
    // The usual lease: the machine may be slow.
    TestEnv::start(Setup { variables: &SWEEPING[..1], ..Setup::default() }).await
}

/// Puts an object whose upload fails for good: Youku refuses its create.
async fn fail(env: &TestEnv, key: &str, bytes: &Bytes) {
    let refusal = json!({"kind": "status", "status": 400, "code": "120010101"});
    add_fault(&env.clouds.youku.control(), json!({"operation": "create", "fault": refusal}));
    env.put(key, bytes).await;
    assert_eq!(env.wait_for_delivery().await.result()["error"], "youku_failed");
}

/// Puts an object whose upload stops in the middle until it is released.
async fn hold(env: &TestEnv, key: &str, bytes: &Bytes) -> RuleId {
    let control = env.clouds.youku.bucket_control();
    let rule = json!({"operation": "UploadPart", "times": 0, "fault": {"kind": "hold_before"}});
    let id = add_fault(&control, rule);
    env.put(key, bytes).await;
    wait_fired(&control, id, 1).await;
    id
}

/// `explain` describes an upload's ledger in plain words, in both languages.
#[tokio::test]
async fn explain_describes_uploads_in_both_languages() {
    let env = start_env().await;
    let mut reports = [("explain.txt", "en", String::new()), ("explain.zh.txt", "zh", String::new())];
    let mut explain = async |name: &str, upload: &str| {
        for (_, lang, report) in &mut reports {
            let output = oss2youku(&env, &["explain", upload, "--lang", lang]).await;
            *report += &format!("== {name}: exit {}\n{}{}", output.code.unwrap(), output.out, output.err);
        }
    };
    env.put("published.mp4", &sample_bytes(1, 1000)).await;
    env.wait_for_delivery().await;
    fail(&env, "failed.mp4", &sample_bytes(2, 1000)).await;
    let held = hold(&env, "held.mp4", &sample_bytes(4, 1000)).await;
    explain("in progress", "oss://videos/held.mp4").await;
    env.clouds.youku.bucket_control().faults.release(held);
    env.clouds.youku.bucket_control().faults.clear();
    env.wait_for_delivery().await;
    // The last one, because a rate limit holds back every upload of the account.
    let limit = json!({"kind": "status", "status": 429, "headers": {"retry-after": "600"}});
    add_fault(&env.clouds.youku.control(), json!({"operation": "create", "fault": limit}));
    env.put("waiting.mp4", &sample_bytes(3, 1000)).await;
    env.wait_for_delivery().await;
    for name in ["published", "failed", "waiting"] {
        explain(name, &format!("oss://videos/{name}.mp4")).await;
    }
    explain("unknown id", "00000000000000000000000000000000").await;
    explain("unknown object", "oss://videos/nowhere.mp4").await;
    explain("no object", "videos/nowhere.mp4").await;

    let seconds = |line: &str| {
        // A lease of 15 s, and a second more since clocks count whole ones.
        (0..=16).rev().fold(line.to_owned(), |line, n| {
            line.replace(&format!(" {n} s"), " N s").replace(&format!("{n} 秒"), "N 秒")
        })
    };
    for (file, _, report) in reports {
        assert_golden(file, &seconds(&normalize(&report)));
    }
}

#[tokio::test]
async fn explain_and_list_with_json_print_json_lines_and_nothing_else() {
    let env = start_env().await;
    env.put("published.mp4", &sample_bytes(1, 1000)).await;
    env.wait_for_delivery().await;
    let output =
        oss2youku(&env, &["explain", "--json", "oss://videos/published.mp4", "--account", "main"]).await;
    let [report] = output.lines().try_into().unwrap();
    let steps: Vec<_> = report["steps"].as_array().unwrap().iter().map(|step| step["step"].clone()).collect();
    assert_eq!(steps, ["claimed", "created", "transferred", "committed"]);
    assert_eq!(
        (report["state"].as_str(), report["at_rest"].as_bool()),
        (Some("committed"), Some(true)),
        "{report}"
    );
    assert_eq!(
        report["outcome"]["data"]["videoid"],
        env.assert_published("published", &sample_bytes(1, 1000)).id
    );

    let output = oss2youku(&env, &["explain", "--json", "00000000000000000000000000000000"]).await;
    assert_eq!((output.lines()[0]["error"].as_str(), output.code), (Some("no_such_upload"), Some(3)));
    assert_eq!(oss2youku(&env, &["list", "--open", "--json"]).await.out, "");

    let held = hold(&env, "held.mp4", &sample_bytes(4, 1000)).await;
    let [open] = oss2youku(&env, &["list", "--open", "--json"]).await.lines().try_into().unwrap();
    assert_eq!(
        (open["object"].as_str(), open["state"].as_str()),
        (Some("oss://videos/held.mp4"), Some("open")),
        "{open}"
    );
    let output = oss2youku(&env, &["list", "--json", "--limit", "1"]).await;
    let next = output.lines()[1]["next"].as_str().unwrap().to_owned();
    let [ended] = oss2youku(&env, &["list", "--json", "--after", &next]).await.lines().try_into().unwrap();
    assert_eq!((ended["state"].as_str(), &ended["upload_id"]), (Some("committed"), &report["upload_id"]));
    let text = oss2youku(&env, &["list"]).await.out;
    assert!(text.contains("oss://videos/held.mp4") && text.ends_with("2 uploads\n"), "{text}");
    let output = oss2youku(&env, &["retry", open["upload_id"].as_str().unwrap()]).await;
    assert_eq!(output.code, Some(4), "{output:?}");
    env.clouds.youku.bucket_control().faults.release(held);
}

/// `retry` publishes an upload that had failed for good; of a published one it says that nothing is left to retry.
#[tokio::test]
async fn retry_publishes_a_failed_upload() {
    let env = start_env().await;
    let bytes = sample_bytes(1, 5_000_000);
    fail(&env, "a.mp4", &bytes).await;
    let id = upload_id(&env, "oss://videos/a.mp4").await;
    env.call_with_event("ObjectCreated:PutObject", "a.mp4", bytes.len()).await;
    assert_eq!(env.clouds.youku.videos().len(), 0, "an event alone does not drive it again");

    let refusal = json!({"kind": "status", "status": 400, "code": "120010101"});
    add_fault(&env.clouds.youku.control(), json!({"operation": "create", "fault": refusal}));
    let output = oss2youku(&env, &["retry", &id]).await;
    assert_eq!(output.code, Some(1), "{output:?}");
    let output = oss2youku(&env, &["retry", &id, "--json"]).await;
    let video = env.assert_published("a", &bytes);
    assert_eq!((output.code, &output.lines()[0]["video_id"]), (Some(0), &json!(video.id)), "{output:?}");
    let output = oss2youku(&env, &["retry", &id]).await;
    assert!(output.code == Some(0) && output.out.contains("nothing to try again"), "{output:?}");
    env.assert_published("a", &bytes);
    let output = oss2youku(&env, &["retry", "no-id"]).await;
    assert!(output.code == Some(3) && output.err.contains("no-id"), "{output:?}");
}

#[tokio::test]
async fn invalid_input_is_named_with_what_to_do() {
    let account = [
        ("OSS2YOUKU_LEDGER__LOCATION", "ledger"),
        ("OSS2YOUKU_ACCOUNTS__A__CLIENT_ID", "c"),
        ("OSS2YOUKU_ACCOUNTS__A__ACCESS_TOKEN", "s3cret"),
        ("OSS2YOUKU_ACCOUNTS__B__CLIENT_ID", "c"),
        ("OSS2YOUKU_ACCOUNTS__B__ACCESS_TOKEN", "s3cret"),
    ];
    let cases: [(Variables<'_>, &[&str], &str); 8] = [
        (&[], &["sweep"], "set ledger.location"),
        (&[], &["list"], "oss2youku.toml"),
        (&[("OSS2YOUKU_CONFIG", "/nowhere/x.toml")], &["list"], "/nowhere/x.toml"),
        (&[], &["sweep", "--since", "soon"], "expected a number with s, m, h or d"),
        (&[], &["list", "--after", "somewhere"], "--after"),
        (&[], &["sweep", "--limit", "0"], "a number from 1 on"),
        (&account, &["upload", "oss://videos/a.mp4"], "accounts: a, b"),
        (&account, &["explain", "oss://videos/a.mp4", "--account", "x"], "no such account"),
    ];
    for (variables, arguments, word) in cases {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let output = run_with(variables, arguments).await;
        assert!(output.code == Some(2) && output.err.contains(word) && output.out.is_empty(), "{output:?}");
        assert!(!output.err.contains("s3cret"), "{output:?}");
    }
}

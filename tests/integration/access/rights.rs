//! The rights of the function's role: with all of its policy everything works, and without any one of them something is refused in words.

use crate::support::{
    Setup, TestEnv, add_fault,
    command_line::{CommandOutput, SWEEPING, operator_variables, run_with, upload_id},
    ledger_bucket::SEAL_KEY,
    sample_bytes, workspace,
};
use local_clouds::oss::{AccessKey, Effect, Policy, Statement};
use serde_json::json;
use std::{
    collections::BTreeSet,
    fs,
    sync::atomic::{AtomicU32, Ordering},
};

const LEDGER: &str = "ledger";

/// One right of a role: an action on what a pattern matches.
type Right = (String, String);

/// What `functions/aliyun-fc/ram-policy.json` allows on these buckets. The platform itself uses the rest of it: the queue and the log.
fn rights() -> Vec<Right> {
    let text = fs::read_to_string(workspace().join("functions/aliyun-fc/ram-policy.json")).unwrap();
    let text = text.replace("VIDEO_BUCKET", "videos").replace("LEDGER_BUCKET", LEDGER);
    let policy: Policy = serde_json::from_str(&text.replace("PREFIX", "in/")).unwrap();
    let mut rights = Vec::new();
    for Statement { effect, action, resource, .. } in policy.statement {
        assert_eq!(effect, Effect::Allow);
        for action in action.iter().filter(|action| action.starts_with("oss:")) {
            rights.extend(resource.iter().map(|resource| (action.clone(), resource.clone())));
        }
    }
    rights
}

/// The clouds, their buckets in order, and a ledger in the bucket whose name the policy has.
async fn start_env() -> TestEnv {
    let usual = [
        ("OSS2YOUKU_LEDGER__LOCATION", "oss://ledger/oss2youku/"),
        ("OSS2YOUKU_LEDGER__SEAL_KEY", SEAL_KEY),
        ("OSS2YOUKU_LEDGER__WINDOW_MS", "0"),
        ("OSS2YOUKU_TRANSFER__PATIENCE_SECONDS", "1"),
    ];
    let env = TestEnv::start(Setup {
        rules: r#"[{bucket="videos",prefix="in/",account="main",public_type="all"}]"#,
        events: Some(&["oss:ObjectModified:*"]),
        variables: &[&usual[..], &SWEEPING].concat(),
        ..Setup::default()
    })
    .await;
    env.clouds.oss.create_bucket(LEDGER);
    // Reading a version needs a right of its own.
    env.clouds.oss.set_versioning("videos", true);
    env
}

/// Runs the command line with a key that has these rights and no others.
async fn run_as(env: &TestEnv, rights: &[Right], arguments: &[&str]) -> CommandOutput {
    static KEYS: AtomicU32 = AtomicU32::new(0);
    let id = format!("limited-{}", KEYS.fetch_add(1, Ordering::Relaxed));
    let statement =
        |(action, resource): &Right| json!({"Effect": "Allow", "Action": [action], "Resource": [resource]});
    let statements: Vec<_> = rights.iter().map(statement).collect();
    let policy: Policy = serde_json::from_value(json!({"Version": "1", "Statement": statements})).unwrap();
    env.clouds.oss.add_key(AccessKey { policy: Some(policy), ..AccessKey::permanent(&id, "limited") });
    let mut variables = operator_variables(env);
    variables.insert("ALIBABA_CLOUD_ACCESS_KEY_ID".into(), id);
    variables.insert("ALIBABA_CLOUD_ACCESS_KEY_SECRET".into(), "limited".into());
    run_with(variables, &[arguments, &["--lang", "en"]].concat()).await
}

/// Upload, resumption, scan, cancelling and `doctor` need nothing that the policy does not allow.
#[tokio::test]
async fn the_whole_policy_suffices_for_everything() {
    let env = start_env().await;
    let rights = rights();
    let run = async |arguments: &[&str], code: u8| {
        let output = run_as(&env, &rights, arguments).await;
        assert_eq!(output.code, Some(i32::from(code)), "{arguments:?}: {output:?}");
    };
    for key in ["in/one.mp4", "user/dee/two.mp4"] {
        env.put(key, &sample_bytes(1, 1000)).await;
        run(&["upload", &format!("oss://videos/{key}")], 0).await;
    }
    // Without the right to list, a store calls a missing object a forbidden one.
    run(&["upload", "oss://videos/in/none.mp4"], 3).await;

    // Interrupted before its commit, it is resumed by the sweep, which also finds objects whose event was missed.
    env.put("in/resumed.mp4", &sample_bytes(2, 1000)).await;
    let busy = json!({"operation": "commit", "times": 0, "fault": {"kind": "status", "status": 503}});
    let fault = add_fault(&env.clouds.youku.control(), busy);
    let interrupted = run_as(&env, &rights, &["upload", "oss://videos/in/resumed.mp4"]).await;
    assert_ne!(interrupted.code, Some(0), "{interrupted:?}");
    env.clouds.youku.control().faults.remove(fault);
    env.put("in/scanned.mp4", &sample_bytes(3, 1000)).await;
    run(&["sweep", "--since", "1h"], 0).await;
    for title in ["one", "two", "resumed", "scanned"] {
        assert!(env.clouds.youku.videos().iter().any(|video| video.title == title), "{title}");
    }

    env.put("in/waiting.mp4", &sample_bytes(4, 1000)).await;
    let limit = json!({"operation": "create", "fault": {"kind": "status", "status": 429, "headers": {"retry-after": "600"}}});
    add_fault(&env.clouds.youku.control(), limit);
    let source = "oss://videos/in/waiting.mp4";
    let waiting = run_as(&env, &rights, &["upload", source]).await;
    assert_ne!(waiting.code, Some(0), "{waiting:?}");
    run(&["cancel", &upload_id(&env, source).await], 0).await;
    run(&["list"], 0).await;
    run(&["explain", source], 0).await;
    run(&["doctor"], 0).await;
}

/// What is refused without a right: the action and what it is on, the command line, and what it prints.
type Case<'a> = (&'a str, &'a str, &'a [&'a str], &'a str);

const UPLOAD: &[&str] = &["upload", "oss://videos/in/film.mp4"];
const UPLOAD_LEGACY: &[&str] = &["upload", "oss://videos/user/dee/film.mp4"];

const CASES: [Case<'_>; 10] = [
    ("oss:GetObject", "videos/in/*", UPLOAD, "call HeadObject there: grant oss:GetObject on"),
    ("oss:GetObject", "videos/user/dee/*", UPLOAD_LEGACY, "call HeadObject there: grant oss:GetObject on"),
    ("oss:GetObjectVersion", "videos/in/*", UPLOAD, "and oss:GetObjectVersion where it keeps versions"),
    (
        "oss:GetObjectVersion",
        "videos/user/dee/*",
        UPLOAD_LEGACY,
        "and oss:GetObjectVersion where it keeps versions",
    ),
    ("oss:ListObjects", "videos", &["sweep"], "call ListObjectsV2 there: grant oss:ListObjects on"),
    ("oss:GetObject", "ledger/oss2youku/*", UPLOAD, "call GetObject there: grant oss:GetObject on"),
    ("oss:PutObject", "ledger/oss2youku/*", UPLOAD, "call PutObject there: grant oss:PutObject on"),
    (
        "oss:DeleteObject",
        "ledger/oss2youku/*",
        &["doctor"],
        "call DeleteObject there: grant oss:DeleteObject on",
    ),
    ("oss:ListObjects", "ledger", UPLOAD, "call ListObjectsV2 there: grant oss:ListObjects on"),
    ("oss:GetBucketVersioning", "ledger", &["doctor"], "grant oss:GetBucketVersioning"),
];

/// No right of the policy is unneeded, and a missing one is named.
#[tokio::test]
async fn without_any_one_right_something_is_refused_in_words() {
    let env = start_env().await;
    let rights = rights();
    let known: BTreeSet<Right> =
        CASES.iter().map(|(action, on, ..)| ((*action).into(), format!("acs:oss:*:*:{on}"))).collect();
    assert_eq!(rights.iter().cloned().collect::<BTreeSet<_>>(), known, "a right without a case");
    let film = sample_bytes(1, 1000);
    for key in ["in/film.mp4", "user/dee/film.mp4"] {
        env.put(key, &film).await;
    }
    // The ledger is there.
    let begun = run_as(&env, &rights, &["doctor"]).await;
    assert_eq!(begun.code, Some(0), "{begun:?}");
    let mut unneeded = Vec::new();
    for (action, on, arguments, words) in CASES {
        let left: Vec<_> = rights
            .iter()
            .filter(|(one, resource)| one != action || !resource.ends_with(&format!(":{on}")))
            .cloned()
            .collect();
        assert_eq!(left.len() + 1, rights.len());
        let refused = run_as(&env, &left, arguments).await;
        let said = format!("{}{}", refused.out, refused.err);
        if refused.code == Some(0) || !said.contains(words) {
            unneeded.push((action, on, said));
        }
    }
    assert!(unneeded.is_empty(), "{unneeded:#?}");
    assert_eq!(env.clouds.youku.videos(), [], "what is refused publishes nothing");
    let published = run_as(&env, &rights, UPLOAD).await;
    assert_eq!(published.code, Some(0), "{published:?}");
}

//! The rights of the template's role, which moto's IAM enforces: with all of them everything works, and without any one of them
//! something is refused in words.

use super::{LambdaEnv, emulator::Emulator, fixture, template::RESOURCES};
use crate::support::{
    add_fault,
    command_line::{CommandOutput, SWEEPING, run_with},
    moto::{Moto, REGION},
    moto_roles::RoleKey,
    sample_bytes,
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const RULES: &str = r#"[{bucket="videos",prefix="in/",account="main",public_type="all"}]"#;

/// One right of a role: an action on what a pattern matches.
type Right = (String, String);

/// The policy that the template gives the function's role for S3, with its parameters filled in.
fn policy() -> Value {
    let policies = RESOURCES["FunctionRole"]["Properties"]["Policies"].as_array().unwrap();
    // SAM adds another, for the queue of failed events.
    let about_s3 = |policy: &&Value| policy.to_string().contains("s3:");
    let [policy] = policies.iter().filter(about_s3).collect::<Vec<_>>()[..] else { panic!("{policies:?}") };
    let mut policy = policy["PolicyDocument"].clone();
    fill_in(&mut policy);
    policy
}

fn fill_in(value: &mut Value) {
    if let Some(text) = value["Fn::Sub"].as_str() {
        let text = text.replace("${AWS::Partition}", "aws").replace("${VideoPrefix}", "in/");
        *value = text.replace("${VideoBucketName}", "videos").replace("${LedgerBucketName}", "ledger").into();
        return;
    }
    match value {
        Value::Array(values) => values.iter_mut().for_each(fill_in),
        Value::Object(fields) => fields.values_mut().for_each(fill_in),
        _ => {}
    }
}

/// Every action on every resource that the policy allows.
fn rights() -> Vec<Right> {
    let texts = |value: &Value| -> Vec<String> {
        match value {
            Value::String(text) => vec![text.clone()],
            value => serde_json::from_value(value.clone()).unwrap(),
        }
    };
    let mut rights = Vec::new();
    for statement in policy()["Statement"].as_array().unwrap() {
        assert_eq!(statement["Effect"], "Allow");
        for action in texts(&statement["Action"]) {
            rights.extend(texts(&statement["Resource"]).into_iter().map(|on| (action.clone(), on)));
        }
    }
    rights
}

/// moto with both buckets of the template and these objects, and the clouds around it.
struct RoleEnv {
    lambda: LambdaEnv,
    moto: Moto,
}

impl RoleEnv {
    async fn start(names: &[&str]) -> Self {
        let moto = Moto::start("videos").await;
        moto.create_bucket("ledger").await;
        // Reading a version needs a right of its own.
        moto.keep_versions().await;
        for (seed, name) in (1..).zip(names) {
            moto.put(name, &sample_bytes(seed, 1000), &[]).await;
        }
        let usual = [
            ("AWS_REGION", REGION),
            // What the function assumes on Lambda, the command line must be told.
            ("OSS2YOUKU_SOURCE__PROVIDER", "s3"),
            ("OSS2YOUKU_SOURCE__S3_ENDPOINT", &moto.endpoint),
            ("OSS2YOUKU_RULES", RULES),
            ("OSS2YOUKU_TRANSFER__PATIENCE_SECONDS", "1"),
        ];
        let lambda = LambdaEnv::start(&[&usual[..], &SWEEPING].concat()).await;
        Self { lambda, moto }
    }

    /// The function's variables with the key of a role.
    fn variables(&self, key: &RoleKey) -> BTreeMap<String, String> {
        self.lambda.variables.clone().into_iter().chain(key.variables()).collect()
    }

    /// Runs the command line as a role.
    async fn run(&self, key: &RoleKey, arguments: &[&str]) -> CommandOutput {
        run_with(self.variables(key), &[arguments, &["--lang", "en"]].concat()).await
    }
}

/// An event, an upload, resumption, scan, cancelling and `doctor` need nothing that the role is not allowed.
#[tokio::test]
async fn the_whole_role_suffices_for_everything() {
    let names = ["event (final)+第", "one", "cancelled", "resumed", "scanned"];
    let keys = names.map(|name| format!("in/{name}.mp4"));
    let env = RoleEnv::start(&keys.each_ref().map(String::as_str)).await;
    let key = env.moto.create_role("whole", &policy()).await;
    env.moto.check_rights().await;
    let run = async |arguments: &[&str], code: i32| {
        let output = env.run(&key, arguments).await;
        assert_eq!(output.code, Some(code), "{arguments:?}: {output:?}");
        output
    };

    let log = env.lambda.folder.path().join("lambda.log");
    let host = Emulator::start(&env.variables(&key), 60, log).await;
    let answer = host.invoke(&fixture("s3", "event")).await;
    assert_eq!(answer["results"][0]["code"], "200", "{answer}: {}", host.log());
    run(&["upload", "s3://videos/in/one.mp4"], 0).await;
    run(&["upload", "s3://videos/in/none.mp4"], 3).await;

    // Interrupted before its session, an upload can be cancelled; before its commit, the sweep resumes it. The sweep also finds objects
    // whose event was missed.
    let youku = &env.lambda.clouds.youku;
    let interrupt = async |operation: &str, source: &str| {
        let busy = json!({"operation": operation, "times": 0, "fault": {"kind": "status", "status": 503}});
        let fault = add_fault(&youku.control(), busy);
        let interrupted = env.run(&key, &["upload", source]).await;
        assert_ne!(interrupted.code, Some(0), "{interrupted:?}");
        youku.control().faults.remove(fault);
    };
    let cancelled = "s3://videos/in/cancelled.mp4";
    interrupt("create", cancelled).await;
    let explained = run(&["explain", "--json", cancelled], 0).await.lines();
    run(&["cancel", explained[0]["upload_id"].as_str().unwrap()], 0).await;
    interrupt("commit", "s3://videos/in/resumed.mp4").await;
    run(&["sweep", "--since", "1h"], 0).await;

    run(&["list"], 0).await;
    run(&["explain", cancelled], 0).await;
    run(&["doctor"], 0).await;
    for (seed, name) in (1..).zip(names).filter(|(_, name)| *name != "cancelled") {
        env.lambda.assert_published(name, &sample_bytes(seed, 1000));
    }
    assert_eq!(youku.videos().len(), names.len() - 1, "each once");
}

/// What is refused without a right: the action and what it is on, the command line, and what it prints.
type Case<'a> = (&'a str, &'a str, &'a [&'a str], &'a [&'a str]);

const UPLOAD: &[&str] = &["upload", "s3://videos/in/film.mp4"];

/// S3 refuses a HEAD without a document, so that the reason is not certain.
const CASES: [Case<'_>; 7] = [
    ("s3:GetObject", "videos/in/*", UPLOAD, &["refuses HeadObject", "grant s3:GetObject on"]),
    (
        "s3:GetObjectVersion",
        "videos/in/*",
        UPLOAD,
        &["not allowed to call GetObject", "and s3:GetObjectVersion where"],
    ),
    ("s3:ListBucket", "videos", &["sweep"], &["not allowed to call ListObjectsV2", "grant s3:ListBucket on"]),
    (
        "s3:GetObject",
        "ledger/oss2youku/*",
        UPLOAD,
        &["not allowed to call GetObject", "grant s3:GetObject on"],
    ),
    (
        "s3:PutObject",
        "ledger/oss2youku/*",
        UPLOAD,
        &["not allowed to call PutObject", "grant s3:PutObject on"],
    ),
    (
        "s3:DeleteObject",
        "ledger/oss2youku/*",
        &["doctor"],
        &["not allowed to call DeleteObject", "grant s3:DeleteObject on"],
    ),
    ("s3:ListBucket", "ledger", UPLOAD, &["not allowed to call ListObjectsV2", "grant s3:ListBucket on"]),
];

/// No right of the role is unneeded, and a missing one is named.
#[tokio::test]
async fn without_any_one_right_of_the_role_something_is_refused() {
    let env = RoleEnv::start(&["in/film.mp4", "out/film.mp4"]).await;
    let rights = rights();
    let known: BTreeSet<Right> =
        CASES.iter().map(|(action, on, ..)| ((*action).into(), format!("arn:aws:s3:::{on}"))).collect();
    assert_eq!(rights.iter().cloned().collect::<BTreeSet<_>>(), known, "a right without a case");
    let whole = env.moto.create_role("whole", &policy()).await;
    let mut limited = Vec::new();
    for (number, (action, on, ..)) in CASES.iter().enumerate() {
        let left =
            rights.iter().filter(|(one, resource)| one != action || !resource.ends_with(&format!(":{on}")));
        let allow = |(action, on): &Right| json!({"Effect": "Allow", "Action": action, "Resource": on});
        let statements: Vec<_> = left.map(allow).collect();
        assert_eq!(statements.len() + 1, rights.len());
        let policy = json!({"Version": "2012-10-17", "Statement": statements});
        limited.push(env.moto.create_role(&format!("without-{number}"), &policy).await);
    }
    env.moto.check_rights().await;
    // The ledger is there.
    let begun = env.run(&whole, &["doctor"]).await;
    assert_eq!(begun.code, Some(0), "{begun:?}");
    let outside = env.run(&whole, &["upload", "s3://videos/out/film.mp4"]).await;
    assert!(outside.code != Some(0) && outside.err.contains("refuses HeadObject"), "{outside:?}");
    let mut unneeded = Vec::new();
    for ((action, on, arguments, words), key) in CASES.iter().zip(&limited) {
        let refused = env.run(key, arguments).await;
        let said = format!("{}{}", refused.out, refused.err);
        if refused.code == Some(0) || !words.iter().all(|word| said.contains(word)) {
            unneeded.push((action, on, said));
        }
    }
    assert!(unneeded.is_empty(), "{unneeded:#?}");
    assert_eq!(env.lambda.clouds.youku.videos(), [], "what is refused publishes nothing");
    let published = env.run(&whole, UPLOAD).await;
    assert_eq!(published.code, Some(0), "{published:?}");
}

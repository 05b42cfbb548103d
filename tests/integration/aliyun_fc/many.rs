//! Three hundred objects at once, and a fifth of all responses wrong.

use crate::support::{MIB, Setup, TestEnv, add_fault, ledger_bucket, oss_event, sample_bytes};
use local_clouds::{control::Control, fc::AsyncState};
use serde_json::{Value, json};
use std::time::Duration;

const OBJECTS: usize = 300;
const RULES: &str = r#"[
    {bucket="videos",account="main",public_type="all",sidecar="off"},
    {bucket="videos",prefix="slice/",account="main",public_type="all",sidecar="off",mode="slice"},
]"#;

/// Kind of fault, and the share of responses that it affects.
type Share = (&'static str, f64);

const UNAVAILABLE: &str = r#"{"kind":"status","status":503}"#;
const RESET: &str = r#"{"kind":"reset"}"#;
const LOST: &str = r#"{"kind":"drop_answer"}"#;
const NEVER: &str = r#"{"kind":"hold"}"#;
const CUT: &str = r#"{"kind":"cut_response","after":7}"#;
const STALLED: &str = r#"{"kind":"stall","after":3}"#;
const DAMAGED: &str = r#"{"kind":"flip_response","at":0}"#;

/// Answers without a body cannot be cut or damaged in it.
const BODILESS: [&str; 4] = ["HeadObject", "PutObject", "UploadPart", "DeleteObject"];
const OF_BODILESS: [Share; 4] = [(UNAVAILABLE, 0.08), (RESET, 0.07), (LOST, 0.07), (NEVER, 0.02)];
const DATA: [&str; 1] = ["GetObject"];
/// An object is read in many pieces, and one damaged piece is a damaged object.
const OF_DATA: [Share; 6] =
    [(UNAVAILABLE, 0.07), (RESET, 0.06), (CUT, 0.06), (NEVER, 0.02), (STALLED, 0.02), (DAMAGED, 0.01)];
const DOCUMENTS: [&str; 12] = [
    "ListObjectsV2",
    "ListParts",
    "InitiateMultipartUpload",
    "CompleteMultipartUpload",
    "create",
    "commit",
    "sts",
    "create_file",
    "new_slice",
    "upload_slice",
    "check",
    "show",
];
/// A call of Youku's API that is not answered takes half a minute to end.
const OF_DOCUMENTS: [Share; 7] = [
    (UNAVAILABLE, 0.05),
    (RESET, 0.04),
    (LOST, 0.04),
    (CUT, 0.05),
    (DAMAGED, 0.05),
    (NEVER, 0.01),
    (STALLED, 0.01),
];

fn spoil(control: &Control, seed: u64, operations: &[&str], shares: &[Share]) {
    for (seed, operation) in (seed..).step_by(10).zip(operations) {
        for (seed, (fault, share)) in (seed..).zip(shares) {
            let fault: Value = serde_json::from_str(fault).unwrap();
            let rule = json!({"operation": operation, "times": 0, "probability": share, "seed": seed, "fault": fault});
            add_fault(control, rule);
        }
    }
}

/// The share of the requests to a server that met a fault.
fn spoilt(control: &Control, passed: local_clouds::control::RuleId) -> f64 {
    let rules = control.faults.list();
    let fired: u64 = rules.iter().map(|rule| rule.fired).sum();
    let passed = rules.iter().find(|rule| rule.id == passed).map_or(0, |rule| rule.seen);
    fired as f64 / (fired + passed) as f64
}

fn object(number: usize) -> (String, String, bytes::Bytes) {
    let size = match number % 10 {
        0 => 2 * MIB + number * 5_003,
        _ => 50 * 1024 + number * 1_009,
    };
    let title = format!("film {number}");
    let prefix = if number % 10 == 5 { "slice/" } else { "" };
    (format!("{prefix}{title}.mp4"), title, sample_bytes(number as u64, size))
}

/// Three hundred objects at once become three hundred videos although a fifth of all responses is wrong.
#[tokio::test]
#[ignore = "slow: three hundred uploads with many repetitions"]
async fn three_hundred_objects_survive_a_fifth_of_bad_responses() {
    let rules = RULES.replace('\n', " ");
    let setup = Setup {
        rules: &rules,
        events: Some(&["oss:ObjectModified:*"]),
        variables: &[("OSS2YOUKU_TRANSFER__STALL_SECONDS", "2")],
        sweep_every: Some(Duration::from_secs(10)),
        ledger_in_bucket: true,
        host: |function| {
            (function.instance_concurrency, function.max_instances) = (100, 10);
            function.async_config.retries = 3;
        },
        ..Setup::default()
    };
    let env = TestEnv::start(setup).await;
    for number in 0..OBJECTS {
        let (key, _, bytes) = object(number);
        // Small objects without a known MD5, and a few large ones.
        if number % 20 == 7 || number % 60 == 0 {
            env.put_in_parts(&key, &bytes).await;
        } else {
            env.put(&key, &bytes).await;
        }
    }
    let servers =
        [env.clouds.oss_control.clone(), env.clouds.youku.control(), env.clouds.youku.bucket_control()];
    let mut passing = Vec::new();
    for (seed, control) in (0..).step_by(1000).zip(&servers) {
        spoil(control, seed, &BODILESS, &OF_BODILESS);
        spoil(control, seed + 100, &DATA, &OF_DATA);
        spoil(control, seed + 200, &DOCUMENTS, &OF_DOCUMENTS);
        // Requests that no earlier rule affected reach this one.
        let none = json!({"operation": "*", "times": 0, "probability": 0.0, "fault": {"kind": "reset"}});
        passing.push(add_fault(control, none));
    }

    for number in 0..OBJECTS {
        let (key, _, bytes) = object(number);
        env.clouds
            .fc
            .invoke_async(&env.clouds.function, oss_event("ObjectCreated:PutObject", &key, bytes.len()));
    }
    env.wait_until(async |env| {
        env.clouds.youku.videos().len() >= OBJECTS && ledger_bucket::open_marks(env).is_empty()
    })
    .await;
    for (control, passed) in servers.iter().zip(passing) {
        let share = spoilt(control, passed);
        assert!(share >= 0.2, "{share} of the answers were wrong");
        control.faults.clear();
    }
    for number in 0..OBJECTS {
        let (_, title, bytes) = object(number);
        env.assert_published(&title, &bytes);
    }
    assert_eq!(env.clouds.youku.videos().len(), OBJECTS);
    let deliveries = env.wait_for_deliveries().await;
    assert!(deliveries.iter().all(|delivery| delivery.state == AsyncState::Succeeded), "{deliveries:?}");
    assert_eq!(env.take_dead_letters(), [json!(null); 0]);
}

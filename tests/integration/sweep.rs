//! `oss2youku sweep` and the timer: they finish open uploads and find objects whose event was missed, but leave the back catalog alone.

use crate::support::{
    Setup, TestEnv, add_fault,
    command_line::{SWEEPING, operator_variables, oss2youku, run_with},
    sample_bytes, wait_fired,
};
use nix::sys::signal::Signal;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Waits until later objects are newer: stores report whole seconds.
async fn next_second() {
    tokio::time::sleep(Duration::from_millis(1100)).await;
}

/// A bucket whose events call no function.
async fn untriggered() -> TestEnv {
    TestEnv::start(Setup {
        events: Some(&["oss:ObjectModified:*"]),
        variables: &SWEEPING,
        ..Setup::default()
    })
    .await
}

/// The last line: the sweep's totals.
fn summary(lines: &[Value]) -> &Value {
    let last = lines.last().expect("a summary");
    assert_eq!(last["event"], "swept", "{last}");
    last
}

#[tokio::test]
async fn a_sweep_finishes_what_a_killed_function_left() {
    let env = TestEnv::start(Setup { variables: &SWEEPING, ..Setup::default() }).await;
    let bytes = sample_bytes(1, 20_000_000);
    let control = env.clouds.youku.bucket_control();
    let rule = json!({"operation": "UploadPart", "skip": 1, "fault": {"kind": "hold_before"}});
    let held = add_fault(&control, rule);
    env.put("clip.mp4", &bytes).await;
    wait_fired(&control, held, 1).await;
    env.clouds.fc.kill_instance(&env.clouds.function, Signal::SIGKILL).await;
    control.faults.release(held);
    // The event is redelivered at once, finds the dead holder's lease alive, and leaves the upload to the sweep.
    assert_eq!(env.wait_for_delivery().await.result()["error"], "in_progress");
    assert_eq!(env.clouds.youku.videos().len(), 0);
    let (begun, mut sweeps) = (Instant::now(), 0);
    let output = loop {
        let output = oss2youku(&env, &["sweep", "--json"]).await;
        if summary(&output.lines())["left"] == 0 {
            break output;
        }
        sweeps += 1;
        assert!(begun.elapsed() < Duration::from_secs(60), "the lease never dies: {output:?}");
    };
    let video = env.assert_published("clip", &bytes);
    let resumed = &output.lines()[0];
    assert_eq!(
        (resumed["event"].as_str(), resumed["object"].as_str(), resumed["video_id"].as_str()),
        (Some("resumed"), Some("oss://videos/clip.mp4"), Some(video.id.as_str())),
        "{output:?}"
    );
    assert!(sweeps > 0 && output.code == Some(0), "the first one finds it held: {output:?}");
    let output = oss2youku(&env, &["sweep"]).await;
    assert!(output.out.contains("0 new") && output.out.contains("begins from the beginning"), "{output:?}");
    env.assert_published("clip", &bytes);
}

/// A key that the store refuses ends a sweep with the exit code of refused keys, and with the advice that `doctor` gives, once.
#[tokio::test]
async fn a_sweep_with_a_refused_key_says_what_to_do() {
    let env = untriggered().await;
    env.put("a.mp4", &sample_bytes(1, 1000)).await;
    for (lang, advice) in [("en", "key id and secret belong together"), ("zh", "密钥 ID 与 Secret 是否配对")]
    {
        for arguments in [&["sweep"][..], &["sweep", "--dry-run"]] {
            let mut variables = operator_variables(&env);
            variables.insert("ALIBABA_CLOUD_ACCESS_KEY_SECRET".into(), "s3cret".into());
            // The ledger is there.
            assert_eq!(oss2youku(&env, &["sweep"]).await.code, Some(0));
            let output = run_with(variables, &[arguments, &["--lang", lang]].concat()).await;
            assert_eq!((output.code, output.out.matches(advice).count()), (Some(6), 1), "{output:?}");
        }
    }
}

/// A sweep finds objects whose event was missed; older ones only where it is asked to.
#[tokio::test]
async fn a_sweep_finds_missed_objects_but_not_the_back_catalog() {
    let env = untriggered().await;
    let (old, new, note) = (sample_bytes(1, 3_000_000), sample_bytes(2, 2_000_000), sample_bytes(3, 100));
    env.put("old/1.mp4", &old).await;
    next_second().await;
    let output = oss2youku(&env, &["sweep", "--json"]).await;
    assert_eq!(
        (summary(&output.lines())["older"].as_u64(), output.lines().len()),
        (Some(1), 1),
        "{output:?}"
    );
    next_second().await;
    env.put("新/2 +%20.mp4", &new).await;
    env.put("note.txt", &note).await;
    let output = oss2youku(&env, &["sweep", "--json"]).await;
    let found = &output.lines()[0];
    assert_eq!(
        (found["event"].as_str(), found["object"].as_str(), output.lines().len()),
        (Some("found"), Some("oss://videos/新/2 +%20.mp4"), 2),
        "{output:?}"
    );
    assert_eq!((env.clouds.youku.videos().len(), output.code), (1, Some(0)));
    env.assert_published("2 +%20", &new);
    oss2youku(&env, &["sweep"]).await;
    assert_eq!(env.clouds.youku.videos().len(), 1);

    let output = oss2youku(&env, &["sweep", "--since", "1h", "--limit", "1"]).await;
    assert!(output.code == Some(0) && output.out.contains("oss://videos/old/1.mp4"), "{output:?}");
    env.assert_published("1", &old);
    env.assert_published("2 +%20", &new);
}

#[tokio::test]
async fn the_functions_timer_publishes_an_object_whose_event_was_lost() {
    let env = untriggered().await;
    assert_eq!(env.call_with_timer().await, json!({"results": []}));
    next_second().await;
    let bytes = sample_bytes(1, 2_000_000);
    env.put_in_parts("lost.mp4", &bytes).await;
    let answer = env.call_with_timer().await;
    let video = env.assert_published("lost", &bytes);
    assert_eq!(answer["results"][0]["data"]["videoid"], video.id, "{answer}");
    assert_eq!(env.call_with_timer().await, json!({"results": []}));
    env.assert_published("lost", &bytes);
}

#[tokio::test]
async fn a_sweep_that_cannot_list_says_so_and_the_next_succeeds() {
    let env = untriggered().await;
    oss2youku(&env, &["sweep"]).await;
    next_second().await;
    let bytes = sample_bytes(1, 1000);
    env.put("a.mp4", &bytes).await;
    let denied = json!({"kind": "status", "status": 403, "code": "AccessDenied"});
    add_fault(&env.clouds.oss_control, json!({"operation": "ListObjectsV2", "fault": denied}));
    let output = oss2youku(&env, &["sweep", "--json"]).await;
    let trouble = &output.lines()[0];
    assert_eq!((trouble["event"].as_str(), output.code), (Some("trouble"), Some(6)), "{output:?}");
    assert_eq!(trouble["error"], "source_denied", "{output:?}");
    oss2youku(&env, &["sweep"]).await;
    env.assert_published("a", &bytes);
}

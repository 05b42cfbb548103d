//! `oss2youku list` as a person reads it.

use crate::support::{
    Setup, TestEnv, add_fault,
    command_line::{SWEEPING, operator_variables, oss2youku, run_with},
    golden::{assert_golden, normalize},
    sample_bytes, workspace,
};
use serde_json::json;
use std::fs;

/// An upload of each state: published, failed, cancelled, and one that waits.
async fn start_env() -> TestEnv {
    let env = TestEnv::start(Setup { variables: &SWEEPING[..1], ..Setup::default() }).await;
    let refusal = |status: u16, code: &str| json!({"kind": "status", "status": status, "code": code});
    let film = fs::read(workspace().join("functions/cli/assets/demo.mp4")).unwrap();
    env.put_with("节目/第1集.mp4", &film.into(), &[("youku-title", "%E5%AE%B6%E5%BA%AD%E5%BD%95%E5%83%8F")])
        .await;
    env.wait_for_delivery().await;
    let control = env.clouds.youku.control();
    add_fault(&control, json!({"operation": "create", "fault": refusal(400, "120010101")}));
    env.put("a very long name of a file that no column has room for.mp4", &sample_bytes(2, 1000)).await;
    env.wait_for_delivery().await;
    let limit = json!({"kind": "status", "status": 429, "headers": {"retry-after": "600"}});
    add_fault(&control, json!({"operation": "create", "fault": limit}));
    env.put("waiting.mp4", &sample_bytes(3, 1000)).await;
    env.wait_for_delivery().await;
    env
}

/// Titles, local times and states in words stand in columns, whatever the width of their characters.
#[tokio::test]
async fn a_list_is_golden_in_both_languages() {
    let env = start_env().await;
    let mut report = String::new();
    for lang in ["en", "zh"] {
        let output = oss2youku(&env, &["list", "--lang", lang]).await;
        assert_eq!(output.code, Some(0), "{output:?}");
        let text = normalize(&output.out);
        let mut lines: Vec<_> = text.lines().collect();
        // Instances of the function read the folder's clock each for itself: ends that are close may change places.
        let rows = lines.len() - 1;
        lines[..rows].sort_unstable();
        report += &format!("== {lang}\n{}\n", lines.join("\n"));
    }
    assert_golden("list.txt", &report);
}

/// Times are those of the machine's zone.
#[tokio::test]
async fn a_list_shows_times_of_the_local_zone() {
    let env = start_env().await;
    let time_in = async |zone: &str| {
        let mut variables = operator_variables(&env);
        variables.insert("TZ".into(), zone.into());
        let output = run_with(variables, &["list", "--finished", "--limit", "1"]).await;
        let words: Vec<_> = output.out.split_whitespace().map(str::to_owned).collect();
        let hour =
            words.iter().find(|word| word.len() == 8 && word.matches(':').count() == 2).unwrap().clone();
        hour[..2].parse::<u32>().unwrap()
    };
    let (utc, shanghai) = (time_in("UTC0").await, time_in("CST-8").await);
    assert_eq!((utc + 8) % 24, shanghai);
}

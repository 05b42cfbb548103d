//! `dev --like`: the local clouds take a rehearsal's report, and the next rehearsal finds them as it says.

use crate::support::{binary, dev_terminal::DevTerminal, run_to_end};
use serde_json::{Value, json};
use std::fs;
use tokio::process::Command;

#[tokio::test]
async fn local_clouds_behave_as_the_report_says() {
    let folder = tempfile::tempdir().unwrap();
    let (data, report) = (folder.path().join("data"), folder.path().join("report.json"));
    let youku = json!({"second_commit": "refuse", "single_put": "refused_at_bucket", "update_host": "both"});
    let found = json!({"facts": [], "local_clouds": {"youku": youku, "oss": {"create_only_window_ms": 20}}});
    fs::write(&report, found.to_string()).unwrap();
    let mut dev = DevTerminal::start(&data, &["--like", report.to_str().unwrap()]);
    let second = folder.path().join("second.json");
    let mut rehearsal = Command::new(binary("oss2youku"));
    rehearsal.args([
        "rehearse",
        "--only",
        "youku.second_commit,youku.single_put,youku.update_host",
        "--config",
    ]);
    rehearsal.arg(data.join("oss2youku.toml")).arg("--report").arg(&second);
    let output = run_to_end(rehearsal.env("XDG_STATE_HOME", folder.path())).await;
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let again: Value = serde_json::from_str(&fs::read_to_string(&second).unwrap()).unwrap();
    for (name, position) in youku.as_object().unwrap() {
        assert_eq!(&again["local_clouds"]["youku"][name], position, "{again}");
    }
    assert_eq!(dev.end(), Some(130));

    for wrong in ["{}", "no JSON", r#"{"local_clouds": {"youku": {"second_comit": "kind"}}}"#] {
        fs::write(&report, wrong).unwrap();
        let mut refused = Command::new(binary("oss2youku"));
        refused.args(["dev", "--port-base", "0", "--like"]).arg(&report);
        let output = run_to_end(&mut refused).await;
        assert_eq!(output.status.code(), Some(2), "{output:?}");
    }
}

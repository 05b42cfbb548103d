//! Ctrl-Z, and the signals that end a program at once, while the terminal's mode is not its own.

use super::start_env;
use crate::support::{
    MIB,
    command_line::{file, operator_variables},
    job_control::{Mode, suspend},
    sample_bytes,
};
use futures_util::future::join_all;
use serde_json::json;

/// The shell that comes to the front in between, or after the end, shows what is typed.
#[tokio::test]
async fn a_hidden_question_leaves_the_terminal_to_the_shell() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["init", "--client-id", "c", "--lang", "en"];
    let variables = [("HOME".to_owned(), folder.path().to_str().unwrap().to_owned())].into();
    let endings = ["SIGINT", "SIGTERM", "SIGQUIT", "SIGHUP"].map(async |ending| {
        let question = (Mode::Echo, "access token", ending);
        let seen = suspend(question, &variables, folder.path(), &arguments).await;
        let all_own = json!({"stopped": true, "own_while_stopped": true, "code": 130, "own_at_end": true});
        assert_eq!(seen, all_own, "{ending}");
    });
    join_all(endings).await;
    assert!(!folder.path().join("oss2youku.toml").exists());
}

/// Bars change how control keys are shown.
#[tokio::test(flavor = "multi_thread")]
async fn bars_leave_the_terminal_to_the_shell() {
    let env = start_env().await;
    let (folder, _) = file("a.mp4", &sample_bytes(1, 4 * MIB));
    let endings = ["SIGTERM", "SIGQUIT", "SIGHUP"].map(async |ending| {
        let arguments = ["upload", "a.mp4", "--limit-rate", "64K", "--lang", "en", "--again", ending];
        let bars = (Mode::ControlKeys, "uploading ", ending);
        let seen = suspend(bars, &operator_variables(&env), folder.path(), &arguments).await;
        let all_own = json!({"stopped": true, "own_while_stopped": true, "code": 130, "own_at_end": true});
        assert_eq!(seen, all_own, "{ending}");
    });
    join_all(endings).await;
}

//! Two ledgers with one refresh token: `init` takes the existing ledger, `doctor` explains a token pair that another ledger renewed.

use super::start_env;
use crate::support::{
    Setup,
    command_line::{CommandOutput, command, file, run, run_command},
    sample_bytes,
};
use serde_json::Value;
use std::fs;
use tempfile::tempdir;

const KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
const LOCATION: &str = "OSS2YOUKU_LEDGER__LOCATION";

/// The findings of `doctor` about the account that have advice.
fn findings_with_advice(output: &CommandOutput) -> Vec<String> {
    let lines = output.lines();
    let ours = lines.iter().filter(|line| line["check"] == "account main" && line["advice"].is_string());
    ours.map(Value::to_string).collect()
}

/// `init` takes the ledger of the function that exists and names what is missing for that.
#[tokio::test]
async fn init_takes_the_ledger_of_an_existing_function() {
    let env = start_env(&[], Setup::default()).await;
    let folder = tempdir().unwrap();
    let init = |arguments: &[&str], shell: &[(&str, &str)]| {
        let usual = ["init", "--force", "--client-id", "c", "--access-token", "t", "--refresh-token", "r"];
        let mut command = command(&env, folder.path(), &[&usual[..], arguments].concat());
        command.env_remove(LOCATION).env_remove("OSS2YOUKU_LEDGER__SEAL_KEY").envs(shell.iter().copied());
        command
    };
    let written = || {
        let text = fs::read_to_string(folder.path().join("oss2youku.toml")).unwrap();
        let settings = app::Settings::from_parts("oss2youku.toml", &text, []).unwrap();
        (settings.ledger.location, text)
    };
    let place = "oss://functions-ledger/oss2youku/";
    let template = [("LEDGER_BUCKET", "functions-ledger"), ("LEDGER_SEAL_KEY", KEY)];
    for (arguments, shell) in [
        (&["--with-function", "--ledger", place, "--seal-key", KEY][..], &[][..]),
        (&["--with-function"], &template),
        (&["--with-function"], &[(LOCATION, place), ("OSS2YOUKU_LEDGER__SEAL_KEY", KEY)]),
    ] {
        let done = run_command(init(arguments, shell)).await;
        assert!(done.code == Some(0) && !done.out.contains("--with-function"), "{done:?}");
        let (ledger, text) = written();
        assert_eq!(ledger.as_deref(), Some(place));
        assert!(
            text.contains(&format!("seal_key = \"{KEY}\"")),
            "another key would not open its pairs: {text}"
        );
    }
    for (arguments, word) in [
        (&["--with-function"][..], "--ledger"),
        (&["--with-function", "--ledger", place], "--seal-key"),
        (&["--with-function", "--ledger", "./ledger", "--seal-key", KEY], "bucket"),
    ] {
        let refused = run_command(init(arguments, &[])).await;
        assert!(refused.code == Some(2) && refused.err.contains(word), "{refused:?}");
    }
    // Without it a refresh token gets a ledger of its own, and `init` says so.
    for (lang, word) in [("en", "works once"), ("zh", "只能用一次")] {
        let done = run_command(init(&["--lang", lang], &[])).await;
        assert!(done.code == Some(0) && done.out.contains(word) && done.out.contains("--with-function"));
    }
    assert_eq!(written().0, None);
}

/// `doctor` says of a token pair that another ledger renewed what happened and what to do.
#[tokio::test]
async fn doctor_explains_a_token_pair_renewed_by_another_ledger() {
    let env = start_env(&[], Setup { events: Some(&["oss:ObjectModified:*"]), ..Setup::default() }).await;
    let (folder, _) = file("a.mp4", &sample_bytes(1, 1000));
    let client = &env.variables["OSS2YOUKU_ACCOUNTS__MAIN__CLIENT_ID"];
    let other = tempdir().unwrap();
    let there = |arguments: &[&str]| {
        let mut command = command(&env, folder.path(), arguments);
        command.env(LOCATION, other.path());
        command
    };
    let here = async |arguments: &[&str]| run(&env, folder.path(), arguments).await;
    env.clouds.youku.expire_access_token(client);
    // No process has renewed it yet; the next upload would, so that this is not a failure.
    let before = here(&["doctor", "--json"]).await;
    assert_eq!(before.code, Some(0), "{before:?}");
    assert!(findings_with_advice(&before).concat().contains("--with-function"), "{before:?}");
    // One ledger renews the pair; the other has the same refresh token.
    assert_eq!(here(&["upload", "a.mp4"]).await.code, Some(0));
    let well = here(&["doctor", "--json"]).await;
    assert_eq!((well.code, findings_with_advice(&well)), (Some(0), vec![]), "{well:?}");
    assert_eq!(run_command(there(&["upload", "a.mp4", "--again", "x"])).await.code, Some(6));
    let stopped = run_command(there(&["doctor", "--json"])).await;
    let report = findings_with_advice(&stopped).concat();
    assert!(stopped.code == Some(1) && report.contains("--with-function"), "{stopped:?}");
    // The pair in this ledger is refused before its time.
    env.clouds.youku.expire_access_token(client);
    let refused = here(&["doctor", "--json"]).await;
    let report = findings_with_advice(&refused).concat();
    assert!(report.contains("before its time") && report.contains("--with-function"), "{refused:?}");
    // A renewed token in the settings gives the token chain a second beginning.
    let renewed = env.clouds.youku.tokens(client).unwrap();
    let mut second = command(&env, folder.path(), &["doctor", "--json"]);
    second.env("OSS2YOUKU_ACCOUNTS__MAIN__ACCESS_TOKEN", &renewed.access_token);
    second.env("OSS2YOUKU_ACCOUNTS__MAIN__REFRESH_TOKEN", &renewed.refresh_token);
    let report = findings_with_advice(&run_command(second).await).concat();
    assert!(report.contains("this ledger itself"), "{report}");
    assert!(!report.contains(&renewed.refresh_token));
}

#[tokio::test]
async fn a_wrong_client_id_is_reported_in_both_languages() {
    let env = start_env(&[], Setup::default()).await;
    let (folder, _) = file("a.mp4", &sample_bytes(1, 1000));
    for (lang, word) in [("en", "Youku does not know the client id"), ("zh", "优酷不认识")] {
        let mut wrong = command(&env, folder.path(), &["upload", "a.mp4", "--lang", lang]);
        wrong.env("OSS2YOUKU_ACCOUNTS__MAIN__CLIENT_ID", "nobody");
        let report = run_command(wrong).await;
        assert!(report.code == Some(6) && report.err.contains(word), "{report:?}");
        assert!(
            report.err.contains("accounts.main.client_id") && !report.err.contains("access_token"),
            "{report:?}"
        );
    }
}

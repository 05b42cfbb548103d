//! Two ledgers with one refresh token: `init` takes the one that is there, `doctor` tells of a pair that another renewed.

use super::rig;
use crate::{
    function::{Setup, bytes},
    upload::{command, file, run, said},
};
use serde_json::Value;
use std::fs;
use tempfile::tempdir;

const KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
const LOCATION: &str = "OSS2YOUKU_LEDGER__LOCATION";

/// What doctor says of the account, the findings with advice alone.
fn advised(said: &crate::operator::Said) -> Vec<String> {
    let lines = said.lines();
    let ours = lines.iter().filter(|line| line["check"] == "account main" && line["advice"].is_string());
    ours.map(Value::to_string).collect()
}

#[tokio::test]
async fn init_takes_the_ledger_of_the_function_that_is_there_and_names_what_is_missing() {
    let rig = rig(&[], Setup::default()).await;
    let folder = tempdir().unwrap();
    let init = |arguments: &[&str], shell: &[(&str, &str)]| {
        let usual = ["init", "--force", "--client-id", "c", "--access-token", "t", "--refresh-token", "r"];
        let mut command = command(&rig, folder.path(), &[&usual[..], arguments].concat());
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
        let done = said(init(arguments, shell)).await;
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
        let refused = said(init(arguments, &[])).await;
        assert!(refused.code == Some(2) && refused.err.contains(word), "{refused:?}");
    }
    // Without it a refresh token gets a ledger of its own, and that is said.
    for (lang, word) in [("en", "works once"), ("zh", "只能用一次")] {
        let done = said(init(&["--lang", lang], &[])).await;
        assert!(done.code == Some(0) && done.out.contains(word) && done.out.contains("--with-function"));
    }
    assert_eq!(written().0, None);
}

#[tokio::test]
async fn doctor_tells_of_a_pair_that_another_ledger_renewed_and_what_to_do() {
    let rig = rig(&[], Setup { events: Some(&["oss:ObjectModified:*"]), ..Setup::default() }).await;
    let (folder, _) = file("a.mp4", &bytes(1, 1000));
    let client = &rig.env["OSS2YOUKU_ACCOUNTS__MAIN__CLIENT_ID"];
    let other = tempdir().unwrap();
    let there = |arguments: &[&str]| {
        let mut command = command(&rig, folder.path(), arguments);
        command.env(LOCATION, other.path());
        command
    };
    let here = async |arguments: &[&str]| run(&rig, folder.path(), arguments).await;
    rig.clouds.youku.expire_access_token(client);
    // Nobody has renewed it yet: the next upload would, and that is not a failure.
    let before = here(&["doctor", "--json"]).await;
    assert_eq!(before.code, Some(0), "{before:?}");
    assert!(advised(&before).concat().contains("--with-function"), "{before:?}");
    // One ledger renews the pair; the other has the same refresh token.
    assert_eq!(here(&["upload", "a.mp4"]).await.code, Some(0));
    let well = here(&["doctor", "--json"]).await;
    assert_eq!((well.code, advised(&well)), (Some(0), vec![]), "{well:?}");
    assert_eq!(said(there(&["upload", "a.mp4", "--again", "x"])).await.code, Some(6));
    let stopped = said(there(&["doctor", "--json"])).await;
    let told = advised(&stopped).concat();
    assert!(stopped.code == Some(1) && told.contains("--with-function"), "{stopped:?}");
    // The pair in this ledger is refused before its time.
    rig.clouds.youku.expire_access_token(client);
    let refused = here(&["doctor", "--json"]).await;
    let told = advised(&refused).concat();
    assert!(told.contains("before its time") && told.contains("--with-function"), "{refused:?}");
    // Whoever puts a renewed token into the settings gives the chain a second beginning.
    let renewed = rig.clouds.youku.tokens(client).unwrap();
    let mut second = command(&rig, folder.path(), &["doctor", "--json"]);
    second.env("OSS2YOUKU_ACCOUNTS__MAIN__ACCESS_TOKEN", &renewed.access_token);
    second.env("OSS2YOUKU_ACCOUNTS__MAIN__REFRESH_TOKEN", &renewed.refresh_token);
    let told = advised(&said(second).await).concat();
    assert!(told.contains("this ledger itself"), "{told}");
    assert!(!told.contains(&renewed.refresh_token));
}

#[tokio::test]
async fn a_wrong_client_id_is_told_as_such_in_both_languages() {
    let rig = rig(&[], Setup::default()).await;
    let (folder, _) = file("a.mp4", &bytes(1, 1000));
    for (lang, word) in [("en", "Youku does not know the client id"), ("zh", "优酷不认识")] {
        let mut wrong = command(&rig, folder.path(), &["upload", "a.mp4", "--lang", lang]);
        wrong.env("OSS2YOUKU_ACCOUNTS__MAIN__CLIENT_ID", "nobody");
        let told = said(wrong).await;
        assert!(told.code == Some(6) && told.err.contains(word), "{told:?}");
        assert!(
            told.err.contains("accounts.main.client_id") && !told.err.contains("access_token"),
            "{told:?}"
        );
    }
}

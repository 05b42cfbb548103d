//! What a person reads on a terminal besides bars that stay in place: a bar that moves at a low rate, lists that fit, and no logs.

use super::start_env;
use crate::support::{
    MIB, add_fault,
    command_line::{file, run},
    sample_bytes,
    terminal::Terminal,
};
use serde_json::json;

const CTRL_C: &str = "\u{3}";

/// At a low rate one part takes long: what is on its way is shown, and a stop before anything was accepted does not say that it is kept.
#[tokio::test]
async fn a_slow_upload_moves_and_claims_nothing_that_was_not_accepted() {
    let env = start_env().await;
    let (folder, _) = file("a.mp4", &sample_bytes(1, MIB));
    for (lang, moving, claim) in [
        ("en", "uploading a.mp4 [==", "Youku has accepted nothing in this run"),
        ("zh", "上传 a.mp4 [==", "本次运行中优酷尚未接收数据"),
    ] {
        let arguments = ["upload", "a.mp4", "--limit-rate", "200K", "--lang", lang];
        let mut terminal = Terminal::start(&env, folder.path(), 150, &arguments);
        terminal.wait_for(moving).await;
        terminal.press(CTRL_C).await;
        let (code, left, _) = terminal.end().await;
        let left = left.concat();
        assert!(code == Some(130) && left.contains(claim), "{left}");
        assert!(!left.contains("is kept") && !left.contains("会保留"), "{left}");
    }
}

/// Rows of a list break between their cells on a narrow terminal, and are not cut where no person reads them; a failure says why in words.
#[tokio::test]
async fn a_list_fits_the_terminal_and_says_why() {
    let env = start_env().await;
    let (folder, _) = file("a rather long name of a film.mp4", &sample_bytes(1, 1000));
    let refusal = json!({"kind": "status", "status": 400, "code": "120010101"});
    add_fault(&env.clouds.youku.control(), json!({"operation": "create", "fault": refusal}));
    run(&env, folder.path(), &["upload", "a rather long name of a film.mp4"]).await;
    for (lang, why) in [("en", "Youku refused, or failed [youku_failed]"), ("zh", "优酷出错 [youku_failed]")]
    {
        for columns in [80, 120] {
            let (code, rows, _) =
                Terminal::start(&env, folder.path(), columns, &["list", "--lang", lang]).end().await;
            // A row that was wrapped by the terminal itself would break a word.
            assert!(code == Some(0) && rows.iter().any(|row| row.contains(why)), "{columns}: {rows:#?}");
            let second = rows.iter().find(|row| row.contains("a rather long name of a film.mp4"));
            assert!(second.is_some_and(|row| row.starts_with("    ")), "{columns}: {rows:#?}");
        }
        let piped = run(&env, folder.path(), &["list", "--lang", lang]).await;
        assert_eq!(piped.out.lines().count(), 2, "{piped:?}");
    }
}

/// A terminal gets no log between its lines unless the settings ask for one: how the command ends is said anyway.
#[tokio::test]
async fn a_refused_token_leaves_no_log_on_a_terminal() {
    let env = start_env().await;
    let (folder, _) = file("a.mp4", &sample_bytes(1, 1000));
    let tokens = ["ACCESS", "REFRESH"].map(|kind| format!("OSS2YOUKU_ACCOUNTS__MAIN__{kind}_TOKEN"));
    for (log, wrong) in [(None, "wrong"), (Some(("OSS2YOUKU_LOG__LEVEL", "error")), "wrong-too")] {
        let is_logged = log.is_some();
        // Another pair is tried anew.
        let variables: Vec<_> = tokens.iter().map(|name| (name.as_str(), wrong)).chain(log).collect();
        let arguments = ["upload", "a.mp4", "--lang", "en", "--again", wrong];
        let terminal = Terminal::start_with(&env, folder.path(), 120, &arguments, &variables);
        let (code, left, bytes) = terminal.end().await;
        assert!(code == Some(6) && left.concat().contains("[reauthorize]"), "{left:#?}");
        assert_eq!(bytes.contains("\"level\""), is_logged, "{left:#?}");
    }
}

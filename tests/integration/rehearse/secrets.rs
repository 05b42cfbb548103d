//! No secret stands in the report, the log or on the terminal.

use super::Rehearsal;
use local_clouds::youku::Switches;
use std::fs;

/// The settings' secrets, Youku's upload tokens and keys, and signatures, where everything is logged.
#[tokio::test]
async fn no_secret_stands_in_report_log_or_terminal() {
    let rehearsal = Rehearsal::start(|_| {}).await;
    let client = &rehearsal.env.variables["OSS2YOUKU_ACCOUNTS__MAIN__CLIENT_ID"];
    let youku = &rehearsal.env.clouds.youku;
    youku.expire_access_token(client);
    youku.set_switches(Switches { sts_life_ms: Some(500), ..Switches::default() });
    let mut command = rehearsal.command(&["--keep", "--long", "--refresh", "--minute-ms", "20"]);
    command.env("OSS2YOUKU_LOG__LEVEL", "debug").env("OSS2YOUKU_ACCOUNTS__MAIN__CLIENT_SECRET", "s3cret");
    let output = crate::support::command_line::run_command(command).await;
    assert_eq!(output.code, Some(0), "{output:?}");
    let record = rehearsal.record();
    let tokens: Vec<&str> =
        record.split("\"upload_token\":\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(tokens.len() > 10 && tokens.iter().all(|token| token.len() == 32), "{record}");
    let report = fs::read_to_string(rehearsal.folder().join("report.json")).unwrap();
    assert!(["youku.refresh", "youku.sts_end"].iter().all(|name| report.contains(name)), "{report}");
    let pair = youku.tokens(client).unwrap();
    let everything = format!("{}{}{report}", output.out, output.err);
    assert!(output.err.contains("DEBUG") || output.err.contains("debug"), "it was logged: {}", output.err);
    let known = [
        "s3cret",
        "local-access-secret",
        "local-access-token",
        "local-refresh-token",
        &pair.access_token,
        &pair.refresh_token,
        "STS.",
        "security-token=",
        "Signature=",
        "watch_password",
    ];
    for secret in known.iter().chain(&tokens) {
        assert!(!everything.contains(secret), "{secret} in {everything}");
    }
    // Of the pairs between the first and the last nobody tells the test.
    let is_token =
        |text: &[u8]| matches!(&text[..2], b"at" | b"rt") && text[2..].iter().all(u8::is_ascii_hexdigit);
    assert!(is_token(pair.access_token.as_bytes()) && is_token(pair.refresh_token.as_bytes()), "{pair:?}");
    let length = pair.access_token.len();
    assert!(!everything.as_bytes().windows(length).any(is_token), "a token in {everything}");
    let (output, _) = rehearsal.run(&["--only", "youku.error_form"]).await;
    rehearsal.assert_nothing_left(&output);
}

/// A token that is due is refreshed once, in the settings' ledger: an upload afterwards needs no other.
#[tokio::test]
async fn a_refreshed_token_is_kept_in_the_ledger() {
    let rehearsal = Rehearsal::start(|_| {}).await;
    let client = &rehearsal.env.variables["OSS2YOUKU_ACCOUNTS__MAIN__CLIENT_ID"];
    let youku = &rehearsal.env.clouds.youku;
    youku.expire_access_token(client);
    let (output, _) = rehearsal.run(&["--only", "youku.error_form"]).await;
    assert_eq!(output.code, Some(0), "{output:?}");
    let refreshed = youku.tokens(client).unwrap().access_token;
    assert_ne!(refreshed, "local-access-token");
    let (output, _) = rehearsal.run(&["--only", "youku.oss_publish"]).await;
    assert_eq!((output.code, youku.tokens(client).unwrap().access_token), (Some(0), refreshed), "{output:?}");
}

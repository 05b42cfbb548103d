//! Facts about the function's platform, by the deployed function's own word: on Function Compute and on Lambda's emulator.

use super::{Rehearsal, fact};
use crate::support::{
    Setup, TestEnv, binary,
    command_line::{CommandOutput, run_command},
    dev_terminal::DevTerminal,
    run_to_end, sample_bytes, within,
};
use local_clouds::fc::{DisableInject, FunctionConfig, HttpAuth, Runtime, StsCredentials};
use serde_json::{Value, json};
use std::{fs, path::Path, time::Duration};
use tokio::process::Command;

/// The token `t0ken`, by `sha256sum`, with every right.
const TOKENS: &str = r#"[{sha256="b46c09677343261f0b439a472422225e3a230c9c094d6ab16762e2036b597053",rights=["submit","read","manage"]}]"#;
const PROBE: (&str, &str) = ("OSS2YOUKU_HTTP__PROBE", "true");

/// The role's credentials, which no text may hold.
const CANARY: (&str, &str, &str) = ("STS.canary-id", "canary-secret", "canary-token");

/// A function with an HTTP trigger and a role.
fn with_trigger(function: &mut FunctionConfig) {
    function.http_trigger = Some(HttpAuth::Anonymous);
    let (id, secret, token) = CANARY;
    function.credentials = Some(StsCredentials {
        access_key_id: id.to_owned(),
        access_key_secret: secret.to_owned(),
        security_token: token.to_owned(),
    });
}

/// The clouds with this function.
async fn start(variables: &[(&str, &str)], host: fn(&mut FunctionConfig)) -> Rehearsal {
    let setup = Setup { ledger_in_bucket: true, rules: "[]", variables, host, ..Setup::default() };
    Rehearsal { env: TestEnv::start(setup).await, folder: tempfile::tempdir().unwrap() }
}

/// Tries the facts about the function.
pub(crate) async fn rehearse(
    rehearsal: &Rehearsal,
    url: &str,
    token: &str,
    only: &str,
) -> (CommandOutput, Value) {
    fs::write(rehearsal.folder().join("token"), token).unwrap();
    let flags = ["--only", only, "--function-url", url, "--token-file", "token"];
    rehearsal.run(&flags).await
}

fn because<'a>(report: &'a Value, name: &str) -> &'a str {
    fact(report, name)["because"].as_str().unwrap_or_else(|| panic!("{name}: {report}"))
}

/// Each position that the local host has is named.
#[tokio::test]
async fn facts_about_function_compute_name_what_it_does() {
    type Host = fn(&mut FunctionConfig);
    let hosts: [(Host, &str, &str); 4] = [
        (with_trigger, "environment", "frozen"),
        (
            |function| {
                with_trigger(function);
                (function.runtime, function.freeze) = (Runtime::CustomDebian10, false);
            },
            "both",
            "running",
        ),
        (
            |function| {
                with_trigger(function);
                function.runtime = Runtime::CustomDebian10;
                function.disable_inject_credentials = DisableInject::Env;
            },
            "headers",
            "frozen",
        ),
        (
            |function| {
                with_trigger(function);
                function.disable_inject_credentials = DisableInject::All;
            },
            "nowhere",
            "frozen",
        ),
    ];
    for (host, credentials, freeze) in hosts {
        let rehearsal = start(&[("OSS2YOUKU_HTTP__TOKENS", TOKENS), PROBE], host).await;
        let url = rehearsal.env.clouds.endpoints.http_trigger.clone();
        let (output, report) = rehearse(&rehearsal, &url, "t0ken", "function").await;
        assert_eq!(output.code, Some(0), "{output:?}");
        for (name, found) in [
            ("function.headers", "complete"),
            ("function.credentials", credentials),
            ("function.deadline", "stated"),
            ("function.freeze", freeze),
            ("function.answer_size", "4096_kib"),
        ] {
            assert_eq!(fact(&report, name)["found"], found, "{report}");
        }
        assert!(because(&report, "function.event_delay").contains("by an event yet"), "{report}");
        let evidence = fact(&report, "function.headers")["evidence"].as_str().unwrap();
        assert!(evidence.starts_with("platform fc;") && evidence.contains("x-fc-request-id"), "{evidence}");
        assert_no_secret(&rehearsal, &[&output.out, &output.err, &report.to_string()]);
        rehearsal.assert_nothing_left(&output);
    }
}

/// What the latest uploads show needs no function to be asked.
#[tokio::test]
async fn the_delay_of_events_is_that_of_the_latest_uploads() {
    // The test calls the function itself.
    let events: Option<&[&str]> = Some(&["oss:ObjectModified:*"]);
    let setup = Setup { ledger_in_bucket: true, events, ..Setup::default() };
    let rehearsal = Rehearsal { env: TestEnv::start(setup).await, folder: tempfile::tempdir().unwrap() };
    let only = ["--only", "function.event_delay"];
    let (_, report) = rehearsal.run(&only).await;
    assert!(because(&report, "function.event_delay").contains("by an event yet"), "{report}");
    let bytes = sample_bytes(1, 3000);
    rehearsal.env.put("clip.mp4", &bytes).await;
    let result = rehearsal.env.call_with_event("ObjectCreated:PutObject", "clip.mp4", bytes.len()).await;
    assert_eq!(result["code"], "200", "{result}");
    let (output, report) = rehearsal.run(&only).await;
    assert_eq!((output.code, &fact(&report, "function.event_delay")["found"]), (Some(0), &json!("seconds")));
    let evidence = fact(&report, "function.event_delay")["evidence"].as_str().unwrap();
    assert!(evidence.contains("an event asked for, 1: half within"), "{evidence}");
}

/// Asserts that neither credentials nor tokens stand in these texts.
fn assert_no_secret(rehearsal: &Rehearsal, texts: &[&str]) {
    let variables = &rehearsal.env.variables;
    let secrets = [
        CANARY.0,
        CANARY.1,
        CANARY.2,
        &variables["OSS2YOUKU_ACCOUNTS__MAIN__ACCESS_TOKEN"],
        &variables["OSS2YOUKU_LEDGER__SEAL_KEY"],
    ];
    for text in texts {
        for secret in secrets {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
        assert!(!text.contains("t0ken"), "{text}");
    }
}

/// Without the setting, a token, its right or a function, the report says what is missing.
#[tokio::test]
async fn what_keeps_the_function_from_being_asked_is_told() {
    let reader = TOKENS.replace(r#","manage""#, "");

    let name = "function.deadline";
    for (variables, token, words) in [
        (&[("OSS2YOUKU_HTTP__TOKENS", TOKENS)][..], "t0ken", "http.probe = true"),
        (&[("OSS2YOUKU_HTTP__TOKENS", &reader), PROBE], "t0ken", "lacks the right manage"),
        (&[("OSS2YOUKU_HTTP__TOKENS", TOKENS), PROBE], "other", "refuses the token"),
    ] {
        let rehearsal = start(variables, with_trigger).await;
        let url = rehearsal.env.clouds.endpoints.http_trigger.clone();
        let (output, report) = rehearse(&rehearsal, &url, token, name).await;
        assert_eq!(output.code, Some(1), "{output:?}");
        assert!(because(&report, name).contains(words), "{report}");
    }
    let rehearsal = start(&[], |_| {}).await;
    let (output, report) = rehearse(&rehearsal, "http://127.0.0.1:1", "t0ken", name).await;
    assert!(output.code == Some(1) && because(&report, name).contains("cannot be reached"), "{report}");
    let (output, report) = rehearsal.run(&["--only", name]).await;
    assert!(output.code == Some(0) && because(&report, name).contains("names no function"), "{report}");
    let (output, report) = rehearsal.run(&["--only", name, "--function-url", "http://127.0.0.1:1"]).await;
    assert!(output.code == Some(1) && because(&report, name).contains("--token-file"), "{report}");
    let mut alone = rehearsal.command(&["--token-file", "token"]);
    alone.current_dir(Path::new("/"));
    assert_eq!(run_command(alone).await.code, Some(2));
}

/// What is asked of the function itself holds no secret either.
#[tokio::test]
async fn a_probe_holds_no_secret() {
    let host: fn(&mut FunctionConfig) = |function| {
        with_trigger(function);
        function.runtime = Runtime::CustomDebian10;
    };
    let rehearsal = start(&[("OSS2YOUKU_HTTP__TOKENS", TOKENS), PROBE], host).await;
    let url = format!("{}/probe", rehearsal.env.clouds.endpoints.http_trigger);
    let request = app::http_client().unwrap().get(url).timeout(Duration::from_secs(60));
    let answer = within("the probe", request.bearer_auth("t0ken").send()).await.unwrap();
    let text = answer.text().await.unwrap();
    let probe: Value = serde_json::from_str(&text).unwrap();
    let whole = json!({"key_id": true, "secret": true, "token": true});
    assert_eq!((&probe["header_credentials"], &probe["environment_credentials"]), (&whole, &whole), "{text}");
    assert_no_secret(&rehearsal, &[&text]);
}

/// The function of `dev` can be rehearsed as it is.
#[tokio::test]
async fn the_function_of_dev_can_be_rehearsed() {
    let folder = tempfile::tempdir().unwrap();
    let (data, report) = (folder.path().join("data"), folder.path().join("report.json"));
    let mut dev = DevTerminal::start(&data, &[]);
    let url = dev.url(4).to_owned();
    let mut rehearsal = Command::new(binary("oss2youku"));
    rehearsal.args(["rehearse", "--only", "function", "--function-url", &url, "--config"]);
    rehearsal.arg(data.join("oss2youku.toml")).arg("--token-file").arg(data.join("http-token"));
    rehearsal.arg("--report").arg(&report).env("XDG_STATE_HOME", folder.path());
    let output = run_to_end(&mut rehearsal).await;
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let told: Value = serde_json::from_str(&fs::read_to_string(&report).unwrap()).unwrap();
    assert_eq!(fact(&told, "function.freeze")["found"], "frozen", "{told}");
    assert_eq!(fact(&told, "function.credentials")["found"], "environment", "{told}");
    assert_eq!(dev.end(), Some(130));
}

//! Where the settings contradict what a rehearsal found, `doctor` says so until they follow, or a later rehearsal finds it otherwise.

use super::Rehearsal;
use crate::{
    console::program,
    support::{
        command_line::{command, operator_variables, run_command},
        console::{Browser, ConsoleProcess},
    },
};
use local_clouds::{oss::OssSwitches, youku::Switches};
use serde_json::{Value, json};

/// What doctor says of facts and rehearsals with these variables, from a folder where nothing of the rehearsal lies.
async fn ask_doctor(rehearsal: &Rehearsal, variables: &[(&str, &str)]) -> Vec<Value> {
    let elsewhere = tempfile::tempdir().unwrap();
    let mut doctor = command(&rehearsal.env, elsewhere.path(), &["doctor", "--json"]);
    doctor.envs(variables.iter().copied()).env("XDG_STATE_HOME", elsewhere.path());
    let output = run_command(doctor).await;
    let is_own = |line: &Value| {
        let check = line["check"].as_str().unwrap();
        check == "rehearsal" || check.starts_with("fact ")
    };
    let told: Vec<_> = output.lines().into_iter().filter(is_own).collect();
    let fails = told.iter().any(|line| line["ok"] == false);
    assert_eq!(output.code, Some(i32::from(fails)), "{output:?}");
    told
}

/// Asserts that doctor has something to say about this fact alone, and how bad it is.
async fn assert_told(rehearsal: &Rehearsal, variables: &[(&str, &str)], name: &str, ok: bool, advice: &str) {
    let told = ask_doctor(rehearsal, variables).await;
    let [line] = &told[..] else { panic!("{name}: {told:?}") };
    assert_eq!((&line["check"], &line["ok"]), (&json!(format!("fact {name}")), &json!(ok)), "{line}");
    assert!(line["advice"].as_str().unwrap().contains(advice), "{line}");
}

/// Asserts that doctor finds the settings to fit.
async fn assert_fits(rehearsal: &Rehearsal, variables: &[(&str, &str)]) {
    let told = ask_doctor(rehearsal, variables).await;
    let [line] = &told[..] else { panic!("{told:?}") };
    assert_eq!((&line["check"], &line["ok"]), (&json!("rehearsal"), &json!(true)), "{line}");
    assert!(line.get("advice").is_none(), "{line}");
}

#[tokio::test]
async fn doctor_names_what_settings_ask_for_in_vain_until_they_follow() {
    let rehearsal = Rehearsal::start(|_| {}).await;
    let youku = &rehearsal.env.clouds.youku;
    let single_put = ("OSS2YOUKU_YOUKU__SINGLE_PUT", "true");
    let web = ("OSS2YOUKU_YOUKU__MD5", "web");
    let manage = ("OSS2YOUKU_MANAGE__ENABLED", "true");
    assert_eq!(ask_doctor(&rehearsal, &[single_put]).await, Vec::<Value>::new(), "there was no rehearsal");
    for (switch, position, name, variable, ok, advice) in [
        (
            "single_put",
            "refused_at_commit",
            "youku.single_put",
            single_put,
            false,
            "youku.single_put = false",
        ),
        ("single_put", "refused_at_bucket", "youku.single_put", single_put, true, "youku.single_put = false"),
        ("web_upload", "refused_at_create", "youku.web_md5", web, true, "youku.md5 = \"required\""),
        ("web_upload", "refused_at_commit", "youku.web_md5", web, false, "youku.md5 = \"required\""),
        ("update_host", "neither", "youku.update_host", manage, false, "youku.call_urls.update"),
    ] {
        youku.set_switches(serde_json::from_value(json!({switch: position})).unwrap());
        let (output, _) = rehearsal.run(&["--only", name]).await;
        assert_eq!(output.code, Some(0), "{output:?}");
        assert_told(&rehearsal, &[variable], name, ok, advice).await;
        assert_fits(&rehearsal, &[]).await;
        // A rehearsal of something else leaves it as it was found.
        let (output, _) = rehearsal.run(&["--only", "youku.signature"]).await;
        assert_eq!(output.code, Some(0), "{output:?}");
        assert_told(&rehearsal, &[variable], name, ok, advice).await;

        youku.set_switches(Switches::default());
        let (output, _) = rehearsal.run(&["--only", name]).await;
        assert_eq!(output.code, Some(0), "{output:?}");
        assert_fits(&rehearsal, &[variable]).await;
    }
}

/// A default that a fact contradicts is named, until the setting that the rehearsal writes is there.
#[tokio::test]
async fn doctor_names_a_window_that_is_too_short() {
    let rehearsal = Rehearsal::start(|_| {}).await;
    let oss = &rehearsal.env.clouds.oss;
    let usual = ("OSS2YOUKU_LEDGER__WINDOW_MS", "500");
    oss.set_switches(OssSwitches { create_only_window_ms: 400, ..OssSwitches::default() });
    let mut rehearse = rehearsal.command(&["--only", "oss.create_only"]);
    rehearse.env(usual.0, usual.1);
    let output = run_command(rehearse).await;
    assert_eq!(output.code, Some(0), "{output:?}");
    let line = output.out.lines().find_map(|line| line.strip_prefix("OSS2YOUKU_LEDGER__WINDOW_MS="));
    let window = line.unwrap_or_else(|| panic!("{output:?}"));
    assert_told(&rehearsal, &[usual], "oss.create_only", false, &format!("window_ms = {window}")).await;
    assert_fits(&rehearsal, &[("OSS2YOUKU_LEDGER__WINDOW_MS", window)]).await;

    oss.set_switches(OssSwitches::default());
    let (output, _) = rehearsal.run(&["--only", "oss.create_only"]).await;
    assert_eq!(output.code, Some(0), "{output:?}");
    assert_fits(&rehearsal, &[usual]).await;
}

/// The console's health has it as well, in the page's language.
#[tokio::test]
async fn the_console_shows_a_setting_that_a_fact_contradicts() {
    let rehearsal = Rehearsal::start(|_| {}).await;
    let position = json!({"single_put": "refused_at_commit"});
    rehearsal.env.clouds.youku.set_switches(serde_json::from_value(position).unwrap());
    let (output, _) = rehearsal.run(&["--only", "youku.single_put"]).await;
    assert_eq!(output.code, Some(0), "{output:?}");
    let folder = tempfile::tempdir().unwrap();
    let mut variables = operator_variables(&rehearsal.env);
    variables.insert("OSS2YOUKU_YOUKU__SINGLE_PUT".into(), "true".into());
    let spool = folder.path().join("spool");
    let console =
        ConsoleProcess::start(program(variables, folder.path()), &["--spool", spool.to_str().unwrap()]);
    let browser = Browser::open(&console.url).await;
    for (language, words) in [("en", "such uploads fail"), ("zh", "此类上传会失败")] {
        let told = browser.get(&format!("/console/doctor?lang={language}")).await;
        let findings = told["findings"].as_array().unwrap();
        let one = findings.iter().find(|one| one["check"].as_str().unwrap().ends_with("youku.single_put"));
        let one = one.unwrap_or_else(|| panic!("{told}"));
        assert!(one["ok"] == false && one["result"].as_str().unwrap().contains(words), "{one}");
    }
}

/// Where the ledger cannot be written the rehearsal says that doctor learns nothing of it.
#[tokio::test]
async fn a_ledger_that_cannot_be_written_is_told() {
    let rehearsal = Rehearsal::start(|_| {}).await;
    let oss = &rehearsal.env.clouds.oss;
    assert_eq!(ask_doctor(&rehearsal, &[]).await, Vec::<Value>::new());
    let statement = json!({"Effect": "Deny", "Principal": ["*"], "Action": ["oss:PutObject"], "Resource": ["acs:oss:*:*:records/*cursor/*"]});
    let policy = json!({"Version": "1", "Statement": [statement]});
    oss.set_bucket_policy("records", Some(serde_json::from_value(policy).unwrap()));
    let (output, report) = rehearsal.run(&["--only", "youku.single_put"]).await;
    assert_eq!(output.code, Some(0), "{report}");
    assert!(output.out.contains("cannot be told of what was found"), "{output:?}");
    rehearsal.assert_nothing_left(&output);
}

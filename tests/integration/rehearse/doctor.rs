//! Where the settings contradict what a rehearsal found, `doctor` says so until they follow, or a later rehearsal finds it otherwise; that create-only
//! puts let several in no later one takes back. A rehearsal before the ledger's first use is kept nowhere.

use super::{Rehearsal, fact};
use crate::{
    console::program,
    support::{
        Setup, TestEnv, add_fault,
        command_line::{SWEEPING, command, operator_variables, run_command},
        console::{Browser, ConsoleProcess},
        ledger_bucket::BUCKET,
        sample_bytes,
    },
};
use local_clouds::{oss::OssSwitches, youku::Switches};
use serde_json::{Value, json};
use std::time::Duration;

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
    // From here on the ledger is in use.
    assert_eq!(ask_doctor(&rehearsal, &[]).await, Vec::<Value>::new());
    oss.set_switches(OssSwitches { create_only_window_ms: 400, ..OssSwitches::default() });
    let mut rehearse = rehearsal.command(&["--only", "oss.create_only"]);
    rehearse.env(usual.0, usual.1);
    let output = run_command(rehearse).await;
    assert_eq!(output.code, Some(0), "{output:?}");
    let line = output.out.lines().find_map(|line| line.strip_prefix("OSS2YOUKU_LEDGER__WINDOW_MS="));
    let window = line.unwrap_or_else(|| panic!("{output:?}"));
    assert_told(&rehearsal, &[usual], "oss.create_only", false, &format!("window_ms = {window}")).await;
    assert_fits(&rehearsal, &[("OSS2YOUKU_LEDGER__WINDOW_MS", window)]).await;

    // Tries in which one alone is let in prove nothing against that: no shorter window is proposed, and doctor says the same.
    oss.set_switches(OssSwitches::default());
    let (output, report) = rehearsal.run(&["--only", "oss.create_only"]).await;
    assert_eq!(
        (output.code, &fact(&report, "oss.create_only")["found"]),
        (Some(0), &json!("one")),
        "{report}"
    );
    assert_eq!(report["settings"], json!([format!("OSS2YOUKU_LEDGER__WINDOW_MS={window}")]), "{report}");
    assert_told(&rehearsal, &[usual], "oss.create_only", false, &format!("window_ms = {window}")).await;
    assert_fits(&rehearsal, &[("OSS2YOUKU_LEDGER__WINDOW_MS", window)]).await;
}

/// Where too few keys could be compared that only one was let in is not said, and no shorter window is proposed.
#[tokio::test]
async fn few_answers_say_nothing_of_create_only_puts() {
    let rehearsal = Rehearsal::start(|_| {}).await;
    let control = &rehearsal.env.clouds.oss_control;
    // 25 keys have their puts at once: the others get no answer.
    let refused = json!({"kind": "page", "status": 403});
    add_fault(control, json!({"operation": "PutObject", "skip": 200, "times": 0, "fault": refused}));
    let (output, report) = rehearsal.run(&["--only", "oss.create_only"]).await;
    control.faults.clear();
    assert_eq!(output.code, Some(1), "{output:?}");
    let because = fact(&report, "oss.create_only")["because"].as_str().unwrap();
    assert!(because.contains("of 100 keys only ") && because.contains("90 are needed"), "{because}");
    assert_eq!(report["settings"], json!([]), "{report}");
    rehearsal.assert_nothing_left(&output);
}

/// A rehearsal is no first use of a ledger: what lands between it and the first sweep is older than the ledger, and is not published.
#[tokio::test]
async fn a_rehearsal_begins_no_ledger() {
    let setup = Setup {
        ledger_in_bucket: true,
        events: Some(&["oss:ObjectModified:*"]),
        variables: &SWEEPING,
        ..Setup::default()
    };
    let rehearsal = Rehearsal { env: TestEnv::start(setup).await, folder: tempfile::tempdir().unwrap() };
    let env = &rehearsal.env;
    for _ in 0..2 {
        let (output, report) = rehearsal.run(&["--only", "youku.single_put,oss.create_only"]).await;
        assert_eq!(output.code, Some(0), "{report}");
        assert!(
            output.out.contains("cannot be told of what was found: the ledger has not been used"),
            "{output:?}"
        );
        assert_eq!(env.clouds.oss.keys(BUCKET), Vec::<String>::new(), "a birth, a key or a note");
        // The second run takes a second and more: stores report whole seconds.
        env.put("between.mp4", &sample_bytes(1, 100_000)).await;
    }
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let videos = env.clouds.youku.videos().len();
    let swept = run_command(command(env, rehearsal.folder(), &["sweep", "--json"])).await;
    let lines = swept.lines();
    assert_eq!((lines.len(), &lines[0]["older"]), (1, &json!(1)), "{swept:?}");
    assert_eq!(env.clouds.youku.videos().len(), videos);
    assert!(env.clouds.oss.keys(BUCKET).iter().any(|key| key == "birth"));
}

/// The same where the ledger is a folder that is not there.
#[tokio::test]
async fn a_rehearsal_makes_no_folder_of_a_ledger() {
    let env = TestEnv::start(Setup { rules: "[]", ..Setup::default() }).await;
    let rehearsal = Rehearsal { env, folder: tempfile::tempdir().unwrap() };
    let (output, _) = rehearsal.run(&["--only", "youku.single_put"]).await;
    assert_eq!(output.code, Some(0), "{output:?}");
    assert!(output.out.contains("cannot be told of what was found"), "{output:?}");
    assert!(!rehearsal.env.ledger_folder().exists());
}

/// The console's health has it as well, in the page's language.
#[tokio::test]
async fn the_console_shows_a_setting_that_a_fact_contradicts() {
    let rehearsal = Rehearsal::start(|_| {}).await;
    assert_eq!(ask_doctor(&rehearsal, &[]).await, Vec::<Value>::new());
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

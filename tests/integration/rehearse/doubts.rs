//! Where an answer decides nothing a rehearsal says so: nothing is called gone that may be there, and no refusal becomes a fact.

use super::{Rehearsal, fact};
use crate::support::{
    add_fault,
    command_line::{TIMEOUT, run_command},
    ledger_bucket, wait_fired,
};
use local_clouds::youku::Switches;
use serde_json::{Value, json};
use tokio::time::timeout;

fn because<'a>(report: &'a Value, name: &str) -> &'a str {
    fact(report, name)["because"].as_str().unwrap_or_else(|| panic!("{name} was tried: {report}"))
}

/// A cancel that something between refused has ended nothing: the upload is named, and ended by the next run.
#[tokio::test]
async fn a_refused_cancel_is_no_end() {
    let rehearsal = Rehearsal::start(|_| {}).await;
    let api = rehearsal.env.clouds.youku.control();
    let page = json!({"kind": "page", "status": 403});
    add_fault(&api, json!({"operation": "cancel", "times": 0, "fault": page}));
    let (output, report) = rehearsal.run(&["--only", "youku.list_parts"]).await;
    assert_eq!(output.code, Some(1), "{output:?}");
    assert_eq!(fact(&report, "youku.list_parts")["found"], "allowed", "{report}");
    assert_eq!(report["left"].as_array().unwrap().len(), 1, "{report}");
    api.faults.clear();
    let (output, _) = rehearsal.run(&["--only", "youku.error_form"]).await;
    rehearsal.assert_nothing_left(&output);
}

/// A commit that a page or a system error answered was not refused by Youku: it stays in the record as one that may have gone through.
#[tokio::test]
async fn a_commit_without_a_decision_stays_open() {
    let rehearsal = Rehearsal::start(|_| {}).await;
    let api = rehearsal.env.clouds.youku.control();
    for fault in
        [json!({"kind": "page", "status": 403}), json!({"kind": "status", "status": 400, "code": "1002"})]
    {
        for name in ["youku.oss_publish", "youku.single_put", "youku.wrong_md5", "youku.lost_commit"] {
            let rules = [("commit", &fault), ("destroy", &json!({"kind": "page", "status": 403}))];
            for (operation, fault) in rules {
                // The first two removals are of no video: they look for the call.
                let skip = if operation == "destroy" { 2 } else { 0 };
                add_fault(&api, json!({"operation": operation, "skip": skip, "times": 0, "fault": fault}));
            }
            let (output, report) = rehearsal.run(&["--only", name]).await;
            assert!(because(&report, name).contains("commit"), "{report}");
            assert_eq!(output.code, Some(1), "{output:?}");
            let record = rehearsal.record();
            assert!(record.contains("committing") && !record.contains("refused"), "{name} {record}");
            api.faults.clear();
            let (output, _) = rehearsal.run(&["--only", "youku.error_form"]).await;
            rehearsal.assert_nothing_left(&output);
        }
    }
}

/// A removal that answers 1002 is proved by `show` and `by_me` together: without either the video may be there, and no other is published.
#[tokio::test]
async fn what_may_be_there_is_named() {
    let rehearsal = Rehearsal::start(|_| {}).await;
    let youku = &rehearsal.env.clouds.youku;
    for missing in ["by_me_host", "show_host"] {
        let position = json!({"change_answers_1002": true, missing: "neither"});
        youku.set_switches(serde_json::from_value(position).unwrap());
        let (output, report) = rehearsal.run(&["--only", "youku.oss_publish,youku.slice_publish"]).await;
        assert_eq!(output.code, Some(1), "{output:?}");
        assert_eq!(fact(&report, "youku.oss_publish")["found"], "published", "{report}");
        assert!(because(&report, "youku.slice_publish").contains("destroy"), "{report}");
        assert_eq!(report["left"].as_array().unwrap().len(), 1, "{report}");
        assert!(output.out.contains("may still be there"), "{output:?}");
        youku.set_switches(Switches::default());
        let (output, _) = rehearsal.run(&["--only", "youku.error_form"]).await;
        rehearsal.assert_nothing_left(&output);
    }
}

/// Nothing is written where it would stay as a version, or call the function.
#[tokio::test]
async fn no_object_is_written_that_would_stay_or_call_the_function() {
    let rehearsal = Rehearsal::start(|_| {}).await;
    let oss = &rehearsal.env.clouds.oss;
    let facts = ["oss.clock", "oss.if_match", "oss.checksums", "oss.create_only"];
    let only = ["--only", &facts.join(",")];
    let control = &rehearsal.env.clouds.oss_control;
    let puts = add_fault(
        control,
        json!({"operation": "PutObject", "match": "rehearsal/", "times": 0, "fault": {"kind": "page", "status": 403}}),
    );
    let rule = format!("[{{bucket=\"{}\",account=\"main\",public_type=\"all\"}}]", ledger_bucket::BUCKET);
    let mut command = rehearsal.command(&only);
    command.env("OSS2YOUKU_RULES", rule);
    let output = run_command(command).await;
    let report = std::fs::read_to_string(rehearsal.folder().join("report.json")).unwrap();
    let report: Value = serde_json::from_str(&report).unwrap();
    for name in facts {
        assert!(because(&report, name).contains("call the function"), "{output:?}");
    }
    oss.set_versioning(ledger_bucket::BUCKET, true);
    let (output, report) = rehearsal.run(&only).await;
    assert_eq!(output.code, Some(1), "{output:?}");
    for name in facts {
        assert!(because(&report, name).contains("versioning"), "{report}");
    }
    assert_eq!(control.faults.state(puts).unwrap().fired, 0);
}

/// Where Youku shows the first clip to others than those who know its password it is removed, also with `--keep`, and no other is published.
#[tokio::test]
async fn a_clip_that_is_not_behind_its_password_is_removed_at_once() {
    let rehearsal = Rehearsal::start(|_| {}).await;
    let (youku, variables) = (&rehearsal.env.clouds.youku, &rehearsal.env.variables);
    let api = youku.control();
    let hold = add_fault(&api, json!({"operation": "commit", "fault": {"kind": "hold"}}));
    let flags = ["--keep", "--only", "youku.oss_publish,youku.slice_publish,youku.instant"];
    let mut running = rehearsal.command(&flags).spawn().unwrap();
    wait_fired(&api, hold, 1).await;
    let client = &variables["OSS2YOUKU_ACCOUNTS__MAIN__CLIENT_ID"];
    let token = youku.tokens(client).unwrap().access_token;
    let url = format!("{}/v2/videos/update.json", variables["OSS2YOUKU_YOUKU__API"]);
    let id = &youku.videos()[0].id;
    let form = format!("client_id={client}&access_token={token}&video_id={id}&public_type=all");
    let request = app::http_client().unwrap().post(url).body(form);
    let answer = request.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap();
    assert!(answer.status().is_success(), "{answer:?}");
    api.faults.release(hold);
    assert_eq!(timeout(TIMEOUT, running.wait()).await.unwrap().unwrap().code(), Some(1));
    let report = std::fs::read_to_string(rehearsal.folder().join("report.json")).unwrap();
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["behind_password"], false, "{report}");
    for name in ["youku.oss_publish", "youku.slice_publish", "youku.instant"] {
        assert!(because(&report, name).contains("behind its password"), "{report}");
    }
    assert_eq!(youku.videos().len(), 1);
    rehearsal.assert_nothing_left(&report);
}

/// What something between answers, or a refused ordinary upload, is no fact about a call or about what is unusual.
#[tokio::test]
async fn refusals_of_another_kind_become_no_facts() {
    let rehearsal = Rehearsal::start(|_| {}).await;
    let api = rehearsal.env.clouds.youku.control();
    let (page, busy) = (json!({"kind": "page", "status": 403}), json!({"kind": "status", "status": 429}));
    let refused = json!({"kind": "status", "status": 400, "code": "120010999"});
    for (operation, fault, name) in [
        ("show", &page, "youku.read_hosts"),
        ("by_me", &busy, "youku.read_hosts"),
        ("update", &page, "youku.update_host"),
        ("create", &page, "youku.create_method"),
        ("commit", &refused, "youku.single_put"),
        ("commit", &refused, "youku.web_md5"),
        ("commit", &refused, "youku.wrong_md5"),
        ("commit", &refused, "youku.cancel_before_commit"),
    ] {
        add_fault(&api, json!({"operation": operation, "times": 0, "fault": fault}));
        let (output, report) = rehearsal.run(&["--only", name]).await;
        assert_ne!(because(&report, name), "", "{operation} {fault}: {report}");
        assert_eq!(output.code, Some(1), "{output:?}");
        api.faults.clear();
        let (output, _) = rehearsal.run(&["--only", "youku.error_form"]).await;
        rehearsal.assert_nothing_left(&output);
    }
}

/// A title or tags that the page allows and Youku refuses are told where an ordinary upload is taken, and say nothing of what is beyond.
#[tokio::test]
async fn a_limit_below_the_stated_one_is_told() {
    let rehearsal = Rehearsal::start(|_| {}).await;
    let api = rehearsal.env.clouds.youku.control();
    for (name, switches) in
        [("youku.title_limit", &["long_title"][..]), ("youku.tag_limit", &["long_tag", "many_tags"])]
    {
        let refused = json!({"kind": "status", "status": 400, "code": "120010101"});
        add_fault(&api, json!({"operation": "create", "times": 1, "fault": refused}));
        let (output, report) = rehearsal.run(&["--only", name]).await;
        assert_eq!((output.code, &fact(&report, name)["found"]), (Some(0), &json!("shorter")), "{report}");
        let told = &report["local_clouds"]["youku"];
        assert!(switches.iter().all(|switch| told[switch].is_null()), "{report}");
        rehearsal.assert_nothing_left(&output);
        // Where a short one of the same characters is refused as well its length is not to blame.
        add_fault(&api, json!({"operation": "create", "times": 0, "fault": refused}));
        let (_, report) = rehearsal.run(&["--only", name]).await;
        assert!(
            because(&report, name).contains("a short text of the same characters as well: 120010101"),
            "{report}"
        );
        api.faults.clear();
    }
}

/// A call that no host has is asked for once at each, and not again for every video.
#[tokio::test]
async fn a_call_that_is_missing_is_not_asked_for_again() {
    let rehearsal = Rehearsal::start(|_| {}).await;
    let position = json!({"show_host": "neither", "by_me_host": "neither", "update_host": "neither"});
    rehearsal.env.clouds.youku.set_switches(serde_json::from_value(position).unwrap());
    let only = "youku.read_hosts,youku.oss_publish,youku.second_commit,youku.cancel_after_commit";
    let (output, report) = rehearsal.run(&["--only", only]).await;
    assert_eq!(fact(&report, "youku.read_hosts")["found"], "neither,old,neither", "{report}");
    assert_eq!(fact(&report, "youku.second_commit")["calls"], 4, "create, two commits, destroy: {report}");
    assert!(because(&report, "youku.cancel_after_commit").contains("neither show nor by_me"), "{report}");
    assert_eq!(fact(&report, "youku.cancel_after_commit")["calls"], 3, "create, commit, destroy: {report}");
    rehearsal.assert_nothing_left(&output);
}

/// A report that cannot be written is noticed before anything is made.
#[tokio::test]
async fn without_a_place_for_the_report_nothing_is_made() {
    let rehearsal = Rehearsal::start(|_| {}).await;
    std::fs::create_dir(rehearsal.folder().join("report.json")).unwrap();
    let output = run_command(rehearsal.command(&["--only", "youku.list_parts"])).await;
    assert!(output.code == Some(1) && output.err.contains("report"), "{output:?}");
    assert_eq!(rehearsal.env.clouds.youku.sessions().len(), 0);
}

/// Where no call says who may watch the clips, that is said, and not guessed.
#[tokio::test]
async fn an_unknown_audience_is_told() {
    let rehearsal = Rehearsal::start(|_| {}).await;
    let youku = &rehearsal.env.clouds.youku;
    for (host, told) in [("both", json!(true)), ("neither", Value::Null)] {
        let position = json!({"show_host": host, "by_me_host": host});
        youku.set_switches(serde_json::from_value(position).unwrap());
        let (output, report) = rehearsal.run(&["--only", "youku.oss_publish"]).await;
        assert_eq!((output.code, &report["behind_password"]), (Some(0), &told), "{report}");
        assert_eq!(output.out.contains("behind their password"), told.is_null(), "{output:?}");
        rehearsal.assert_nothing_left(&output);
    }
}

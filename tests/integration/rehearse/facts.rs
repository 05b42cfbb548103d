//! Each fact in each position that the local clouds' switches have.

use super::{Rehearsal, assert_planned, fact};
use crate::support::{command_line::run_command, ledger_bucket, sample_bytes};
use local_clouds::{oss::OssSwitches, youku::Switches};
use serde_json::{Value, json};
use std::fs;

/// Fact, the one switch that is not as usual, and what must be found.
fn positions() -> Vec<(&'static str, Value, &'static str)> {
    vec![
        ("youku.error_form", json!({"error_form": "text"}), "text"),
        ("youku.error_form", json!({"error_form": "form"}), "form"),
        ("youku.error_form", json!({"errors_answer_200": true}), "json"),
        ("youku.create_method", json!({"create_takes_get": false}), "post"),
        ("youku.read_hosts", json!({"show_host": "old"}), "old,old,both"),
        ("youku.read_hosts", json!({"show_batch_host": "neither"}), "both,neither,both"),
        ("youku.read_hosts", json!({"by_me_host": "new"}), "both,old,new"),
        ("youku.destroy_host", json!({"destroy_host": "new"}), "new"),
        ("youku.destroy_host", json!({"destroy_host": "both"}), "both"),
        ("youku.destroy_host", json!({"destroy_host": "neither"}), "neither"),
        ("youku.uncommitted", json!({"uncommitted_state": "encoding"}), "encoding"),
        ("youku.uncommitted", json!({"by_me_lists_uncommitted": true}), "unknown"),
        ("youku.oss_publish", json!({"oss_create_video_id": false}), "published"),
        ("youku.oss_publish", json!({"commit_video_id": false}), "published"),
        ("youku.slice_publish", json!({"slice_create_video_id": false}), "published"),
        ("youku.slice_publish", json!({"confirm_after_checks": 2}), "published"),
        ("youku.second_commit", json!({"second_commit": "refuse"}), "refuse"),
        ("youku.second_commit", json!({"committed_token_expired": true}), "expired"),
        ("youku.lost_commit", json!({"show_hides_videos": true}), "by_me"),
        ("youku.cancel_after_commit", json!({"cancel_after_commit": "ok"}), "ok"),
        ("youku.single_put", json!({"single_put": "refused_at_bucket"}), "refused_at_bucket"),
        ("youku.single_put", json!({"single_put": "refused_at_commit"}), "refused_at_commit"),
        ("youku.web_md5", json!({"web_upload": "refused_at_create"}), "refused_at_create"),
        ("youku.web_md5", json!({"web_upload": "refused_at_commit"}), "refused_at_commit"),
        ("youku.wrong_md5", json!({"commit_md5_error": "hash_check"}), "120010225"),
        ("youku.instant", json!({"instant_upload": true}), "yes"),
        ("youku.title_limit", json!({"long_title": "cut"}), "cut"),
        ("youku.title_limit", json!({"long_title": "taken"}), "taken"),
        ("youku.tag_limit", json!({"long_tag": "cut"}), "cut,refused"),
        ("youku.tag_limit", json!({"long_tag": "taken"}), "taken,refused"),
        ("youku.tag_limit", json!({"many_tags": "cut"}), "refused,cut"),
        ("youku.tag_limit", json!({"many_tags": "taken"}), "refused,taken"),
        ("youku.update_host", json!({"update_host": "new"}), "new"),
        ("youku.update_host", json!({"update_host": "neither"}), "neither"),
        ("youku.update_host", json!({"change_answers_1002": true}), "old"),
    ]
}

/// The switches with these positions.
fn switched(positions: &Value) -> Switches {
    serde_json::from_value(positions.clone()).unwrap()
}

/// Asserts that every switch of the report stands as it does at the local Youku.
pub(super) fn assert_position(report: &Value, switches: &Switches) {
    let real = serde_json::to_value(switches).unwrap();
    let told = report["local_clouds"]["youku"].as_object().unwrap();
    for (name, position) in told {
        assert_eq!(position, &real[name], "{name}: {report}");
    }
}

#[tokio::test]
async fn each_fact_names_the_position_of_its_switch() {
    let rehearsal = Rehearsal::start(|_| {}).await;
    let (youku, plan) = (&rehearsal.env.clouds.youku, rehearsal.plan().await);
    assert!(plan.len() > 15, "{plan:?}");
    for (name, position, found) in positions() {
        let switches = switched(&position);
        youku.set_switches(switches.clone());
        let (output, report) = rehearsal.run(&["--only", name]).await;
        assert_eq!(output.code, Some(0), "{position}: {output:?}");
        assert_eq!(fact(&report, name)["found"], found, "{position}: {report}");
        assert_position(&report, &switches);
        assert_planned(&report, &plan);
        let told = report["local_clouds"]["youku"].as_object().unwrap();
        let (switch, _) = position.as_object().unwrap().iter().next().unwrap();
        assert!(told.contains_key(switch), "{position}: {report}");
        rehearsal.assert_nothing_left(&output);
    }
}

/// All facts in one run, where Youku and OSS behave as usual, and where much is otherwise: the report says so within the bound of calls, and
/// with the settings that it names an upload succeeds there.
#[tokio::test]
async fn a_whole_rehearsal_names_every_position() {
    let rehearsal = Rehearsal::start(|_| {}).await;
    let youku = &rehearsal.env.clouds.youku;
    let usual = json!({"reject_unreadable": true});
    let other = json!({
        "error_form": "form", "create_takes_get": false, "destroy_host": "both", "update_host": "new", "show_batch_host": "neither",
        "oss_create_video_id": false, "by_me_lists_uncommitted": true, "second_commit": "refuse", "cancel_after_commit": "ok",
        "single_put": "refused_at_commit", "commit_md5_error": "hash_check", "instant_upload": true, "long_title": "cut", "many_tags": "taken",
    });
    let (md5, single_put) = ("OSS2YOUKU_YOUKU__MD5=web", "OSS2YOUKU_YOUKU__SINGLE_PUT=true");
    for (position, settings) in [(usual, &[single_put, md5][..]), (other, &[md5][..])] {
        let switches = switched(&position);
        youku.set_switches(switches.clone());
        let (output, report) = rehearsal.run(&[]).await;
        assert_eq!(output.code, Some(0), "{output:?}");
        assert_position(&report, &switches);
        let mut complete = report["local_clouds"]["youku"].clone();
        complete["reject_unreadable"] = json!(switches.reject_unreadable);
        assert_eq!(switched(&complete), switches, "nothing is missing");
        assert!(report["calls"].as_u64().unwrap() <= 120, "{report}");
        let calls: u64 =
            report["facts"].as_array().unwrap().iter().map(|fact| fact["calls"].as_u64().unwrap()).sum();
        assert!(calls > 40, "{report}");
        // Whoever reviews the clips finds pictures in them.
        assert!(youku.videos().iter().all(|video| video.state == "gone"), "{:?}", youku.videos());
        rehearsal.assert_nothing_left(&output);

        let lines: Vec<_> =
            report["settings"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
        // That commit took a clip does not show that it can be watched: no more than proposals follow.
        assert!(lines.iter().all(|line| line.starts_with("# ")), "{lines:?}");
        let proposed = lines.iter().filter_map(|line| line.strip_prefix("# ")?.split_once("  # "));
        let proposed: Vec<_> = proposed.map(|(variable, _)| variable).collect();
        assert_eq!(&proposed[..settings.len()], settings);
        let bytes = sample_bytes(lines.len() as u64, 300_000);
        fs::write(rehearsal.folder().join("clip.mp4"), &bytes).unwrap();
        youku.set_switches(Switches { reject_unreadable: false, ..switches });
        let title = format!("Learnt {}", lines.len());
        let upload = ["upload", "--title", &title, "--public-type", "all", "--force", "clip.mp4"];
        let mut upload = crate::support::command_line::command(&rehearsal.env, rehearsal.folder(), &upload);
        upload.envs(settings.iter().filter_map(|variable| variable.split_once('=')));
        let uploaded = run_command(upload).await;
        assert_eq!(uploaded.code, Some(0), "{uploaded:?}");
        let published = rehearsal.env.assert_published(&title, &bytes);
        assert!(youku.set_video_state(&published.id, Some("gone")).unwrap());
    }
}

/// What OSS does is told apart as well: a create-only put that is not atomic, and a clock that is wrong. A ledger that cannot be kept does
/// not hide that its bucket has versioning.
#[tokio::test]
async fn facts_about_oss_name_what_it_does() {
    let rehearsal = Rehearsal::start(|_| {}).await;
    let oss = &rehearsal.env.clouds.oss;
    oss.set_switches(OssSwitches { create_only_window_ms: 400, ..OssSwitches::default() });
    oss.set_clock_ahead(7200);
    let (output, report) = rehearsal.run(&["--only", "oss"]).await;
    assert_eq!(output.code, Some(0), "{output:?}");
    for (name, found) in [
        ("oss.versioning", "off"),
        ("oss.clock", "different"),
        ("oss.if_match", "kept"),
        ("oss.checksums", "md5+crc64,crc64,md5+crc64,crc64"),
        ("oss.create_only", "several"),
    ] {
        assert_eq!(fact(&report, name)["found"], found, "{report}");
    }
    let seen = report["local_clouds"]["oss"]["create_only_window_ms"].as_u64().unwrap();
    assert!(seen >= 200, "{report}");
    let line = report["settings"][0].as_str().unwrap();
    let window: u64 = line.strip_prefix("OSS2YOUKU_LEDGER__WINDOW_MS=").unwrap().parse().unwrap();
    assert!(window >= 2 * seen, "{report}");
    rehearsal.assert_nothing_left(&output);

    oss.set_switches(OssSwitches::default());
    oss.set_clock_ahead(0);
    let (_, report) = rehearsal.run(&["--only", "oss.create_only,oss.clock"]).await;
    assert_eq!(fact(&report, "oss.create_only")["found"], "one", "{report}");
    assert_eq!(fact(&report, "oss.clock")["found"], "same", "{report}");
    assert!(
        report["settings"][0].as_str().unwrap().starts_with("# OSS2YOUKU_LEDGER__WINDOW_MS=0 "),
        "{report}"
    );

    oss.set_versioning(ledger_bucket::BUCKET, true);
    let (output, report) = rehearsal.run(&["--only", "oss.versioning,youku.error_form"]).await;
    assert_eq!(fact(&report, "oss.versioning")["found"], "on", "{report}");
    let because = fact(&report, "youku.error_form")["because"].as_str().unwrap();
    assert!(because.contains("versioning"), "{because}");
    assert_eq!(output.code, Some(1), "{output:?}");
}

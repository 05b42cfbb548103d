//! What is tried only where a flag asks for it: a refresh of the token, and what takes an hour. Here a minute is shorter.

use super::{Rehearsal, fact};
use crate::support::{
    add_fault,
    command_line::{TIMEOUT, command, run_command},
    sample_bytes, wait_fired, within,
};
use local_clouds::youku::{CallHost, ExpiredSts, Switches, TokenPair};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    time::timeout,
};

const REFRESH: [&str; 3] = ["--refresh", "--only", "youku.refresh"];

fn tokens(rehearsal: &Rehearsal) -> TokenPair {
    let client = &rehearsal.env.variables["OSS2YOUKU_ACCOUNTS__MAIN__CLIENT_ID"];
    rehearsal.env.clouds.youku.tokens(client).unwrap()
}

/// A refresh is made with the flag alone and told before; the pair is kept in the ledger, so that the next command needs no other, also where
/// the old token is revoked.
#[tokio::test]
async fn a_refreshed_token_is_the_ledgers() {
    let rehearsal = Rehearsal::start(|_| {}).await;
    let youku = &rehearsal.env.clouds.youku;
    let first = tokens(&rehearsal);
    let refused = run_command(rehearsal.command(&["--only", "youku.refresh"])).await;
    assert!(refused.code == Some(2) && refused.err.contains("--refresh"), "{refused:?}");
    let (output, report) = rehearsal.run(&["--only", "youku.error_form,youku"]).await;
    assert!(!report.to_string().contains("youku.refresh"), "{output:?}");
    assert_eq!(tokens(&rehearsal), first, "nothing is refreshed unasked");
    let everywhere = Switches::default().by_me_host;
    for (revokes, by_me_host, found) in [
        (false, everywhere, "kept"),
        (true, everywhere, "revoked"),
        // Then another call proves that a token is taken.
        (false, CallHost::Neither, "kept"),
        (true, CallHost::Neither, "revoked"),
    ] {
        let before = tokens(&rehearsal);
        let switches = Switches { refresh_revokes_access_token: revokes, by_me_host, ..Switches::default() };
        youku.set_switches(switches);
        let (output, report) = rehearsal.run(&REFRESH).await;
        assert_eq!(output.code, Some(0), "{output:?}");
        assert_eq!(fact(&report, "youku.refresh")["found"], found, "{report}");
        assert_eq!(report["local_clouds"]["youku"], json!({"refresh_revokes_access_token": revokes}));
        assert!(
            fact(&report, "youku.refresh")["evidence"].as_str().unwrap().contains("for 30 days"),
            "{report}"
        );
        let (warning, told) = (output.out.find("spends the account's refresh token"), output.out.find(found));
        assert!(warning.is_some() && warning < told, "{output:?}");
        let renewed = tokens(&rehearsal);
        assert!(renewed.access_token != before.access_token && renewed.refresh_token != before.refresh_token);
        // The next one reads it from the ledger.
        let (output, _) = rehearsal.run(&["--only", "youku.oss_publish"]).await;
        assert_eq!((output.code, &tokens(&rehearsal)), (Some(0), &renewed), "{output:?}");
        rehearsal.assert_nothing_left(&output);
    }
}

/// Where Youku did not process the refresh, or its answer is lost, that is said, and calls go on with the old token.
#[tokio::test]
async fn a_refresh_that_fails_is_told() {
    let refused = json!({"kind": "status", "status": 400, "code": "1005"});
    for fault in [refused, json!({"kind": "drop_answer"})] {
        let rehearsal = Rehearsal::start(|_| {}).await;
        let api = rehearsal.env.clouds.youku.control();
        let rule = add_fault(&api, json!({"operation": "refresh", "times": 0, "fault": fault}));
        let (output, report) = rehearsal.run(&REFRESH).await;
        assert!(api.faults.state(rule).unwrap().fired >= 1, "{output:?}");
        assert_eq!(output.code, Some(1), "{output:?}");
        assert!(fact(&report, "youku.refresh")["because"].is_string(), "{report}");
        api.faults.clear();
        let (output, _) = rehearsal.run(&["--only", "youku.oss_publish"]).await;
        assert_eq!(output.code, Some(0), "{output:?}");
        rehearsal.assert_nothing_left(&output);
    }
}

/// Killed in the middle of a refresh, the next run finds the old token in use, or what the ledger has.
#[tokio::test]
async fn a_killed_refresh_forks_nothing() {
    let tried = ["hold_before", "hold"].map(|hold| async move {
        let rehearsal = Rehearsal::start(|_| {}).await;
        let api = rehearsal.env.clouds.youku.control();
        let rule = add_fault(&api, json!({"operation": "refresh", "fault": {"kind": hold}}));
        let mut running = rehearsal.command(&REFRESH).spawn().unwrap();
        wait_fired(&api, rule, 1).await;
        kill(Pid::from_raw(running.id().unwrap() as i32), Signal::SIGKILL).unwrap();
        within("the killed one", running.wait()).await.unwrap();
        api.faults.release(rule);
        let (output, _) = rehearsal.run(&["--only", "youku.oss_publish"]).await;
        assert_eq!(output.code, Some(0), "{output:?}");
        // Its claim stands in the ledger: nobody spends the same refresh token again meanwhile.
        let spent = tokens(&rehearsal);
        let (output, report) = rehearsal.run(&REFRESH).await;
        assert_eq!((output.code, &tokens(&rehearsal)), (Some(1), &spent), "{output:?}");
        assert!(fact(&report, "youku.refresh")["because"].is_string(), "{report}");
    });
    futures_util::future::join_all(tried).await;
}

/// Runs with minutes of so many milliseconds.
async fn run_long(rehearsal: &Rehearsal, only: &str, minute_ms: u64) -> Value {
    let minute = minute_ms.to_string();
    let (output, report) = rehearsal.run(&["--long", "--only", only, "--minute-ms", &minute]).await;
    assert_eq!(output.code, Some(0), "{output:?}");
    assert!(output.out.contains("min, until "), "{output:?}");
    rehearsal.assert_nothing_left(&output);
    report
}

/// How long an upload stays open is found between the ages at which it is tried: `minutes` is its life in minutes of `minute_ms`.
async fn find_session_life(minutes: Option<f64>, minute_ms: u64, found: &str) {
    let rehearsal = Rehearsal::start(|_| {}).await;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is a short time")]
    let life = minutes.map(|minutes| (minutes * minute_ms as f64) as u64);
    rehearsal.env.clouds.youku.set_switches(Switches { session_life_ms: life, ..Switches::default() });
    let report = run_long(&rehearsal, "youku.session_life", minute_ms).await;
    let told = fact(&report, "youku.session_life");
    assert_eq!(told["found"], found, "{report}");
    assert_eq!(report["local_clouds"]["youku"], json!({"session_life_ms": life}), "{report}");
    let evidence = told["evidence"].as_str().unwrap();
    match life {
        Some(_) => assert!(evidence.contains("commit 120010223"), "{evidence}"),
        None => {
            assert_eq!(evidence.matches("show unknown, by_me no, commit 200").count(), 3, "{evidence}");
            assert!(evidence.ends_with("slice mode: check written, commit 200"), "{evidence}");
        }
    }
}

#[tokio::test]
async fn a_session_that_outlives_an_hour_is_told() {
    find_session_life(None, 1000, "60").await;
}

#[tokio::test]
async fn a_session_that_ends_within_the_hour_is_told() {
    find_session_life(Some(30.0), 1000, "10").await;
}

#[tokio::test]
async fn a_session_that_ends_within_ten_minutes_is_told() {
    find_session_life(Some(5.0), 2000, "1").await;
}

#[tokio::test]
async fn a_session_that_ends_within_a_minute_is_told() {
    find_session_life(Some(0.5), 20_000, "0").await;
}

/// The life of the keys is told as stated, and what the bucket answers once it is over, while other uploads wait.
#[tokio::test]
async fn keys_that_end_are_told() {
    let positions = [
        (ExpiredSts::Expired, "expired"),
        (ExpiredSts::Unknown, "unknown"),
        (ExpiredSts::Denied, "denied"),
        (ExpiredSts::Taken, "taken"),
    ];
    let tried = positions.map(|(expired_sts, found)| async move {
        let rehearsal = Rehearsal::start(|_| {}).await;
        let switches = Switches { sts_life_ms: Some(10_000), expired_sts, ..Switches::default() };
        rehearsal.env.clouds.youku.set_switches(switches);
        let report = run_long(&rehearsal, "youku.sts_end", 1000).await;
        assert_eq!(fact(&report, "youku.sts_end")["found"], found, "{report}");
        let told = &report["local_clouds"]["youku"];
        assert_eq!(told["expired_sts"], found, "{report}");
        // `expire_time` has whole seconds, and a busy machine sees it late.
        assert!((5000..=10_000).contains(&told["sts_life_ms"].as_u64().unwrap()), "{report}");
        let evidence = fact(&report, "youku.sts_end")["evidence"].as_str().unwrap().to_owned();
        assert!(evidence.ends_with("with new keys: 200"), "{evidence}");
    });
    futures_util::future::join_all(tried).await;
}

/// Keys that live longer than a rehearsal waits are not waited for.
#[tokio::test]
async fn keys_that_live_long_are_not_waited_for() {
    let rehearsal = Rehearsal::start(|youku| youku.sts_life = std::time::Duration::from_secs(7200)).await;
    let (output, report) = rehearsal.run(&["--long", "--only", "youku.sts_end"]).await;
    assert_eq!(output.code, Some(0), "no other run would wait: {output:?}");
    let because = fact(&report, "youku.sts_end")["because"].as_str().unwrap();
    assert!(because.contains("120 minutes"), "{because}");
    rehearsal.assert_nothing_left(&output);
}

/// Both facts wait at the same time. Ctrl-C ends the wait, and what was made is removed; after a kill the next run removes it.
#[tokio::test]
async fn a_wait_ends_as_the_rest_does() {
    let rehearsal = Rehearsal::start(|_| {}).await;
    for signal in [Signal::SIGINT, Signal::SIGKILL] {
        let mut running = rehearsal.command(&["--long", "--only", "youku.session_life,youku.sts_end"]);
        let mut running = running.spawn().unwrap();
        let mut lines = BufReader::new(running.stdout.take().unwrap()).lines();
        let waiting = async {
            while let Some(line) = lines.next_line().await.unwrap() {
                if line.contains("waiting 1 min, until an upload is 1 min old") {
                    return;
                }
            }
            panic!("it did not wait");
        };
        within("the wait", waiting).await;
        let sessions = rehearsal.env.clouds.youku.sessions();
        let open: Vec<_> =
            sessions.iter().filter(|one| format!("{:?}", one.state) == "Transferring").collect();
        assert_eq!(open.len(), 5, "three, one in slice mode, and one for its keys: {sessions:?}");
        kill(Pid::from_raw(running.id().unwrap() as i32), signal).unwrap();
        let ended = timeout(TIMEOUT, running.wait()).await.unwrap().unwrap();
        if signal == Signal::SIGINT {
            assert_eq!(ended.code(), Some(130));
            rehearsal.assert_nothing_left(&signal);
            let report = std::fs::read_to_string(rehearsal.folder().join("report.json")).unwrap();
            let report: Value = serde_json::from_str(&report).unwrap();
            for name in ["youku.session_life", "youku.sts_end"] {
                assert_eq!(fact(&report, name)["because"], "a signal stopped the rehearsal", "{report}");
            }
        }
        let (output, _) = rehearsal.run(&["--only", "youku.error_form"]).await;
        assert_eq!(output.code, Some(0), "{output:?}");
        rehearsal.assert_nothing_left(&output);
    }
}

/// All facts in one run with every flag, where each of them finds another position than the usual one: then an upload succeeds there.
#[tokio::test]
async fn a_rehearsal_with_every_flag_names_every_position() {
    let rehearsal = Rehearsal::start(|_| {}).await;
    let youku = &rehearsal.env.clouds.youku;
    let position = json!({
        "session_life_ms": 30_000, "sts_life_ms": 30_000, "expired_sts": "unknown", "refresh_revokes_access_token": true, "long_tag": "cut",
    });
    let switches: Switches = serde_json::from_value(position.clone()).unwrap();
    youku.set_switches(switches.clone());
    let (output, report) = rehearsal.run(&["--long", "--refresh", "--minute-ms", "1000"]).await;
    assert_eq!(output.code, Some(0), "{output:?}");
    let mut told = report["local_clouds"]["youku"].clone();
    // `expire_time` has whole seconds, and a busy machine sees it late.
    assert!((20_000..=30_000).contains(&told["sts_life_ms"].as_u64().unwrap()), "{report}");
    told["sts_life_ms"] = json!(30_000);
    assert_eq!(serde_json::from_value::<Switches>(told).unwrap(), switches, "{report}");
    let calls = report["calls"].as_u64().unwrap();
    assert!((100..=180).contains(&calls), "{report}");
    rehearsal.assert_nothing_left(&output);

    let bytes = sample_bytes(7, 300_000);
    std::fs::write(rehearsal.folder().join("clip.mp4"), &bytes).unwrap();
    let upload = ["upload", "--title", "After all flags", "--force", "clip.mp4"];
    let mut upload = command(&rehearsal.env, rehearsal.folder(), &upload);
    let settings =
        report["settings"].as_array().unwrap().iter().filter_map(|line| line.as_str()?.strip_prefix("# "));
    let proposed = settings.filter_map(|line| line.split_once("  # ")?.0.split_once('='));
    upload.envs(proposed);
    let uploaded = run_command(upload).await;
    assert_eq!(uploaded.code, Some(0), "{uploaded:?}");
    rehearsal.env.assert_published("After all flags", &bytes);
}

/// A plan says what the flags add, and warns of what cannot be taken back.
#[tokio::test]
async fn a_plan_tells_what_the_flags_add() {
    let rehearsal = Rehearsal::start(|_| {}).await;
    let output = run_command(rehearsal.command(&["--plan", "--long", "--refresh"])).await;
    for words in
        ["at most 180 calls to Youku", "spends the account's refresh token", "a good hour", "youku.sts_end"]
    {
        assert!(output.out.contains(words), "{words}: {output:?}");
    }
    let usual = run_command(rehearsal.command(&["--plan"])).await;
    assert!(!usual.out.contains("refresh") && !usual.out.contains("youku.sts_end"), "{usual:?}");
}

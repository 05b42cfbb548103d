//! What a person sees on a terminal: bars that stay in their place and leave no trace, and what is waited for.

use super::start_env;
use crate::support::{
    MIB, Setup, TestEnv, add_fault,
    command_line::{SWEEPING, TIMEOUT, command, file, run},
    sample_bytes,
    terminal::{Terminal, replay},
    wait_fired,
};
use futures_util::future::join_all;
use local_clouds::youku::Switches;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    fs,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    time::timeout,
};

/// What a person waits for after Ctrl-C at most, and as much again for a busy machine.
const PROMPT: Duration = Duration::from_secs(4);
const CTRL_C: &str = "\u{3}";
const WIDTHS: [u16; 4] = [40, 80, 120, 150];

/// Bars of files with long and wide names stay in their rows at every width in both languages, and leave only results.
#[tokio::test(flavor = "multi_thread")]
async fn bars_stay_in_place_at_every_width_in_both_languages() {
    let env = start_env().await;
    let name = format!("{}🎬 第1集 a very long name.mp4", "很长的文件名".repeat(8));
    let (folder, _) = file("a.mp4", &sample_bytes(1, 3 * MIB / 2));
    fs::write(folder.path().join(&name), sample_bytes(2, 3 * MIB / 2)).unwrap();
    let cases = ["en", "zh"].into_iter().flat_map(|lang| WIDTHS.map(|columns| (lang, columns)));
    join_all(cases.map(async |(lang, columns)| {
        let again = format!("{lang}{columns}");
        let arguments = [
            "upload",
            "a.mp4",
            &name,
            "--parallel",
            "2",
            "--limit-rate",
            "1M",
            "--lang",
            lang,
            "--again",
            &again,
        ];
        let [verb, count, published, total] = match lang {
            "zh" => ["上传 ", "全部文件", "已发布  ", "合计"],
            _ => ["uploading ", "all files", "published  ", "total  "],
        };
        let (code, left, bytes) = Terminal::start(&env, folder.path(), columns, &arguments).end().await;
        let (mut seen, mut moves) = ([false; 2], BTreeSet::new());
        replay(columns, &bytes, |rows| {
            let bars: Vec<_> = rows.iter().filter(|row| row.starts_with(verb)).collect();
            let counts = rows.iter().filter(|row| row.starts_with(count)).count();
            assert!(bars.len() <= 2 && counts <= 1, "{lang} {columns}: {rows:#?}");
            seen = [seen[0] | (bars.len() == 2), seen[1] | (counts == 1)];
            moves.extend(bars.into_iter().cloned());
        });
        assert_eq!((code, seen), (Some(0), [true; 2]), "{lang} {columns}: {left:#?}");
        assert!(moves.len() > 10, "they move: {moves:#?}");
        let all = left.join("\n");
        let count_of = |word: &str| left.iter().filter(|row| row.starts_with(word)).count();
        assert_eq!((count_of(published), count_of(total)), (2, 1), "{lang} {columns}: {all}");
        for trace in [verb, count, "[=", "MiB/s"] {
            assert!(!all.contains(trace), "{lang} {columns}: {trace} is left: {all}");
        }
    }))
    .await;
}

/// The rates of the transfer that the bar of a command showed, in MiB per second.
fn transfer_rates(bytes: &str) -> Vec<f64> {
    let mut rates = Vec::new();
    replay(120, bytes, |rows| {
        for row in rows.iter().filter(|row| row.starts_with("uploading ")) {
            let words: Vec<_> = row.split_whitespace().collect();
            let unit = words.iter().position(|word| word.ends_with("iB/s"));
            rates.extend(unit.map(|at| {
                let rate: f64 = words[at - 1].parse().unwrap();
                if words[at] == "KiB/s" { rate / 1024.0 } else { rate }
            }));
        }
    });
    rates
}

/// A resumed upload shows its own rate from the first number on: neither the bytes of the run before nor the time before counts.
#[tokio::test]
async fn the_first_rate_of_a_resumed_upload_is_right() {
    let env = start_env().await;
    let (folder, _) = file("a.mp4", &sample_bytes(3, 24 * MIB));
    let upload = ["upload", "a.mp4", "--limit-rate"];
    let mut child =
        command(&env, folder.path(), &[&upload[..], &["3900K", "--json"]].concat()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let half = async {
        while let Some(line) = lines.next_line().await.unwrap() {
            let line: Value = serde_json::from_str(&line).unwrap();
            if line["accepted"].as_u64().is_some_and(|accepted| accepted >= 12 * MIB as u64) {
                return;
            }
        }
        panic!("it ended by itself");
    };
    timeout(TIMEOUT, half).await.expect("it moves");
    kill(Pid::from_raw(child.id().unwrap().try_into().unwrap()), Signal::SIGKILL).unwrap();
    child.wait().await.unwrap();

    let terminal =
        Terminal::start(&env, folder.path(), 120, &[&upload[..], &["2M", "--lang", "en"]].concat());
    let (code, _, bytes) = terminal.end().await;
    assert_eq!(code, Some(0));
    let rates = transfer_rates(&bytes);
    let highest = rates.iter().copied().fold(0.0, f64::max);
    // A busy machine may be slower than the limit, but not in the first moment alone.
    assert!(rates.len() > 5 && highest <= 3.2 && rates[0] >= highest / 3.0, "{rates:?}");
}

/// A side that fails is named with the time that is left, and Ctrl-C ends the wait for it at once.
#[tokio::test]
async fn an_unreachable_side_is_named_and_ctrl_c_ends_the_wait() {
    // The usual lease: the machine may be slow.
    let events = Some(&["oss:ObjectModified:*"][..]);
    let env = TestEnv::start(Setup { events, variables: &SWEEPING[..1], ..Setup::default() }).await;
    let (folder, _) = file("a.mp4", &sample_bytes(4, 2 * MIB));
    let refusal = json!({"kind": "status", "status": 503});
    let cases = [
        (env.clouds.youku.control(), "create", "en", "Youku cannot be reached, trying again, 1:"),
        (env.clouds.youku.control(), "create", "zh", "优酷无法连接，正在重试，1:"),
        (env.clouds.youku.bucket_control(), "*", "en", "Youku's storage cannot be reached, trying again, 1:"),
    ];
    for (control, operation, lang, text) in cases {
        add_fault(&control, json!({"operation": operation, "times": 0, "fault": refusal}));
        let mut terminal = Terminal::start(&env, folder.path(), 80, &["upload", "a.mp4", "--lang", lang]);
        terminal.wait_for(text).await;
        // The host, with nothing else of the address.
        terminal.wait_for(if lang == "zh" { "（127.0.0.1:" } else { " (127.0.0.1:" }).await;
        let begun = Instant::now();
        terminal.press(CTRL_C).await;
        let (code, left, _) = terminal.end().await;
        assert_eq!(code, Some(130), "{left:#?}");
        assert!(begun.elapsed() < PROMPT, "{text}: {:?}", begun.elapsed());
        let left = left.concat();
        let stopped = if lang == "zh" { "已停止" } else { "run the same command again" };
        assert!(left.contains(stopped) && !left.contains(text), "{left}");
        control.faults.clear();
        // It stopped in order: nobody holds the upload.
        let [report] =
            run(&env, folder.path(), &["explain", "--json", "a.mp4"]).await.lines().try_into().unwrap();
        assert_eq!(
            (report["state"].as_str(), &report["holder"]),
            (Some("waiting"), &Value::Null),
            "{report}"
        );
    }
}

/// Ctrl-C ends an upload and a sweep whose connections are dead.
#[tokio::test]
async fn ctrl_c_ends_commands_whose_connection_is_dead() {
    let env = start_env().await;
    let control = env.clouds.youku.bucket_control();
    let (folder, _) = file("a.mp4", &sample_bytes(5, 2 * MIB));
    env.put("b.mp4", &sample_bytes(6, MIB)).await;
    for (arguments, said) in [
        (&["upload", "a.mp4", "--lang", "en"][..], "run the same command again"),
        (&["sweep", "--since", "1h", "--lang", "en"], "the next one resumes it"),
    ] {
        let dead = json!({"operation": "UploadPart", "times": 0, "fault": {"kind": "hold_before"}});
        let dead = add_fault(&control, dead);
        let mut terminal = Terminal::start(&env, folder.path(), 80, arguments);
        wait_fired(&control, dead, 1).await;
        let begun = Instant::now();
        terminal.press(CTRL_C).await;
        let (code, left, _) = terminal.end().await;
        assert_eq!(code, Some(130), "{left:#?}");
        assert!(begun.elapsed() < PROMPT && left.concat().contains(said), "{:?}: {left:#?}", begun.elapsed());
        control.faults.clear();
    }
}

/// `--wait` says what it waits for, and Ctrl-C then names the video that is published.
#[tokio::test]
async fn a_wait_is_shown_and_ctrl_c_names_the_published_video() {
    let env = start_env().await;
    let switches = Switches { encoding_shows: 0, final_state: "in_review".into(), ..Switches::default() };
    env.clouds.youku.set_switches(switches);
    let (folder, _) = file("a.mp4", &sample_bytes(1, 1000));
    for (lang, waiting, stopped) in [
        ("en", "waiting until it can be played: Youku is reviewing it", "is published as"),
        ("zh", "等待可以播放：优酷正在审核", "已发布为"),
    ] {
        let mut terminal =
            Terminal::start(&env, folder.path(), 80, &["upload", "a.mp4", "--wait", "--lang", lang]);
        terminal.wait_for(waiting).await;
        terminal.press(CTRL_C).await;
        let (code, left, _) = terminal.end().await;
        let (left, video) = (left.concat(), &env.clouds.youku.videos()[0].id);
        assert_eq!(code, Some(130), "{left}");
        assert!(left.contains(stopped) && left.matches(video.as_str()).count() >= 3, "{left}");
        assert!(!left.contains(waiting) && !left.contains("run the same command"), "{left}");
    }
}

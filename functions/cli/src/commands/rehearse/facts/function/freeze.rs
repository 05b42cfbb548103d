//! Whether the process stands still between calls, and whether its clock does.

use super::{Probe, ask};
use crate::commands::rehearse::{
    fact::{Fact, Found, Makes},
    obstacle::Obstacle,
    stage::Stage,
    text::text,
};
use std::time::Duration;

/// The pause between two calls.
const PAUSE: Duration = Duration::from_secs(3);
/// Pairs of calls until two in a row reach the same process.
const PAIRS: u32 = 4;

pub(in super::super) const FACT: Fact = Fact {
    name: "function.freeze",
    question: || text!("whether the function stands still between calls", "函数在两次调用之间是否冻结"),
    expected: "frozen",
    calls: 0,
    requests: PAIRS + 1,
    makes: Makes::Nothing,
    tries: |stage| Box::pin(find(stage)),
    meaning: |word| match word {
        "frozen" => text!(
            "nothing goes on between calls, and the function counts on nothing there",
            "两次调用之间一切停止，函数也不依赖其间的运行"
        ),
        _ => text!("the process runs on between calls", "进程在两次调用之间继续运行"),
    },
};

async fn find(stage: &mut Stage) -> Result<Found, Obstacle> {
    let mut last: Probe = ask(stage, 0).await?;
    for _ in 0..PAIRS {
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = stage.shutdown.wait() => return Err(Obstacle::Stopped),
        }
        let next = ask(stage, 0).await?;
        let is_same = next.instance == last.instance;
        if let Some(since) = next.since_last.as_ref().filter(|_| is_same) {
            let (wall, awake) = (since.wall_ms, since.awake_ms);
            let word = if awake < wall / 2 { "frozen" } else { "running" };
            let clock =
                if since.monotonic_ms < wall / 2 { ("stops", "停止") } else { ("goes on", "继续") };
            let (en, zh) = clock;
            let evidence = text!(
                "in {wall} ms it ran {awake} ms; its clock {en}",
                "{wall} 毫秒中运行了 {awake} 毫秒；其时钟{zh}"
            );
            return Ok(Found::new(word, evidence));
        }
        last = next;
    }
    Err(Obstacle::Other(text!(
        "no two calls in a row reached the same process",
        "没有连续两次调用到达同一进程"
    )))
}

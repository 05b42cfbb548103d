//! Whether the process stands still between calls, and whether its clock does.

use super::{Probe, SinceLast, ask};
use crate::commands::rehearse::{
    fact::{Fact, Found, Makes},
    obstacle::Obstacle,
    stage::Stage,
    text::text,
};
use std::time::Duration;

/// The pause between two calls.
const PAUSE: Duration = Duration::from_secs(3);
/// Pairs of calls until two in a row reach the same process, and nothing else in between.
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
        if let Some(since) = next.since_last.as_ref().filter(|_| is_same)
            && let Some(word) = judge(since)
        {
            let (wall, awake) = (since.wall_ms, since.awake_ms);
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
        "no two calls in a row reached the same process and nothing else in between",
        "没有连续两次调用到达同一进程且其间没有其他请求"
    )))
}

/// What happened between two calls; `None` where that cannot be told: the process worked for others meanwhile, or its clock was set back.
fn judge(since: &SinceLast) -> Option<&'static str> {
    let SinceLast { wall_ms, awake_ms, requests, .. } = *since;
    if requests > 0 || u128::from(wall_ms) < PAUSE.as_millis() {
        return None;
    }
    // What is in between was work that is not counted.
    match awake_ms {
        awake if awake < wall_ms / 4 => Some("frozen"),
        awake if awake >= wall_ms / 2 => Some("running"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A process that worked for others between two calls, and a clock that was set back, say nothing.
    #[test]
    fn what_came_between_decides_nothing() {
        for (wall_ms, awake_ms, requests, word) in [
            (3010, 60, 0, Some("frozen")),
            (3010, 2900, 0, Some("running")),
            (3010, 2900, 1, None),
            (3010, 60, 1, None),
            (2999, 60, 0, None),
            (0, 2900, 0, None),
            (3010, 1200, 0, None),
        ] {
            let since = SinceLast { wall_ms, monotonic_ms: 3010, awake_ms, requests };
            assert_eq!(judge(&since), word, "{since:?}");
        }
    }
}

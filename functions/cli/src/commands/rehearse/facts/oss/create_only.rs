//! Whether create-only puts let exactly one of several twins in, and else for how long they let another in.

use super::{announce, open_to_write};
use crate::{
    commands::{
        contradiction::USUAL_WINDOW,
        rehearse::{
            fact::{Fact, Found, Makes},
            obstacle::Obstacle,
            stage::Stage,
            text::text,
        },
    },
    shutdown::Shutdown,
};
use app::{
    App,
    storage::{self, ErrorKind, PutOptions, Store},
};
use futures_util::{StreamExt, future::join_all, stream};
use std::time::{Duration, Instant};

/// Keys that are tried.
const KEYS: u32 = 100;
/// Puts of each key.
const TWINS: u32 = 16;
/// Keys of which puts must have been compared before `one` is said.
const LEAST_COMPARED: usize = 90;
/// Keys whose twins are sent at once.
const AT_ONCE: usize = 25;
/// The time over which the twins of a key start.
const SPREAD: Duration = Duration::from_secs(1);
/// The longest that `ledger.window_ms` can be set to.
const LONGEST_WINDOW: u64 = 60_000;

pub(in super::super) const FACT: Fact = Fact {
    name: "oss.create_only",
    question: || {
        text!(
            "whether of several create-only puts of a key exactly one is let in",
            "对同一 key 的多次禁止覆盖写入是否只有一次成功"
        )
    },
    expected: "one",
    calls: 0,
    requests: 1 + KEYS * TWINS + KEYS,
    makes: Makes::Objects,
    tries: |stage| Box::pin(find(stage)),
    meaning: |word| match word {
        "one" => text!(
            "no second was let in; tries prove nothing, so the window stays, and so does that several were let in before",
            "没有第二次成功；尝试不能作为证明，因此等待时间不变，以前多次成功的结果也仍然有效"
        ),
        _ => text!(
            "ledger.window_ms must be longer than the longest time that was seen",
            "ledger.window_ms 须大于观察到的最长时间"
        ),
    },
};

async fn find(stage: &mut Stage) -> Result<Found, Obstacle> {
    let (store, prefix) = open_to_write(stage).await?;
    let keys = announce(stage, &store, &prefix, KEYS)?;
    let (store, shutdown) = (&store, &stage.shutdown);
    let trials = keys.iter().map(|key| put_twins(store, key, shutdown));
    let mut trials: Vec<Twins> = stream::iter(trials).buffer_unordered(AT_ONCE).collect().await;
    if stage.shutdown.is_requested() {
        return Err(Obstacle::Stopped);
    }
    let failed: usize = trials.iter().map(|twins| twins.failed).sum();
    let tries: usize = trials.iter().map(Twins::decided).sum();
    // One put alone, or one that may have been let in, shows nothing of twins.
    let compared = trials.iter().filter(|twins| twins.decided() > 1).count();
    if compared == 0
        && let Some(error) = trials.iter_mut().find_map(|twins| twins.error.take())
    {
        return Err(error.into());
    }
    let (several, longest) = trials
        .iter()
        .filter_map(Twins::longest)
        .fold((0, Duration::ZERO), |(count, longest), one| (count + 1, longest.max(one)));
    if several == 0 && compared < LEAST_COMPARED {
        return Err(Obstacle::Other(text!(
            "of {KEYS} keys only {compared} had two puts or more that were answered, and {LEAST_COMPARED} are needed",
            "{KEYS} 个 key 中只有 {compared} 个得到两次以上应答，而至少需要 {LEAST_COMPARED} 个"
        )));
    }
    let earlier = Earlier::ask(&stage.app).await;
    let set = stage.app.settings().ledger.window_ms.unwrap_or(USUAL_WINDOW);
    if several == 0 {
        let evidence = text!(
            "{tries} puts of {compared} keys, and {failed} without an answer: never two",
            "{compared} 个 key 共写入 {tries} 次，另有 {failed} 次无应答：从未有两次成功"
        );
        let found = Found::new("one", evidence).with_oss("create_only_window_ms", 0);
        let seen = text!(
            "of {tries} puts of {compared} keys never two of a key were let in",
            "{compared} 个 key 共写入 {tries} 次，从未有同一 key 的两次成功"
        );
        return Ok(match earlier {
            Earlier::OneAtMost => found.with_proposal("OSS2YOUKU_LEDGER__WINDOW_MS=0", &seen),
            // Tries prove nothing against what was seen once.
            Earlier::Several(least) if least > set => {
                found.with_setting(format!("OSS2YOUKU_LEDGER__WINDOW_MS={least}"))
            }
            Earlier::Several(_) | Earlier::Unknown => found,
        });
    }
    let milliseconds = u64::try_from(longest.as_millis()).unwrap_or(LONGEST_WINDOW).max(1);
    let evidence = text!(
        "{several} of {compared} keys took several, the last up to {milliseconds} ms after the first",
        "{compared} 个 key 中有 {several} 个多次成功，最后一次比第一次晚至多 {milliseconds} 毫秒"
    );
    let found = Found::new("several", evidence).with_oss("create_only_window_ms", milliseconds);
    // Twins that start within a second cannot show a time that is longer.
    let is_cut_off = longest > SPREAD * 4 / 5;
    let window = (milliseconds * if is_cut_off { 4 } else { 2 }).div_ceil(100) * 100;
    let window = match earlier {
        Earlier::Several(least) => window.max(least),
        _ => window,
    };
    let window = window.min(LONGEST_WINDOW);
    let found = found.with_least(window);
    Ok(match window > set {
        true => found.with_setting(format!("OSS2YOUKU_LEDGER__WINDOW_MS={window}")),
        false => found,
    })
}

/// What earlier rehearsals found, as far as the ledger says.
enum Earlier {
    /// Several were let in, for which `ledger.window_ms` must be this long.
    Several(u64),
    /// Nothing, or never two.
    OneAtMost,
    /// It cannot be read.
    Unknown,
}

impl Earlier {
    async fn ask(app: &App) -> Self {
        match app.rehearsed_facts(None).await {
            Err(_) => Self::Unknown,
            Ok(facts) => match facts.get(FACT.name) {
                Some(fact) if fact.found == "several" => Self::Several(fact.least.unwrap_or_default()),
                _ => Self::OneAtMost,
            },
        }
    }
}

/// What the puts of one key came to.
#[derive(Default)]
struct Twins {
    /// When each put that was let in was sent and answered.
    entered: Vec<(Instant, Instant)>,
    refused: usize,
    /// Whether they were let in is not known.
    failed: usize,
    error: Option<storage::Error>,
}

impl Twins {
    /// Puts of which it is known whether they were let in.
    fn decided(&self) -> usize {
        self.entered.len() + self.refused
    }

    /// How long after the answer to the first the last of several was answered, or how long one of them took, whichever is longer: a step is
    /// believed after the window, so the window must be longer. `None` where at most one was let in.
    fn longest(&self) -> Option<Duration> {
        let answered = self.entered.iter().map(|(_, answered)| *answered);
        let apart = answered.clone().max()? - answered.min()?;
        let taken = self.entered.iter().map(|(sent, answered)| *answered - *sent).max()?;
        (self.entered.len() > 1).then(|| apart.max(taken))
    }
}

/// Puts a key create-only as often as there are twins, each at its random moment.
async fn put_twins(store: &Store, key: &str, shutdown: &Shutdown) -> Twins {
    let put = |_| async {
        let pause = SPREAD.mul_f64(rand::random::<f64>());
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = shutdown.wait() => return None,
        }
        let options = PutOptions { create_only: true, ..PutOptions::default() };
        let sent = Instant::now();
        let answer = store.put(key, "twin", &options).await;
        Some((answer, (sent, Instant::now())))
    };
    let mut twins = Twins::default();
    for (answer, times) in join_all((0..TWINS).map(put)).await.into_iter().flatten() {
        match answer {
            Ok(_) => twins.entered.push(times),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => twins.refused += 1,
            Err(error) => {
                twins.failed += 1;
                twins.error = Some(error);
            }
        }
    }
    twins
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was measured covers the time between answers as well as that of each put, and nothing where one alone was let in.
    #[test]
    fn the_longest_time_of_twins_is_measured() {
        let start = Instant::now();
        let at = |sent: u64, answered: u64| {
            (start + Duration::from_millis(sent), start + Duration::from_millis(answered))
        };
        for (entered, longest) in [
            (vec![], None),
            (vec![at(0, 900)], None),
            (vec![at(0, 10), at(300, 310)], Some(300)),
            (vec![at(0, 500), at(450, 510)], Some(500)),
        ] {
            let decided = entered.len() + 3;
            let twins = Twins { entered, refused: 3, failed: 5, error: None };
            assert_eq!((twins.longest(), twins.decided()), (longest.map(Duration::from_millis), decided));
        }
    }
}

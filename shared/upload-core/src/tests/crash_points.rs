//! Numbered crash points: one before each call that leaves the core, and one after it was done. A run may be dropped, stall or freeze there.

use super::clock;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Poll,
    time::Duration,
};
use tokio::{
    sync::Notify,
    task::yield_now,
    time::{Instant, Sleep, sleep},
};

#[derive(Clone, Default)]
pub(crate) struct CrashPoints(Arc<(Mutex<State>, Notify)>);

#[derive(Default)]
struct State {
    trace: Vec<(&'static str, Instant)>,
    crash_at: Option<u32>,
    freeze_at: Option<(u32, Duration)>,
    chaos: Option<StdRng>,
    /// How long each point takes.
    pace: Option<Duration>,
    crashed: bool,
    freeze: Option<Duration>,
}

/// What happens at a crash point.
enum Chaos {
    Nothing,
    /// The call takes this long; everything else proceeds.
    Slow(Duration),
    /// The whole machine stands still for this long.
    Freeze(Duration),
    Crash,
}

/// Prints how many crash points a test has covered, each with a run of its own; shown by `--nocapture`.
#[expect(clippy::print_stdout, reason = "a test's own report")]
pub(crate) fn report_crash_points(test: &str, covered: u32) {
    println!("crash points: {covered} ({test})");
}

impl State {
    fn next_chaos(&mut self) -> Chaos {
        let passed = u32::try_from(self.trace.len()).expect("not that many");
        if self.crash_at == Some(passed) {
            return Chaos::Crash;
        }
        if let Some((point, pause)) = self.freeze_at
            && point == passed
        {
            return Chaos::Freeze(pause);
        }
        if let Some(pace) = self.pace {
            return Chaos::Slow(pace);
        }
        let Some(chance) = &mut self.chaos else { return Chaos::Nothing };
        match chance.random_range(0..100) {
            0..60 => Chaos::Slow(Duration::from_millis(chance.random_range(0..900))),
            60..63 => Chaos::Slow(Duration::from_secs(chance.random_range(1..60))),
            63..66 => Chaos::Freeze(Duration::from_secs(chance.random_range(1..200))),
            66..68 => Chaos::Crash,
            _ => Chaos::Nothing,
        }
    }
}

impl CrashPoints {
    /// Crash points at which anything may happen.
    pub(crate) fn chaotic(seed: u64) -> Self {
        let crash_points = Self::default();
        crash_points.state().chaos = Some(StdRng::seed_from_u64(seed));
        crash_points
    }

    /// Passes a crash point, or never returns from it.
    pub(crate) async fn pass(&self, name: &'static str) {
        let chaos = {
            let mut state = self.state();
            state.trace.push((name, Instant::now()));
            state.next_chaos()
        };
        match chaos {
            Chaos::Nothing => {}
            Chaos::Slow(pause) => sleep(pause).await,
            Chaos::Freeze(pause) => {
                self.state().freeze = Some(pause);
                yield_now().await;
            }
            Chaos::Crash => {
                self.state().crashed = true;
                self.0.1.notify_one();
                std::future::pending::<()>().await;
            }
        }
    }

    /// Resets the count, and drops the run at this crash point.
    pub(crate) fn crash_at(&self, point: Option<u32>) {
        *self.state() = State { crash_at: point, ..State::default() };
    }

    /// Freezes the machine at this crash point.
    pub(crate) fn freeze_at(&self, point: u32, pause: Duration) {
        self.state().freeze_at = Some((point, pause));
    }

    /// Makes each call take this long, half of it before it is done.
    pub(crate) fn slow_down(&self, call: Duration) {
        self.state().pace = Some(call / 2);
    }

    /// Returns when the crash point is reached.
    pub(crate) async fn crashed(&self) {
        self.0.1.notified().await;
    }

    /// Number of crash points that were passed.
    pub(crate) fn passed(&self) -> u32 {
        u32::try_from(self.state().trace.len()).expect("not that many")
    }

    /// The crash points that were passed, and when.
    pub(crate) fn trace(&self) -> Vec<(&'static str, Instant)> {
        self.state().trace.clone()
    }

    /// Runs on a machine that crashes and freezes at these crash points; `None` where it crashed. Its clock jumps when it thaws.
    pub(crate) async fn machine<F: Future>(&self, run: F) -> Option<F::Output> {
        let mut run = pin!(run);
        let mut thaw: Option<std::pin::Pin<Box<Sleep>>> = None;
        poll_fn(|context| {
            loop {
                if let Some(frozen) = &mut thaw {
                    if frozen.as_mut().poll(context).is_pending() {
                        return Poll::Pending;
                    }
                    thaw = None;
                    self.jump();
                }
                if let Poll::Ready(done) = run.as_mut().poll(context) {
                    return Poll::Ready(Some(done));
                }
                let mut state = self.state();
                if std::mem::take(&mut state.crashed) {
                    return Poll::Ready(None);
                }
                let Some(pause) = state.freeze.take() else { return Poll::Pending };
                thaw = Some(Box::pin(sleep(pause)));
            }
        })
        .await
    }

    fn jump(&self) {
        if let Some(chance) = &mut self.state().chaos {
            clock::jump(chance.random_range(-3600..=3600));
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

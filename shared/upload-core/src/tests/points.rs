//! Numbered points: before each call that leaves the core, and after it was done. A run may be dropped there, stall, or freeze.

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
pub(crate) struct Points(Arc<(Mutex<State>, Notify)>);

#[derive(Default)]
struct State {
    trace: Vec<(&'static str, Instant)>,
    crash_at: Option<u32>,
    freeze_at: Option<(u32, Duration)>,
    whims: Option<StdRng>,
    crashed: bool,
    freeze: Option<Duration>,
}

/// What happens at a point.
enum Whim {
    Nothing,
    /// The call takes this long, and everything else goes on.
    Slow(Duration),
    /// The whole machine stands still for this long.
    Freeze(Duration),
    Crash,
}

impl State {
    fn whim(&mut self) -> Whim {
        let passed = u32::try_from(self.trace.len()).expect("not that many");
        if self.crash_at == Some(passed) {
            return Whim::Crash;
        }
        if let Some((point, pause)) = self.freeze_at
            && point == passed
        {
            return Whim::Freeze(pause);
        }
        let Some(whims) = &mut self.whims else { return Whim::Nothing };
        match whims.random_range(0..100) {
            0..60 => Whim::Slow(Duration::from_millis(whims.random_range(0..900))),
            60..63 => Whim::Slow(Duration::from_secs(whims.random_range(1..60))),
            63..66 => Whim::Freeze(Duration::from_secs(whims.random_range(1..200))),
            66..68 => Whim::Crash,
            _ => Whim::Nothing,
        }
    }
}

impl Points {
    /// Points at which anything may happen.
    pub(crate) fn whimsical(seed: u64) -> Self {
        let points = Self::default();
        points.state().whims = Some(StdRng::seed_from_u64(seed));
        points
    }

    /// Passes a point, or never comes back from it.
    pub(crate) async fn pass(&self, name: &'static str) {
        let whim = {
            let mut state = self.state();
            state.trace.push((name, Instant::now()));
            state.whim()
        };
        match whim {
            Whim::Nothing => {}
            Whim::Slow(pause) => sleep(pause).await,
            Whim::Freeze(pause) => {
                self.state().freeze = Some(pause);
                yield_now().await;
            }
            Whim::Crash => {
                self.state().crashed = true;
                self.0.1.notify_one();
                std::future::pending::<()>().await;
            }
        }
    }

    /// Counts anew, and lets the run be dropped at this point.
    pub(crate) fn crash_at(&self, point: Option<u32>) {
        *self.state() = State { crash_at: point, ..State::default() };
    }

    /// Lets the machine freeze at this point.
    pub(crate) fn freeze_at(&self, point: u32, pause: Duration) {
        self.state().freeze_at = Some((point, pause));
    }

    /// Comes back when the point is reached.
    pub(crate) async fn crashed(&self) {
        self.0.1.notified().await;
    }

    /// How many points were passed.
    pub(crate) fn passed(&self) -> u32 {
        u32::try_from(self.state().trace.len()).expect("not that many")
    }

    /// The points passed, and when.
    pub(crate) fn trace(&self) -> Vec<(&'static str, Instant)> {
        self.state().trace.clone()
    }

    /// A machine whose runs crash and freeze at these points; `None` where it crashed. Its clock jumps where it thaws.
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
        if let Some(whims) = &mut self.state().whims {
            clock::jump(whims.random_range(-3600..=3600));
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

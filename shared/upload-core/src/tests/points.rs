//! Numbered points at which a run may be dropped: before each call that leaves the core, and after it was done.

use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;

#[derive(Clone, Default)]
pub(crate) struct Points(Arc<(Mutex<State>, Notify)>);

#[derive(Default)]
struct State {
    passed: u32,
    crash_at: Option<u32>,
}

impl Points {
    /// Passes a point, or never comes back from it.
    pub(crate) async fn pass(&self, _name: &'static str) {
        let crash = {
            let mut state = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
            state.passed += 1;
            state.crash_at == Some(state.passed)
        };
        if crash {
            self.0.1.notify_one();
            std::future::pending::<()>().await;
        }
    }

    /// Counts anew, and lets the run be dropped at this point.
    pub(crate) fn crash_at(&self, point: Option<u32>) {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = State { passed: 0, crash_at: point };
    }

    /// Comes back when the point is reached.
    pub(crate) async fn crashed(&self) {
        self.0.1.notified().await;
    }

    /// How many points were passed.
    pub(crate) fn passed(&self) -> u32 {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).passed
    }
}

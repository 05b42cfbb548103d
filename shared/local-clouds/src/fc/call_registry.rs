//! The asynchronous calls of a host as they are queued, watched and ended.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex};

use tokio::sync::{broadcast, oneshot, watch};

use crate::fc::ids::unix_millis;
use crate::fc::invoke_result::InvokeResult;
use crate::fc::lock::lock;
use crate::fc::records::{AsyncOutcome, AsyncRecord, AsyncState};

/// Records kept.
const MAX_RECORDS: usize = 10_000;

/// All asynchronous calls of a host.
pub(crate) struct CallRegistry {
    calls: Mutex<Calls>,
    active: watch::Sender<usize>,
    outcomes: broadcast::Sender<AsyncOutcome>,
}

#[derive(Default)]
struct Calls {
    records: VecDeque<AsyncRecord>,
    task_ids: HashSet<(String, String)>,
    /// Out of order: the call of each function that waits to be overtaken.
    waiting: HashMap<String, oneshot::Sender<()>>,
}

/// The place of a call in a function whose calls are delivered out of order.
pub(crate) enum Place {
    /// Waits until the next call has been delivered.
    WaitsToBeOvertaken(oneshot::Receiver<()>),
    /// Dropped when delivered: lets the overtaken call go.
    Overtakes(#[expect(dead_code, reason = "held until it is dropped")] oneshot::Sender<()>),
}

/// Counts a delivery as active until it ends, however it ends.
pub(crate) struct ActiveGuard(Arc<CallRegistry>);

impl Drop for ActiveGuard {
    fn drop(&mut self) {
        self.0.active.send_modify(|count| *count -= 1);
    }
}

impl CallRegistry {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            calls: Mutex::default(),
            active: watch::Sender::new(0),
            outcomes: broadcast::Sender::new(4096),
        })
    }

    /// Reserves a caller's task id; false: a call with this id was accepted before.
    pub(crate) fn reserve_task_id(&self, function: &str, task_id: &str) -> bool {
        lock(&self.calls).task_ids.insert((function.to_owned(), task_id.to_owned()))
    }

    /// Records a call as queued.
    pub(crate) fn add(&self, function: &str, request_id: &str, task_id: Option<String>) {
        let mut calls = lock(&self.calls);
        if calls.records.len() == MAX_RECORDS {
            calls.records.pop_front();
        }
        calls.records.push_back(AsyncRecord {
            request_id: request_id.to_owned(),
            function: function.to_owned(),
            task_id,
            state: AsyncState::Queued,
            attempts: 0,
            error_type: None,
            submitted: unix_millis(),
        });
    }

    /// Assigns the next call of a function its place: each second call overtakes the one before it.
    pub(crate) fn assign_place(&self, function: &str) -> Place {
        let mut calls = lock(&self.calls);
        if let Some(overtaken) = calls.waiting.remove(function).filter(|waiting| !waiting.is_closed()) {
            return Place::Overtakes(overtaken);
        }
        let (sender, receiver) = oneshot::channel();
        calls.waiting.insert(function.to_owned(), sender);
        Place::WaitsToBeOvertaken(receiver)
    }

    /// Counts one more delivery as active.
    pub(crate) fn begin_delivery(self: &Arc<Self>) -> ActiveGuard {
        self.active.send_modify(|count| *count += 1);
        ActiveGuard(Arc::clone(self))
    }

    /// Updates the newest record of a call.
    pub(crate) fn update(&self, request_id: &str, state: AsyncState, attempts: u32, result: &InvokeResult) {
        let mut calls = lock(&self.calls);
        if let Some(record) = calls.records.iter_mut().rev().find(|record| record.request_id == request_id) {
            record.state = state;
            record.attempts = attempts;
            record.error_type =
                result.error_type.clone().filter(|_| attempts > 0 || state != AsyncState::Running);
        }
    }

    /// Announces how a delivery ended.
    pub(crate) fn publish(&self, outcome: AsyncOutcome) {
        // Ignore a channel without receivers: nobody has to listen.
        let _ = self.outcomes.send(outcome);
    }

    pub(crate) fn records(&self) -> Vec<AsyncRecord> {
        lock(&self.calls).records.iter().cloned().collect()
    }

    pub(crate) fn outcomes(&self) -> broadcast::Receiver<AsyncOutcome> {
        self.outcomes.subscribe()
    }

    /// Waits until nothing is queued and nothing runs.
    pub(crate) async fn wait_settled(&self) {
        // Cannot fail: the sender lives in `self`.
        let _ = self.active.subscribe().wait_for(|count| *count == 0).await;
    }
}

//! Asks Youku about many videos of one client, within the part of its calls that watching may take.

use crate::{
    Error, VideoState, Youku, error::is_youku_refusal, sweep::watch::Watching,
    upload::run_context::with_deadline,
};
use std::{
    collections::{HashMap, VecDeque},
    time::SystemTime,
};
use tokio::time::Instant;

/// What asking may cost.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    /// Calls in an hour.
    pub(super) budget: u32,
    /// No answer is waited for any longer.
    pub(super) until: Option<Instant>,
    /// The store's clock.
    pub(super) now: SystemTime,
}

/// The states of those videos about which Youku was asked and answered; `None` for one that it does not know. What the budget leaves out is
/// asked in a later sweep.
///
/// # Errors
/// Youku's failure or the end of the time, with what it had answered before.
pub(super) async fn ask_states(
    youku: &dyn Youku,
    video_ids: Vec<String>,
    note: &mut Watching,
    Limits { budget, until, now }: Limits,
) -> (HashMap<String, Option<VideoState>>, Result<(), Error>) {
    let mut states = HashMap::new();
    let (mut due, mut unsure) = (VecDeque::from(video_ids), VecDeque::new());
    while !due.is_empty() || !unsure.is_empty() {
        if !note.take_call(budget) {
            break;
        }
        if note.ids > 1 && due.len() > 1 {
            let batch: Vec<_> = due.drain(..note.ids.min(due.len())).collect();
            match with_deadline(until, youku.show_batch(&batch)).await {
                Ok(Some(shown)) => {
                    let shown: HashMap<_, _> = shown.into_iter().collect();
                    for id in batch {
                        match shown.get(&id) {
                            Some(state) => _ = states.insert(id, Some(*state)),
                            // A batch may leave out what a call of its own shows.
                            None => unsure.push_back(id),
                        }
                    }
                    continue;
                }
                Ok(None) => note.learn(1, now),
                Err(error) if is_youku_refusal(&error) => note.learn(batch.len() / 2, now),
                Err(error) => return (states, Err(error)),
            }
            due.extend(batch);
        } else if let Some(id) = unsure.pop_front().or_else(|| due.pop_front()) {
            match with_deadline(until, youku.show(&id)).await {
                Ok(state) => _ = states.insert(id, state),
                // It concerns this video alone.
                Err(error) if is_youku_refusal(&error) => _ = states.insert(id, None),
                Err(error) => return (states, Err(error)),
            }
        }
    }
    (states, Ok(()))
}

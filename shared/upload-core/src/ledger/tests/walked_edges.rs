//! Which edges of the state machine the records of a test have walked.

use super::{EDGES, Entry, State};
use std::collections::BTreeSet;

/// Numbers of the edges in [`EDGES`].
#[derive(Default)]
pub(super) struct WalkedEdges(BTreeSet<usize>);

impl WalkedEdges {
    /// Adds the edges that a record's history walks.
    pub(super) fn add(&mut self, history: &[Entry]) {
        let mut state = State::New;
        for entry in history {
            let next = state.after(&entry.step).expect("the record has accepted it");
            let step = entry.step.kind();
            let number = EDGES.iter().position(|edge| (edge.from, edge.step, edge.to) == (state, step, next));
            self.0.extend(number);
            state = next;
        }
    }

    /// The edges that no record has walked.
    pub(super) fn missing(&self) -> Vec<&'static str> {
        let edges = EDGES.iter().enumerate();
        edges.filter(|(number, _)| !self.0.contains(number)).map(|(_, edge)| edge.name).collect()
    }
}

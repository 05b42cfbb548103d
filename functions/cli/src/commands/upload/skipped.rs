//! What `--recursive` meets and does not upload: each is named and counted.

use crate::ui::{
    messages::skipped::{SkipReason, describe_skipped},
    reporter::Reporter,
};
use serde_json::json;

/// Names of one reason that a line for people shows.
const SHOWN: usize = 10;

/// What was met and is not uploaded.
#[derive(Debug, Default)]
pub(super) struct Skipped {
    all: Vec<(SkipReason, String)>,
    missed: bool,
}

impl Skipped {
    /// Records something that nobody expects to become a video.
    pub(super) fn pass_over(&mut self, reason: SkipReason, source: String) {
        self.all.push((reason, source));
    }

    /// Records something that is a video by its name, or may hold one: the command fails.
    pub(super) fn miss(&mut self, reason: SkipReason, source: String) {
        self.missed = true;
        self.pass_over(reason, source);
    }

    /// Adds what was met elsewhere.
    pub(super) fn extend(&mut self, other: Self) {
        self.missed |= other.missed;
        self.all.extend(other.all);
    }

    /// Whether something with a video's extension stayed behind.
    pub(super) fn has_missed(&self) -> bool {
        self.missed
    }

    /// How many things were met and are not uploaded.
    pub(super) fn count(&self) -> usize {
        self.all.len()
    }

    /// The reasons that occur, each with how often.
    pub(super) fn count_by_reason(&self) -> Vec<(SkipReason, usize)> {
        let count = |reason| self.all.iter().filter(|(other, _)| *other == reason).count();
        SkipReason::ALL
            .into_iter()
            .map(|reason| (reason, count(reason)))
            .filter(|(_, count)| *count > 0)
            .collect()
    }

    /// Reports an event for each, and for a person a line for each reason.
    pub(super) fn report(&self, reporter: &Reporter) {
        for (reason, source) in &self.all {
            reporter.print_event(json!({"event": "skipped", "source": source, "reason": reason.code()}));
        }
        for reason in SkipReason::ALL {
            let of_reason = self.all.iter().filter(|(other, _)| *other == reason);
            let sources: Vec<_> = of_reason.map(|(_, source)| source.as_str()).collect();
            if !sources.is_empty() {
                let shown = &sources[..sources.len().min(SHOWN)];
                reporter.print_note(describe_skipped(reason, sources.len(), shown));
            }
        }
    }

    /// The reasons and the sources, for tests.
    #[cfg(test)]
    pub(super) fn entries(&self) -> &[(SkipReason, String)] {
        &self.all
    }
}

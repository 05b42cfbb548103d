//! The rules of one server: which one acts on a request, and who waits for what.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::faults::rule::{Fault, Rule, RuleId, RuleState};

/// The scripted faults of one server. Cheap to clone; clones share their rules.
#[derive(Clone, Debug)]
pub struct Faults(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    rules: Mutex<RuleTable>,
    /// Ticks at every change, so that waiters look again.
    changed: watch::Sender<()>,
}

#[derive(Debug, Default)]
struct RuleTable {
    last_id: RuleId,
    entries: Vec<RuleEntry>,
}

#[derive(Debug)]
pub(crate) struct RuleEntry {
    pub(crate) state: RuleState,
    /// Requests matched; ahead of `fired` while the work of a hold is done.
    taken: u64,
    /// Counts the releases: a hold ends when this changes.
    releases: u64,
}

impl Default for Faults {
    fn default() -> Self {
        Self(Arc::new(Shared { rules: Mutex::default(), changed: watch::Sender::new(()) }))
    }
}

impl Faults {
    /// Appends a rule to those already there.
    pub fn add(&self, rule: Rule) -> RuleId {
        let mut rules = self.rules();
        rules.last_id += 1;
        let id = rules.last_id;
        let state = RuleState { id, rule, seen: 0, fired: 0, holding: 0 };
        rules.entries.push(RuleEntry { state, taken: 0, releases: 0 });
        id
    }

    /// All rules with their counts.
    pub fn list(&self) -> Vec<RuleState> {
        self.rules().entries.iter().map(|entry| entry.state.clone()).collect()
    }

    /// One rule with its counts.
    pub fn state(&self, id: RuleId) -> Option<RuleState> {
        self.with_entry(id, |entry| entry.state.clone())
    }

    /// Waits until the rule has acted that many times. False: the rule was cleared.
    pub async fn wait_fired(&self, id: RuleId, times: u64) -> bool {
        self.wait_until(id, |entry| entry.state.fired >= times).await
    }

    /// Releases what the rule holds now; later requests are held again.
    pub fn release(&self, id: RuleId) {
        self.with_entry(id, |entry| entry.releases += 1);
        self.notify_waiters();
    }

    /// Releases what any rule holds now.
    pub fn release_all(&self) {
        self.rules().entries.iter_mut().for_each(|entry| entry.releases += 1);
        self.notify_waiters();
    }

    /// Removes a rule and releases what it holds.
    pub fn remove(&self, id: RuleId) {
        self.rules().entries.retain(|entry| entry.state.id != id);
        self.notify_waiters();
    }

    /// Removes all rules and releases what they hold.
    pub fn clear(&self) {
        self.rules().entries.clear();
        self.notify_waiters();
    }

    /// Returns the first rule that acts on this request, and counts the request as matched.
    pub(crate) fn match_request(&self, operation: &str, path_and_query: &str) -> Option<(RuleId, Fault)> {
        let mut rules = self.rules();
        for entry in &mut rules.entries {
            if entry.should_act(operation, path_and_query) {
                entry.taken += 1;
                return Some((entry.state.id, entry.state.rule.fault.clone()));
            }
        }
        None
    }

    /// Counts one act.
    pub(crate) fn count_fired(&self, id: RuleId) {
        self.with_entry(id, |entry| entry.state.fired += 1);
        self.notify_waiters();
    }

    /// Counts one act and waits to be released.
    pub(crate) async fn hold(self, id: RuleId) {
        let Some(releases) = self.with_entry(id, |entry| {
            entry.state.fired += 1;
            entry.state.holding += 1;
            entry.releases
        }) else {
            return;
        };
        let holding = HoldGuard { faults: self, id };
        holding.faults.notify_waiters();
        holding.faults.wait_until(id, |entry| entry.releases != releases).await;
    }

    pub(crate) async fn wait_until(&self, id: RuleId, met: impl Fn(&RuleEntry) -> bool) -> bool {
        let mut changes = self.0.changed.subscribe();
        loop {
            match self.with_entry(id, |entry| met(entry)) {
                Some(false) => {}
                found => return found.is_some(),
            }
            // Cannot fail: the sender lives in `self`.
            let _ = changes.changed().await;
        }
    }

    fn with_entry<T>(&self, id: RuleId, visit: impl FnOnce(&mut RuleEntry) -> T) -> Option<T> {
        self.rules().entries.iter_mut().find(|entry| entry.state.id == id).map(visit)
    }

    fn rules(&self) -> MutexGuard<'_, RuleTable> {
        self.0.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn notify_waiters(&self) {
        self.0.changed.send_replace(());
    }
}

impl RuleEntry {
    fn should_act(&mut self, operation: &str, path_and_query: &str) -> bool {
        let rule = &self.state.rule;
        let matches = (rule.operation == "*" || rule.operation == operation)
            && rule.matching.as_deref().is_none_or(|text| path_and_query.contains(text));
        if !matches {
            return false;
        }
        self.state.seen += 1;
        let is_left = rule.times == 0 || self.taken < rule.times;
        let is_chosen = rule.probability.is_none_or(|share| random_share(rule.seed, self.state.seen) < share);
        is_left && self.state.seen > rule.skip && is_chosen
    }
}

/// A number in 0..1 that depends on the seed and the request's number alone (SplitMix64).
fn random_share(seed: u64, number: u64) -> f64 {
    let mut z = seed.wrapping_add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Ends a hold, also when the caller goes away.
struct HoldGuard {
    faults: Faults,
    id: RuleId,
}

impl Drop for HoldGuard {
    fn drop(&mut self) {
        self.faults.with_entry(self.id, |entry| entry.state.holding -= 1);
        self.faults.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::Faults;
    use crate::faults::rule::{Fault, Rule};

    #[test]
    fn a_seed_repeats_its_choice_and_keeps_its_share() {
        let acted = |seed| {
            let faults = Faults::default();
            faults.add(Rule::new("*", Fault::DropAnswer).times(0).probability(0.2, seed));
            (0..1000).map(|_| faults.match_request("up", "/up").is_some()).collect::<Vec<_>>()
        };
        assert_eq!(acted(7), acted(7));
        assert_ne!(acted(7), acted(8));
        let share = acted(7).into_iter().filter(|acted| *acted).count();
        assert!((150..250).contains(&share), "{share}");
    }
}

//! The rules of one server: which acts on a request, who waits for what.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::faults::{Fault, Rule, RuleId, RuleState};

/// The scripted faults of one server. Cheap to clone; clones share their rules.
#[derive(Clone, Debug)]
pub struct Faults(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    rules: Mutex<Rules>,
    /// Ticks at every change, so that waiters look again.
    changed: watch::Sender<()>,
}

#[derive(Debug, Default)]
struct Rules {
    last_id: RuleId,
    entries: Vec<Entry>,
}

#[derive(Debug)]
pub(super) struct Entry {
    pub(super) state: RuleState,
    /// Requests taken: ahead of `fired` while a hold's work is being done.
    taken: u64,
    /// Counts the releases: a hold ends when this moves on.
    releases: u64,
}

impl Default for Faults {
    fn default() -> Self {
        Self(Arc::new(Shared { rules: Mutex::default(), changed: watch::Sender::new(()) }))
    }
}

impl Faults {
    /// Adds a rule behind those already there.
    pub fn add(&self, rule: Rule) -> RuleId {
        let mut rules = self.rules();
        rules.last_id += 1;
        let id = rules.last_id;
        let state = RuleState { id, rule, seen: 0, fired: 0, holding: 0 };
        rules.entries.push(Entry { state, taken: 0, releases: 0 });
        id
    }

    /// All rules and what became of them.
    pub fn list(&self) -> Vec<RuleState> {
        self.rules().entries.iter().map(|entry| entry.state.clone()).collect()
    }

    /// One rule and what became of it.
    pub fn state(&self, id: RuleId) -> Option<RuleState> {
        self.entry(id, |entry| entry.state.clone())
    }

    /// Waits until the rule has acted that many times. `false`: the rule was cleared.
    pub async fn fired(&self, id: RuleId, times: u64) -> bool {
        self.until(id, |entry| entry.state.fired >= times).await
    }

    /// Lets go what the rule holds now; what it holds later is held again.
    pub fn release(&self, id: RuleId) {
        self.entry(id, |entry| entry.releases += 1);
        self.tick();
    }

    /// Lets go what any rule holds now.
    pub fn release_all(&self) {
        self.rules().entries.iter_mut().for_each(|entry| entry.releases += 1);
        self.tick();
    }

    /// Removes all rules and lets go what they hold.
    pub fn clear(&self) {
        self.rules().entries.clear();
        self.tick();
    }

    /// The first rule that acts on this request.
    pub(crate) fn take(&self, operation: &str, path_and_query: &str) -> Option<(RuleId, Fault)> {
        let mut rules = self.rules();
        for entry in &mut rules.entries {
            if entry.acts_on(operation, path_and_query) {
                entry.taken += 1;
                return Some((entry.state.id, entry.state.rule.fault.clone()));
            }
        }
        None
    }

    /// Counts one act.
    pub(crate) fn count(&self, id: RuleId) {
        self.entry(id, |entry| entry.state.fired += 1);
        self.tick();
    }

    /// Counts one act and waits to be released.
    pub(crate) async fn hold(self, id: RuleId) {
        let Some(releases) = self.entry(id, |entry| {
            entry.state.fired += 1;
            entry.state.holding += 1;
            entry.releases
        }) else {
            return;
        };
        let holding = Holding { faults: self, id };
        holding.faults.tick();
        holding.faults.until(id, |entry| entry.releases != releases).await;
    }

    pub(super) async fn until(&self, id: RuleId, met: impl Fn(&Entry) -> bool) -> bool {
        let mut changes = self.0.changed.subscribe();
        loop {
            match self.entry(id, |entry| met(entry)) {
                Some(false) => {}
                found => return found.is_some(),
            }
            // Cannot fail: the sender lives in `self`.
            let _ = changes.changed().await;
        }
    }

    fn entry<T>(&self, id: RuleId, visit: impl FnOnce(&mut Entry) -> T) -> Option<T> {
        self.rules().entries.iter_mut().find(|entry| entry.state.id == id).map(visit)
    }

    fn rules(&self) -> MutexGuard<'_, Rules> {
        self.0.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tick(&self) {
        self.0.changed.send_replace(());
    }
}

impl Entry {
    fn acts_on(&mut self, operation: &str, path_and_query: &str) -> bool {
        let rule = &self.state.rule;
        let matches = (rule.operation == "*" || rule.operation == operation)
            && rule.matching.as_deref().is_none_or(|text| path_and_query.contains(text));
        if !matches {
            return false;
        }
        self.state.seen += 1;
        let is_left = rule.times == 0 || self.taken < rule.times;
        let is_chosen = rule.probability.is_none_or(|share| chance(rule.seed, self.state.seen) < share);
        is_left && self.state.seen > rule.skip && is_chosen
    }
}

/// A number in 0..1 that depends on the seed and the request's number alone (SplitMix64).
fn chance(seed: u64, number: u64) -> f64 {
    let mut z = seed.wrapping_add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Takes the hold back when the caller goes away.
struct Holding {
    faults: Faults,
    id: RuleId,
}

impl Drop for Holding {
    fn drop(&mut self) {
        self.faults.entry(self.id, |entry| entry.state.holding -= 1);
        self.faults.tick();
    }
}

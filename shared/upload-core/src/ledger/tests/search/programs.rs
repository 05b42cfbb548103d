//! What an attempt and the canceller do: the skeleton of `LeasedUpload`, `Attempt` and `Ledger::cancel`, one call at a time.

use super::{
    chains::{Chains, EMPTY, Move, What},
    world::{Action, Actor, Event, Phase, Reading, Rules, World, byte},
};
use crate::ledger::State;

const CANCELLER: usize = 0;

impl World {
    /// The actor's own next call.
    pub(super) fn act(&self, who: usize, rules: &Rules, chains: &mut Chains, all: &mut Vec<(Event, Self)>) {
        let actor = &self.actors[who];
        let mut world = self.clone();
        let name = byte(who);
        match actor.phase {
            Phase::Fresh if who == CANCELLER => {
                let looked = world.looks_to_cancel(chains);
                all.extend(looked.then_some(((Action::Reads, name), world)));
            }
            // Attempts are alike: the second begins after the first.
            Phase::Fresh if who == 1 || self.actors[who - 1].phase != Phase::Fresh => {
                world.begins_claim(who, self.chain, chains, all);
            }
            Phase::ReadsOn => {
                world.actors[who].known = chains.read_on(actor.known, self.chain);
                world.claims_next(who, chains);
                all.push(((Action::ReadsOn, name), world));
            }
            Phase::Appends | Phase::AsksAgain => {
                if !world.looks(who, rules, chains) {
                    world.found_another(who, actor);
                }
                all.push(((Action::Looks, name), world));
                self.puts_down(who, rules, chains, all);
            }
            Phase::Believes if is_due(actor, rules.reading_of(who)) => {
                if who == CANCELLER {
                    world.settles(chains)
                } else {
                    world.believes(who, chains)
                }
                all.push(((Action::Believes, name), world));
            }
            Phase::Verifies if is_due(actor, rules.before_commit) => {
                world.verifies(who, rules, chains);
                all.push(((Action::Verifies, name), world));
                self.puts_down(who, rules, chains, all);
            }
            Phase::Commits => self.commits(who, rules, chains, all),
            _ => {}
        }
    }

    /// Reads the chain to claim it: with the next epoch after the chain's, which another may take as well, or after every lease's.
    fn begins_claim(&self, who: usize, current: u32, chains: &mut Chains, all: &mut Vec<(Event, Self)>) {
        let last = chains.fold(current).map_or(0, |fold| fold.epoch);
        for epoch in std::collections::BTreeSet::from([last + 1, self.lease.max(last) + 1]) {
            let mut world = self.clone();
            world.lease = world.lease.max(epoch);
            world.actors[who].epoch = epoch;
            world.actors[who].known = current;
            world.claims_next(who, chains);
            all.push(((Action::Reads, byte(who)), world));
        }
    }

    /// As `LeasedUpload`'s claim: an end, damage or a newer holder ends it.
    fn claims_next(&mut self, who: usize, chains: &Chains) {
        let actor = &mut self.actors[who];
        let what = match chains.fold(actor.known) {
            None if actor.known == EMPTY => What::Begun,
            None => return actor.ended(),
            Some(fold) if fold.state.has_ended() || fold.epoch >= actor.epoch => return actor.ended(),
            Some(_) => What::Claimed,
        };
        actor.todo = Some(Move { epoch: actor.epoch, who: byte(who), what });
        actor.phase = Phase::Appends;
    }

    /// Another's step stands where the actor wanted its own.
    fn found_another(&mut self, who: usize, before: &Actor) {
        let claims = before.todo.is_some_and(|todo| matches!(todo.what, What::Begun | What::Claimed));
        let actor = &mut self.actors[who];
        if who == CANCELLER {
            *actor = Actor { phase: Phase::Fresh, known: EMPTY, todo: None, epoch: 0, ..*actor };
        } else if claims {
            actor.phase = Phase::ReadsOn;
        } else {
            actor.ended();
        }
    }

    /// The actor's step was acknowledged.
    pub(super) fn appended(&mut self, who: usize, what: What, rules: &Rules, chains: &Chains) {
        let actor = &mut self.actors[who];
        match what {
            What::Cancelled if rules.by_canceller == Reading::Off => actor.phase = Phase::Answered,
            What::Cancelled => actor.phase = Phase::Believes,
            What::Begun | What::Claimed if rules.after_claim != Reading::Off => actor.phase = Phase::Believes,
            What::Transferred => {
                actor.landed = true;
                self.goes_on(who, chains);
            }
            _ => self.goes_on(who, chains),
        }
    }

    /// As `LeasedUpload::confirm`: continues from what the whole chain amounts to now, where its claim is the newest.
    fn believes(&mut self, who: usize, chains: &Chains) {
        let actor = &mut self.actors[who];
        let held_by = chains.fold(self.chain).and_then(|fold| fold.held_by);
        if actor.known != self.chain && held_by != Some((actor.epoch, byte(who))) {
            return actor.ended();
        }
        actor.known = self.chain;
        self.goes_on(who, chains);
    }

    /// As `Attempt::run`: does what the state that it knows requires.
    fn goes_on(&mut self, who: usize, chains: &Chains) {
        let actor = &mut self.actors[who];
        let Some(fold) = chains.fold(actor.known) else { return actor.ended() };
        match fold.state {
            State::Claimed => self.wants(who, What::Created(0), chains),
            State::Created => self.wants(who, What::Transferred, chains),
            State::Transferred | State::HashRefused => actor.phase = Phase::Verifies,
            _ => actor.ended(),
        }
    }

    /// As `LeasedUpload::append` before it calls the store.
    fn wants(&mut self, who: usize, what: What, chains: &Chains) {
        let actor = &mut self.actors[who];
        let known = chains.fold(actor.known);
        if !known.is_some_and(|fold| what.follows(fold.state) && !fold.severed) {
            return actor.ended();
        }
        actor.todo = Some(Move { epoch: actor.epoch, who: byte(who), what });
        actor.phase = Phase::Appends;
    }

    /// As `LeasedUpload::verify`, before a commit and before a session with the measured MD5.
    fn verifies(&mut self, who: usize, rules: &Rules, chains: &Chains) {
        let actor = &mut self.actors[who];
        let same = rules.before_commit == Reading::Off || actor.known == self.chain;
        let newest = !rules.leases || self.lease == actor.epoch;
        if !same || !newest {
            return actor.ended();
        }
        match chains.fold(actor.known).map(|fold| fold.state) {
            Some(State::HashRefused) => self.wants(who, What::Created(0), chains),
            _ => actor.phase = Phase::Commits,
        }
    }

    /// What Youku does about the commit, and what the attempt hears of it.
    fn commits(&self, who: usize, rules: &Rules, chains: &mut Chains, all: &mut Vec<(Event, Self)>) {
        let (name, known) = (byte(who), chains.fold(self.actors[who].known));
        let Some((fold, session)) = known.and_then(|fold| Some((fold, fold.session?))) else { return };
        let mut unheard = self.clone();
        unheard.actors[who].phase = Phase::Verifies;
        unheard.actors[who].unanswered = true;
        unheard.lost = unheard.lost.saturating_sub(1);
        if self.may_accept(session, rules) {
            let mut world = self.clone();
            world.videos |= 1 << session;
            world.wants(who, What::Committed, chains);
            all.push(((Action::Committed, name), world));
            if self.lost > 0 {
                let mut lost = unheard.clone();
                lost.videos |= 1 << session;
                all.push(((Action::CommittedAnswerLost, name), lost));
            }
        }
        if self.may_refuse(session, rules) {
            let mut world = self.clone();
            let actor = world.actors[who];
            let record = actor.landed && !actor.unanswered && !fold.was_refused_for_hash;
            world.wants(who, if record { What::HashRefused } else { What::Failed }, chains);
            all.push(((Action::Refused, name), world));
            if self.lost > 0 {
                all.push(((Action::RefusedAnswerLost, name), unheard.clone()));
            }
        }
        if self.lost > 0 {
            unheard.adrift |= 1 << session;
            all.push(((Action::CommitAdrift, name), unheard));
        }
    }

    /// Its time is over: the upload waits for the next attempt.
    fn puts_down(&self, who: usize, rules: &Rules, chains: &Chains, all: &mut Vec<(Event, Self)>) {
        let actor = &self.actors[who];
        let holds = actor.todo.is_none_or(|todo| matches!(todo.what, What::Created(_) | What::Transferred));
        if !rules.deadlines || who == CANCELLER || actor.phase == Phase::AsksAgain || !holds {
            return;
        }
        let mut world = self.clone();
        world.wants(who, What::Waiting, chains);
        all.push(((Action::PutsDown, byte(who)), world));
    }

    /// As `Ledger::cancel` where it looks.
    fn looks_to_cancel(&mut self, chains: &Chains) -> bool {
        let Some(fold) = chains.fold(self.chain) else { return false };
        let actor = &mut self.actors[CANCELLER];
        if !fold.state.can_be_cancelled() {
            actor.ended();
            return true;
        }
        actor.known = self.chain;
        actor.todo = Some(Move { epoch: fold.epoch, who: 0, what: What::Cancelled });
        actor.phase = Phase::Appends;
        true
    }

    /// As `Ledger::append_cancelled` after the window.
    fn settles(&mut self, chains: &mut Chains) {
        let known = self.actors[CANCELLER].known;
        let number = chains.len(known);
        let first = chains.first(self.chain, number);
        let counts = |chains: &Chains| {
            let fold = chains.fold(first)?;
            let own = chains.moves(first).last() == chains.moves(known).last();
            Some(fold.state == State::Cancelled && fold.last == number && own)
        };
        let actor = &mut self.actors[CANCELLER];
        actor.waits = 0;
        actor.known = EMPTY;
        let stands = self.chain == known || counts(chains).unwrap_or(false);
        actor.phase = if stands { Phase::Answered } else { Phase::Fresh };
    }
}

impl Rules {
    fn reading_of(&self, who: usize) -> Reading {
        if who == CANCELLER { self.by_canceller } else { self.after_claim }
    }
}

fn is_due(actor: &Actor, reading: Reading) -> bool {
    reading != Reading::Whole || actor.waits == 0
}

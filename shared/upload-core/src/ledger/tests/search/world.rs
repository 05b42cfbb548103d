//! The world of the search: a store whose create-only looks first and writes later, Youku's sessions, and who works there.

use super::chains::{ChainId, Chains, EMPTY, Move, What};

pub(super) const ATTEMPTS: usize = 3;
const SLOTS: usize = 7;

/// How a chain is read at one of the three places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// Whole, a window after the own append.
    Whole,
    /// Whole, at once.
    AtOnce,
    Off,
}

/// What Youku says to the hash of a session that was opened with the statement, which is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Accepts,
    Refuses,
    /// Another one each time.
    Changes,
}

/// What is searched.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    pub(super) attempts: usize,
    pub(super) canceller: bool,
    /// Answers of the store and of Youku that may be lost.
    pub(super) lost: u8,
    pub(super) verdict: Verdict,
    /// The lease is checked before a commit. Nobody waits for one to run out.
    pub(super) leases: bool,
    /// Runs may reach their deadline.
    pub(super) deadlines: bool,
    pub(super) after_claim: Reading,
    pub(super) before_commit: Reading,
    pub(super) by_canceller: Reading,
}

/// A create-only put that has looked and not written yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Put {
    number: u8,
    entry: Move,
}

/// Where an actor stands in its program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Phase {
    /// It has not read yet.
    Fresh,
    /// Its next step was taken: reads on, to claim the one after it.
    ReadsOn,
    /// Is about to put `todo`.
    Appends,
    /// Waits for the answer to its put.
    Puts(u8),
    /// The answer was lost: tries again.
    AsksAgain,
    /// Waits for the window, then reads whether its claim, or its `cancelled`, stands.
    Believes,
    /// Waits for the window, then reads the chain before a commit or another session.
    Verifies,
    /// Has asked Youku for the commit.
    Commits,
    /// A canceller that answered "cancelled".
    Answered,
    Ended,
}

/// An attempt or the canceller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Actor {
    pub(super) phase: Phase,
    /// The chain as it read and wrote it.
    pub(super) known: ChainId,
    pub(super) todo: Option<Move>,
    pub(super) epoch: u8,
    /// Puts that had looked, and not written, when its last append was acknowledged.
    pub(super) waits: u8,
    /// It saw the bytes land itself.
    pub(super) landed: bool,
    /// A request for the commit has had no answer.
    pub(super) unanswered: bool,
}

impl Actor {
    const FRESH: Self = Self {
        phase: Phase::Fresh,
        known: EMPTY,
        todo: None,
        epoch: 0,
        waits: 0,
        landed: false,
        unanswered: false,
    };

    pub(super) fn ended(&mut self) {
        *self = Self { phase: Phase::Ended, ..Self::FRESH };
    }
}

/// One state of the search.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct World {
    pub(super) chain: ChainId,
    pub(super) puts: [Option<Put>; SLOTS],
    /// The canceller, then the attempts.
    pub(super) actors: [Actor; ATTEMPTS + 1],
    /// Sessions opened so far; they are numbered from 1 on.
    pub(super) sessions: u8,
    /// Sessions opened with the measured MD5, as bits.
    pub(super) measured: u8,
    /// Sessions that are videos, as bits.
    pub(super) videos: u8,
    /// Sessions for which a request to commit is on its way that nobody waits for.
    pub(super) adrift: u8,
    /// Answers that may still be lost.
    pub(super) lost: u8,
    /// The newest lease's epoch.
    pub(super) lease: u8,
}

/// What happens, and to which actor (0 is the canceller) or session whose commit is adrift.
pub(super) type Event = (Action, u8);

#[derive(Debug, Clone, Copy)]
pub(super) enum Action {
    Reads,
    ReadsOn,
    Looks,
    Written,
    WrittenAnswerLost,
    AnswerLost,
    Believes,
    Verifies,
    Committed,
    CommittedAnswerLost,
    CommitAdrift,
    Refused,
    RefusedAnswerLost,
    AdriftCommitted,
    AdriftRefused,
    PutsDown,
}

impl World {
    pub(super) fn new(rules: &Rules) -> Self {
        let mut actors = [Actor::FRESH; ATTEMPTS + 1];
        for (who, actor) in actors.iter_mut().enumerate() {
            if if who == 0 { !rules.canceller } else { who > rules.attempts } {
                actor.ended();
            }
        }
        let puts = [None; SLOTS];
        let (sessions, measured, videos, adrift, lease) = (0, 0, 0, 0, 0);
        Self { chain: EMPTY, puts, actors, sessions, measured, videos, adrift, lost: rules.lost, lease }
    }

    /// Everything that may happen next.
    pub(super) fn next(&self, rules: &Rules, chains: &mut Chains) -> Vec<(Event, Self)> {
        let mut all = Vec::new();
        for slot in 0..SLOTS {
            self.write(slot, rules, chains, &mut all);
        }
        for who in 0..=rules.attempts {
            self.act(who, rules, chains, &mut all);
        }
        for session in 1..=self.sessions {
            self.settle_adrift(session, rules, &mut all);
        }
        all
    }

    /// A put writes, whatever stands there by now; its caller gets the answer or loses it.
    fn write(&self, slot: usize, rules: &Rules, chains: &mut Chains, all: &mut Vec<(Event, Self)>) {
        let Some(put) = self.puts[slot] else { return };
        let mut world = self.clone();
        world.puts[slot] = None;
        world.chain = chains.with(world.chain, put.number, put.entry);
        let waiting = |actor: &Actor| actor.phase == Phase::Puts(byte(slot));
        for actor in &mut world.actors {
            actor.waits &= !(1 << slot);
        }
        let owner = world.actors.iter().position(waiting);
        if let Some(owner) = owner
            && self.lost > 0
        {
            let mut lost = world.clone();
            lost.lost -= 1;
            lost.actors[owner].phase = Phase::AsksAgain;
            all.push(((Action::WrittenAnswerLost, byte(owner)), lost));
            let mut early = self.clone();
            early.lost -= 1;
            early.actors[owner].phase = Phase::AsksAgain;
            all.push(((Action::AnswerLost, byte(owner)), early));
        }
        if let Some(owner) = owner {
            world.acknowledged(owner, rules, chains);
        }
        all.push(((Action::Written, byte(owner.unwrap_or(9))), world));
    }

    /// An actor puts `todo` after the chain that it knows. Returns whether its put looked, or found its own step.
    pub(super) fn looks(&mut self, who: usize, rules: &Rules, chains: &mut Chains) -> bool {
        let actor = self.actors[who];
        let mut entry = actor.todo.expect("something to append");
        let number = chains.len(actor.known) + 1;
        if number <= chains.len(self.chain) {
            // "Exists": it reads back.
            let own = chains.moves(self.chain)[usize::from(number) - 1] == entry;
            let own = own && actor.phase == Phase::AsksAgain;
            if own {
                self.acknowledged(who, rules, chains);
            }
            return own;
        }
        if entry.what == What::Created(0) {
            self.sessions += 1;
            entry.what = What::Created(self.sessions);
            if chains.fold(actor.known).is_some_and(|fold| fold.state == crate::ledger::State::HashRefused) {
                self.measured |= 1 << self.sessions;
            }
        }
        let slot = self.puts.iter().position(Option::is_none).expect("few puts at once");
        self.puts[slot] = Some(Put { number, entry });
        self.actors[who].todo = Some(entry);
        self.actors[who].phase = Phase::Puts(byte(slot));
        true
    }

    /// The actor's step is there, as far as it knows. The window counts from now on.
    fn acknowledged(&mut self, who: usize, rules: &Rules, chains: &mut Chains) {
        let looked = self.puts.iter().enumerate().filter(|(_, put)| put.is_some());
        let waits = looked.fold(0, |waits, (slot, _)| waits | 1 << slot);
        let actor = &mut self.actors[who];
        let entry = actor.todo.take().expect("something was appended");
        let number = chains.len(actor.known) + 1;
        actor.known = chains.with(actor.known, number, entry);
        actor.waits = waits;
        self.appended(who, entry.what, rules, chains);
    }

    fn settle_adrift(&self, session: u8, rules: &Rules, all: &mut Vec<(Event, Self)>) {
        if self.adrift & 1 << session == 0 {
            return;
        }
        let mut world = self.clone();
        world.adrift &= !(1 << session);
        if self.may_refuse(session, rules) {
            all.push(((Action::AdriftRefused, session), world.clone()));
        }
        if self.may_accept(session, rules) {
            world.videos |= 1 << session;
            all.push(((Action::AdriftCommitted, session), world));
        }
    }

    pub(super) fn may_accept(&self, session: u8, rules: &Rules) -> bool {
        rules.verdict != Verdict::Refuses || (self.measured | self.videos) & 1 << session != 0
    }

    pub(super) fn may_refuse(&self, session: u8, rules: &Rules) -> bool {
        rules.verdict != Verdict::Accepts && (self.measured | self.videos) & 1 << session == 0
    }
}

pub(super) fn byte(number: usize) -> u8 {
    u8::try_from(number).expect("small bounds")
}

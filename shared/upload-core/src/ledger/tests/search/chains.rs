//! Chains of steps, each folded once by the product's own rule over real entries.

use crate::{
    UploadId,
    ledger::{
        Entry, Session, State, Step, StoredRequest, Transferred, WaitReason, Waiting,
        record::Record,
        seal::Sealer,
        tests::{failed, id_of, memory::TestSeal, new_request, session},
    },
};
use std::{collections::HashMap, time::UNIX_EPOCH};

/// Number of a chain: chains with the same steps have the same number.
pub(super) type ChainId = u32;

/// The chain without a step.
pub(super) const EMPTY: ChainId = 0;

/// A step in the search's notation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Move {
    pub(super) epoch: u8,
    /// Who appends it; 0: the canceller.
    pub(super) who: u8,
    pub(super) what: What,
}

/// What a step says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum What {
    /// The first claim, which says what the upload is about.
    Begun,
    Claimed,
    /// A session, by its number.
    Created(u8),
    Transferred,
    /// Youku refused the commit for the hash.
    HashRefused,
    /// The run's time was over.
    Waiting,
    Committed,
    Failed,
    Cancelled,
}

/// What a chain amounts to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fold {
    pub(super) state: State,
    pub(super) epoch: u8,
    /// Epoch and holder whose next step counts.
    pub(super) held_by: Option<(u8, u8)>,
    pub(super) severed: bool,
    pub(super) session: Option<u8>,
    pub(super) was_refused_for_hash: bool,
    /// Number of the last step that counts.
    pub(super) last: u8,
}

/// Every chain that came up.
pub(super) struct Chains {
    id: UploadId,
    request: StoredRequest,
    numbers: HashMap<Box<[Move]>, ChainId>,
    chains: Vec<(Box<[Move]>, Option<Fold>)>,
    grown: HashMap<(ChainId, u8, Move), ChainId>,
}

impl Chains {
    pub(super) fn new() -> Self {
        let about = new_request("k", None);
        let id = id_of(&about);
        let request = StoredRequest::seal(&about, Sealer { seal: &TestSeal, id: &id }).expect("sealed");
        let (numbers, grown) = (HashMap::from([(Box::default(), EMPTY)]), HashMap::new());
        Self { id, request, numbers, chains: vec![(Box::default(), None)], grown }
    }

    pub(super) fn moves(&self, chain: ChainId) -> &[Move] {
        &self.chains[chain as usize].0
    }

    pub(super) fn len(&self, chain: ChainId) -> u8 {
        to_byte(self.moves(chain).len())
    }

    pub(super) fn count(&self) -> usize {
        self.chains.len()
    }

    /// What the chain amounts to; `None` where it has no step or is damaged.
    pub(super) fn fold(&self, chain: ChainId) -> Option<Fold> {
        self.chains[chain as usize].1
    }

    /// The chain with `entry` as the step of this number, from 1 on: a new one, or in the place of another.
    pub(super) fn with(&mut self, chain: ChainId, number: u8, entry: Move) -> ChainId {
        if let Some(known) = self.grown.get(&(chain, number, entry)) {
            return *known;
        }
        let mut moves = self.moves(chain).to_vec();
        let at = usize::from(number) - 1;
        if at == moves.len() {
            moves.push(entry);
        } else {
            moves[at] = entry;
        }
        let grown = self.number_of(&moves);
        self.grown.insert((chain, number, entry), grown);
        grown
    }

    /// The steps of `known`, and of `current` those after them: what a reader knows that reads on.
    pub(super) fn read_on(&mut self, known: ChainId, current: ChainId) -> ChainId {
        let mut moves = self.moves(known).to_vec();
        moves.extend_from_slice(&self.moves(current)[moves.len()..]);
        self.number_of(&moves)
    }

    pub(super) fn first(&mut self, chain: ChainId, steps: u8) -> ChainId {
        let moves = self.moves(chain)[..usize::from(steps)].to_vec();
        self.number_of(&moves)
    }

    fn number_of(&mut self, moves: &[Move]) -> ChainId {
        if let Some(known) = self.numbers.get(moves) {
            return *known;
        }
        let number = ChainId::try_from(self.chains.len()).expect("not that many");
        let fold = self.folded(moves);
        self.numbers.insert(moves.into(), number);
        self.chains.push((moves.into(), fold));
        number
    }

    fn folded(&self, moves: &[Move]) -> Option<Fold> {
        let next =
            |record, entry: &Move| Record::with_entry(record, &self.id, self.entry(entry), None).map(Some);
        let record = moves.iter().try_fold(None, next).ok().flatten()?;
        let who = |record: &Record| record.holder.parse().expect("one of ours");
        let held = record.is_held_by(record.epoch, &record.holder);
        let token = |session: &Session| session.video_id.as_ref().and_then(|id| id[1..].parse().ok());
        Some(Fold {
            state: record.state,
            epoch: to_byte(record.epoch),
            held_by: held.then(|| (to_byte(record.epoch), who(&record))),
            severed: record.severed,
            session: record.session.as_ref().and_then(|(_, session)| token(session)),
            was_refused_for_hash: record.was_refused_for_hash(),
            last: record.history.last().map_or(0, |entry| to_byte(entry.sequence)),
        })
    }

    fn entry(&self, entry: &Move) -> Entry {
        let step = match entry.what {
            What::Begun => Step::Claimed { request: Some(Box::new(self.request.clone())) },
            what => what.step(),
        };
        Entry::new(UNIX_EPOCH, entry.epoch.into(), &entry.who.to_string(), step)
    }
}

impl What {
    fn step(self) -> Step {
        let waiting = |reason| Step::Waiting(Waiting { reason, not_before: None });
        match self {
            Self::Begun | Self::Claimed => Step::Claimed { request: None },
            Self::Created(token) => Step::Created(Box::new(new_session(token))),
            Self::Transferred => Step::Transferred(Transferred::default()),
            Self::HashRefused => waiting(WaitReason::Hash),
            Self::Waiting => waiting(WaitReason::Deadline),
            Self::Committed => Step::Committed { video_id: None },
            Self::Failed => failed(),
            Self::Cancelled => Step::Cancelled,
        }
    }

    /// Whether the product's state machine lets it follow.
    pub(super) fn follows(self, state: State) -> bool {
        state.after(&self.step()).is_ok()
    }
}

fn new_session(token: u8) -> Session {
    let sealed = serde_json::from_str("\"31@0/upload_token\"").expect("a sealed secret");
    let opened = session(&token.to_string());
    Session {
        upload_token: sealed,
        video_id: opened.video_id,
        md5: opened.md5,
        crc64: None,
        target: opened.target,
    }
}

fn to_byte<T: TryInto<u8>>(number: T) -> u8 {
    number.try_into().ok().expect("small bounds")
}

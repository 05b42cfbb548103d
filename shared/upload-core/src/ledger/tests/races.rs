//! The traces that broke earlier wordings of the promise, over a store whose create-only is not atomic: between its look at a key and its
//! write another put may write too, and the last one stays. A and B are attempts, X is a canceller.

use super::{memory::Hold, *};
use crate::ErrorKind;
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep},
};

/// The store's window.
pub(super) const WINDOW: Duration = Duration::from_millis(500);

/// An upload in a store with this window.
pub(super) struct Race {
    pub(super) store: MemoryStore,
    pub(super) ledger: Ledger,
    request: UploadRequest,
    pub(super) id: UploadId,
}

pub(super) type Appending = JoinHandle<(Box<LeasedUpload>, Result<(), Error>)>;
/// Epoch, holder and step of an entry that stands in the chain.
type LateStep = (u32, String, Step);
pub(super) type Cancelling = JoinHandle<Result<Option<OpenedSession>, Error>>;

impl Race {
    pub(super) fn new() -> Self {
        let store = MemoryStore::new();
        store.race(WINDOW, 1);
        let (ledger, request) = (ledger(&store), new_request("k", None));
        let id = id_of(&request);
        Self { store, ledger, request, id }
    }

    /// An upload whose first holder has recorded a session.
    pub(super) async fn with_session() -> (Self, Box<LeasedUpload>) {
        let race = Self::new();
        let mut holder = race.holder().await;
        holder.append_session(session("T0")).await.expect("opened");
        (race, holder)
    }

    /// The next create of this step waits between the store's look and its write.
    pub(super) fn hold_step(&self, sequence: u32) -> Arc<Hold> {
        self.store.hold(keys::step(&self.id, sequence))
    }

    async fn holder(&self) -> Box<LeasedUpload> {
        let mut held = Box::new(acquire(&self.ledger, &self.request).await);
        held.confirm().await.expect("nobody else is there");
        held
    }

    /// The next holder, whatever the lease of the one before says.
    async fn successor(&self) -> Box<LeasedUpload> {
        sleep(LIFE * 2).await;
        match self.ledger.resume(&self.id).await {
            Ok(Claim::Acquired(held)) => held,
            other => panic!("not held: {other:?}"),
        }
    }

    pub(super) fn claim(&self) -> JoinHandle<Result<Claim, Error>> {
        let (ledger, id, request) = (self.ledger.clone(), self.id.clone(), self.request.clone());
        tokio::spawn(async move { ledger.claim(&id, &request).await })
    }

    pub(super) fn cancel(&self) -> Cancelling {
        let (ledger, id) = (self.ledger.clone(), self.id.clone());
        tokio::spawn(async move { ledger.cancel(&id).await })
    }

    pub(super) async fn state(&self) -> State {
        self.ledger.read(&self.id).await.expect("it reads back").expect("it is there").state
    }

    /// Asserts that the next holder can finish the upload: nothing is stuck.
    async fn assert_goes_on(&self) {
        sleep(LIFE * 2).await;
        if self.state().await.has_ended() {
            return;
        }
        let mut next = self.successor().await;
        next.confirm().await.expect("in an epoch of its own");
        let is_created = |held: &LeasedUpload| held.record().state == State::Created;
        if next.record().state == State::Claimed {
            next.append_session(session("next")).await.expect("opened");
        }
        if is_created(&next) {
            next.append(Step::Transferred(Transferred::default())).await.expect("landed");
        }
        next.verify().await.expect("it may commit");
        next.append(committed()).await.expect("published");
        assert_eq!(self.state().await, State::Committed);
    }
}

pub(super) fn append(mut held: Box<LeasedUpload>, step: Step) -> Appending {
    tokio::spawn(async move {
        let ended = held.append(step).await;
        (held, ended)
    })
}

fn open_session(mut held: Box<LeasedUpload>, token: &'static str) -> Appending {
    tokio::spawn(async move {
        let ended = held.append_session(session(token)).await;
        (held, ended)
    })
}

pub(super) fn transferred() -> Step {
    Step::Transferred(Transferred::default())
}

async fn assert_stops(held: &LeasedUpload) {
    let error = held.verify().await.expect_err("it must not commit");
    assert!([ErrorKind::Superseded, ErrorKind::Cancelled].contains(&error.kind()), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn ce1_a_cancel_counts_whatever_epoch_follows() {
    let (race, mut a) = Race::with_session().await;
    race.cancel().await.expect("no panic").expect("nothing has landed");
    assert_eq!(a.append(transferred()).await.expect_err("too late").kind(), ErrorKind::Cancelled);
    assert_stops(&a).await;
    sleep(LIFE * 2).await;
    assert_eq!(race.state().await, State::Cancelled);
    let Ok(Claim::Settled(_)) = race.ledger.resume(&race.id).await else { panic!("nobody goes on") };
    assert_eq!(race.state().await, State::Cancelled);
}

#[tokio::test(start_paused = true)]
async fn ce2_a_cancel_written_over_transferred_stops_the_commit() {
    let (race, mut a) = Race::with_session().await;
    let late = race.hold_step(3);
    let cancelling = race.cancel();
    late.looked().await;
    a.append(transferred()).await.expect("the store says so");
    let verifying = tokio::spawn(async move { a.verify().await.map_err(|error| error.kind()) });
    // The store's window is not over yet.
    late.release();
    assert_eq!(verifying.await.expect("no panic"), Err(ErrorKind::Cancelled));
    cancelling.await.expect("no panic").expect("it counts");
    assert_eq!(race.state().await, State::Cancelled);
}

#[tokio::test(start_paused = true)]
async fn ce3_a_transferred_written_over_a_cancel_is_no_cancel() {
    let (race, a) = Race::with_session().await;
    let late = race.hold_step(3);
    let landing = append(a, transferred());
    late.looked().await;
    let cancelling = race.cancel();
    while !race.store.keys("ledger/").iter().any(|key| key.ends_with("000003.json")) {
        sleep(Duration::from_millis(1)).await;
    }
    // The canceller has its acknowledgement, and waits.
    late.release();
    let (a, ended) = landing.await.expect("no panic");
    ended.expect("the store says so");
    let error = cancelling.await.expect("no panic").expect_err("the bytes have landed");
    assert!(error.kind() == ErrorKind::WrongState && error.to_string().contains("may be a video"), "{error}");
    a.verify().await.expect("it may commit");
}

#[tokio::test(start_paused = true)]
async fn ce4_a_session_replaced_by_a_late_step_is_not_committed() {
    // A's `created` is replaced by X's `cancelled`, and A appends after it.
    let race = Race::new();
    let a = race.holder().await;
    let late = race.hold_step(2);
    let cancelling = race.cancel();
    late.looked().await;
    let (mut a, ended) = open_session(a, "T0").await.expect("no panic");
    ended.expect("the store says so");
    late.release();
    cancelling.await.expect("no panic").expect("it counts");
    // Where its append still finds the next number free, what it appends does not count.
    let ended = a.append(transferred()).await;
    if ended.is_ok() {
        assert_stops(&a).await;
    }
    assert_eq!(race.state().await, State::Cancelled);
    // Three attempts: A, unaware, writes `transferred` over B's `created`.
    let (race, _a) = Race::with_session().await;
    let claim = race.hold_step(3);
    sleep(LIFE * 2).await;
    let claiming = {
        let (ledger, id) = (race.ledger.clone(), race.id.clone());
        tokio::spawn(async move { ledger.resume(&id).await })
    };
    claim.looked().await;
    let over = race.hold_step(4);
    claim.release();
    let Ok(Claim::Acquired(mut b)) = claiming.await.expect("no panic") else { panic!("B holds it") };
    b.confirm().await.expect("B's claim stands");
    // A late step of A's, written directly: A's process was frozen after it had looked.
    let foreign = Entry::new(race.store.now(), 1, "somebody of epoch 1", transferred());
    let appending = append(b, transferred());
    over.looked().await;
    over.release();
    let (b, ended) = appending.await.expect("no panic");
    ended.expect("the store says so");
    let now = race.store.now();
    let bytes = encode(&foreign).expect("JSON");
    race.store.world().entries.insert(keys::step(&race.id, 4), (bytes, now));
    assert_stops(&b).await;
    race.assert_goes_on().await;
}

#[tokio::test(start_paused = true)]
async fn ce5_a_chain_that_moves_before_the_own_epoch_stops_the_commit() {
    let (race, mut a) = Race::with_session().await;
    let late = race.hold_step(3);
    let cancelling = race.cancel();
    late.looked().await;
    a.append(transferred()).await.expect("the store says so");
    drop(a);
    // The lease has been let go at once: B comes within the window.
    race.store.world().entries.retain(|key, _| !key.starts_with("lease/"));
    let Ok(Claim::Acquired(mut b)) = race.ledger.resume(&race.id).await else { panic!("B holds it") };
    assert_eq!(b.record().state, State::Transferred, "so B read it");
    late.release();
    let believed = b.confirm().await;
    assert!(
        believed.is_err() || b.record().state == State::Cancelled,
        "B goes on from an outdated chain: {:?}",
        b.record().state
    );
    // After `cancelled` B's claim is a new epoch: the upload stays cancelled.
    cancelling.await.expect("no panic").expect("it counts");
    assert_eq!(race.state().await, State::Cancelled);
}

#[tokio::test(start_paused = true)]
async fn ce6_chains_of_late_steps_stay_readable_and_can_be_finished() {
    let by = |epoch: u32, holder: &str, step: Step| (epoch, holder.to_owned(), step);
    let claimed = || Step::Claimed { request: None };
    let opened = || Step::Created(Box::new(sealed_session()));
    let chains: Vec<(Vec<LateStep>, State)> = vec![
        // A's `created` was replaced by B's claim; A's `transferred` follows it.
        (vec![by(2, "B", claimed()), by(1, "A", transferred())], State::Claimed),
        // A claim of epoch 1 after one of epoch 3.
        (vec![by(3, "C", claimed()), by(1, "A", claimed())], State::Claimed),
        // After it what C appends does not count.
        (vec![by(3, "C", claimed()), by(1, "A", claimed()), by(3, "C", opened())], State::Claimed),
        // B's claim twice.
        (vec![by(2, "B", claimed()), by(2, "B", claimed()), by(2, "B", opened())], State::Created),
        // `cancelled` names an epoch older than a claim that fell back.
        (vec![by(2, "X", Step::Cancelled)], State::Cancelled),
        // B's `created` replaced by A's `transferred`; B's own follows nothing.
        (vec![by(2, "B", claimed()), by(1, "A", transferred()), by(2, "B", transferred())], State::Claimed),
        // The same epoch twice.
        (vec![by(1, "twin", claimed()), by(1, "twin", opened())], State::Claimed),
        // A cancel after `transferred` is a foreign step.
        (
            vec![
                by(2, "B", claimed()),
                by(2, "B", opened()),
                by(2, "B", transferred()),
                by(1, "X", Step::Cancelled),
            ],
            State::Transferred,
        ),
        // After a cancel only a new epoch leads on.
        (vec![by(1, "X", Step::Cancelled), by(2, "B", opened())], State::Cancelled),
    ];
    for (steps, expected) in chains {
        let race = Race::new();
        drop(race.holder().await);
        let what =
            format!("{:?}", steps.iter().map(|(e, h, s)| (e, h.clone(), s.kind())).collect::<Vec<_>>());
        for (sequence, (epoch, holder, step)) in (2..).zip(steps) {
            let bytes = encode(&Entry::new(race.store.now(), epoch, &holder, step)).expect("JSON");
            let now = race.store.now();
            race.store.world().entries.insert(keys::step(&race.id, sequence), (bytes, now));
        }
        assert_eq!(race.state().await, expected, "{what}");
        if expected == State::Cancelled {
            sleep(LIFE * 2).await;
            let mut held =
                Box::new(race.ledger.reopen(&race.id, Reopening::default()).await.expect("reopened"));
            assert_eq!(held.record().state, State::Claimed, "{what}");
            held.append(failed()).await.expect("it goes on");
        } else {
            race.assert_goes_on().await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn ce7_a_cancel_after_transferred_counts_for_nothing() {
    let (race, a) = Race::with_session().await;
    let late = race.hold_step(3);
    let landing = append(a, transferred());
    late.looked().await;
    // B's claim is there, X reads it and cancels after it; then A's late `transferred` replaces B's claim.
    race.store.world().entries.retain(|key, _| !key.starts_with("lease/"));
    let Ok(Claim::Acquired(mut b)) = race.ledger.resume(&race.id).await else { panic!("B holds it") };
    let cancelling = race.cancel();
    while !race.store.keys("ledger/").iter().any(|key| key.ends_with("000004.json")) {
        sleep(Duration::from_millis(1)).await;
    }
    late.release();
    let (a, ended) = landing.await.expect("no panic");
    ended.expect("the store says so");
    let error = cancelling.await.expect("no panic").expect_err("it stands behind `transferred`");
    assert_eq!(error.kind(), ErrorKind::WrongState);
    b.confirm().await.expect_err("its claim is gone");
    assert_stops(&a).await;
    race.assert_goes_on().await;
}

#[tokio::test(start_paused = true)]
async fn readings_wait_for_the_window_after_the_last_append() {
    let race = Race::new();
    let began = Instant::now();
    let mut held = acquire(&race.ledger, &race.request).await;
    let acknowledged = Instant::now();
    held.confirm().await.expect("alone");
    assert!(acknowledged.elapsed() >= WINDOW, "{:?} after {:?}", acknowledged.elapsed(), began.elapsed());
    held.append_session(session("1")).await.expect("opened");
    held.append(transferred()).await.expect("landed");
    let acknowledged = Instant::now();
    held.verify().await.expect("alone");
    assert!(acknowledged.elapsed() >= WINDOW, "{:?}", acknowledged.elapsed());
    // Where create-only is atomic nobody waits.
    let store = MemoryStore::new();
    let ledger = ledger(&store);
    let began = Instant::now();
    let mut held = acquire(&ledger, &race.request).await;
    held.confirm().await.expect("alone");
    held.verify().await.expect("alone");
    assert_eq!(began.elapsed(), Duration::ZERO);
}

fn sealed_session() -> Session {
    let sealed = serde_json::from_str("\"31@0/upload_token\"").expect("a sealed secret");
    let target = session("t").target;
    Session {
        upload_token: sealed,
        video_id: Some("V1".into()),
        md5: Some(Md5([1; 16])),
        crc64: None,
        target,
    }
}

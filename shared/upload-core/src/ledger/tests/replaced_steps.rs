//! What becomes of a step that was acknowledged and replaced, in a store whose create-only is not atomic. A and B are attempts, X and Y
//! cancellers.

use super::{
    races::{Race, WINDOW, append, transferred},
    *,
};
use crate::ErrorKind;
use tokio::time::{Instant, sleep};

impl Race {
    /// Returns when the store lists this step.
    async fn is_written(&self, sequence: u32) {
        let begun = Instant::now();
        while !self.store.keys("ledger/").contains(&keys::step(&self.id, sequence)) {
            assert!(begun.elapsed() < WINDOW * 10, "step {sequence} is not there");
            sleep(Duration::from_millis(1)).await;
        }
    }

    /// As if the lease had run out, within the window.
    fn drop_leases(&self) {
        self.store.world().entries.retain(|key, _| !key.starts_with("lease/"));
    }
}

/// A failure that a cancel replaced is not listed among the finished uploads, and the cancel is.
#[tokio::test(start_paused = true)]
async fn an_end_that_was_replaced_is_taken_back() {
    let (race, a) = Race::with_session().await;
    let late = race.hold_step(3);
    let cancelling = race.cancel();
    late.looked().await;
    let failing = append(a, failed());
    race.is_written(3).await;
    late.release();
    failing.await.expect("no panic").1.expect("the store says so");
    cancelling.await.expect("no panic").expect("it counts");
    let listed = race.store.world().entries.clone();
    let ends: Vec<_> = listed.iter().filter(|(key, _)| key.starts_with("recent/")).collect();
    assert_eq!(ends.len(), 1, "{ends:?}");
    let (_, (entry, _)) = ends[0];
    assert!(String::from_utf8_lossy(entry).contains("cancelled"), "{entry:?}");
}

/// Of two cancellers in one place the one whose step was replaced finds an upload that has ended.
#[tokio::test(start_paused = true)]
async fn a_canceller_whose_step_was_replaced_is_told_of_the_end() {
    let (race, _a) = Race::with_session().await;
    let late = race.hold_step(3);
    let x = race.cancel();
    late.looked().await;
    let y = race.cancel();
    race.is_written(3).await;
    late.release();
    x.await.expect("no panic").expect("its step stands");
    assert_eq!(y.await.expect("no panic").expect_err("replaced").kind(), ErrorKind::WrongState);
    assert_eq!(race.state().await, State::Cancelled);
}

/// Whoever reads a cancel waits until it stands, and for nothing else.
#[tokio::test(start_paused = true)]
async fn a_cancel_that_is_replaced_ends_nothing() {
    let (race, a) = Race::with_session().await;
    let begun = Instant::now();
    race.ledger.read_settled(&race.id).await.expect("readable");
    assert_eq!(begun.elapsed(), Duration::ZERO);
    let late = race.hold_step(3);
    let landing = append(a, transferred());
    late.looked().await;
    let cancelling = race.cancel();
    race.is_written(3).await;
    race.drop_leases();
    let resuming = {
        let (ledger, id) = (race.ledger.clone(), race.id.clone());
        tokio::spawn(async move { ledger.resume(&id).await })
    };
    sleep(WINDOW / 10).await;
    assert_eq!(race.state().await, State::Cancelled);
    late.release();
    let resumed = resuming.await.expect("no panic").expect("it is open");
    let Claim::Acquired(b) = resumed else { panic!("it has not ended: {resumed:?}") };
    assert_eq!(b.record().state, State::Transferred);
    cancelling.await.expect("no panic").expect_err("it does not stand");
    landing.await.expect("no panic").1.expect("the store says so");
}

/// Another attempt's late step replaced the claim: what its holder would append counts for nothing, and it appends nothing.
#[tokio::test(start_paused = true)]
async fn a_holder_whose_claim_was_replaced_appends_nothing() {
    let (race, a) = Race::with_session().await;
    let late = race.hold_step(3);
    let landing = append(a, transferred());
    late.looked().await;
    race.drop_leases();
    let Ok(Claim::Acquired(mut b)) = race.ledger.resume(&race.id).await else { panic!("B holds it") };
    late.release();
    landing.await.expect("no panic").1.expect("the store says so");
    let steps = race.store.keys("ledger/");
    assert_eq!(b.append(failed()).await.expect_err("replaced").kind(), ErrorKind::Superseded);
    assert_eq!(race.store.keys("ledger/"), steps);
}

/// Two attempts that found no lease claim the upload in one epoch: the one whose claim was replaced does not go on.
#[tokio::test(start_paused = true)]
async fn of_two_claims_of_one_epoch_the_replaced_one_stops() {
    let race = Race::new();
    let late = race.hold_step(1);
    let claiming = race.claim();
    late.looked().await;
    race.drop_leases();
    let Ok(Claim::Acquired(mut b)) = race.claim().await.expect("no panic") else { panic!("B holds it") };
    late.release();
    let Ok(Claim::Acquired(mut a)) = claiming.await.expect("no panic") else { panic!("A holds it") };
    assert_eq!((a.record().epoch, b.record().epoch), (1, 1));
    assert_eq!(b.confirm().await.expect_err("replaced").kind(), ErrorKind::Superseded);
    a.confirm().await.expect("its claim stands");
}

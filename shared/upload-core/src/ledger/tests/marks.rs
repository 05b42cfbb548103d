//! The open mark over a store whose create-only is not atomic: an upload that is not at rest has one, so that a sweep finds it.

use super::*;
use tokio::time::sleep;

#[tokio::test(start_paused = true)]
async fn a_claim_written_over_an_end_leaves_the_mark() {
    let store = MemoryStore::new();
    store.race(Duration::from_millis(500), 1);
    let (ledger, work) = (ledger(&store), work("k", None));
    let id = id_of(&work);
    let mut a = hold(&ledger, &work).await;
    a.append_session(session("T0")).await.expect("opened");
    a.append(Step::Transferred(Transferred::default())).await.expect("landed");
    a.verify().await.expect("it may commit");
    // A is slow, and its lease has run out when B comes.
    let late = store.hold(keys::step(&id, 4));
    store.world().entries.retain(|key, _| !key.starts_with("lease/"));
    let claiming = {
        let (ledger, id) = (ledger.clone(), id.clone());
        tokio::spawn(async move { ledger.resume(&id).await })
    };
    late.looked().await;
    let ending = tokio::spawn(async move { a.append(committed()).await });
    while store.keys("ledger/").len() < 4 {
        sleep(Duration::from_millis(1)).await;
    }
    // Within the store's window B's claim lands over the end.
    late.release();
    ending.await.expect("no panic").expect("the store says so");
    drop(claiming.await.expect("no panic").expect("B holds it, and dies"));
    sleep(LIFE * 2).await;
    let record = ledger.read(&id).await.expect("it reads back").expect("it is there");
    assert_eq!(record.state, State::Transferred);
    assert_eq!(store.keys("open/").len(), 1, "no sweep finds it");
}

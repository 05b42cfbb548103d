//! What the ledger keeps of the tokens, and what happens where it fails.

use super::{authority::HOUR, env::World};
use crate::{ErrorKind, ledger::tests::memory::Fault};
use std::time::Duration;
use tokio::time::{sleep, timeout};

#[tokio::test(start_paused = true)]
async fn a_pair_that_could_not_be_written_is_written_by_the_next_call() {
    let world = World::new();
    world.authority.expire();
    let process = world.authority.process(0);
    let (ledger, authority) = (world.ledger(), world.authority.clone());
    let store = world.store.clone();
    let called = process.call(&ledger, |token| {
        // Down from the refused call onward, except for the claim and the two entries before it.
        let (authority, store) = (authority.clone(), store.clone());
        async move {
            store.world().down_after = Some(6);
            authority.call(token).await
        }
    });
    assert_eq!(called.await.expect_err("the ledger is down").kind(), ErrorKind::Ledger);
    assert_eq!((world.refreshes(), world.store.keys("token/").len()), (1, 0));
    sleep(HOUR).await;
    let other = world.authority.process(0);
    world.store.world().down_after = None;
    assert_eq!(world.call(&other).await.expect_err("lost, for all it knows").kind(), ErrorKind::Reauthorize);
    assert_eq!(world.call(&process).await.expect("it has the pair"), 1);
    sleep(HOUR).await;
    assert_eq!(world.call(&other).await.expect("from the ledger"), 1);
    assert_eq!(world.refreshes(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_dropped_in_the_middle_does_not_lose_the_pair() {
    let world = World::new();
    world.authority.expire();
    let process = world.authority.process(0);
    let (ledger, slow) = (world.ledger(), Duration::from_millis(5));
    let called = process.call(&ledger, |token| async {
        sleep(slow).await;
        world.authority.call(token).await
    });
    world.store.world().slow = Some(Duration::from_secs(1));
    assert!(timeout(Duration::from_secs(7), called).await.is_err(), "dropped while it renews");
    sleep(HOUR).await;
    world.store.world().slow = None;
    assert_eq!(world.call(&process).await.expect("renewed"), 1);
    assert_eq!(world.refreshes(), 1);
}

/// Of many pairs of tokens the last two are kept, and none of them in plain text.
#[tokio::test(start_paused = true)]
async fn the_last_two_pairs_are_kept_sealed() {
    let world = World::new();
    let process = world.authority.process(0);
    for number in 1..6 {
        world.authority.expire();
        assert_eq!(world.call(&process).await.expect("renewed"), number);
    }
    let names = |prefix: &str| -> Vec<String> {
        let keys = world.store.keys(prefix);
        keys.iter().filter_map(|key| Some(key.rsplit_once('/')?.1.to_owned())).collect()
    };
    assert_eq!(names("token/ma%2Fin/"), ["000004", "000005"]);
    assert_eq!(names("refresh/ma%2Fin/"), ["000004", "000005"]);
    for (key, (bytes, _)) in &world.store.world().entries {
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.contains("access-") && !text.contains("refresh-"), "{key}: {text}");
    }
}

/// A store lists 1000000 before 999999.
#[tokio::test(start_paused = true)]
async fn refreshes_go_on_after_the_last_number_of_six_digits() {
    let world = World::new();
    let process = world.authority.process(0);
    world.authority.expire();
    world.call(&process).await.expect("renewed");
    {
        // A claim that Youku did not process has the number before.
        let mut store = world.store.world();
        let key = store.entries.keys().find(|key| key.starts_with("refresh/")).cloned().expect("claimed");
        let (_, at) = store.entries.remove(&key).expect("there");
        let last = key.replace("000001", "999999");
        let ended = r#"{"v":1,"nonce":"n","ended":{"withdrawn":{"pause":0,"code":"youku"}}}"#;
        store.entries.insert(last, (ended.into(), at));
    }
    for number in 2..5 {
        sleep(HOUR).await;
        world.authority.expire();
        assert_eq!(world.call(&process).await.expect("renewed"), number);
    }
    let names = |prefix| {
        let keys = world.store.keys(prefix);
        keys.iter()
            .filter_map(|key| key.rsplit_once('/'))
            .map(|(_, name)| name.to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (names("token/"), names("refresh/")),
        (vec!["1000001".into(), "1000002".into()], vec!["1000001".into(), "1000002".into()])
    );
    assert_eq!(world.refreshes(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_claim_that_was_overtaken_asks_for_nothing() {
    let world = World::new();
    let process = world.authority.process(0);
    let seen = world.ledger().tokens(process.chain()).await.expect("readable");
    for _ in 0..4 {
        world.authority.expire();
        world.call(&process).await.expect("renewed");
    }
    let claim = world.ledger().claim_refresh(process.chain(), &seen).await.expect("the ledger answers");
    assert!(claim.is_none(), "number 1 had been used and deleted");
    assert_eq!(world.call(&world.authority.process(0)).await.expect("it is good"), 4);
}

/// A ledger that fails is an error, and no reason to ask Youku.
#[tokio::test(start_paused = true)]
async fn a_failing_ledger_is_an_error_and_youku_is_not_asked() {
    let world = World::new();
    world.authority.expire();
    world.store.world().is_down = true;
    let error = world.call(&world.authority.process(0)).await.expect_err("down");
    assert_eq!((error.kind(), world.refreshes()), (ErrorKind::Ledger, 0));
    world.store.world().is_down = false;
    world.store.world().faults.push(("create", Fault::LoseAnswer));
    assert_eq!(world.call(&world.authority.process(0)).await.expect("renewed"), 1);
}

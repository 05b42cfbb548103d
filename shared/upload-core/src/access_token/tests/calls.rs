//! Calls with a token that is valid, due, replaced or refused.

use super::{
    authority::{AskFault, HOUR},
    env::World,
};
use crate::{
    Error, ErrorKind,
    access_token::{CallError, TokenState},
    tests::clock,
};
use std::time::Duration;
use tokio::time::sleep;

/// The settings' token serves until it is refused, and the ledger is read once.
#[tokio::test(start_paused = true)]
async fn the_settings_token_serves_until_it_is_refused() {
    let world = World::new();
    let process = world.authority.process(0);
    for _ in 0..3 {
        assert_eq!(world.call(&process).await.expect("it is good"), 0);
        sleep(1000 * HOUR).await;
    }
    let calls = world.store.world().calls.len();
    assert_eq!((world.refreshes(), calls), (0, 2), "one look is two lists");
    world.authority.expire();
    assert_eq!(world.call(&process).await.expect("renewed"), 1);
    assert_eq!(world.call(&world.authority.process(0)).await.expect("from the ledger"), 1);
    assert_eq!((world.refreshes(), world.authority.tokens().refused), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_quarter_of_a_tokens_life_before_its_end_it_is_renewed() {
    let world = World::new();
    world.authority.expire();
    let process = world.authority.process(0);
    world.call(&process).await.expect("renewed");
    sleep(74 * HOUR).await;
    assert_eq!(world.call(&process).await.expect("it is good"), 1);
    assert_eq!(world.call(&world.authority.process(0)).await.expect("it is good"), 1);
    sleep(2 * HOUR).await;
    assert_eq!(world.call(&process).await.expect("renewed"), 2);
    assert_eq!(world.call(&world.authority.process(0)).await.expect("from the ledger"), 2);
    assert_eq!((world.refreshes(), world.authority.tokens().refused), (2, 1), "none was refused for it");
}

/// A token whose lifetime Youku does not state serves until it is refused, here and in other processes, and is renewed then.
#[tokio::test(start_paused = true)]
async fn a_token_of_unknown_life_serves_until_it_is_refused() {
    let world = World::new();
    world.authority.tokens().life = Duration::ZERO;
    world.authority.expire();
    let process = world.authority.process(0);
    for number in 1..=3 {
        for _ in 0..3 {
            assert_eq!(world.call(&process).await.expect("it is good"), number);
            assert_eq!(world.call(&world.authority.process(0)).await.expect("it is good"), number);
            process.ensure_usable(&world.ledger()).await.expect("it can be used");
            sleep(1000 * HOUR).await;
        }
        assert_eq!(world.refreshes(), number);
        let state = world.state(&process).await;
        assert!(matches!(state, TokenState::Valid { until: None, .. }), "{state:?}");
        world.authority.expire();
    }
}

/// While a machine is frozen its monotonic clock may stand still: the wall clock tells that the ledger must be read again.
#[tokio::test(start_paused = true)]
async fn a_woken_machine_rereads_the_ledger_by_its_wall_clock() {
    let world = World::new();
    world.authority.expire();
    clock::on_a_machine(0, async {
        let process = world.authority.process(0);
        let mut reads = Vec::new();
        for ahead in [0, 0, 74, 76] {
            clock::jump(ahead * 3600);
            assert_eq!(world.call(&process).await.expect("it is good"), 1);
            reads.push(world.store.world().calls.len());
        }
        assert!(reads[1] == reads[0] && reads[2] == reads[0], "it is not due: {reads:?}");
        assert!(reads[3] > reads[0], "it may be due: {reads:?}");
    })
    .await;
    assert_eq!(world.refreshes(), 1, "by the store's clock it is not due");
}

/// A token that another process replaced is replaced here as well, without a call of Youku.
#[tokio::test(start_paused = true)]
async fn a_token_replaced_elsewhere_is_read_from_the_ledger() {
    let world = World::new();
    world.authority.tokens().revokes = true;
    let (one, two) = (world.authority.process(0), world.authority.process(0));
    world.call(&two).await.expect("the settings' own");
    world.authority.expire();
    world.call(&one).await.expect("renewed");
    assert_eq!(world.call(&two).await.expect("from the ledger"), 1);
    assert_eq!((world.refreshes(), world.authority.tokens().refused), (1, 2));
    for process in [&one, &two] {
        world.call(process).await.expect("it is good");
    }
    assert_eq!(world.authority.tokens().refused, 2, "no call with a token that was replaced");
}

#[tokio::test(start_paused = true)]
async fn a_pair_that_ended_long_ago_is_renewed_without_a_call() {
    let world = World::new();
    world.authority.expire();
    world.call(&world.authority.process(0)).await.expect("renewed");
    world.authority.expire();
    sleep(200 * HOUR).await;
    assert_eq!(world.call(&world.authority.process(0)).await.expect("renewed"), 2);
    assert_eq!(world.authority.tokens().refused, 1, "that of the settings' own token");
}

/// When the token's life is over, `reauthorize` is known without a call.
#[tokio::test(start_paused = true)]
async fn an_ended_token_answers_reauthorize_without_a_call() {
    let world = World::new();
    world.authority.expire();
    world.call(&world.authority.process(0)).await.expect("renewed");
    sleep(80 * HOUR).await;
    world.authority.tokens().faults.push_back(AskFault::LoseAnswer);
    world.call(&world.authority.process(0)).await.expect("the old one still lives");
    sleep(30 * HOUR).await;
    let process = world.authority.process(0);
    assert_eq!(
        process.ensure_usable(&world.ledger()).await.expect_err("over").kind(),
        ErrorKind::Reauthorize
    );
    assert_eq!(world.call(&process).await.expect_err("over").kind(), ErrorKind::Reauthorize);
    assert_eq!((world.refreshes(), world.authority.tokens().refused), (2, 1));
}

/// A token that is still valid is used while its refresh is postponed.
#[tokio::test(start_paused = true)]
async fn a_live_token_is_used_while_its_refresh_is_postponed() {
    let world = World::new();
    world.authority.expire();
    let process = world.authority.process(0);
    world.call(&process).await.expect("renewed");
    sleep(80 * HOUR).await;
    world.authority.tokens().faults.push_back(AskFault::TooMany(HOUR));
    for _ in 0..3 {
        assert_eq!(world.call(&process).await.expect("it lives"), 1);
        assert_eq!(world.call(&world.authority.process(0)).await.expect("it lives"), 1);
    }
    assert_eq!(world.refreshes(), 2);
    sleep(HOUR).await;
    assert_eq!(world.call(&process).await.expect("renewed"), 2);
}

#[tokio::test(start_paused = true)]
async fn a_new_token_that_is_refused_as_well_ends_the_call() {
    let world = World::new();
    world.authority.expire();
    let process = world.authority.process(0);
    for refreshes in 1..4 {
        let ledger = world.ledger();
        let called = process.call(&ledger, |_| async {
            let error = Error::new(ErrorKind::Unauthorized, "call", "the application is barred");
            Err::<(), _>(CallError::TokenRefused(error))
        });
        assert_eq!(called.await.expect_err("refused").kind(), ErrorKind::Unauthorized);
        assert_eq!(world.refreshes(), refreshes, "one refresh for a refused call");
    }
}

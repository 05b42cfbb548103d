//! Access tokens over a ledger in memory, under a paused clock: whoever dies or fails in between, one valid pair or `reauthorize`.

pub(crate) mod authority;
mod crashes;
mod races;
mod twins;

use super::*;
use crate::{Error, ErrorKind, ledger::Ledger};
use crate::{
    RetryAdvice,
    ledger::{
        LedgerSettings,
        tests::memory::{Fault, MemoryStore, TestSeal},
    },
    tests::points::Points,
};
use authority::{AskFault, Authority, HOUR};
use std::{sync::Arc, time::Duration};
use tokio::time::{sleep, timeout};

struct World {
    store: MemoryStore,
    authority: Authority,
    points: Points,
}

impl World {
    fn new() -> Self {
        let points = Points::default();
        Self { store: MemoryStore::with(points.clone()), authority: Authority::new(points.clone()), points }
    }

    fn ledger(&self) -> Ledger {
        ledger(&self.store)
    }

    async fn call(&self, process: &AccessTokens) -> Result<u32, Error> {
        process.call(&self.ledger(), |token| self.authority.call(token)).await
    }

    fn refreshes(&self) -> u32 {
        self.authority.tokens().refreshes
    }

    async fn state(&self, process: &AccessTokens) -> TokenState {
        TokenState::from_tokens(&self.ledger().tokens(process.chain()).await.expect("readable"))
    }
}

fn ledger(store: &MemoryStore) -> Ledger {
    Ledger::new(Arc::new(store.clone()), Arc::new(TestSeal), LedgerSettings::default())
}

#[tokio::test(start_paused = true)]
async fn the_settings_token_serves_until_it_is_refused_and_the_ledger_is_read_once() {
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

#[tokio::test(start_paused = true)]
async fn a_token_that_another_process_replaced_is_replaced_here_without_asking_youku() {
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

#[tokio::test(start_paused = true)]
async fn a_lost_answer_ends_as_reauthorize_when_the_old_token_does_and_never_asks_again() {
    for fault in [AskFault::LoseAnswer, AskFault::Hang] {
        let world = World::new();
        world.authority.expire();
        let process = world.authority.process(0);
        world.call(&process).await.expect("renewed");
        sleep(80 * HOUR).await;
        world.authority.tokens().faults.push_back(fault);
        for _ in 0..5 {
            assert_eq!(world.call(&process).await.expect("the old one still lives"), 1);
            assert_eq!(world.call(&world.authority.process(0)).await.expect("here as well"), 1);
            process.ensure_usable(&world.ledger()).await.expect("it can be used");
            sleep(HOUR).await;
        }
        assert_eq!(world.refreshes(), 2);
        world.authority.expire();
        for process in [&process, &world.authority.process(0)] {
            for _ in 0..3 {
                let error = world.call(process).await.expect_err("refused");
                assert_eq!(error.kind(), ErrorKind::Reauthorize, "{error:?}");
                assert!(error.to_string().contains("for account ma/in into the settings"), "{error}");
                let error = process.ensure_usable(&world.ledger()).await.expect_err("it cannot be used");
                assert_eq!(error.kind(), ErrorKind::Reauthorize);
                sleep(HOUR / 10).await;
            }
        }
        assert_eq!(
            (world.refreshes(), world.authority.tokens().refused),
            (2, 3),
            "each process learns it once"
        );
        let state = world.state(&process).await;
        assert!(
            matches!(
                state,
                TokenState::Reauthorize { why: ReauthorizeReason::AnswerLost, until: Some(_), .. }
            ),
            "{state:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn when_the_tokens_life_is_over_reauthorize_is_known_without_a_call() {
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

#[tokio::test(start_paused = true)]
async fn a_refused_refresh_token_is_asked_with_once_and_new_settings_begin_anew() {
    let world = World::new();
    world.authority.expire();
    world.authority.tokens().newest = 7;
    let process = world.authority.process(0);
    for process in [&process, &process, &world.authority.process(0)] {
        assert_eq!(world.call(process).await.expect_err("refused").kind(), ErrorKind::Reauthorize);
    }
    assert_eq!(world.refreshes(), 1);
    let state = world.state(&process).await;
    assert!(matches!(state, TokenState::Reauthorize { why: ReauthorizeReason::Refused, .. }), "{state:?}");
    let person = world.authority.process(7);
    assert_eq!(world.state(&person).await, TokenState::FromSettings);
    assert_eq!(world.call(&person).await.expect("renewed from the new pair"), 8);
}

#[tokio::test(start_paused = true)]
async fn a_refresh_that_youku_did_not_deal_with_is_tried_again_after_its_pause() {
    let wait = HOUR / 2;
    let cases = [
        (AskFault::Unreached, ErrorKind::Youku, Duration::from_secs(10)),
        (AskFault::TooMany(wait), ErrorKind::RateLimited, wait),
    ];
    for (fault, kind, pause) in cases {
        let world = World::new();
        world.authority.expire();
        world.authority.tokens().faults.push_back(fault);
        let process = world.authority.process(0);
        for process in [&process, &process, &world.authority.process(0)] {
            let error = world.call(process).await.expect_err("not renewed yet");
            assert!(error.kind() == kind && error.is_retryable(), "{error:?}");
        }
        assert_eq!(world.refreshes(), 1, "nobody asks again in the pause");
        let error = world.call(&process).await.expect_err("not yet");
        let RetryAdvice::Retry { retry_after: Some(rest) } = error.advice() else { panic!("{error:?}") };
        assert!(rest <= pause && rest + Duration::from_secs(2) >= pause, "{rest:?}");
        sleep(pause).await;
        assert_eq!(world.call(&process).await.expect("renewed"), 1);
        assert_eq!(world.refreshes(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_that_still_lives_is_used_while_its_refresh_is_put_off() {
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

#[tokio::test(start_paused = true)]
async fn a_pair_that_could_not_be_written_is_written_by_the_next_call() {
    let world = World::new();
    world.authority.expire();
    let process = world.authority.process(0);
    let (ledger, authority) = (world.ledger(), world.authority.clone());
    let store = world.store.clone();
    let called = process.call(&ledger, |token| {
        // Down from the refused call on, but for the claim and the two notes before it.
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

#[tokio::test(start_paused = true)]
async fn of_many_pairs_the_last_two_are_kept_and_none_of_them_in_plain() {
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

#[tokio::test(start_paused = true)]
async fn a_ledger_that_fails_is_an_error_and_not_a_reason_to_ask_youku() {
    let world = World::new();
    world.authority.expire();
    world.store.world().is_down = true;
    let error = world.call(&world.authority.process(0)).await.expect_err("down");
    assert_eq!((error.kind(), world.refreshes()), (ErrorKind::Ledger, 0));
    world.store.world().is_down = false;
    world.store.world().faults.push(("create", Fault::LoseAnswer));
    assert_eq!(world.call(&world.authority.process(0)).await.expect("renewed"), 1);
}

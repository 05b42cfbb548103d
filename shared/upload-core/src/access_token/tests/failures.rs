//! A refresh fails, its answer is lost, or Youku refuses it.

use super::{
    authority::{AskFault, HOUR},
    env::World,
};
use crate::{
    ErrorKind, RetryAdvice,
    access_token::{ReauthorizeReason, TokenState},
};
use std::time::Duration;
use tokio::time::sleep;

/// A refresh whose answer was lost ends as `reauthorize` when the old token ends, and is never repeated.
#[tokio::test(start_paused = true)]
async fn a_lost_refresh_answer_ends_as_reauthorize() {
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

/// A refused refresh token is used once; a new pair in the settings begins again.
#[tokio::test(start_paused = true)]
async fn a_refused_refresh_token_is_used_once() {
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

/// A refresh that Youku did not process is retried after its pause.
#[tokio::test(start_paused = true)]
async fn an_unprocessed_refresh_is_retried_after_its_pause() {
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

//! Many functions find their token refused at once, over a store that is slow and fails now and then.

use super::{authority::HOUR, env::World};
use crate::{ErrorKind, access_token::AccessTokens};
use futures_util::future::join_all;
use std::time::Duration;
use tokio::time::sleep;

async fn call_until_it_works(world: &World, process: &AccessTokens) -> u32 {
    let begun = tokio::time::Instant::now();
    loop {
        match world.call(process).await {
            Ok(used) => return used,
            Err(error) => {
                let known = [ErrorKind::InProgress, ErrorKind::Ledger, ErrorKind::Reauthorize];
                assert!(known.contains(&error.kind()), "{error:?}");
                assert!(begun.elapsed() < 5 * HOUR, "it never ends: {error:?}");
                sleep(Duration::from_secs(7)).await;
            }
        }
    }
}

async fn refresh_at_once(seed: u64, count: usize, revokes: bool) {
    let world = World::chaotic(seed);
    world.authority.tokens().revokes = revokes;
    world.authority.expire();
    let processes = world.processes(count);
    let used = join_all(processes.iter().map(|process| call_until_it_works(&world, process))).await;
    assert_eq!(world.refreshes(), 1, "seed {seed}: one refresh for {count} functions");
    assert!(used.iter().all(|used| *used == 1), "seed {seed}: {used:?}");
    world.store.calm();
    assert_eq!(world.store.keys("token/").len(), 1, "seed {seed}");
    for process in &processes {
        assert_eq!(world.call(process).await.expect("it is good"), 1, "seed {seed}");
    }
}

/// Two and sixteen functions that refresh at once end with one refresh and one pair of tokens.
#[tokio::test(start_paused = true)]
async fn twins_that_refresh_at_once_end_with_one_pair() {
    for seed in 0..150 {
        for (count, revokes) in [(2, false), (2, true), (16, false), (16, true)] {
            refresh_at_once(seed, count, revokes).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn sixteen_uploads_of_one_process_share_one_refresh() {
    let world = World::new();
    world.authority.tokens().revokes = true;
    let process = world.authority.process(0);
    world.call(&process).await.expect("the settings' own");
    world.authority.expire();
    let used = join_all((0..16).map(|_| world.call(&process))).await;
    assert!(used.iter().all(|used| matches!(used, Ok(1))), "{used:?}");
    assert_eq!(world.refreshes(), 1);
    // A quarter of its life before the end: no call is delayed and none refused.
    sleep(80 * HOUR).await;
    world.authority.tokens().revokes = false;
    let used = join_all((0..16).map(|_| world.call(&process))).await;
    assert!(used.iter().all(Result::is_ok), "{used:?}");
    assert_eq!(
        (world.refreshes(), world.authority.tokens().refused),
        (2, 1),
        "the others waited for the first"
    );
}

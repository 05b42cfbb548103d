//! Many functions find their token refused at once, over a store that is slow and fails now and then.

use super::*;
use futures_util::future::join_all;

async fn until_it_works(world: &World, process: &AccessTokens) -> u32 {
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

async fn twins(seed: u64, count: usize, revokes: bool) {
    let points = Points::default();
    let world =
        World { store: MemoryStore::chaotic(seed), authority: Authority::new(points.clone()), points };
    world.authority.tokens().revokes = revokes;
    world.authority.expire();
    let processes: Vec<_> = (0..count).map(|_| world.authority.process(0)).collect();
    let used = join_all(processes.iter().map(|process| until_it_works(&world, process))).await;
    assert_eq!(world.refreshes(), 1, "seed {seed}: one refresh for {count} functions");
    assert!(used.iter().all(|used| *used == 1), "seed {seed}: {used:?}");
    world.store.calm();
    assert_eq!(world.store.keys("token/").len(), 1, "seed {seed}");
    for process in &processes {
        assert_eq!(world.call(process).await.expect("it is good"), 1, "seed {seed}");
    }
}

#[tokio::test(start_paused = true)]
async fn two_and_sixteen_functions_that_renew_at_once_end_with_one_refresh_and_one_pair() {
    for seed in 0..150 {
        for (count, revokes) in [(2, false), (2, true), (16, false), (16, true)] {
            twins(seed, count, revokes).await;
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
    // A quarter of its life before the end: nobody is held up, nobody refused.
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

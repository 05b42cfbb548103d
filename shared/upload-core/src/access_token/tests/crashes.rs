//! A process dies at every point of a refresh.

use super::*;

/// What makes the process renew its token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Because {
    Refused,
    Due,
}

async fn world(because: Because, revokes: bool) -> World {
    let world = World::new();
    world.authority.tokens().revokes = revokes;
    world.authority.expire();
    if because == Because::Due {
        world.call(&world.authority.process(0)).await.expect("renewed");
        sleep(80 * HOUR).await;
    }
    world
}

#[tokio::test(start_paused = true)]
async fn a_process_that_dies_at_any_point_leaves_one_valid_pair_or_reauthorize() {
    let (mut renewed, mut stuck) = (0, 0);
    for because in [Because::Refused, Because::Due] {
        for revokes in [false, true] {
            let calm = world(because, revokes).await;
            calm.points.crash_at(None);
            calm.call(&calm.authority.process(0)).await.expect("renewed");
            let points = calm.points.passed();
            assert!(points > 12, "there are {points} points");
            for point in 1..=points {
                let what = format!("{because:?}, revokes {revokes}, dies at {point}");
                match dies(because, revokes, point, &what).await {
                    Ok(_) => renewed += 1,
                    Err(error) => {
                        assert_eq!(error.kind(), ErrorKind::Reauthorize, "{what}: {error:?}");
                        stuck += 1;
                    }
                }
            }
        }
    }
    assert!(renewed > 20 && stuck > 10, "both ends are reached: {renewed}, {stuck}");
}

/// How it ends for those that come after.
async fn dies(because: Because, revokes: bool, point: u32, what: &str) -> Result<u32, Error> {
    let world = world(because, revokes).await;
    let before = world.refreshes();
    world.points.crash_at(Some(point));
    let dead = world.authority.process(0);
    tokio::select! {
        _ = world.call(&dead) => {}
        () = world.points.crashed() => {}
    }
    let first = after(&world, what).await;
    // Later, when the old token has ended in any case.
    sleep(30 * HOUR).await;
    let newest = world.authority.tokens().newest;
    if first.as_ref().is_ok_and(|used| *used < newest) {
        world.authority.expire();
    }
    let last = after(&world, what).await;
    assert!(world.refreshes() <= before + 1, "{what}: {} refreshes", world.refreshes());
    if let Ok(used) = last {
        assert_eq!(used, world.authority.tokens().newest, "{what}: the newest pair");
    }
    last
}

/// Another process calls until that settles.
async fn after(world: &World, what: &str) -> Result<u32, Error> {
    let process = world.authority.process(0);
    let refused = world.authority.tokens().refused;
    for _ in 0..20 {
        match world.call(&process).await {
            Err(error) if error.is_retryable() => sleep(Duration::from_secs(15)).await,
            ended => {
                let refused = world.authority.tokens().refused - refused;
                assert!(refused <= 20, "{what}: {refused} calls with a refused token");
                return ended;
            }
        }
    }
    panic!("{what}: it does not settle")
}

//! A process dies at every crash point of a refresh.

use super::{authority::HOUR, env::World};
use crate::{Error, ErrorKind, tests::crash_points::report_crash_points};
use std::time::Duration;
use tokio::time::sleep;

/// What makes the process renew its token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trigger {
    Refused,
    Due,
}

async fn prepare_world(trigger: Trigger, revokes: bool) -> World {
    let world = World::new();
    world.authority.tokens().revokes = revokes;
    world.authority.expire();
    if trigger == Trigger::Due {
        world.call(&world.authority.process(0)).await.expect("renewed");
        sleep(80 * HOUR).await;
    }
    world
}

/// A process that dies at any crash point leaves one valid pair of tokens or `reauthorize`.
#[tokio::test(start_paused = true)]
async fn a_crash_at_any_point_leaves_a_valid_pair_or_reauthorize() {
    let (mut renewed, mut stuck) = (0, 0);
    for trigger in [Trigger::Refused, Trigger::Due] {
        for revokes in [false, true] {
            let calm = prepare_world(trigger, revokes).await;
            calm.crash_points.crash_at(None);
            calm.call(&calm.authority.process(0)).await.expect("renewed");
            let crash_points = calm.crash_points.passed();
            assert!(crash_points > 12, "there are {crash_points} crash points");
            for point in 1..=crash_points {
                let what = format!("{trigger:?}, revokes {revokes}, dies at {point}");
                match crash_at(trigger, revokes, point, &what).await {
                    Ok(_) => renewed += 1,
                    Err(error) => {
                        assert_eq!(error.kind(), ErrorKind::Reauthorize, "{what}: {error:?}");
                        stuck += 1;
                    }
                }
            }
        }
    }
    report_crash_points("refreshes", renewed + stuck);
    assert!(renewed > 20 && stuck > 10, "both ends are reached: {renewed}, {stuck}");
}

/// Returns the result of the processes that come after it.
async fn crash_at(trigger: Trigger, revokes: bool, point: u32, what: &str) -> Result<u32, Error> {
    let world = prepare_world(trigger, revokes).await;
    let before = world.refreshes();
    world.crash_points.crash_at(Some(point));
    let dead = world.authority.process(0);
    tokio::select! {
        _ = world.call(&dead) => {}
        () = world.crash_points.crashed() => {}
    }
    let first = call_until_settled(&world, what).await;
    // Later, when the old token has ended in any case.
    sleep(30 * HOUR).await;
    let newest = world.authority.tokens().newest;
    if first.as_ref().is_ok_and(|used| *used < newest) {
        world.authority.expire();
    }
    let last = call_until_settled(&world, what).await;
    assert!(world.refreshes() <= before + 1, "{what}: {} refreshes", world.refreshes());
    if let Ok(used) = last {
        assert_eq!(used, world.authority.tokens().newest, "{what}: the newest pair");
    }
    last
}

/// Another process calls until the result settles.
async fn call_until_settled(world: &World, what: &str) -> Result<u32, Error> {
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

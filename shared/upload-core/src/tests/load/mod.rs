//! Many objects land within a minute, on the limits of Function Compute and of Youku: all are published, in about the order in which they
//! landed, and what each costs is the same however many they are. What lies finished in the ledger costs nothing.
//!
//! **Overtaking.** An object is overtaken by each one that landed later and was published earlier.

mod cost;
mod finished;
mod function_compute;
mod landing;

use super::memory::CallLimit;
use landing::{Landed, Load};

/// Checks that each object is there once, and that none was overtaken by more than a tenth of the others. Returns what it cost.
fn judge(load: Load, landed: &Landed) {
    let (objects, mut world) = (load.objects as usize, landed.memory.world());
    let most_overtaken = landed.overtaken.iter().max().copied().expect("there are some");
    let CallLimit { taken, refused, .. } = world.limit.take().expect("there is one");
    println!(
        "{load:?}: {:.1} h, most overtaken {most_overtaken}; calls taken {taken}, refused {refused}; deliveries throttled {}; at most {} open, \
         longest sweep {:.0?}; requests an upload {:.1}, [requests, marks written, marks deleted] of one that waits {:.2?}, at most {:?}; \
         of sweeps for none {:.1} on average, {:?} at most",
        landed.hours,
        landed.throttled,
        landed.most_open,
        landed.longest_sweep,
        landed.cost.mean(),
        landed.cost.mean_of_waiting(),
        landed.cost.uploads.values().map(|cost| cost.requests).max(),
        f64::from(landed.cost.sweeps.iter().sum::<u32>()) / landed.cost.sweeps.len() as f64,
        landed.cost.sweeps.iter().max(),
    );
    assert_eq!((world.videos.len(), world.committed.len()), (objects, objects), "each once");
    drop(world);
    assert_eq!(landed.memory.published().len(), objects, "each once");
    assert!(most_overtaken <= objects / 10, "one was overtaken by {most_overtaken}");
}

#[tokio::test(start_paused = true)]
async fn explore() {
    let env = |name: &str| std::env::var(name).ok().and_then(|v| v.parse::<u32>().ok());
    let load = Load {
        objects: env("N").unwrap_or(1000),
        calls_an_hour: env("CALLS").unwrap_or(1000),
        instances: env("INST").unwrap_or(100),
    };
    judge(load, &load.run().await);
}

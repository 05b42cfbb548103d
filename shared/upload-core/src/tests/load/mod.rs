//! Many objects land within a minute, on the limits of Function Compute and of Youku: all are published, in about the order in which they
//! landed, and what each costs is the same however many they are. What lies finished in the ledger costs nothing.
//!
//! **Overtaking.** An object is overtaken by each one that landed later and was published earlier.

mod cost;
mod finished;
mod function_compute;
mod landing;
mod left_behind;
mod turns;

use super::memory::CallLimit;
use landing::{Landed, Load};

/// Requests of a sweep for no single upload, besides one list for each 999 open uploads: the clock, and three more.
const OF_A_SWEEP: usize = 4;
/// Requests for any one upload, at most: it may be the one that asks Youku whether it takes calls again, four times an hour.
const MOST_REQUESTS: u32 = 300;

impl Load {
    /// Lands the objects. Checks that each is published once by no more calls than it takes, that none is overtaken by more than a tenth
    /// of the others, that no sweep and no upload costs more than it should, and that all takes no longer than Youku's limit and an hour.
    async fn check(self) -> Landed {
        let landed = self.run().await;
        let objects = self.objects as usize;
        let most_overtaken = landed.overtaken.iter().max().copied().unwrap_or_default();
        let CallLimit { taken, .. } = landed.memory.world().limit.expect("there is one");
        let most_requests = landed.cost.uploads.values().map(|cost| cost.requests).max().unwrap_or_default();
        let of_a_sweep = landed.cost.sweeps.iter().max().copied().unwrap_or_default();
        landed.print_figures(self);
        let world = landed.memory.world();
        let (videos, committed) = (world.videos.len(), world.committed.len());
        drop(world);
        let videos = [videos, committed, landed.memory.published().len()];
        assert_eq!(videos, [objects; 3], "each once");
        assert_eq!(taken, 2 * self.objects, "one create and one commit each");
        assert!(most_overtaken <= objects / 10, "one was overtaken by {most_overtaken}");
        assert!(most_requests <= MOST_REQUESTS, "one upload took {most_requests} requests");
        assert!(of_a_sweep as usize <= landed.most_open.div_ceil(999) + OF_A_SWEEP, "{of_a_sweep}");
        assert!(
            landed.hours < f64::from(2 * self.objects / self.calls_an_hour) + 1.0,
            "{} hours",
            landed.hours
        );
        landed
    }
}

impl Landed {
    #[expect(clippy::print_stdout, reason = "the figures are what such a run is worth")]
    fn print_figures(&self, load: Load) {
        let CallLimit { taken, refused, .. } = self.memory.world().limit.expect("there is one");
        println!("{load:?}");
        println!(
            "  {:.1} hours; {taken} calls taken, {refused} refused; {} deliveries throttled",
            self.hours, self.throttled
        );
        println!("  an object was overtaken by {} at most", self.overtaken.iter().max().unwrap_or(&0));
        println!("  {} open at most; the longest sweep {:.0?}", self.most_open, self.longest_sweep);
        let [requests, written, deleted] = self.cost.mean_of_waiting();
        println!(
            "  {:.1} requests of the ledger an upload, of one that waits {requests:.1}",
            self.cost.mean()
        );
        println!("  with {written:.2} marks written and {deleted:.2} deleted");
    }
}

/// Whether each of these costs is at most a tenth more than the other.
fn is_no_more(costs: [f64; 3], than: [f64; 3]) -> bool {
    costs.iter().zip(than).all(|(cost, than)| *cost <= 1.1 * than)
}

/// A tenth of the objects and of Youku's calls of the test below, and one instance, which refuses many deliveries.
#[tokio::test(start_paused = true)]
async fn a_thousand_objects_are_published_as_they_landed() {
    let landed = Load { objects: 1_000, calls_an_hour: 100, instances: 1 }.check().await;
    assert!(landed.throttled > 100, "{} deliveries were throttled", landed.throttled);
}

/// What an upload costs that has to wait does not grow from a hundred objects to a thousand.
#[tokio::test(start_paused = true)]
async fn an_upload_among_a_thousand_costs_what_one_of_a_hundred_does() {
    let few = Load { objects: 100, calls_an_hour: 100, instances: 100 }.check().await.cost.mean_of_waiting();
    let many = Load { objects: 1_000, calls_an_hour: 1_000, instances: 100 }.check().await.cost;
    assert!(is_no_more(many.mean_of_waiting(), few), "{:?} after {few:?}", many.mean_of_waiting());
}

/// Ten thousand objects on Youku's limit and on that of a region's instances, and the cost of each compared with one of a thousand.
#[tokio::test(start_paused = true)]
#[ignore = "a minute: cargo test --release -p upload-core --lib -- --ignored --nocapture tests::load::"]
async fn ten_thousand_objects_are_published_as_they_landed() {
    let few =
        Load { objects: 1_000, calls_an_hour: 1_000, instances: 100 }.check().await.cost.mean_of_waiting();
    for instances in [100, 10] {
        let many = Load { objects: 10_000, calls_an_hour: 1_000, instances }.check().await.cost;
        assert!(is_no_more(many.mean_of_waiting(), few), "{:?} after {few:?}", many.mean_of_waiting());
    }
}

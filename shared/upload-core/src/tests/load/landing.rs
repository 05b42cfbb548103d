//! Objects that land within a minute, from their events to the last video.

use super::{cost::Cost, function_compute::FunctionCompute};
use crate::{
    ledger::UploadRequest,
    tests::{
        job,
        memory::{CallLimit, Memory, Quirks},
    },
    *,
};
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

/// All objects land within this time, at equal distances.
const LANDING: Duration = Duration::from_secs(60);
/// What `template.yml` gives a call, and how often it has the function sweep.
const TIMEOUT: Duration = Duration::from_secs(3600);
const SWEEPS: Duration = Duration::from_secs(300);
/// Open uploads that a deployed sweep resumes at most: three quarters of `sweep.limit`.
const SWEEP_LIMIT: usize = 75;
/// Nothing takes longer.
const LONG: Duration = Duration::from_secs(48 * 3600);
/// How long a call of Youku, its bucket or the source takes, and half a request of the ledger's store.
const CALL: Duration = Duration::from_millis(100);
const HALF_A_REQUEST: Duration = Duration::from_millis(10);

/// So many objects, on these limits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Load {
    pub(super) objects: u32,
    /// Calls that Youku takes in an hour.
    pub(super) calls_an_hour: u32,
    /// Instances of the function, at most.
    pub(super) instances: u32,
}

/// What became of them.
pub(super) struct Landed {
    pub(super) memory: Memory,
    pub(super) hours: f64,
    /// By how many each object was overtaken, in the order of landing: of those that landed later, how many were published earlier.
    pub(super) overtaken: Vec<usize>,
    pub(super) cost: Cost,
    /// The most uploads that a sweep found open.
    pub(super) most_open: usize,
    /// How long the longest sweep took.
    pub(super) longest_sweep: Duration,
    /// Deliveries that no instance could take.
    pub(super) throttled: u32,
}

impl Load {
    /// Lands the objects, and sweeps until all are published and none is open.
    pub(super) async fn run(self) -> Landed {
        let memory = self.prepare();
        let uploader = memory.uploader();
        let begun = Instant::now();
        let platform = FunctionCompute::new(self.instances);
        let events = (0..self.objects).map(|n| begun + self.landing(n));
        let delivering = platform.deliver(events, |n| handle_event(&memory, &uploader, n));
        let ((), mut landed) = tokio::join!(delivering, self.sweep_until_done(&memory, begun));
        landed.throttled = platform.throttled.get();
        landed
    }

    fn landing(self, n: u32) -> Duration {
        LANDING * n / self.objects
    }

    fn prepare(self) -> Memory {
        let memory = Memory::with_quirks(Quirks::NONE, 1000);
        memory.ledger.world().slow = Some(HALF_A_REQUEST);
        let mut world = memory.world();
        world.limit = Some(CallLimit::of(self.calls_an_hour));
        let calls = ["create", "initiate", "part", "complete", "commit", "head", "read"];
        world.takes.extend(calls.map(|call| (call, CALL)));
        // A store tells whole seconds.
        let begun = memory.ledger.now();
        let second = |n| begun + Duration::from_secs(self.landing(n).as_secs());
        world.landed = (0..self.objects).map(|n| (key(n), second(n))).collect();
        drop(world);
        memory
    }

    async fn sweep_until_done(self, memory: &Memory, begun: Instant) -> Landed {
        let mut timer = interval_at(begun + SWEEPS, SWEEPS);
        timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut cost, mut most_open, mut longest_sweep) = (Cost::default(), 0, Duration::ZERO);
        let (uploader, mut after, mut last) = (memory.uploader(), None, begun);
        let is_all_there = || memory.world().videos.len() == self.objects as usize;
        while !is_all_there() || !memory.ledger.keys("open/").is_empty() {
            timer.tick().await;
            assert!(begun.elapsed() < LONG, "they never end");
            most_open = most_open.max(memory.ledger.keys("open/").len());
            let uploader_of = |_, _| async { Ok(uploader.clone()) };
            let swept_at = Instant::now();
            let swept = sweep(&memory.ledger(), uploader_of, after, SWEEP_LIMIT, &run_context()).await;
            after = swept.expect("the ledger can be read").next;
            longest_sweep = longest_sweep.max(swept_at.elapsed());
            cost.take(&memory.ledger);
            last = Instant::now();
        }
        let hours = last.duration_since(begun).as_secs_f64() / 3600.0;
        let overtaken = count_overtaken(memory, self.objects);
        Landed { memory: memory.clone(), hours, overtaken, cost, most_open, longest_sweep, throttled: 0 }
    }
}

/// What the function does with the event of the n-th object. Returns whether it has taken it: what waits is left to the sweep.
async fn handle_event(memory: &Memory, uploader: &Uploader, n: u32) -> bool {
    let mut job = job(Mode::Oss);
    job.location.key = key(n);
    let object = head_object(memory, &job.location, &RetryPolicy::default()).await.expect("it is there");
    let request = UploadRequest { landed: object.modified, ..UploadRequest::new(job, object) };
    match uploader.upload_arrival(&request, false, &run_context()).await {
        Ok(_) => true,
        Err(error) => {
            let waits = matches!(error.kind(), ErrorKind::RateLimited | ErrorKind::InProgress);
            assert!(waits && error.is_retryable(), "{error:?}");
            error.is_recorded()
        }
    }
}

fn key(n: u32) -> String {
    format!("dir/{n}.mp4")
}

fn run_context() -> RunContext {
    RunContext { deadline: Some(Instant::now() + TIMEOUT), ..RunContext::default() }
}

fn count_overtaken(memory: &Memory, objects: u32) -> Vec<usize> {
    let mut overtaken = vec![0; objects as usize];
    // By the order of landing.
    let mut earlier: Vec<usize> = Vec::new();
    for name in &memory.world().committed {
        let n: usize = name.trim_end_matches(".mp4").parse().expect("one of ours");
        let place = earlier.partition_point(|other| *other < n);
        overtaken[n] = earlier.len() - place;
        earlier.insert(place, n);
    }
    overtaken
}

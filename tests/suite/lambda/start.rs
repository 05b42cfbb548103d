//! What starting a program of the function costs beside the least function on the same runtime.

use super::{
    Rig, peak_kib,
    runtime_api::{Process, RuntimeApi},
};
use crate::support::binary;
use std::{path::Path, time::Instant};

const STARTS: usize = 31;

fn median<T: Ord + Copy>(mut values: Vec<T>) -> T {
    values.sort_unstable();
    values[values.len() / 2]
}

/// Starts both in turn and judges the medians: the time until the function asks for its first event, and its memory then.
#[expect(clippy::print_stdout, reason = "the figures, for those who ask by --nocapture")]
pub(crate) async fn starts_lightly(function: &Path) {
    let env = Rig::start(&[]).await.env;
    let mut api = RuntimeApi::start(Vec::new()).await;
    let programs = [&binary("examples/hello"), function];
    let mut measured = [(Vec::new(), Vec::new()), (Vec::new(), Vec::new())];
    for _ in 0..STARTS {
        for (program, (times, peaks)) in programs.iter().zip(&mut measured) {
            let begun = Instant::now();
            let process = Process::start(program, &env, &api);
            times.push(api.asked().await - begun);
            peaks.push(peak_kib(process.id()));
        }
    }
    let [least, function] = measured.map(|(times, peaks)| (median(times), median(peaks)));
    let what = format!("least function {least:?} KiB, this one {function:?} KiB");
    assert!(function.0 <= least.0 * 3 && function.1 <= least.1 * 3, "{what}");
    println!("{what}");
}

#[tokio::test]
#[ignore = "measures: wants a quiet machine"]
async fn the_function_starts_within_three_times_the_least_functions_time() {
    starts_lightly(&binary("oss2youku-lambda")).await;
}

//! The start-up time and memory of the function compared with a minimal function on the same runtime.

use super::{
    LambdaEnv,
    package::packaged,
    runtime_api::{Process, RuntimeApi},
};
use crate::support::{binary, process::peak_kib};
use std::{path::Path, time::Instant};

const STARTS: usize = 31;

fn median<T: Ord + Copy>(mut values: Vec<T>) -> T {
    values.sort_unstable();
    values[values.len() / 2]
}

/// Starts both in turn and compares the medians of the time until the function asks for its first event, and of its memory then.
#[expect(clippy::print_stdout, reason = "the figures, for those who ask by --nocapture")]
async fn assert_light_start(function: &Path) {
    let variables = LambdaEnv::start(&[]).await.variables;
    let mut api = RuntimeApi::start(Vec::new()).await;
    let programs = [&binary("examples/hello"), function];
    let mut measured = [(Vec::new(), Vec::new()), (Vec::new(), Vec::new())];
    for _ in 0..STARTS {
        for (program, (times, peaks)) in programs.iter().zip(&mut measured) {
            let begun = Instant::now();
            let process = Process::start(program, &variables, &api);
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
async fn the_function_starts_within_thrice_a_minimal_ones_time() {
    assert_light_start(&binary("oss2youku-lambda")).await;
}

#[tokio::test]
#[ignore = "measures: wants a quiet machine"]
async fn the_packaged_function_starts_as_lightly() {
    let (program, _) = tokio::task::spawn_blocking(packaged).await.unwrap();
    assert_light_start(&program).await;
}

//! Prints what files hold: `cargo run -p media-probe --example probe FILE...`
#![expect(clippy::print_stdout, reason = "an example")]

use media_probe::{Language, Probe, TrackKind};
use std::{
    fs::File,
    future::ready,
    io,
    os::unix::fs::FileExt,
    pin::pin,
    task::{Context, Poll, Waker},
};

fn main() -> io::Result<()> {
    for path in std::env::args().skip(1) {
        let file = File::open(&path)?;
        let size = file.metadata()?.len();
        let reader = |offset: u64, length: usize| {
            let mut bytes = vec![0; length];
            ready(file.read_exact_at(&mut bytes, offset).map(|()| bytes))
        };
        let report = block_on(Probe::new(size).file_name(&path).run(&reader))?;
        let container = report.container.map_or("unknown", |container| container.name());
        println!("{path}: {container}, {:.3} s", report.duration.unwrap_or_default().as_secs_f64());
        for track in &report.tracks {
            let size = track.picture.map(|picture| format!(", {} x {}", picture.width, picture.height));
            let codec = track.codec.unwrap_or(&track.code);
            let kind = if track.kind == TrackKind::Video { "pictures" } else { "other" };
            println!("  {kind}: {codec}{}", size.unwrap_or_default());
        }
        for finding in &report.findings {
            let (severity, problem) = (finding.severity.as_str(), finding.problem.as_str());
            println!("  {severity} {problem}: {}", finding.sentence(Language::English));
            println!("    {}", finding.advice(Language::English));
        }
    }
    Ok(())
}

/// The reader's futures are never pending; a program with a runtime awaits the probe instead.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let Poll::Ready(result) = pin!(future).poll(&mut Context::from_waker(Waker::noop())) else {
        unreachable!("a file is read at once")
    };
    result
}

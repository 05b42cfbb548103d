//! Films of every container.

use media_probe::{Language, MAX_BYTES, MAX_READS, Probe, Report, Severity};
use std::{
    convert::Infallible,
    pin::pin,
    sync::Mutex,
    task::{Context, Poll, Waker},
};

/// A file made of `data`: all but its last two bytes, with a hole of zeros in the middle whose place and length these two bytes tell, so that
/// what stands at the end of a large file is reached as well.
struct File<'a> {
    head: &'a [u8],
    hole: u64,
    tail: &'a [u8],
}

impl<'a> File<'a> {
    fn new(data: &'a [u8]) -> Option<Self> {
        let (bytes, shape) = data.split_at_checked(data.len().checked_sub(2)?)?;
        // No hole in every other file; else 1 byte to 8 GiB.
        let hole = if shape[0] % 2 == 0 { 0 } else { 1 << (shape[0] / 2 % 34) };
        let (head, tail) = bytes.split_at(bytes.len() * usize::from(shape[1]) / 255);
        Some(Self { head, hole, tail })
    }

    fn size(&self) -> u64 {
        self.head.len() as u64 + self.hole + self.tail.len() as u64
    }

    fn byte(&self, offset: u64) -> u8 {
        let head = self.head.len() as u64;
        match offset.checked_sub(head) {
            None => self.head[offset as usize],
            Some(behind) if behind < self.hole => 0,
            Some(behind) => self.tail[(behind - self.hole) as usize],
        }
    }
}

/// Probes a file made of `data` under this name. It must not panic, must keep to its bounds, must read no byte twice, and must say in both
/// languages what it finds.
///
/// # Panics
/// Where one of these does not hold.
pub fn probe(data: &[u8], name: &str) {
    let Some(file) = File::new(data) else { return };
    let size = file.size();
    let reads = Mutex::new(Vec::new());
    let reader = |offset: u64, length: usize| {
        let end = offset + length as u64;
        assert!(length > 0 && end <= size, "{offset}+{length} of {size}");
        let mut reads = reads.lock().unwrap();
        assert!(
            reads.iter().all(|(from, to)| end <= *from || offset >= *to),
            "{offset}+{length} was read: {reads:?}"
        );
        reads.push((offset, end));
        let bytes: Vec<u8> = (offset..end).map(|at| file.byte(at)).collect();
        async move { Ok::<_, Infallible>(bytes) }
    };
    let probe = Probe::new(size).file_name(name);
    let Ok(report) = block_on(probe.run(&reader));
    let reads = reads.into_inner().unwrap();
    let bytes: u64 = reads.iter().map(|(from, to)| to - from).sum();
    assert!(
        reads.len() <= MAX_READS as usize && bytes <= MAX_BYTES,
        "{} reads of {bytes} bytes",
        reads.len()
    );
    check(&report);
}

fn check(report: &Report) {
    let refuses = report.findings.iter().any(|finding| finding.severity == Severity::Refuse);
    assert_eq!(report.is_refused(), refuses);
    for finding in &report.findings {
        for language in [Language::English, Language::Chinese] {
            assert!(
                !finding.sentence(language).is_empty() && !finding.advice(language).is_empty(),
                "{finding:?}"
            );
        }
    }
}

/// Awaits what never waits.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => unreachable!("the reader answers at once"),
    }
}

//! Readers that record what is read, and probes over them.

use media_probe::{Probe, ReadAt, Report};
use std::{
    convert::Infallible,
    fs::File,
    future::{Future, ready},
    os::unix::fs::FileExt,
    path::Path,
    pin::pin,
    sync::Mutex,
    task::{Context, Poll, Waker},
};

/// What was read: offset and length, in order.
pub(crate) type Reads = Vec<(u64, usize)>;

/// Where the bytes are.
pub(crate) enum Bytes {
    Memory(Vec<u8>),
    File(File),
    /// These bytes again and again.
    Pattern(Vec<u8>),
    /// Parts, each at its offset, and zeros between them.
    Sparse(Vec<(u64, Vec<u8>)>),
}

/// Reads bytes, and records it.
pub(crate) struct Recorder {
    bytes: Bytes,
    reads: Mutex<Reads>,
}

impl ReadAt for Recorder {
    type Error = Infallible;

    fn read_at(
        &self,
        offset: u64,
        length: usize,
    ) -> impl Future<Output = Result<Vec<u8>, Infallible>> + Send {
        self.reads.lock().unwrap().push((offset, length));
        let bytes = match &self.bytes {
            Bytes::Memory(bytes) => {
                let start = usize::try_from(offset).unwrap().min(bytes.len());
                bytes[start..start.saturating_add(length).min(bytes.len())].to_vec()
            }
            Bytes::Pattern(pattern) => {
                let start = usize::try_from(offset % pattern.len() as u64).unwrap();
                pattern.iter().copied().cycle().skip(start).take(length).collect()
            }
            Bytes::Sparse(parts) => {
                let byte = |at: u64| {
                    let mut holding = parts.iter().filter_map(|(start, part)| {
                        part.get(usize::try_from(at.checked_sub(*start)?).ok()?).copied()
                    });
                    holding.next().unwrap_or(0)
                };
                (offset..offset + length as u64).map(byte).collect()
            }
            Bytes::File(file) => {
                let mut bytes = vec![0; length];
                file.read_exact_at(&mut bytes, offset).expect("within the file");
                bytes
            }
        };
        ready(Ok(bytes))
    }
}

/// Runs a future that is never pending.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let Poll::Ready(result) = pin!(future).poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("the reader's futures are ready")
    };
    result
}

/// Probes bytes, and returns what was read as well.
pub(crate) fn run(probe: &Probe, bytes: Bytes) -> (Report, Reads) {
    let recorder = Recorder { bytes, reads: Mutex::default() };
    let Ok(report) = block_on(probe.run(&recorder));
    (report, recorder.reads.into_inner().unwrap())
}

/// Probes bytes in memory.
pub(crate) fn probe(bytes: &[u8]) -> Report {
    run(&Probe::new(bytes.len() as u64), Bytes::Memory(bytes.to_vec())).0
}

/// Probes a file under its own name.
pub(crate) fn probe_file(path: &Path) -> (Report, Reads) {
    let file = File::open(path).expect("the file");
    let size = file.metadata().unwrap().len();
    run(&Probe::new(size).file_name(path.to_str().unwrap()), Bytes::File(file))
}

/// The words of a report's findings, each after its severity: `refuse truncated`.
pub(crate) fn words(report: &Report) -> Vec<String> {
    let word = |finding: &media_probe::Finding| {
        format!("{} {}", finding.severity.as_str(), finding.problem.as_str())
    };
    report.findings.iter().map(word).collect()
}

//! Byte progress at a rate and in numbers that Gearman clients bear: at most four reports a second, always the latest, and one now and then
//! while nothing moves. A job's reports never go back, and a job that succeeds ends at its total.

use crate::protocol::handler::Progress;
use std::{convert::Infallible, num::NonZeroU64, time::Duration};
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};

const MIN_INTERVAL: Duration = Duration::from_millis(250);
/// The last report is repeated this often while the function is called again or works without moving bytes.
const REPEAT_INTERVAL: Duration = Duration::from_secs(10);
/// The largest total that clients can divide by: `gearman -f` multiplies by 100 in 32 bits, and gearmand's own answer about a job, PHP
/// and others keep 32 bits of each number.
const MAX_TOTAL: u64 = u32::MAX as u64 / 100;
/// Bits by which a total is shortened at a time: bytes, KiB, MiB, ...
const UNIT_BITS: u32 = 10;

/// How far an upload is, in bytes. There is none while the total is unknown: clients divide by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct UploadProgress {
    /// Bytes that the target has accepted.
    pub(crate) accepted: u64,
    /// The object's size.
    pub(crate) total: NonZeroU64,
}

impl UploadProgress {
    /// Numerator and denominator for a client: in bytes, or in the smallest of KiB, MiB and so on in which the total is not too large. Equal
    /// only where every byte is accepted.
    fn to_status(self) -> (u64, u64) {
        let total = self.total.get();
        let mut denominator = total;
        while denominator > MAX_TOTAL {
            denominator >>= UNIT_BITS;
        }
        let numerator = u128::from(self.accepted.min(total)) * u128::from(denominator) / u128::from(total);
        (u64::try_from(numerator).unwrap_or(denominator), denominator)
    }
}

/// Runs `work`, which sends how far it is, and relays the latest to the job's client. Where the output `is_success`, the last report is that
/// of the total, unless no total was ever known.
pub(crate) async fn relay_throttled<F: Future>(
    progress: &Progress,
    work: impl FnOnce(watch::Sender<Option<UploadProgress>>) -> F,
    is_success: impl FnOnce(&F::Output) -> bool,
) -> F::Output {
    let (sender, receiver) = watch::channel(None);
    let mut reporter = Reporter { progress, latest: receiver, reported: None };
    let output = tokio::select! {
        biased;
        output = work(sender) => output,
        never = reporter.report_latest() => match never {},
    };
    if is_success(&output) {
        reporter.report_total();
    }
    output
}

struct Reporter<'a> {
    progress: &'a Progress,
    latest: watch::Receiver<Option<UploadProgress>>,
    /// The last report.
    reported: Option<UploadProgress>,
}

impl Reporter<'_> {
    async fn report_latest(&mut self) -> Infallible {
        loop {
            // Reported whether or not it changed.
            let _ = timeout(REPEAT_INTERVAL, self.latest.changed()).await;
            let current = *self.latest.borrow_and_update();
            if let Some(mut current) = current {
                // A second call of the function may begin with less than the first had reached.
                if let Some(before) = self.reported.filter(|before| before.total == current.total) {
                    current.accepted = current.accepted.max(before.accepted);
                }
                self.report(current);
            }
            sleep(MIN_INTERVAL).await;
        }
    }

    /// Reports that everything is done, unless the last report did.
    fn report_total(&mut self) {
        let last = *self.latest.borrow();
        if let Some(UploadProgress { total, .. }) = last.or(self.reported) {
            let done = UploadProgress { accepted: total.get(), total };
            if self.reported != Some(done) {
                self.report(done);
            }
        }
    }

    fn report(&mut self, current: UploadProgress) {
        let (numerator, denominator) = current.to_status();
        self.progress.report(numerator, denominator);
        self.reported = Some(current);
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;
    use crate::protocol::packet::Request;
    use tokio::{sync::mpsc, time::Instant};

    async fn reports_of<F: Future>(
        work: impl FnOnce(watch::Sender<Option<UploadProgress>>) -> F,
    ) -> Vec<Request> {
        let (outgoing, mut sent) = mpsc::channel(100);
        let progress = Progress::new("H:1".into(), outgoing);
        relay_throttled(&progress, work, |_| false).await;
        drop(progress);
        std::iter::from_fn(|| sent.try_recv().ok()).collect()
    }

    fn accepted(accepted: u64) -> Option<UploadProgress> {
        Some(UploadProgress { accepted, total: NonZeroU64::new(100).unwrap() })
    }

    fn status(numerator: u64) -> Request {
        Request::WorkStatus { handle: "H:1".into(), numerator, denominator: 100 }
    }

    /// The total of any number is below what clients can multiply by a hundred in 32 bits, and only the whole is 100 %.
    #[test]
    fn numbers_fit_into_32_bits_when_multiplied_by_100() {
        const GIB: u64 = 1 << 30;
        for (accepted, total, expected) in [
            (1, 2, (1, 2)),
            (42_949_671, 42_949_672, (42_949_671, 42_949_672)),
            (42_949_673, 42_949_673, (41_943, 41_943)),
            (42_949_672, 42_949_673, (41_942, 41_943)),
            (50_000_000, 100_000_000, (48_828, 97_656)),
            (3 * GIB, 6 * GIB, (3 << 20, 6 << 20)),
            (6 * GIB - 1, 6 * GIB, ((6 << 20) - 1, 6 << 20)),
            (41_000 * GIB, 41_000 * GIB, (41_000 << 10, 41_000 << 10)),
            (u64::MAX / 2, u64::MAX, ((1 << 23) - 1, (1 << 24) - 1)),
            (u64::MAX, u64::MAX, ((1 << 24) - 1, (1 << 24) - 1)),
            (3, 2, (2, 2)),
            (0, 6 * GIB, (0, 6 << 20)),
        ] {
            let found = UploadProgress { accepted, total: NonZeroU64::new(total).unwrap() }.to_status();
            assert_eq!(found, expected, "{accepted} of {total}");
            assert!(u32::try_from(100 * found.1).is_ok());
        }
    }

    /// Reports never go back within a total, and a success ends at it.
    #[tokio::test(start_paused = true)]
    async fn reports_do_not_go_back_and_end_at_the_total() {
        for success in [true, false] {
            let (outgoing, mut sent) = mpsc::channel(100);
            let progress = Progress::new("H:1".into(), outgoing);
            let work = async |latest: watch::Sender<_>| {
                for done in [accepted(10), accepted(60), None, accepted(0), accepted(70), accepted(90)] {
                    latest.send(done).unwrap();
                    sleep(Duration::from_millis(300)).await;
                }
                // Too late to be reported.
                latest.send(accepted(95)).unwrap();
            };
            relay_throttled(&progress, work, |()| success).await;
            let reports: Vec<_> = std::iter::from_fn(|| sent.try_recv().ok()).collect();
            let expected = [10, 60, 60, 70, 90].into_iter().chain(success.then_some(100));
            assert_eq!(reports, expected.map(status).collect::<Vec<_>>());
        }
    }

    /// A success whose total was never known reports nothing, and one that has reported its total does not repeat it.
    #[tokio::test(start_paused = true)]
    async fn the_total_is_reported_once_at_most() {
        for (last, expected) in [(None, 0), (accepted(100), 1)] {
            let (outgoing, mut sent) = mpsc::channel(100);
            let progress = Progress::new("H:1".into(), outgoing);
            let work = async |latest: watch::Sender<_>| {
                latest.send(last).unwrap();
                sleep(Duration::from_millis(300)).await;
            };
            relay_throttled(&progress, work, |()| true).await;
            assert_eq!(std::iter::from_fn(|| sent.try_recv().ok()).count(), expected);
        }
    }

    /// A hundred reports in a second become four or five, and the latest is among them.
    #[tokio::test(start_paused = true)]
    async fn a_flood_becomes_four_reports_a_second() {
        let reports = reports_of(async |latest| {
            for done in 0..=100 {
                latest.send(accepted(done)).unwrap();
                sleep(Duration::from_millis(10)).await;
            }
            sleep(Duration::from_millis(300)).await;
        })
        .await;
        assert!((4..=6).contains(&reports.len()), "{} in 1.3 seconds", reports.len());
        assert_eq!((&reports[0], reports.last()), (&status(0), Some(&status(100))));
    }

    /// While nothing moves the last report is repeated every ten seconds. Nothing is reported without a total.
    #[tokio::test(start_paused = true)]
    async fn silence_repeats_the_last_report() {
        let started = Instant::now();
        let reports = reports_of(async |latest| {
            latest.send(None).unwrap();
            sleep(Duration::from_secs(30)).await;
            latest.send(accepted(7)).unwrap();
            sleep(Duration::from_secs(35)).await;
        })
        .await;
        assert_eq!(reports, vec![status(7); 4], "after {:?}", started.elapsed());
    }
}

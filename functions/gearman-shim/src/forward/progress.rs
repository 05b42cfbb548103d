//! Byte progress at a rate that Gearman clients bear: at most four reports a second, always the latest, and one now and then while
//! nothing moves.

use crate::protocol::handler::Progress;
use std::{convert::Infallible, num::NonZeroU64, time::Duration};
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};

const MIN_INTERVAL: Duration = Duration::from_millis(250);
/// The last report is repeated this often while the function is called again or works without moving bytes.
const REPEAT_INTERVAL: Duration = Duration::from_secs(10);

/// How far an upload is, in bytes. There is none while the total is unknown: clients divide by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct UploadProgress {
    /// Bytes that the target has accepted.
    pub(crate) accepted: u64,
    /// The object's size.
    pub(crate) total: NonZeroU64,
}

/// Runs `work`, which sends how far it is, and relays the latest to the job's client.
pub(crate) async fn relay_throttled<F: Future>(
    progress: &Progress,
    work: impl FnOnce(watch::Sender<Option<UploadProgress>>) -> F,
) -> F::Output {
    let (sender, receiver) = watch::channel(None);
    tokio::select! {
        biased;
        output = work(sender) => output,
        never = report_latest(progress, receiver) => match never {},
    }
}

async fn report_latest(
    progress: &Progress,
    mut latest: watch::Receiver<Option<UploadProgress>>,
) -> Infallible {
    loop {
        // Reported whether or not it changed.
        let _ = timeout(REPEAT_INTERVAL, latest.changed()).await;
        let current = *latest.borrow_and_update();
        if let Some(UploadProgress { accepted, total }) = current {
            progress.report(accepted, total.get());
        }
        sleep(MIN_INTERVAL).await;
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
        relay_throttled(&progress, work).await;
        drop(progress);
        std::iter::from_fn(|| sent.try_recv().ok()).collect()
    }

    fn accepted(accepted: u64) -> Option<UploadProgress> {
        Some(UploadProgress { accepted, total: NonZeroU64::new(100).unwrap() })
    }

    fn status(numerator: u64) -> Request {
        Request::WorkStatus { handle: "H:1".into(), numerator, denominator: 100 }
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

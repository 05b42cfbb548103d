//! Progress at a pace that clients bear: at most four words a second, the latest first, and one now and then while nothing moves.

use crate::job::Progress;
use std::{convert::Infallible, time::Duration};
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};

const PACE: Duration = Duration::from_millis(250);
/// Repeated this often while the function is asked again or works without moving on.
const REPEAT: Duration = Duration::from_secs(10);

/// How far an upload is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Bytes {
    pub(crate) done: u64,
    /// 0 as long as nobody knows it: such progress is not told, since clients divide by it.
    pub(crate) total: u64,
}

/// Does `work`, which says how far it is, and tells the job's client.
pub(crate) async fn relay<F: Future>(
    progress: &Progress,
    work: impl FnOnce(watch::Sender<Bytes>) -> F,
) -> F::Output {
    let (sender, receiver) = watch::channel(Bytes::default());
    tokio::select! {
        biased;
        output = work(sender) => output,
        never = tell(progress, receiver) => match never {},
    }
}

async fn tell(progress: &Progress, mut latest: watch::Receiver<Bytes>) -> Infallible {
    loop {
        // Changed or not, it is told.
        let _ = timeout(REPEAT, latest.changed()).await;
        let Bytes { done, total } = *latest.borrow_and_update();
        if total > 0 {
            progress.status(done, total);
        }
        sleep(PACE).await;
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;
    use crate::codec::{WORK_STATUS, packet};
    use tokio::{sync::mpsc, time::Instant};

    async fn told<F: Future>(work: impl FnOnce(watch::Sender<Bytes>) -> F) -> Vec<bytes::Bytes> {
        let (outgoing, mut sent) = mpsc::channel(100);
        let progress = Progress::new("H:1".into(), outgoing);
        relay(&progress, work).await;
        drop(progress);
        std::iter::from_fn(|| sent.try_recv().ok()).collect()
    }

    fn status(done: &str) -> bytes::Bytes {
        packet(WORK_STATUS, &[b"H:1", done.as_bytes(), b"100"])
    }

    #[tokio::test(start_paused = true)]
    async fn a_flood_becomes_four_words_a_second_and_the_latest_is_among_them() {
        let told = told(async |tell| {
            for done in 0..=100 {
                tell.send(Bytes { done, total: 100 }).unwrap();
                sleep(Duration::from_millis(10)).await;
            }
            sleep(Duration::from_millis(300)).await;
        })
        .await;
        assert!((4..=6).contains(&told.len()), "{} in 1.3 seconds", told.len());
        assert_eq!((&told[0], told.last()), (&status("0"), Some(&status("100"))));
    }

    #[tokio::test(start_paused = true)]
    async fn silence_repeats_the_last_word_and_nothing_is_told_without_a_total() {
        let begun = Instant::now();
        let told = told(async |tell| {
            tell.send(Bytes { done: 0, total: 0 }).unwrap();
            sleep(Duration::from_secs(30)).await;
            tell.send(Bytes { done: 7, total: 100 }).unwrap();
            sleep(Duration::from_secs(35)).await;
        })
        .await;
        assert_eq!(told, vec![status("7"); 4], "after {:?}", begun.elapsed());
    }
}

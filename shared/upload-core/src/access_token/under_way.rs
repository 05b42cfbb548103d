//! The refreshes of this process that are under way: a process that ends waits for them.

use std::time::Duration;
use tokio::{
    sync::{RwLock, RwLockReadGuard},
    time::timeout,
};

/// Every refresh of this process, of whatever account, ledger and runtime.
static UNDER_WAY: UnderWay = UnderWay::new();

/// Each refresh holds a read lock while it may have asked Youku and not yet saved the answer.
struct UnderWay(RwLock<()>);

impl UnderWay {
    const fn new() -> Self {
        Self(RwLock::const_new(()))
    }

    /// Begins a refresh. It waits while [`settle`](Self::settle) does.
    async fn begin(&self) -> RwLockReadGuard<'_, ()> {
        self.0.read().await
    }

    async fn settle(&self, limit: Duration) -> bool {
        timeout(limit, self.0.write()).await.is_ok()
    }
}

/// Begins what may spend a refresh token. It is under way until the result is dropped.
pub(super) async fn begin() -> RwLockReadGuard<'static, ()> {
    UNDER_WAY.begin().await
}

/// Waits until no refresh of this process is under way, `limit` at most; returns whether that came about. Until then no other one begins.
///
/// Call it before a runtime is shut down: the response to a refresh that ends with its runtime is lost, and the refresh token with it.
pub async fn settle_refreshes(limit: Duration) -> bool {
    UNDER_WAY.settle(limit).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::{Instant, sleep};

    const LIMIT: Duration = Duration::from_secs(2);

    #[tokio::test(start_paused = true)]
    async fn a_process_waits_for_all_refreshes_and_not_for_long() {
        for (seconds, waited, settled) in
            [(vec![], 0, true), (vec![1], 1, true), (vec![1, 0], 1, true), (vec![1, 3], 2, false)]
        {
            let under_way = UnderWay::new();
            let began = Instant::now();
            let refreshes = seconds.iter().map(|seconds| async {
                let _guard = under_way.begin().await;
                sleep(Duration::from_secs(*seconds)).await;
            });
            let all = futures_util::future::join_all(refreshes);
            let ending = async {
                let result = under_way.settle(LIMIT).await;
                (result, began.elapsed().as_secs())
            };
            let (_, ended) = tokio::join!(all, ending);
            assert_eq!(ended, (settled, waited), "{seconds:?}");
        }
    }

    /// What would begin while the process ends does not begin: it could not end.
    #[tokio::test(start_paused = true)]
    async fn no_refresh_begins_while_a_process_waits() {
        let under_way = UnderWay::new();
        let guard = under_way.begin().await;
        let ending = under_way.settle(LIMIT);
        let late = async {
            let began = Instant::now();
            drop(under_way.begin().await);
            began.elapsed()
        };
        let (settled, late) = tokio::join!(ending, late);
        drop(guard);
        assert_eq!((settled, late.as_secs()), (false, LIMIT.as_secs()));
    }
}

//! Whether a page is open.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{sync::Notify, time::Instant};

/// How long a page without a connection counts as open after its last request.
const REQUEST_COUNTS_FOR: Duration = Duration::from_secs(30);

/// The pages that are open: those that follow the changes, and those that asked lately.
#[derive(Default)]
pub(crate) struct Watching {
    connections: AtomicUsize,
    asked: Mutex<Option<Instant>>,
    woken: Notify,
    rested: Mutex<bool>,
}

/// A page that follows the changes, until this is dropped.
pub(crate) struct Connection(Arc<Watching>);

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.connections.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Watching {
    /// Counts a page that follows the changes.
    pub(crate) fn connect(self: &Arc<Self>) -> Connection {
        self.connections.fetch_add(1, Ordering::Relaxed);
        self.woken.notify_one();
        Connection(self.clone())
    }

    /// Counts a page that asked for rows.
    pub(crate) fn note_request(&self) {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        self.woken.notify_one();
    }

    /// Whether the reader has rested since it last looked: the rows are old.
    pub(crate) fn has_rested(&self) -> bool {
        *self.rested.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until a page is open.
    pub(crate) async fn wait(&self) {
        while !self.is_watched() {
            *self.rested.lock().unwrap_or_else(PoisonError::into_inner) = true;
            self.woken.notified().await;
        }
    }

    /// The reader has looked: the rows are current.
    pub(crate) fn note_look(&self) {
        *self.rested.lock().unwrap_or_else(PoisonError::into_inner) = false;
    }

    fn is_watched(&self) -> bool {
        let asked = *self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        self.connections.load(Ordering::Relaxed) > 0
            || asked.is_some_and(|asked| asked.elapsed() < REQUEST_COUNTS_FOR)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    /// The reader looks while a page follows, and half a minute after the last that asked.
    #[tokio::test(start_paused = true)]
    async fn a_page_counts_while_it_follows_and_a_while_after_it_asked() {
        let watching = Arc::new(Watching::default());
        assert!(watching.wait().now_or_never().is_none() && watching.has_rested());
        let page = watching.connect();
        tokio::time::advance(Duration::from_secs(3600)).await;
        assert!(watching.wait().now_or_never().is_some());
        drop(page);
        assert!(watching.wait().now_or_never().is_none());
        watching.note_request();
        tokio::time::advance(Duration::from_secs(29)).await;
        assert!(watching.wait().now_or_never().is_some());
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(watching.wait().now_or_never().is_none());
    }
}

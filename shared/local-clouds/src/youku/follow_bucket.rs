//! Counts the bytes that arrive in the bucket.

use tokio::sync::mpsc;

use crate::oss::subscription::Subscription;
use crate::youku::metadata::Mode;
use crate::youku::state::YoukuService;

/// Adds the bytes that arrive in the bucket to the common count.
pub(crate) async fn follow_bucket(youku: YoukuService) {
    let (sink, mut events) = mpsc::unbounded_channel();
    youku.0.oss.subscribe(Subscription {
        bucket: youku.0.config.bucket.clone(),
        events: vec!["oss:ObjectCreated:*".to_owned()],
        prefix: String::new(),
        suffix: String::new(),
        sink,
    });
    let mut counted = 0;
    while events.recv().await.is_some() {
        let views = youku.received_views().into_iter();
        let total: u64 = views.filter(|view| view.mode == Mode::Oss).map(|view| view.bytes).sum();
        youku.0.progress.send_modify(|all| *all += total.saturating_sub(counted));
        counted = counted.max(total);
    }
}

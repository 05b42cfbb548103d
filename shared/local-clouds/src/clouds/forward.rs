//! Carries events of the bucket to the function.

use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

use crate::fc::invoker::Invoker;

/// Carries events to the function. A flush is answered when the events before it are in the function's queue.
pub(crate) async fn forward_events(
    mut events: mpsc::UnboundedReceiver<Value>,
    mut flushes: mpsc::UnboundedReceiver<oneshot::Sender<()>>,
    invoker: Invoker,
    function: String,
) {
    let call = |event: Value| invoker.invoke_async(&function, event.to_string());
    loop {
        tokio::select! {
            Some(event) = events.recv() => {
                call(event);
            }
            Some(done) = flushes.recv() => {
                while let Ok(event) = events.try_recv() {
                    call(event);
                }
                // Ignore a caller that has gone away.
                let _ = done.send(());
            }
            else => return,
        }
    }
}

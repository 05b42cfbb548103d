//! Writes queued packets to a connection.

use crate::protocol::{
    codec::{CodecError, GearmanCodec},
    packet::Request,
};
use futures_util::SinkExt;
use tokio::{io::AsyncWrite, sync::mpsc};
use tokio_util::codec::FramedWrite;

/// Packets that wait to be written, at most.
pub(crate) const QUEUE_PACKETS: usize = 256;
/// Encoded bytes that are collected before a write.
const BATCH_BYTES: usize = 64 << 10;

/// Writes whatever waits in one go, until no sender is left; then closes the connection.
///
/// # Errors
/// The connection is lost, or a packet is too long.
pub(crate) async fn write_requests(
    mut queue: mpsc::Receiver<Request>,
    connection: impl AsyncWrite + Unpin,
    codec: GearmanCodec,
) -> Result<(), CodecError> {
    let mut writer = FramedWrite::new(connection, codec);
    writer.set_backpressure_boundary(BATCH_BYTES);
    let mut waiting = Vec::new();
    while queue.recv_many(&mut waiting, QUEUE_PACKETS).await > 0 {
        for request in waiting.drain(..) {
            writer.feed(request).await?;
        }
        writer.flush().await?;
    }
    writer.close().await
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;
    use crate::protocol::handler::Progress;
    use std::{
        io,
        pin::Pin,
        sync::{Arc, Mutex},
        task::{Context, Poll},
    };

    /// Keeps the bytes of each write.
    #[derive(Clone, Default)]
    struct Writes(Arc<Mutex<Vec<Vec<u8>>>>);

    impl AsyncWrite for Writes {
        fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
            self.0.lock().unwrap().push(bytes.to_vec());
            Poll::Ready(Ok(bytes.len()))
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    /// Ten thousand reports of progress before the writer has a turn: the queue keeps its first 256, and one write carries them.
    #[tokio::test]
    async fn waiting_packets_share_a_write_and_the_queue_is_bounded() {
        let (sender, queue) = mpsc::channel(QUEUE_PACKETS);
        let progress = Progress::new("H:1".into(), sender);
        for n in 0..10_000 {
            progress.report(n, 10_000);
        }
        drop(progress);
        let writes = Writes::default();
        write_requests(queue, writes.clone(), GearmanCodec::new(0)).await.unwrap();
        let writes = writes.0.lock().unwrap();
        let packets = writes.concat().windows(4).filter(|bytes| bytes == b"\0REQ").count();
        assert_eq!((writes.len(), packets), (1, QUEUE_PACKETS));
    }
}

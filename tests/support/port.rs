//! Free ports.

use std::{
    net::{TcpListener, TcpStream},
    ops::Range,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
    time::Duration,
};

/// A free port below those that the system gives to outgoing connections and to servers that take any port: while a server of a test
/// is down, no other connection takes its place, and a connection that looks for it does not connect to itself.
pub(crate) fn free_port() -> u16 {
    const PORTS: Range<u32> = 20_000..32_000;
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let ports = PORTS.end - PORTS.start;
    for _ in 0..ports {
        // Simultaneous runs start at different ports.
        let n = std::process::id().wrapping_mul(97).wrapping_add(NEXT.fetch_add(1, Relaxed));
        let port = (PORTS.start + n % ports).try_into().unwrap();
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
    panic!("no port is free");
}

/// Waits until something accepts connections at this port of 127.0.0.1; `false` where nothing does in a minute.
pub(crate) async fn wait_until_listening(port: u16) -> bool {
    let listening = async {
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), listening).await.is_ok()
}

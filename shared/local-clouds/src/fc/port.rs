//! Ports for functions.

use std::io;
use std::net::TcpListener;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU16, Ordering};

/// Finds a free port below the range of the kernel's ephemeral ports: a probe there could otherwise connect
/// to itself.
pub(crate) fn find_free_port() -> io::Result<u16> {
    const FIRST: u16 = 15_000;
    const COUNT: u16 = 16_000;
    static NEXT: OnceLock<AtomicU16> = OnceLock::new();
    let next = NEXT.get_or_init(|| AtomicU16::new(rand::random()));
    for _ in 0..COUNT {
        let port = FIRST + next.fetch_add(1, Ordering::Relaxed) % COUNT;
        if TcpListener::bind(("0.0.0.0", port)).is_ok() {
            return Ok(port);
        }
    }
    Err(io::ErrorKind::AddrNotAvailable.into())
}

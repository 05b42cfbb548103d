//! Places in the queue of uploads that wait until Youku takes their client's calls again: who landed first is first.

use super::{Timestamp, keys};

/// Hexadecimal digits of a client's hash in a place.
const CLIENT_DIGITS: usize = 8;

/// An upload's place in its client's queue; places are ordered by when the objects landed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct QueuePlace {
    /// When the object landed or, where nobody knows, when the upload began; by the store's clock.
    pub(crate) landed: Timestamp,
    /// The hash of the client id whose calls it waits for. A sweep that knows of one that its client is refused need not read the others.
    pub(crate) client: String,
}

impl QueuePlace {
    pub(super) fn new(landed: Timestamp, client: &str) -> Self {
        let client = keys::client_hash(client).chars().take(CLIENT_DIGITS).collect();
        Self { landed, client }
    }

    /// Whether this is a client's hash.
    pub(super) fn is_client(text: &str) -> bool {
        text.len() == CLIENT_DIGITS && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    }
}

//! The uploads that wait until Youku takes their client's calls again: who landed first is first.

use crate::{
    UploadId,
    ledger::{OpenUpload, QueuePlace, Timestamp},
};
use std::collections::BTreeMap;

/// Those that are due, by client.
pub(super) struct CallQueue {
    /// How many of a client are known at most.
    most: usize,
    clients: BTreeMap<String, ClientQueue>,
}

#[derive(Default)]
struct ClientQueue {
    /// The first of them.
    first: BTreeMap<(Timestamp, UploadId), OpenUpload>,
    /// How many come after those.
    later: usize,
}

impl CallQueue {
    /// An empty queue that knows the first `most` of each client.
    pub(super) fn new(most: usize) -> Self {
        Self { most: most.max(1), clients: BTreeMap::new() }
    }

    pub(super) fn add(&mut self, place: QueuePlace, upload: OpenUpload) {
        let queue = self.clients.entry(place.client).or_default();
        queue.first.insert((place.landed, upload.id.clone()), upload);
        if queue.first.len() > self.most {
            queue.first.pop_last();
            queue.later += 1;
        }
    }

    /// Takes the first of all clients' uploads.
    pub(super) fn pop(&mut self) -> Option<OpenUpload> {
        let queues = self.clients.values_mut().filter(|queue| !queue.first.is_empty());
        let first = queues.min_by(|one, other| {
            one.first
                .first_key_value()
                .map(|(place, _)| place)
                .cmp(&other.first.first_key_value().map(|(place, _)| place))
        });
        first?.first.pop_first().map(|(_, upload)| upload)
    }

    /// Leaves a client's uploads to a later sweep; returns how many there were.
    pub(super) fn leave(&mut self, client: &str) -> usize {
        self.clients.remove(client).map_or(0, |queue| queue.first.len() + queue.later)
    }

    /// Whether [`pop`](Self::pop) has nothing left.
    pub(super) fn is_empty(&self) -> bool {
        self.clients.values().all(|queue| queue.first.is_empty())
    }

    /// Whether uploads are left, those included of which there was no room to know.
    pub(super) fn has_left(&self) -> bool {
        self.clients.values().any(|queue| queue.later > 0 || !queue.first.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::memory::Memory;
    use std::time::{Duration, UNIX_EPOCH};

    /// Who landed first is first, whatever its id and client; a client that is left has no turn any more.
    #[tokio::test]
    async fn who_landed_first_is_first_among_all_clients() {
        let memory = Memory::holding(Vec::new());
        let mut queue = CallQueue::new(2);
        for (id, client, landed) in
            [(1, "a", 50), (2, "a", 30), (3, "b", 40), (4, "a", 20), (5, "a", 10), (6, "b", 35)]
        {
            let key = format!("open/{id:032x}.00000000");
            let now = memory.ledger.now();
            memory.ledger.world().entries.insert(key, ("".into(), now));
            let id = UploadId::parse(&format!("{id:032x}")).expect("an id");
            let upload = memory.ledger().open_upload(&id).await.expect("listed").expect("marked");
            let landed = Timestamp::from(UNIX_EPOCH + Duration::from_secs(landed));
            queue.add(QueuePlace { landed, client: client.into() }, upload);
        }
        let mut next = || queue.pop().map(|upload| upload.id.as_str().chars().next_back());
        assert_eq!([next(), next(), next(), next()], ['5', '4', '6', '3'].map(|id| Some(Some(id))));
        assert!(queue.is_empty() && queue.has_left(), "two of them were too many to know");
        assert_eq!((queue.leave("a"), queue.leave("b"), queue.has_left()), (2, 0, false));
    }
}

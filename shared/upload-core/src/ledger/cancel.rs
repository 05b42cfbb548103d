//! Giving an upload up in the ledger, without its lease.

use super::{
    ActiveState, Ledger, OpenedSession, State,
    chain::{is_same_chain, read_first},
    codec::encode,
    codec::{self, nonce},
    errors, keys,
    record::Record,
    step::{Entry, Step},
};
use crate::ledger::{finished_uploads, open_uploads};
use crate::{Error, ErrorKind, UploadId};

/// How often a canceller looks again where others append meanwhile.
const LOOKS: u32 = 20;

impl Ledger {
    /// Makes `cancelled` the upload's next step, whoever works on it, and answers its session once that is settled: a window of the
    /// store later the whole chain amounts to it.
    ///
    /// # Errors
    /// [`InvalidJob`](ErrorKind::InvalidJob) where there is no such upload, it has ended, or its bytes have landed, so that it may be a
    /// video already; [`InProgress`](ErrorKind::InProgress) where others append all the time; as [`read`](Self::read).
    pub(crate) async fn cancel(&self, id: &UploadId) -> Result<Option<OpenedSession>, Error> {
        let canceller = nonce();
        for _ in 0..LOOKS {
            let record = self.read_settled(id).await?;
            let record = record.ok_or_else(|| errors::no_such_upload(keys::steps(id)))?;
            if record.state.has_ended() {
                return Err(refused("the upload has ended: there is nothing to cancel"));
            }
            if record.state == State::HashRefused || record.state == State::Waiting(ActiveState::HashRefused)
            {
                return Err(refused(
                    "its object is measured after Youku refused the hash: cancel it once bytes move again",
                ));
            }
            if !record.state.can_be_cancelled() {
                return Err(refused(
                    "all bytes have landed, so that it may be a video already: let it go on",
                ));
            }
            let session = self.session(&record)?;
            // Whoever reopens the upload afterwards has a mark of its own.
            let marked = open_uploads::read_marks(&self.access, id).await?;
            if let Some(cancelled) = self.append_cancelled(&canceller, record).await? {
                let noted = async {
                    finished_uploads::write(&self.access, &cancelled).await?;
                    for (key, _) in marked.into_iter().flat_map(|marked| marked.keys) {
                        self.access.delete(&key).await?;
                    }
                    Ok::<_, Error>(())
                };
                if let Err(error) = noted.await {
                    tracing::warn!(?error, upload_id = %id, "the open mark is left for the sweep to clear");
                }
                return Ok(session);
            }
        }
        Err(errors::in_progress(self.lease_life))
    }

    /// The record up to the `cancelled` that this appends; `None` where another step stands there, or the chain amounts to another state.
    async fn append_cancelled(&self, canceller: &str, record: Record) -> Result<Option<Record>, Error> {
        let id = record.id.clone();
        let now = self.times().await?.now;
        let entry = Entry::new(now, record.epoch, canceller, Step::Cancelled);
        let (key, own) = (keys::step(&id, record.sequence() + 1), entry.nonce.clone());
        let Some(ack) = self.access.create(&key, encode(&entry)?).await? else { return Ok(None) };
        let message = "a step was written that does not follow";
        let record = Record::after(Some(record), &id, entry, ack.tag)
            .map_err(|why| codec::unreadable(&key, message).with_source(why))?;
        self.access.wait_for_window(ack.at).await;
        if is_same_chain(&self.access, &record).await? {
            return Ok(Some(record));
        }
        // What stands after the own step does not change what the chain amounts to there.
        let found = read_first(&self.access, &id, record.sequence()).await?;
        let is_own = |found: &Record| {
            found.state == State::Cancelled && found.history.last().is_some_and(|last| last.nonce == own)
        };
        Ok(found.filter(is_own))
    }
}

fn refused(why: &'static str) -> Error {
    Error::new(ErrorKind::WrongState, "cancel", why)
}

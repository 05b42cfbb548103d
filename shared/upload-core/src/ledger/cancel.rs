//! Cancels an upload in the ledger, without holding its lease.

use super::{
    ActiveState, Ledger, OpenedSession, State,
    chain::{is_same_chain, read_up_to},
    codec::encode,
    codec::{self, random_nonce},
    errors, keys,
    record::Record,
    step::{Entry, Step},
};
use crate::ledger::{finished_uploads, open_uploads};
use crate::{Error, ErrorKind, UploadId};

/// How often the chain is read again when others append meanwhile.
const MAX_ATTEMPTS: u32 = 20;

impl Ledger {
    /// Appends `cancelled` as the upload's next step, whoever is working on it, and returns its session once
    /// that is settled: a window of the store later the whole chain amounts to it.
    ///
    /// # Errors
    /// [`NoSuchUpload`](ErrorKind::NoSuchUpload) if there is no such upload;
    /// [`WrongState`](ErrorKind::WrongState) if it has ended, or its bytes are all stored, so that it may be a
    /// video already; [`InProgress`](ErrorKind::InProgress) if others keep appending; as [`read`](Self::read).
    pub(crate) async fn cancel(&self, id: &UploadId) -> Result<Option<OpenedSession>, Error> {
        let canceller = random_nonce();
        for _ in 0..MAX_ATTEMPTS {
            let record = self.read_settled(id).await?;
            let record = record.ok_or_else(|| errors::no_such_upload_error(keys::steps(id)))?;
            if record.state.has_ended() {
                return Err(wrong_state_error("the upload has ended: there is nothing to cancel"));
            }
            if record.state == State::HashRefused || record.state == State::Waiting(ActiveState::HashRefused)
            {
                return Err(wrong_state_error(
                    "its object is measured after Youku refused the hash: cancel it once bytes move again",
                ));
            }
            if !record.state.can_be_cancelled() {
                return Err(wrong_state_error(
                    "all bytes are stored, so that it may be a video already: let it finish",
                ));
            }
            let session = self.session(&record)?;
            // Whoever reopens the upload afterwards writes a mark of its own.
            let mark = open_uploads::read_marks(&self.access, id).await?;
            if let Some(cancelled) = self.append_cancelled(&canceller, record).await? {
                let cleanup = async {
                    finished_uploads::write(&self.access, &cancelled).await?;
                    for (key, _) in mark.into_iter().flat_map(|marked| marked.keys) {
                        self.access.delete(&key).await?;
                    }
                    Ok::<_, Error>(())
                };
                if let Err(error) = cleanup.await {
                    tracing::warn!(?error, upload_id = %id, "the open mark is left for the sweep to clear");
                }
                return Ok(session);
            }
        }
        Err(errors::in_progress_error(self.lease_life))
    }

    /// Appends `cancelled` and returns the record up to it; `None` if another step stands there, or the chain
    /// amounts to another state.
    async fn append_cancelled(&self, canceller: &str, record: Record) -> Result<Option<Record>, Error> {
        let id = record.id.clone();
        let now = self.times().await?.now;
        let entry = Entry::new(now, record.epoch, canceller, Step::Cancelled);
        let (key, own_nonce) = (keys::step(&id, record.sequence() + 1), entry.nonce.clone());
        let Some(ack) = self.access.create(&key, encode(&entry)?).await? else { return Ok(None) };
        let message = "a step was written that does not follow";
        let record = Record::with_entry(Some(record), &id, entry, ack.tag)
            .map_err(|why| codec::unreadable_entry(&key, message).with_source(why))?;
        self.access.wait_for_window(ack.at).await;
        if is_same_chain(&self.access, &record).await? {
            return Ok(Some(record));
        }
        // Steps after its own do not change what the chain amounts to there.
        let found = read_up_to(&self.access, &id, record.sequence()).await?;
        let is_own = |found: &Record| found.history.last().is_some_and(|last| last.nonce == own_nonce);
        Ok(found.filter(is_own))
    }
}

fn wrong_state_error(why: &'static str) -> Error {
    Error::new(ErrorKind::WrongState, "cancel", why)
}

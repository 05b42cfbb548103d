//! What of a sidecar that was written again does not fit, before any of it is carried out.

use super::{
    audience::{check_audience, check_rest, split_audience},
    difference::{difference, is_empty},
};
use crate::{
    Error, Uploader,
    ledger::{Record, Timestamp},
    model::{metadata::VideoMetadata, publication::check_hour},
};
use std::time::SystemTime;

impl Uploader {
    /// Checks all that a sidecar states against what the upload amounts to. `publish_at` comes with the time now, by the ledger's clock.
    ///
    /// # Errors
    /// [`InvalidJob`](crate::ErrorKind::InvalidJob), naming the field; [`Ledger`](crate::ErrorKind::Ledger) where a sealed password cannot be
    /// opened.
    pub(super) fn check_sidecar(
        &self,
        record: &Record,
        edit: &VideoMetadata,
        publish_at: Option<(Timestamp, SystemTime)>,
    ) -> Result<(), Error> {
        check_rest(edit)?;
        // Who may watch, and when, is a person's: the file does not change it.
        if record.is_audience_persons() {
            return Ok(());
        }
        if let Some((at, now)) = publish_at {
            check_hour(at, now)?;
        }
        let (audience, _) = split_audience(edit.clone());
        let before = match record.pending_publication() {
            Some(pending) => pending.audience,
            // It is for the hour that the sidecar sets.
            None if publish_at.is_some_and(|(at, now)| at.get() > now) => VideoMetadata::default(),
            None => record.sent_metadata(),
        };
        let audience = difference(audience, &self.ledger.open_metadata(&record.id, before)?);
        if is_empty(&audience) { Ok(()) } else { check_audience(&audience) }
    }
}

//! Runs the callbacks of an upload that has ended, under its lease.

use crate::{
    Error, ErrorKind, RunContext, UploadId, Uploader,
    callback::policy::{DeliveryPolicy, SINGLE},
    ledger::{Claim, LeasedUpload},
};
use futures_util::future::BoxFuture;
use tracing::Instrument;

impl Uploader {
    /// Sends the pending callbacks of an upload that has ended, if there are any. Returns whether the receiver has accepted its outcome, or
    /// never will: nothing of it is left to send.
    ///
    /// # Errors
    /// [`InProgress`](ErrorKind::InProgress) where another holder works on it; the ledger's error; Youku's, where it does not
    /// report the video's state.
    pub fn deliver_callback<'a>(
        &'a self,
        id: &'a UploadId,
        run: &'a RunContext,
    ) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(async move {
            let delivery = async {
                // Check that the secrets decrypt before taking the lease.
                if let Some(record) = self.ledger.read(id).await? {
                    self.ledger.request(&record)?;
                }
                let Claim::Acquired(mut upload) = self.ledger.resume(id).await? else { return Ok(true) };
                let delivered = self.deliver_leased(&mut upload, run, SINGLE).await;
                let is_done = !upload.record().pending_outcome_callback();
                if !matches!(&delivered, Err(error) if error.kind() == ErrorKind::Superseded) {
                    upload.release().await;
                }
                delivered.map(|()| is_done)
            };
            delivery.instrument(tracing::info_span!("callback", upload_id = %id)).await
        })
    }

    /// Sends them while the lease is renewed.
    pub(super) async fn deliver_leased(
        &self,
        upload: &mut LeasedUpload,
        run: &RunContext,
        policy: DeliveryPolicy,
    ) -> Result<(), Error> {
        let Some(callbacks) = &self.callbacks else { return Ok(()) };
        let lease = upload.lease();
        tokio::select! {
            biased;
            lost = lease.keep_renewed(|| lease.parts()) => Err(lost),
            delivered = callbacks.deliver(upload, &self.ledger, &*self.youku, run, policy) => delivered,
        }
    }
}

//! Whether an upload may run now: what it waits for, and whether that still holds.

use crate::{
    Error, ErrorKind, RunContext, UploadId, Uploader,
    ledger::{Claim, OpenMark, State, UploadRequest, WaitReason},
    retry::RetryBudget,
};
use futures_util::{
    StreamExt,
    future::{Either, select},
};
use std::pin::pin;

impl Uploader {
    /// Claims an upload; a new one with its request. One that waits because Youku refused a token or a client id is claimed as soon as
    /// another is in use. `is_new` where the ledger has just been found to have no lease of the upload.
    pub(crate) async fn claim(
        &self,
        id: &UploadId,
        request: Option<&UploadRequest>,
        is_new: bool,
        run: &RunContext,
    ) -> Result<Claim, Error> {
        let ledger = &self.ledger.with_trace(run.trace);
        if let Some(request) = request.filter(|_| is_new) {
            // It cannot wait for a token yet. Whether there is one is found out meanwhile, for its first call; once the lease is taken
            // it must be renewed, so that nothing waits for the answer then.
            let (claiming, asking) = (Box::pin(ledger.claim_new(id, request)), pin!(self.youku.ready()));
            return match select(claiming, asking).await {
                Either::Left((claimed, _)) => claimed,
                Either::Right((_, claiming)) => claiming.await,
            };
        }
        self.check_waiting(id).await?;
        let claimed = match request {
            Some(request) => ledger.claim(id, request).await,
            None => ledger.resume(id).await,
        };
        match (claimed, request) {
            (Err(refusal), Some(request)) if self.has_new_token(id, &refusal).await? => {
                ledger.claim_at_once(id, request).await
            }
            (Err(refusal), None) if self.has_new_token(id, &refusal).await? => {
                ledger.resume_at_once(id).await
            }
            (claimed, _) => claimed,
        }
    }

    /// Fails where an upload in this state would call Youku in vain: its client is refused for a time, or has no token.
    pub(super) async fn ensure_callable(&self, account: &str, state: State) -> Result<(), Error> {
        if state.is_working() {
            self.ledger.ensure_calls_allowed(self.account_name(account)).await?;
            self.youku.ready().await?;
        }
        Ok(())
    }

    /// Fails, without a step, if an open upload waits for new tokens and there are none yet.
    async fn check_waiting(&self, id: &UploadId) -> Result<(), Error> {
        match self.youku.ready().await {
            Err(error) if error.kind() == ErrorKind::Reauthorize => match self.ledger.read(id).await? {
                Some(record) if record.waiting.is_some_and(|why| why.reason == WaitReason::Reauthorize) => {
                    Err(error)
                }
                _ => Ok(()),
            },
            _ => Ok(()),
        }
    }

    /// Checks whether what stopped an upload is resolved: decrypts its secrets, and reads one byte of its object.
    ///
    /// # Errors
    /// What still stops it.
    pub(crate) async fn ensure_resumable(
        &self,
        id: &UploadId,
        mark: &OpenMark,
        run: &RunContext,
    ) -> Result<(), Error> {
        self.ledger.ensure_decryptable(id, mark)?;
        let Some(object) = mark.unreadable_object() else { return Ok(()) };
        let read = || async { self.source.read(&object, 0..1).await?.next().await.transpose() };
        match RetryBudget::new(self.settings.retry.with_deadline(run.deadline)).retry(read).await {
            // The upload itself decides about these.
            Err(error) if matches!(error.kind(), ErrorKind::SourceMissing | ErrorKind::SourceChanged) => {
                Ok(())
            }
            read => read.map(drop),
        }
    }

    /// The client id under which Youku counts the calls of this account.
    pub(crate) fn account_name<'a>(&'a self, account: &'a str) -> &'a str {
        self.youku.client_id().unwrap_or(account)
    }

    /// The keyed hash of the client id and the access token in use.
    pub(crate) fn token_hash(&self) -> Option<String> {
        let token = self.youku.access_token()?;
        self.ledger.token_hash(self.youku.client_id().unwrap_or_default(), &token)
    }

    /// Whether an upload waits because Youku refuses an access token or a client id, and these are others.
    async fn has_new_token(&self, id: &UploadId, refusal: &Error) -> Result<bool, Error> {
        let is_refused = matches!(refusal.kind(), ErrorKind::Unauthorized | ErrorKind::ClientRefused);
        let Some(own) = self.token_hash().filter(|_| is_refused) else { return Ok(false) };
        let refused = self.ledger.open_upload(id).await?.and_then(|upload| upload.refused_token);
        Ok(refused.is_some_and(|refused| refused != own))
    }
}

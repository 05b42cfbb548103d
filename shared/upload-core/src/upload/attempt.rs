//! Runs one attempt: advances the upload from its recorded state until it ends or must stop.

use crate::{
    Clock, Error, ErrorKind, Md5, NewVideo, Object, Progress, PublishedVideo, RefusedShortcuts, RetryAdvice,
    Source, Stage, TransferSettings, UploadCredentials, UploadTarget, Youku,
    ledger::{
        LeasedUpload, OpenedSession, State, Step, StepKind, Target, Transferred, UploadRequest, WaitReason,
        Waiting,
    },
    retry::RetryBudget,
    transfer::{
        Transfer, credentials::CredentialRefresher, multipart::MultipartTarget, prefetch::Prefetch,
        single_put::SinglePutTarget,
    },
    upload::{
        commit::{CompletedTransfer, NotCommitted},
        part_checkpoint::PartCheckpoint,
        published_video::result_from_record,
        shortcuts::is_refusal,
    },
};
use std::sync::Arc;
use tokio::time::Instant;
use tracing::{Instrument, debug_span};

/// How many sessions one upload may open: each but the last had been declared dead.
pub(crate) const SESSIONS: usize = 6;

/// One holder's run of one upload.
pub(crate) struct Attempt<'a> {
    pub(crate) source: &'a dyn Source,
    pub(crate) youku: &'a dyn Youku,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) settings: TransferSettings,
    pub(crate) retry: &'a RetryBudget,
    pub(crate) progress: &'a Arc<Progress>,
    pub(crate) checkpoint: &'a PartCheckpoint,
    /// When no further part is begun.
    pub(crate) stop: Option<Instant>,
    pub(crate) upload: &'a mut LeasedUpload,
    pub(crate) request: &'a UploadRequest,
    /// The request's video, once it was checked.
    pub(crate) video: Option<NewVideo>,
    /// The object, with the digests found on the way.
    pub(crate) object: Object,
    /// The credentials of a session that this run opened. For a session found in the ledger they are requested.
    pub(crate) opened_here: Option<UploadCredentials>,
    /// Reads begun while that session was opened.
    pub(crate) prefetch: Prefetch<'a>,
    /// This run completed the transfer, so that no earlier run can have requested the commit.
    pub(crate) transferred_here: bool,
    /// MD5 of the object as this run measured it.
    pub(crate) measured: Option<Md5>,
    /// What Youku has refused to this process.
    pub(crate) refused_shortcuts: &'a RefusedShortcuts,
}

impl<'a> Attempt<'a> {
    /// Advances the upload state by state until it has ended.
    ///
    /// # Errors
    /// Whatever ends the run earlier.
    pub(crate) async fn run(&mut self) -> Result<PublishedVideo, Error> {
        loop {
            self.retry.reset();
            match self.upload.record().state {
                State::Claimed => self.open().instrument(debug_span!("create")).await?,
                State::Created => self.move_bytes().instrument(debug_span!("parts")).await?,
                State::Transferred => self.commit().instrument(debug_span!("commit")).await?,
                State::HashRefused => self.open_with_measured().await?,
                _ => {
                    self.progress.set_stage(Stage::Done);
                    return result_from_record(self.upload.record());
                }
            }
        }
    }

    /// Moves the bytes that the session's target does not have yet.
    async fn move_bytes(&mut self) -> Result<(), Error> {
        self.progress.set_stage(Stage::Moving);
        let session = self.session()?;
        self.object.md5 = session.md5;
        self.object.crc64 = session.crc64.or(self.object.crc64);
        let resumed = self.is_session_resumed();
        let moved = match &session.target {
            Target::Slice { already_stored: true, .. } => Ok(Transferred::default()),
            Target::Slice { upload_server, .. } => self.move_slices(&session, upload_server, resumed).await,
            Target::Oss { .. } => self.move_to_bucket(&session, resumed).await,
        };
        match moved {
            Ok(transferred) => {
                self.upload.append(Step::Transferred(transferred)).await?;
                self.transferred_here = true;
                Ok(())
            }
            Err(error) => self.replace_session(&session, error).await,
        }
    }

    pub(crate) fn session(&self) -> Result<OpenedSession, Error> {
        let missing = || Error::new(ErrorKind::Ledger, "ledger", "the ledger names no session");
        self.upload.session()?.ok_or_else(missing)
    }

    /// Whether an earlier holder opened the session.
    fn is_session_resumed(&self) -> bool {
        let record = self.upload.record();
        let opened = record.session.as_ref().map(|(sequence, _)| *sequence);
        let step = record.history.iter().find(|entry| Some(entry.sequence) == opened);
        step.is_none_or(|entry| entry.epoch != record.epoch)
    }

    async fn move_slices(
        &self,
        session: &OpenedSession,
        server: &str,
        resumed: bool,
    ) -> Result<Transferred, Error> {
        let server = self.retry.retry(|| self.youku.slice_server_at(server)).await?;
        let server_ip = self.transfer().move_to_slices(&*server, &session.upload_token, resumed).await?;
        Ok(Transferred { server_ip, crc64: None })
    }

    async fn move_to_bucket(&mut self, session: &OpenedSession, resumed: bool) -> Result<Transferred, Error> {
        let Target::Oss { endpoint, bucket, object, multipart_id, plan } = &session.target else {
            return Err(Error::new(ErrorKind::Ledger, "ledger", "the session has no bucket"));
        };
        let sequence = self.upload.record().session.as_ref().map_or(0, |(sequence, _)| *sequence);
        self.checkpoint.begin(sequence);
        if resumed && self.object.crc64.is_none() {
            // This run has not measured the parts that another holder moved.
            let stated = self.object.md5;
            self.measure().await?;
            self.check_same_bytes(stated)?;
            self.object.md5 = stated;
            self.progress.set_stage(Stage::Moving);
        }
        let token = &session.upload_token;
        let credentials = match self.opened_here.take() {
            Some(credentials) => credentials,
            None => {
                let target = upload_target(endpoint, bucket, object);
                self.retry.retry(|| self.youku.refresh_credentials(token, &target)).await?
            }
        };
        let credentials = CredentialRefresher::new(self.youku, token, credentials, self.clock)?;
        let prefetch = std::mem::take(&mut self.prefetch);
        let crc64 = match (multipart_id, self.object.crc64) {
            (Some(id), _) => {
                let (id, plan, checkpoint) = (crate::MultipartId(id.clone()), *plan, self.checkpoint);
                let target = MultipartTarget { credentials, id, plan, checkpoint, prefetch };
                self.transfer().move_to_bucket(target, resumed).await?
            }
            (None, Some(crc64)) => {
                let target = SinglePutTarget { credentials, prefetch };
                // The settings, or what Youku has refused since, may have changed after the session was opened.
                let may_send = self.refused_shortcuts.remaining(self.settings.shortcuts).single_put;
                self.transfer().put_to_bucket(target, crc64, resumed, may_send).await?
            }
            (None, None) => {
                return Err(Error::new(ErrorKind::Ledger, "ledger", "the session has no multipart id"));
            }
        };
        Ok(Transferred { server_ip: None, crc64: Some(crc64) })
    }

    /// Refuses an object whose measured MD5 differs from the one given to Youku. An MD5 that was only stated passes: the commit verifies it.
    fn check_same_bytes(&self, stated: Option<Md5>) -> Result<(), Error> {
        if self.measured == stated || self.rests_on_statement(stated) {
            return Ok(());
        }
        let message = "the object does not have the MD5 that Youku was told";
        Err(Error::new(ErrorKind::SourceChanged, "read", message))
    }

    /// Replaces what is gone: the session, if Youku itself declared it dead; only its multipart upload, if only that is gone.
    async fn replace_session(&mut self, session: &OpenedSession, error: Error) -> Result<(), Error> {
        let opened =
            self.upload.record().history.iter().filter(|entry| entry.step.kind() == StepKind::Created);
        if opened.count() >= SESSIONS {
            let is_damaged = error.kind() == ErrorKind::VerificationFailed;
            return Err(if is_damaged { error.with_advice(RetryAdvice::Permanent) } else { error });
        }
        match error.kind() {
            ErrorKind::SessionOver => {}
            ErrorKind::Target | ErrorKind::Integrity | ErrorKind::VerificationFailed
                if session.is_single_put() =>
            {
                tracing::warn!(?error, "no single PutObject sends the object: sending it in parts");
                // An outage says nothing about it.
                if error.advice() == RetryAdvice::Permanent {
                    self.refused_shortcuts.refuse_single_put();
                }
                match self.restart_session(session).await {
                    Err(error) if error.kind() == ErrorKind::SessionOver => {}
                    other => return other,
                }
            }
            ErrorKind::NoSuchMultipart => {
                tracing::warn!(?error, "the multipart upload is gone: beginning another in the same session");
                match self.restart_session(session).await {
                    Err(error) if error.kind() == ErrorKind::SessionOver => {}
                    other => return other,
                }
            }
            // The bytes there are damaged. Cancelling makes Youku declare the session dead.
            ErrorKind::VerificationFailed if error.is_retryable() => {
                self.upload.verify().await?;
                if let Err(error) = self.youku.cancel(&session.upload_token, None).await {
                    tracing::warn!(?error, "could not cancel the session");
                }
            }
            _ => return Err(error),
        }
        tracing::warn!(?error, "the session is over before its bytes landed: opening another");
        // A cancelled upload must not get a new session.
        self.upload.verify().await?;
        self.open().await
    }

    async fn commit(&mut self) -> Result<(), Error> {
        self.progress.set_stage(Stage::Committing);
        let session = self.session()?;
        let server_ip = self.upload.record().transferred.as_ref().and_then(|t| t.server_ip.clone());
        let transfer = CompletedTransfer {
            upload_token: &session.upload_token,
            video_id: session.video_id.as_deref(),
            server_ip: server_ip.as_deref(),
            upload: self.upload,
        };
        match transfer.commit(self.youku, self.retry).await {
            Ok(video_id) => {
                tracing::info!(upload_id = %self.upload.record().id, video_id, "published");
                self.upload.append(Step::Committed { video_id }).await
            }
            Err(refused) if self.may_be_mended_by_measuring(&session, &refused) => {
                tracing::warn!(error = ?refused.error, "Youku refuses the hash: measuring the object");
                let waiting = Waiting { reason: WaitReason::Hash, not_before: None };
                self.upload.append(Step::Waiting(waiting)).await
            }
            Err(refused) => {
                if is_refusal(&refused.error) {
                    self.note_refused_shortcuts(&session);
                }
                Err(self.with_statement_context(refused.error, session.md5))
            }
        }
    }

    /// Notes which shorter ways the session took whose commit Youku refused: one of them may be the reason.
    fn note_refused_shortcuts(&self, session: &OpenedSession) {
        if session.md5.is_none() {
            self.refused_shortcuts.refuse_without_md5();
        }
        if session.is_single_put() {
            self.refused_shortcuts.refuse_single_put();
        }
    }

    /// Adds to the error of a refused hash where that hash was stated.
    fn with_statement_context(&self, error: Error, md5: Option<Md5>) -> Error {
        let stated =
            self.upload.record().request.stated_md5.as_ref().filter(|stated| Some(stated.md5) == md5);
        match stated.filter(|_| error.kind() == ErrorKind::HashRefused) {
            Some(stated) => error.with_context("stated", format!("{} {}", stated.place, stated.md5)),
            None => error,
        }
    }

    /// Whether a commit was definitely refused for a hash that was only stated, or for slices that no holder has seen all of. One further
    /// session may then use the measured hash. Only the holder that completed the transfer knows that no commit request is unanswered.
    fn may_be_mended_by_measuring(&self, session: &OpenedSession, refused: &NotCommitted) -> bool {
        refused.error.kind() == ErrorKind::HashRefused
            && !refused.error.is_retryable()
            && refused.all_answered
            && self.transferred_here
            && (self.rests_on_statement(session.md5) || self.upload.record().holds_unverified_slices())
            && !self.upload.record().was_refused_for_hash()
    }

    pub(crate) fn transfer(&self) -> Transfer<'_> {
        Transfer {
            source: self.source,
            object: &self.object,
            settings: self.settings,
            retry: self.retry,
            progress: self.progress,
            stop: self.stop,
        }
    }
}

/// The upload target that a session's step in the ledger names.
pub(crate) fn upload_target(endpoint: &str, bucket: &str, object: &str) -> UploadTarget {
    UploadTarget { endpoint: endpoint.to_owned(), bucket: bucket.to_owned(), object: object.to_owned() }
}

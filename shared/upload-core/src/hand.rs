//! An upload in hand: from wherever it stands to its end, one state at a time.

use crate::{
    BucketSession, Error, ErrorKind, Grant, Mode, Object, Progress, Published, Source, Stage, StatedMd5,
    TransferSettings, Video, Youku,
    commit::LandedSession,
    ending::stored,
    ledger::{Held, OpenedSession, State, Step, StepKind, Target, Transferred, Work},
    notes::Notes,
    patience::Patience,
    transfer::{Plan, Transfer, ahead::Ahead, bucket::Landing, grants::Grants},
};
use std::{sync::Arc, time::SystemTime};
use tokio::time::Instant;

/// How many sessions one upload may open: each but the last had been declared dead.
const SESSIONS: usize = 6;

/// One holder's run of one upload.
pub(crate) struct Hand<'a> {
    pub(crate) source: &'a dyn Source,
    pub(crate) youku: &'a dyn Youku,
    pub(crate) settings: TransferSettings,
    pub(crate) patience: &'a Patience,
    pub(crate) progress: &'a Arc<Progress>,
    pub(crate) notes: &'a Notes,
    /// When no further part is begun.
    pub(crate) stop: Option<Instant>,
    pub(crate) held: &'a mut Held,
    pub(crate) work: &'a Work,
    /// The object, with the digests found on the way.
    pub(crate) object: Object,
    /// The grant of a session that this run opened; a session found in the ledger must ask for one.
    pub(crate) opened_here: Option<Grant>,
    /// Reads begun while that session was opened.
    pub(crate) ahead: Ahead<'a>,
    /// This run saw the bytes land, so no earlier run can have asked for the commit.
    pub(crate) transferred_here: bool,
}

impl<'a> Hand<'a> {
    /// Goes on until the upload has ended.
    ///
    /// # Errors
    /// Whatever ends the run before.
    pub(crate) async fn finish(&mut self) -> Result<Published, Error> {
        loop {
            self.patience.renew();
            match self.held.record().state {
                State::Claimed => self.open().await?,
                State::Created => self.move_bytes().await?,
                State::Transferred => self.commit().await?,
                _ => {
                    self.progress.enter(Stage::Done);
                    return stored(self.held.record());
                }
            }
        }
    }

    /// Opens a session. It is recorded before the first byte: only a recorded session is ever committed.
    async fn open(&mut self) -> Result<(), Error> {
        let mut video = validated(self.work, self.youku)?;
        self.digest_if_unknown().await?;
        video.md5 = self.object.md5.unwrap_or(video.md5);
        self.progress.restart();
        self.progress.enter(Stage::Moving);
        tracing::info!(upload_id = %self.held.record().id, size = video.size, md5 = %video.md5, "opening a session");
        let opened = self.open_session(&video).await?;
        self.ahead.beside(self.held.append_session(opened)).await
    }

    /// A session that is over before anything was recorded of it is as if it had never been.
    async fn open_session(&mut self, video: &Video) -> Result<OpenedSession, Error> {
        for _ in 1..SESSIONS {
            match self.try_session(video).await {
                Err(error) if error.kind() == ErrorKind::SessionOver => {
                    tracing::warn!(?error, "the session was over at once: opening another");
                }
                other => return other,
            }
        }
        self.try_session(video).await
    }

    async fn try_session(&mut self, video: &Video) -> Result<OpenedSession, Error> {
        self.held.lease().check().await?;
        match self.work.job.mode {
            Mode::Oss => self.open_bucket(video).await,
            Mode::Slice => self.open_slices(video).await,
        }
    }

    /// The caller or the store states the MD5; else the object is read.
    async fn digest_if_unknown(&mut self) -> Result<(), Error> {
        self.object.md5 = self.stated().map(|stated| stated.md5).or(self.object.md5);
        if self.object.md5.is_none() {
            self.progress.enter(Stage::Reading);
            self.object = self.transfer().digest().await?;
        }
        Ok(())
    }

    async fn open_bucket(&mut self, video: &Video) -> Result<OpenedSession, Error> {
        let youku = self.youku;
        let plan = Plan::new(video.size, self.settings.part_size, self.settings.width());
        let session = self.patience.retrying(|| youku.create_for_bucket(video)).await?;
        let BucketSession { upload_token, video_id, grant } = session;
        let grants = Grants::new(youku, &upload_token, grant.clone())?;
        // Not before Youku wants the video: what it refuses is read in vain.
        self.ahead = Ahead::new(self.source, &self.object, plan, self.settings.in_flight);
        let target = self.ahead.beside(begin_multipart(&grants, self.patience, &grant, plan)).await?;
        self.opened_here = Some(grants.into_grant());
        Ok(self.opened(upload_token, video_id, target))
    }

    async fn open_slices(&mut self, video: &Video) -> Result<OpenedSession, Error> {
        let youku = self.youku;
        let session = self.patience.retrying(|| youku.create_for_slices(video)).await?;
        let mut upload_server = session.upload_server;
        let slice_kib = self.settings.slice_kib;
        if !session.instant {
            let server = self.patience.retrying(|| youku.slice_server(&upload_server)).await?;
            let extension = video.file_name.rsplit_once('.').map_or("", |(_, extension)| extension);
            let token = &session.upload_token;
            let announce = || server.create_file(token, video.size, extension, slice_kib);
            self.patience.retrying(announce).await?;
            upload_server = server.address().to_owned();
        }
        let target = Target::Slice { upload_server, slice_kib, instant: session.instant };
        Ok(self.opened(session.upload_token, session.video_id, target))
    }

    fn opened(
        &self,
        upload_token: secrecy::SecretString,
        video_id: Option<String>,
        target: Target,
    ) -> OpenedSession {
        let md5 = self.object.md5.unwrap_or(crate::Md5([0; 16]));
        OpenedSession { upload_token, video_id, md5, crc64: self.object.crc64, target }
    }

    /// Moves what the session's target does not hold yet.
    async fn move_bytes(&mut self) -> Result<(), Error> {
        self.progress.enter(Stage::Moving);
        let session = self.session()?;
        self.object.md5 = Some(session.md5);
        self.object.crc64 = session.crc64.or(self.object.crc64);
        let resumed = self.session_is_old();
        let moved = match &session.target {
            Target::Slice { instant: true, .. } => Ok(Transferred::default()),
            Target::Slice { upload_server, .. } => self.move_slices(&session, upload_server, resumed).await,
            Target::Oss { .. } => self.move_parts(&session, resumed).await,
        };
        match moved {
            Ok(transferred) => {
                self.held.append(Step::Transferred(transferred)).await?;
                self.transferred_here = true;
                Ok(())
            }
            Err(error) => self.replace(&session, error).await,
        }
    }

    fn stated(&self) -> Option<&StatedMd5> {
        self.work.job.md5.as_ref().or(self.object.stated_md5.as_ref())
    }

    fn session(&self) -> Result<OpenedSession, Error> {
        let missing = || Error::new(ErrorKind::Ledger, "ledger", "the ledger names no session");
        self.held.session()?.ok_or_else(missing)
    }

    /// Whether an earlier holder opened the session.
    fn session_is_old(&self) -> bool {
        let record = self.held.record();
        let step =
            record.session.as_ref().and_then(|(sequence, _)| record.history.get(*sequence as usize - 1));
        step.is_none_or(|entry| entry.epoch != record.epoch)
    }

    async fn move_slices(
        &self,
        session: &OpenedSession,
        server: &str,
        resumed: bool,
    ) -> Result<Transferred, Error> {
        let server = self.patience.retrying(|| self.youku.slice_server_at(server)).await?;
        let server_ip = self.transfer().move_to_slices(&*server, &session.upload_token, resumed).await?;
        Ok(Transferred { server_ip, crc64: None })
    }

    async fn move_parts(&mut self, session: &OpenedSession, resumed: bool) -> Result<Transferred, Error> {
        let Target::Oss { endpoint, bucket, object, multipart_id, plan } = &session.target else {
            return Err(Error::new(ErrorKind::Ledger, "ledger", "the session has no bucket"));
        };
        let sequence = self.held.record().session.as_ref().map_or(0, |(sequence, _)| *sequence);
        self.notes.begin(sequence);
        if resumed && self.object.crc64.is_none() {
            // Parts that another holder moved were measured by nobody here.
            self.progress.enter(Stage::Reading);
            self.object = self.same_bytes(self.transfer().digest().await?)?;
            self.progress.enter(Stage::Moving);
        }
        let token = &session.upload_token;
        let grant = match self.opened_here.take() {
            Some(grant) => grant,
            None => {
                let blank = blank_grant(endpoint, bucket, object);
                self.patience.retrying(|| self.youku.renew_grant(token, &blank)).await?
            }
        };
        let landing = Landing {
            grants: Grants::new(self.youku, token, grant)?,
            id: crate::MultipartId(multipart_id.clone()),
            plan: *plan,
            notes: self.notes,
            ahead: std::mem::take(&mut self.ahead),
        };
        let crc64 = self.transfer().move_to_bucket(landing, resumed).await?;
        Ok(Transferred { server_ip: None, crc64: Some(crc64) })
    }

    fn same_bytes(&self, read: Object) -> Result<Object, Error> {
        if read.md5 == self.object.md5 {
            return Ok(read);
        }
        let message = "the object does not have the MD5 that Youku was told";
        Err(Error::new(ErrorKind::SourceChanged, "read", message))
    }

    /// Gives a dead session another try: a new session where Youku itself declared this one dead, a new multipart upload where only
    /// that is gone.
    async fn replace(&mut self, session: &OpenedSession, error: Error) -> Result<(), Error> {
        let opened = self.held.record().history.iter().filter(|entry| entry.step.kind() == StepKind::Created);
        if opened.count() >= SESSIONS {
            return Err(error);
        }
        match error.kind() {
            ErrorKind::SessionOver => {}
            ErrorKind::NoSuchUpload => {
                tracing::warn!(?error, "the multipart upload is gone: beginning another in the same session");
                match self.begin_again(session).await {
                    Err(error) if error.kind() == ErrorKind::SessionOver => {}
                    other => return other,
                }
            }
            // What landed there is damaged: Youku is told to declare it dead.
            ErrorKind::Integrity if error.operation() == "gate" && error.is_retryable() => {
                self.held.lease().check().await?;
                if let Err(error) = self.youku.cancel(&session.upload_token, None).await {
                    tracing::warn!(?error, "could not cancel the session");
                }
            }
            _ => return Err(error),
        }
        tracing::warn!(?error, "the session is over before its bytes landed: opening another");
        self.open().await
    }

    async fn begin_again(&mut self, session: &OpenedSession) -> Result<(), Error> {
        let Target::Oss { endpoint, bucket, object, plan, .. } = &session.target else {
            return Err(Error::new(ErrorKind::Ledger, "ledger", "the session has no bucket"));
        };
        self.held.lease().check().await?;
        let blank = blank_grant(endpoint, bucket, object);
        let token = &session.upload_token;
        let grant = self.patience.retrying(|| self.youku.renew_grant(token, &blank)).await?;
        let grants = Grants::new(self.youku, token, grant.clone())?;
        let target = begin_multipart(&grants, self.patience, &grant, *plan).await?;
        self.opened_here = Some(grants.into_grant());
        self.held.append_session(OpenedSession { target, ..session.clone() }).await
    }

    async fn commit(&mut self) -> Result<(), Error> {
        self.progress.enter(Stage::Committing);
        let session = self.session()?;
        let server_ip = self.held.record().transferred.as_ref().and_then(|t| t.server_ip.clone());
        self.held.lease().check().await?;
        let landed = LandedSession {
            upload_token: &session.upload_token,
            video_id: session.video_id.as_deref(),
            server_ip: server_ip.as_deref(),
            perhaps_committed: !self.transferred_here,
        };
        let video_id = landed.commit(self.youku, self.patience).await?;
        tracing::info!(upload_id = %self.held.record().id, video_id, "published");
        self.held.append(Step::Committed { video_id }).await
    }

    fn transfer(&self) -> Transfer<'_> {
        Transfer {
            source: self.source,
            object: &self.object,
            settings: self.settings,
            patience: self.patience,
            progress: self.progress,
            stop: self.stop,
        }
    }
}

/// What Youku is to be told, if it keeps to Youku's limits.
///
/// # Errors
/// [`InvalidJob`](ErrorKind::InvalidJob) naming field, limit and length.
pub(crate) fn validated(work: &Work, youku: &dyn Youku) -> Result<Video, Error> {
    let object = &work.object;
    if object.size == 0 {
        return Err(Error::new(ErrorKind::InvalidJob, "upload", "the object is empty"));
    }
    let file_name = object.location.file_name().to_owned();
    let metadata = work.job.video.clone().completed(&file_name);
    // A digest that no file has stands in until the reading pass: validation looks at its form alone.
    let stated = work.job.md5.as_ref().or(object.stated_md5.as_ref());
    let md5 = stated.map(|stated| stated.md5).or(object.md5).unwrap_or(crate::Md5([0; 16]));
    let video = Video { file_name, size: object.size, md5, metadata };
    youku.validate(&video)?;
    Ok(video)
}

async fn begin_multipart(
    grants: &Grants<'_>,
    patience: &Patience,
    grant: &Grant,
    plan: Plan,
) -> Result<Target, Error> {
    let id = grants.retrying(patience, |bucket| async move { bucket.initiate().await }).await?;
    Ok(Target::Oss {
        endpoint: grant.endpoint.clone(),
        bucket: grant.bucket.clone(),
        object: grant.object.clone(),
        multipart_id: id.0,
        plan,
    })
}

/// The place without the credentials, which are never kept: enough to ask for others.
fn blank_grant(endpoint: &str, bucket: &str, object: &str) -> Grant {
    Grant {
        endpoint: endpoint.to_owned(),
        bucket: bucket.to_owned(),
        object: object.to_owned(),
        access_key_id: String::new(),
        access_key_secret: "".into(),
        security_token: "".into(),
        expires: SystemTime::UNIX_EPOCH,
    }
}

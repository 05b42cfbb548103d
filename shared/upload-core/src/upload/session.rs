//! Opens sessions at Youku, with the best known MD5 of the object.

use crate::{
    Error, ErrorKind, Md5, Mode, NewVideo, OssSession, Stage, StatedMd5, UploadTarget,
    ledger::{OpenedSession, Target},
    retry::RetryBudget,
    transfer::{Plan, credentials::CredentialRefresher, prefetch::Prefetch},
    upload::{
        attempt::{Attempt, SESSIONS, upload_target},
        published_video::wrong_statement,
        shortcuts::{is_refusal, may_omit_md5},
    },
};

const NO_MD5: &str = "the object was read and has no MD5";

impl Attempt<'_> {
    /// Opens a session. It is recorded before the first byte: only a recorded session is ever committed.
    pub(crate) async fn open(&mut self) -> Result<(), Error> {
        let video = match self.video.take() {
            Some(video) => video,
            None => self.request.describe_video()?,
        };
        let md5 = self.choose_md5().await?;
        let opened = match self.open_session(&video, md5).await {
            Err(error) if md5.is_none() && is_refusal(&error) => {
                tracing::warn!(?error, "Youku refuses a session without an MD5: reading the object for it");
                let md5 = self.measure_md5().await?;
                let opened = self.open_session(&video, Some(md5)).await?;
                // The same video is taken with an MD5: it was that which Youku missed.
                self.refused_shortcuts.refuse_without_md5();
                opened
            }
            opened => opened?,
        };
        self.video = Some(video);
        self.prefetch.run_alongside(self.upload.append_session(opened)).await
    }

    /// Opens a session. One that is over before it was recorded is simply replaced.
    async fn open_session(&mut self, video: &NewVideo, md5: Option<Md5>) -> Result<OpenedSession, Error> {
        self.progress.reset_accepted();
        self.progress.set_stage(Stage::Moving);
        let shown = md5.map(tracing::field::display);
        tracing::info!(upload_id = %self.upload.record().id, size = video.file_size(), md5 = shown, "opening a session");
        for _ in 1..SESSIONS {
            match self.try_session(video, md5).await {
                Err(error) if error.kind() == ErrorKind::SessionOver => {
                    tracing::warn!(?error, "the session was over at once: opening another");
                }
                other => return other,
            }
        }
        self.try_session(video, md5).await
    }

    async fn try_session(&mut self, video: &NewVideo, md5: Option<Md5>) -> Result<OpenedSession, Error> {
        // A session too many would be no harm: its step would not count. So the lease is asked only if it may be another's by now.
        self.upload.lease().check_if_stale().await?;
        match self.request.job.mode {
            Mode::Oss => self.open_bucket(video, md5).await,
            Mode::Slice => match md5 {
                Some(md5) => self.open_slices(video, md5).await,
                None => Err(Error::new(ErrorKind::Source, "read", NO_MD5)),
            },
        }
    }

    /// Takes the MD5 that the store knows or that was stated; otherwise measures the object, unless the session may do without.
    async fn choose_md5(&mut self) -> Result<Option<Md5>, Error> {
        let stated = self.stated_md5().map(|stated| stated.md5);
        self.object.md5 = self.object.md5.or(stated);
        let shortcuts = self.refused_shortcuts.remaining(self.settings.shortcuts);
        if self.object.md5.is_some() || may_omit_md5(shortcuts, self.request, self.upload.record()) {
            return Ok(self.object.md5);
        }
        self.measure_md5().await.map(Some)
    }

    async fn measure_md5(&mut self) -> Result<Md5, Error> {
        self.measure().await?;
        self.object.md5.ok_or_else(|| Error::new(ErrorKind::Source, "read", NO_MD5))
    }

    /// Reads the whole object for its digests.
    pub(crate) async fn measure(&mut self) -> Result<(), Error> {
        self.progress.set_stage(Stage::Reading);
        self.object = self.transfer().digest().await?;
        self.measured = self.object.md5;
        Ok(())
    }

    /// The MD5 that a caller or an uploader stated, unless Youku has refused it.
    fn stated_md5(&self) -> Option<&StatedMd5> {
        let stated = self.request.job.md5.as_ref().or(self.object.stated_md5.as_ref());
        stated.filter(|_| !self.upload.record().was_refused_for_hash())
    }

    /// Whether this MD5 was only stated: neither the store nor a measurement confirms it.
    pub(crate) fn rests_on_statement(&self, md5: Option<Md5>) -> bool {
        let stated = self.stated_md5().map(|stated| stated.md5);
        stated.is_some() && stated == md5 && self.request.object.md5.is_none() && self.measured != md5
    }

    /// Opens another session with the measured MD5, after Youku refused one and that refusal is on record.
    ///
    /// # Errors
    /// [`HashRefused`](ErrorKind::HashRefused) if the measured MD5 is the refused one, and one holder sent all bytes.
    pub(crate) async fn open_with_measured(&mut self) -> Result<(), Error> {
        let stated = self.session()?.md5;
        if self.measured.is_none() {
            self.measure().await?;
        }
        self.object.md5 = self.measured;
        let is_proven_right =
            |md5: &Md5| Some(*md5) == stated && !self.upload.record().holds_unverified_slices();
        if let Some(md5) = self.measured.filter(is_proven_right) {
            let message = "Youku refuses the object's hash, which is the right one";
            return Err(
                Error::new(ErrorKind::HashRefused, "commit", message).with_context("md5", md5.to_string())
            );
        }
        if let Some(warning) = self.measured.and_then(|md5| wrong_statement(self.upload.record(), md5)) {
            tracing::warn!(upload_id = %self.upload.record().id, warning, "opening another session with the measured MD5");
        }
        self.upload.verify().await?;
        self.open().await
    }

    async fn open_bucket(&mut self, video: &NewVideo, mut md5: Option<Md5>) -> Result<OpenedSession, Error> {
        let youku = self.youku;
        let plan = Plan::new(video.file_size(), self.settings.part_size, self.settings.width());
        let session = loop {
            let session = self.retry.retry(|| youku.create_for_bucket(video, md5)).await?;
            match self.try_disprove(md5, session.already_stored).await? {
                Some(measured) => md5 = Some(measured),
                None => break session,
            }
        };
        let OssSession { upload_token, video_id, credentials, .. } = session;
        let place = credentials.target.clone();
        let credentials = CredentialRefresher::new(youku, &upload_token, credentials, self.clock)?;
        // Only once Youku accepts the video: reads for a refused one would be in vain.
        let target = if self.may_put_at_once() {
            let whole = Plan::new(video.file_size(), video.file_size(), 1);
            self.prefetch = Prefetch::new(self.source, &self.object, whole, 1);
            bucket_target(place, None, plan)
        } else {
            self.prefetch = Prefetch::new(self.source, &self.object, plan, self.settings.in_flight);
            self.prefetch.run_alongside(begin_multipart(&credentials, self.retry, place, plan)).await?
        };
        self.opened_here = Some(credentials.into_credentials());
        Ok(self.opened_session(upload_token, video_id, md5, target))
    }

    /// Measures the object if Youku already stores bytes of this MD5 and the MD5 was only stated. Returns the measured MD5 if it differs:
    /// then another session is needed.
    async fn try_disprove(
        &mut self,
        stated: Option<Md5>,
        already_stored: bool,
    ) -> Result<Option<Md5>, Error> {
        if !already_stored || !self.rests_on_statement(stated) {
            return Ok(None);
        }
        self.measure().await?;
        self.progress.set_stage(Stage::Moving);
        let Some(md5) = self.measured.filter(|md5| Some(*md5) != stated) else { return Ok(None) };
        let warning = wrong_statement(self.upload.record(), md5);
        tracing::warn!(warning, "Youku holds other bytes: opening another session with the measured MD5");
        Ok(Some(md5))
    }

    async fn open_slices(&mut self, video: &NewVideo, mut md5: Md5) -> Result<OpenedSession, Error> {
        let youku = self.youku;
        let session = loop {
            let session = self.retry.retry(|| youku.create_for_slices(video, md5)).await?;
            match self.try_disprove(Some(md5), session.already_stored).await? {
                Some(measured) => md5 = measured,
                None => break session,
            }
        };
        let mut upload_server = session.upload_server_uri;
        let slice_kib = self.settings.slice_kib;
        if !session.already_stored {
            let server = self.retry.retry(|| youku.slice_server(&upload_server)).await?;
            let token = &session.upload_token;
            let create_file = || server.create_file(token, video.file_size(), video.extension(), slice_kib);
            self.retry.retry(create_file).await?;
            upload_server = server.address().to_owned();
        }
        let target = Target::Slice { upload_server, slice_kib, already_stored: session.already_stored };
        Ok(self.opened_session(session.upload_token, session.video_id, Some(md5), target))
    }

    /// Whether one PutObject may send the object: the settings allow it, it fits in a part, and its CRC-64 tells afterwards whether it is
    /// there.
    fn may_put_at_once(&self) -> bool {
        let shortcuts = self.refused_shortcuts.remaining(self.settings.shortcuts);
        let fits = self.object.size <= self.settings.part_size;
        shortcuts.single_put && fits && self.object.crc64.is_some()
    }

    /// Initiates a multipart upload in a session that has none, or whose first one is gone.
    pub(crate) async fn restart_session(&mut self, session: &OpenedSession) -> Result<(), Error> {
        let Target::Oss { endpoint, bucket, object, plan, .. } = &session.target else {
            return Err(Error::new(ErrorKind::Ledger, "ledger", "the session has no bucket"));
        };
        self.upload.lease().check().await?;
        let place = upload_target(endpoint, bucket, object);
        let token = &session.upload_token;
        let credentials = self.retry.retry(|| self.youku.refresh_credentials(token, &place)).await?;
        let credentials = CredentialRefresher::new(self.youku, token, credentials, self.clock)?;
        let target = begin_multipart(&credentials, self.retry, place, *plan).await?;
        self.opened_here = Some(credentials.into_credentials());
        self.upload.append_session(OpenedSession { target, ..session.clone() }).await
    }

    fn opened_session(
        &self,
        upload_token: secrecy::SecretString,
        video_id: Option<String>,
        md5: Option<Md5>,
        target: Target,
    ) -> OpenedSession {
        OpenedSession { upload_token, video_id, md5, crc64: self.object.crc64, target }
    }
}

async fn begin_multipart(
    credentials: &CredentialRefresher<'_>,
    retry: &RetryBudget,
    place: UploadTarget,
    plan: Plan,
) -> Result<Target, Error> {
    let id = credentials.retry(retry, |bucket| async move { bucket.initiate().await }).await?;
    Ok(bucket_target(place, Some(id.0), plan))
}

fn bucket_target(place: UploadTarget, multipart_id: Option<String>, plan: Plan) -> Target {
    let UploadTarget { endpoint, bucket, object } = place;
    Target::Oss { endpoint, bucket, object, multipart_id, plan }
}

//! Opening sessions at Youku, with an MD5 that the object has as far as anybody knows.

use crate::{
    BucketSession, Error, ErrorKind, Grant, Md5, Mode, Stage, StatedMd5, Video, Youku,
    ending::wrong_statement,
    hand::{Hand, SESSIONS},
    ledger::{OpenedSession, Target, Work},
    patience::Patience,
    transfer::{
        Plan,
        ahead::Ahead,
        grants::{Grants, blank_grant},
    },
};

impl Hand<'_> {
    /// Opens a session. It is recorded before the first byte: only a recorded session is ever committed.
    pub(crate) async fn open(&mut self) -> Result<(), Error> {
        let mut video = validated(self.work, self.youku)?;
        self.know_md5().await?;
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

    /// The store knows the MD5, or somebody states it; else the object is read.
    async fn know_md5(&mut self) -> Result<(), Error> {
        let stated = self.stated().map(|stated| stated.md5);
        self.object.md5 = self.object.md5.or(stated);
        if self.object.md5.is_none() { self.measure().await } else { Ok(()) }
    }

    /// Reads the object for its digests.
    pub(crate) async fn measure(&mut self) -> Result<(), Error> {
        self.progress.enter(Stage::Reading);
        self.object = self.transfer().digest().await?;
        self.measured = self.object.md5;
        Ok(())
    }

    /// What somebody states about the MD5, unless Youku has refused it.
    fn stated(&self) -> Option<&StatedMd5> {
        let stated = self.work.job.md5.as_ref().or(self.object.stated_md5.as_ref());
        stated.filter(|_| !self.held.record().was_refused_for_hash())
    }

    /// Whether nothing but a statement speaks for this MD5.
    pub(crate) fn rests_on_statement(&self, md5: Option<Md5>) -> bool {
        let stated = self.stated().map(|stated| stated.md5);
        stated.is_some() && stated == md5 && self.work.object.md5.is_none() && self.measured != md5
    }

    /// Youku refused the hash, and that is on record: with the measured MD5 another session is opened, where it is another one.
    pub(crate) async fn open_with_measured(&mut self) -> Result<(), Error> {
        let told = self.session()?.md5;
        if self.measured.is_none() {
            self.measure().await?;
        }
        self.object.md5 = self.measured;
        if self.measured == Some(told) {
            let message = "Youku refuses the object's hash, which is the right one";
            return Err(Error::new(ErrorKind::HashRefused, "commit", message).with("md5", told.to_string()));
        }
        if let Some(warning) = self.measured.and_then(|md5| wrong_statement(self.held.record(), md5)) {
            tracing::warn!(upload_id = %self.held.record().id, warning, "opening another session with the measured MD5");
        }
        self.held.verify().await?;
        self.open().await
    }

    async fn open_bucket(&mut self, video: &Video) -> Result<OpenedSession, Error> {
        let youku = self.youku;
        let plan = Plan::new(video.size, self.settings.part_size, self.settings.width());
        let mut video = video.clone();
        let session = loop {
            let session = self.patience.retrying(|| youku.create_for_bucket(&video)).await?;
            match self.disprove(&video, session.instant).await? {
                Some(measured) => video = measured,
                None => break session,
            }
        };
        let BucketSession { upload_token, video_id, grant, .. } = session;
        let grants = Grants::new(youku, &upload_token, grant.clone())?;
        // Not before Youku wants the video: what it refuses is read in vain.
        self.ahead = Ahead::new(self.source, &self.object, plan, self.settings.in_flight);
        let target = self.ahead.beside(begin_multipart(&grants, self.patience, &grant, plan)).await?;
        self.opened_here = Some(grants.into_grant());
        Ok(self.opened(upload_token, video_id, target))
    }

    /// After an `instant` answer Youku holds the bytes of this MD5. Where somebody only stated that they are the object's, it is read: with another MD5 than was
    /// stated the session is asked for anew.
    async fn disprove(&mut self, video: &Video, instant: bool) -> Result<Option<Video>, Error> {
        if !instant || !self.rests_on_statement(Some(video.md5)) {
            return Ok(None);
        }
        self.measure().await?;
        self.progress.enter(Stage::Moving);
        let Some(md5) = self.measured.filter(|md5| *md5 != video.md5) else { return Ok(None) };
        let warning = wrong_statement(self.held.record(), md5);
        tracing::warn!(warning, "Youku holds other bytes: asking anew with the measured MD5");
        Ok(Some(Video { md5, ..video.clone() }))
    }

    async fn open_slices(&mut self, video: &Video) -> Result<OpenedSession, Error> {
        let youku = self.youku;
        let mut video = video.clone();
        let session = loop {
            let session = self.patience.retrying(|| youku.create_for_slices(&video)).await?;
            match self.disprove(&video, session.instant).await? {
                Some(measured) => video = measured,
                None => break session,
            }
        };
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

    /// Begins another multipart upload in a session whose old one is gone.
    pub(crate) async fn begin_again(&mut self, session: &OpenedSession) -> Result<(), Error> {
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

    fn opened(
        &self,
        upload_token: secrecy::SecretString,
        video_id: Option<String>,
        target: Target,
    ) -> OpenedSession {
        let md5 = self.object.md5.unwrap_or(crate::Md5([0; 16]));
        OpenedSession { upload_token, video_id, md5, crc64: self.object.crc64, target }
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
    let largest = Plan::largest_object();
    if work.job.mode == Mode::Oss && object.size > largest {
        let message = "the object is larger than OSS keeps";
        return Err(Error::new(ErrorKind::InvalidJob, "upload", message)
            .with("size", object.size.to_string())
            .with("most", largest.to_string()));
    }
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

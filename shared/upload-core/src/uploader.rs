//! One upload from beginning to end.

use crate::{
    Error, ErrorKind, Job, Location, Mode, Object, Progress, RetrySettings, Source, Stage, TransferSettings,
    UploadId, Video, Youku, commit::Transferred, patience::Patience, transfer::Transfer,
};
use std::sync::Arc;
use tokio::time::{Instant, timeout_at};

/// How many sessions one run may open: Youku may declare one dead before its bytes have landed.
const SESSIONS: u32 = 3;

/// Publishes objects from one source through one account.
#[derive(Clone)]
pub struct Uploader {
    source: Arc<dyn Source>,
    youku: Arc<dyn Youku>,
    settings: TransferSettings,
}

/// What a door brings to one run.
#[derive(Debug, Clone, Default)]
pub struct Run {
    /// Where the run reports how far it is.
    pub progress: Arc<Progress>,
    /// When the run must have ended.
    pub deadline: Option<Instant>,
}

/// A committed video.
#[derive(Debug, Clone)]
pub struct Published {
    /// The upload's id.
    pub upload_id: UploadId,
    /// The video's id at Youku.
    pub video_id: String,
    /// Bytes.
    pub size: u64,
    /// MD5 of the object, as Youku was told.
    pub md5: crate::Md5,
}

impl Published {
    /// The page where the video can be watched (Youku sheet, hosts).
    #[must_use]
    pub fn link(&self) -> String {
        format!("https://v.youku.com/v_show/id_{}.html", self.video_id)
    }
}

impl Uploader {
    /// An uploader over these ports.
    #[must_use]
    pub fn new(source: Arc<dyn Source>, youku: Arc<dyn Youku>, settings: TransferSettings) -> Self {
        Self { source, youku, settings }
    }

    /// Publishes `object`, the version of the job's file that [`look`] found.
    ///
    /// # Errors
    /// Whatever ended the upload; [`Deadline`](ErrorKind::Deadline), retryable, where the run's time was over first.
    pub async fn upload(&self, job: &Job, object: Object, run: &Run) -> Result<Published, Error> {
        let upload = self.upload_within(job, object, &run.progress);
        let Some(deadline) = run.deadline else { return upload.await };
        timeout_at(deadline, upload).await.unwrap_or_else(|_| {
            let message = "the time allowed for this run was over before the upload was";
            Err(Error::new(ErrorKind::Deadline, "upload", message).retryable())
        })
    }

    async fn upload_within(
        &self,
        job: &Job,
        object: Object,
        progress: &Arc<Progress>,
    ) -> Result<Published, Error> {
        let patience = Patience::new(self.settings.retry);
        progress.begin(object.size);
        let upload_id = UploadId::of(&object, job);
        if object.size == 0 {
            return Err(Error::new(ErrorKind::InvalidJob, "upload", "the object is empty")
                .with("key", &job.location.key));
        }
        let mut video = self.video(job, &object);
        self.youku.validate(&video)?;
        let object = self.with_md5(job, object, &patience, progress).await?;
        if let Some(md5) = object.md5 {
            video.md5 = md5;
        }
        tracing::info!(%upload_id, size = object.size, md5 = %video.md5, "uploading");
        let transfer = Transfer {
            source: &*self.source,
            object: &object,
            settings: self.settings,
            patience: &patience,
            progress,
        };
        let mut session = 1;
        let video_id = loop {
            progress.enter(Stage::Moving);
            match self.session(job.mode, &video, &transfer).await {
                Err(Failed::BeforeTransferred(error)) if session < SESSIONS && begins_anew(&error) => {
                    tracing::warn!(%upload_id, ?error, "the session is over before its bytes landed: opening another");
                    session += 1;
                    progress.restart();
                }
                Err(Failed::BeforeTransferred(error) | Failed::AfterTransferred(error)) => return Err(error),
                Ok(id) => break id,
            }
        };
        progress.enter(Stage::Done);
        tracing::info!(%upload_id, video_id, "published");
        Ok(Published { upload_id, video_id, size: object.size, md5: video.md5 })
    }

    fn video(&self, job: &Job, object: &Object) -> Video {
        let file_name = object.location.file_name().to_owned();
        let metadata = job.video.clone().completed(&file_name);
        // A digest that no file has stands in until the reading pass: validation looks at its form alone.
        let md5 = job.md5.or(object.md5).unwrap_or(crate::Md5([0; 16]));
        Video { file_name, size: object.size, md5, metadata }
    }

    /// The object with its MD5: stated by the caller or the store, else read.
    async fn with_md5(
        &self,
        job: &Job,
        object: Object,
        patience: &Patience,
        progress: &Arc<Progress>,
    ) -> Result<Object, Error> {
        if let Some(md5) = job.md5.or(object.md5) {
            return Ok(Object { md5: Some(md5), ..object });
        }
        progress.enter(Stage::Reading);
        let (source, settings) = (&*self.source, self.settings);
        Transfer { source, object: &object, settings, patience, progress }.digest().await
    }

    async fn session(&self, mode: Mode, video: &Video, transfer: &Transfer<'_>) -> Result<String, Failed> {
        match mode {
            Mode::Oss => self.bucket_session(video, transfer).await,
            Mode::Slice => self.slice_session(video, transfer).await,
        }
    }

    async fn bucket_session(&self, video: &Video, transfer: &Transfer<'_>) -> Result<String, Failed> {
        let youku = &*self.youku;
        let patience = transfer.patience;
        let moved = async {
            let session = patience.retrying(|| youku.create_for_bucket(video)).await?;
            transfer.move_to_bucket(youku, &session).await?;
            Ok(session)
        };
        let session = moved.await.map_err(Failed::BeforeTransferred)?;
        transfer.progress.enter(Stage::Committing);
        let transferred = Transferred {
            upload_token: &session.upload_token,
            video_id: session.video_id.as_deref(),
            server_ip: None,
        };
        transferred.commit(youku, patience).await.map_err(Failed::AfterTransferred)
    }

    async fn slice_session(&self, video: &Video, transfer: &Transfer<'_>) -> Result<String, Failed> {
        let youku = &*self.youku;
        let patience = transfer.patience;
        let moved = async {
            let session = patience.retrying(|| youku.create_for_slices(video)).await?;
            if session.instant {
                return Ok((session, None));
            }
            let server = patience.retrying(|| youku.slice_server(&session.upload_server)).await?;
            let extension = video.file_name.rsplit_once('.').map_or("", |(_, extension)| extension);
            let server_ip = transfer.move_to_slices(&*server, &session, extension).await?;
            Ok((session, server_ip))
        };
        let (session, server_ip) = moved.await.map_err(Failed::BeforeTransferred)?;
        transfer.progress.enter(Stage::Committing);
        let transferred = Transferred {
            upload_token: &session.upload_token,
            video_id: session.video_id.as_deref(),
            server_ip: server_ip.as_deref(),
        };
        transferred.commit(youku, patience).await.map_err(Failed::AfterTransferred)
    }
}

/// The version of a file that is there now.
///
/// # Errors
/// [`SourceMissing`](ErrorKind::SourceMissing) where there is none; else what the source answers once patience has ended.
pub async fn look(source: &dyn Source, location: &Location, retry: &RetrySettings) -> Result<Object, Error> {
    Patience::new(*retry).retrying(|| source.head(location)).await
}

/// On which side of `transferred` a session failed: only before it may another session be opened.
enum Failed {
    BeforeTransferred(Error),
    AfterTransferred(Error),
}

/// The session is dead, or what it holds is damaged: nothing of it will ever be committed.
fn begins_anew(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::SessionOver | ErrorKind::NoSuchUpload)
        || (error.kind() == ErrorKind::Integrity && error.operation() == "gate" && error.is_retryable())
}

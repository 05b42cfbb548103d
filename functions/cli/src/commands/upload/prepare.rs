//! Prepares a video: its job and object, with everything that flags, the object, its sidecar and its rule state.

use super::{
    batch::Batch,
    local_file::{self, LocalFile},
    throttle::ThrottledSource,
    title::expand_title,
    video_source::VideoSource,
};
use crate::{
    error::CliError,
    ui::tracker::{Snapshot, Tracker},
};
use app::{
    core::{
        Callback, Entrypoint, Job, Location, NewVideo, Object, Source, Stage, Terms, Uploader,
        ledger::UploadRequest,
    },
    report_missing_bucket,
};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

/// A video that is ready to be uploaded.
pub(super) struct Prepared {
    pub(super) request: UploadRequest,
    /// The request's, checked.
    pub(super) video: NewVideo,
    pub(super) uploader: Uploader,
    /// Where the object is read.
    pub(super) source: Arc<dyn Source>,
}

impl Batch<'_> {
    /// Prepares the `number`th video (1 = first), and checks it as far as possible before a byte is read.
    pub(super) async fn prepare(
        &self,
        number: usize,
        video: &VideoSource,
        tracker: &mut Tracker<'_>,
    ) -> Result<Prepared, CliError> {
        match video {
            VideoSource::File(path) => self.prepare_file(number, path, tracker).await,
            VideoSource::Object(location) => {
                let (job, callback) = self.build_job(number, location.clone())?;
                let source = self.app.source(None);
                let intake = self.app.intake_policy();
                let completing = Box::pin(async {
                    let completed = intake.complete(&*source, job).await;
                    Ok::<_, CliError>(completed.map_err(|error| report_missing_bucket(location, error))?)
                });
                let completing = self.shutdown.guard(completing);
                let (job, object) = tracker.follow(|| Snapshot::LOOKING, || false, completing).await?;
                self.with_uploader(new_request(job, object, callback), None, source)
            }
        }
    }

    /// A file has neither a rule nor metadata of its own: only the flags state something.
    async fn prepare_file(
        &self,
        number: usize,
        path: &Path,
        tracker: &mut Tracker<'_>,
    ) -> Result<Prepared, CliError> {
        let location = local_file::locate(&local_file::check_name(path)?);
        self.check_file(path).await?;
        let size = path.metadata().map_err(|error| local_file::describe_unreadable(path, &error))?.len();
        let (job, callback) = self.build_job(number, location)?;
        // The limits concern name, size and metadata: they are checked before the file is read for its ETag.
        self.open_uploader(&job, self.app.source(None))?;
        let video = job.describe_video(size)?;
        let (object, file) = self.open_file(path, size, tracker).await?;
        let request = new_request(job, object, callback);
        let unchanged = request.object.size == size;
        self.with_uploader(request, Some(video).filter(|_| unchanged), Arc::new(file))
    }

    /// Builds the job from the flags, and from the rule for what they do not state.
    fn build_job(&self, number: usize, location: Location) -> Result<(Job, Option<Callback>), CliError> {
        let mut video = self.stated.clone();
        if let Some(template) = &video.metadata.title {
            video.metadata.title = Some(expand_title(template, location.file_name(), number)?.text);
        }
        let callback = self.args.callback.as_ref();
        let stated = Terms {
            account: Some(self.app.account_for(&location, self.args.account.as_deref())?),
            mode: self.args.mode.map(Into::into),
            callback: callback.map(|url| Callback::new(url.as_str().into())),
        };
        let settings = self.app.settings();
        let Terms { account, mode, callback } =
            stated.or_from_rule(settings.rules.find_for_object(&location));
        let (account, mode) = (account.unwrap_or_default(), mode.unwrap_or(settings.transfer.mode));
        let force_nonce = self.args.again.clone();
        let publication = self.app.intake_policy().plan_publication(&video)?;
        Ok((Job { location, account, video, publication, mode, md5: None, force_nonce }, callback))
    }

    /// Whether the title that the request of the `number`th video states is a template's, with the file's name in it shortened.
    pub(super) fn is_template_cut(&self, number: usize, request: &UploadRequest) -> bool {
        let template = self.stated.metadata.title.as_deref().unwrap_or_default();
        expand_title(template, request.object.location.file_name(), number).is_ok_and(|title| title.is_cut)
    }

    /// Opens the uploader, and checks the video unless that was done.
    fn with_uploader(
        &self,
        request: UploadRequest,
        video: Option<NewVideo>,
        source: Arc<dyn Source>,
    ) -> Result<Prepared, CliError> {
        let (throttle, shutdown) = (self.throttle.clone(), self.shutdown.clone());
        let uploader = self.open_uploader(
            &request.job,
            Arc::new(ThrottledSource { source: source.clone(), throttle, shutdown }),
        )?;
        let video = match video {
            Some(video) => video,
            None => request.describe_video()?,
        };
        Ok(Prepared { request, video, uploader, source })
    }

    async fn open_file(
        &self,
        path: &Path,
        total: u64,
        tracker: &mut Tracker<'_>,
    ) -> Result<(Object, LocalFile), CliError> {
        let read = Arc::new(AtomicU64::new(0));
        let opening = self.shutdown.guard(local_file::open(path, read.clone(), &self.shutdown));
        let progress =
            || Snapshot { stage: Stage::Reading, read: read.load(Relaxed), total, ..Snapshot::LOOKING };
        tracker.follow(progress, || false, opening).await
    }
}

fn new_request(job: Job, object: Object, callback: Option<Callback>) -> UploadRequest {
    let entrypoint = Some(Entrypoint::Command);
    UploadRequest { callback, entrypoint, ..UploadRequest::new(job, object) }
}

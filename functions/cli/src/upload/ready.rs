//! What is to be uploaded, with all that flags, the object, its sidecar and its rule state.

use super::{
    Command, FRAME, Place,
    brakes::Braked,
    local, meta,
    show::{State, Watch},
};
use app::core::{Callback, Error, Job, Object, Source, Stage, Terms, Uploader, ledger::UploadRequest};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};
use tokio::time::sleep;

/// A video that is ready to be uploaded.
pub(super) struct Ready {
    pub(super) work: UploadRequest,
    pub(super) uploader: Uploader,
}

impl Command<'_> {
    /// What is to be uploaded, checked as far as it can be before a byte is read.
    pub(super) async fn ready(
        &self,
        number: usize,
        place: &Place,
        watch: &mut Watch<'_>,
    ) -> Result<Ready, Error> {
        match place {
            Place::File(path) => self.file(number, path, watch).await,
            Place::Object(location) => {
                let (job, callback) = self.job(number, location.clone())?;
                let source = self.app.source(None);
                let automatic = self.app.intake_policy();
                let completing = automatic.complete(&*source, job);
                let (job, object) = self.brakes.unless_pulled(completing).await?;
                self.checked(
                    UploadRequest { job, object, requested_key: None, callback, caller_account: None },
                    source,
                )
            }
        }
    }

    /// A file has neither a rule nor metadata of its own: what the flags state is all there is.
    async fn file(&self, number: usize, path: &Path, watch: &mut Watch<'_>) -> Result<Ready, Error> {
        let location = local::location(&local::name(path)?);
        let size = path.metadata().map_err(|error| local::unreadable(path, &error))?.len();
        let (job, callback) = self.job(number, location.clone())?;
        let object = Object::new(location, "", size);
        let mut work = UploadRequest { job, object, requested_key: None, callback, caller_account: None };
        self.uploader(&work, self.app.source(None))?.validate(&work)?;
        let (object, file) = self.hashed(path, size, watch).await?;
        work.object = object;
        self.checked(work, Arc::new(file))
    }

    /// What the flags ask for, and below them the rule.
    fn job(&self, number: usize, location: app::core::Location) -> Result<(Job, Option<Callback>), Error> {
        let mut video = self.stated.clone();
        if let Some(template) = &video.title {
            video.title = Some(meta::title(template, location.file_name(), number)?);
        }
        let callback = self.arguments.callback.as_ref();
        let stated = Terms {
            account: Some(self.app.account_for(&location, self.arguments.account.as_deref())?),
            mode: self.arguments.mode.map(Into::into),
            callback: callback.map(|url| Callback { url: url.as_str().into(), events: Vec::new() }),
        };
        let settings = self.app.settings();
        let Terms { account, mode, callback } = stated.or_from_rule(settings.rules.for_object(&location));
        let (account, mode) = (account.unwrap_or_default(), mode.unwrap_or(settings.transfer.mode));
        let again = self.arguments.again.clone();
        Ok((Job { location, account, video, mode, md5: None, force_nonce: again }, callback))
    }

    fn checked(&self, work: UploadRequest, source: Arc<dyn Source>) -> Result<Ready, Error> {
        let uploader = self.uploader(&work, Arc::new(Braked { source, brakes: self.brakes.clone() }))?;
        uploader.validate(&work)?;
        Ok(Ready { work, uploader })
    }

    async fn hashed(
        &self,
        path: &Path,
        total: u64,
        watch: &mut Watch<'_>,
    ) -> Result<(Object, local::LocalFile), Error> {
        let read = Arc::new(AtomicU64::new(0));
        let mut opening = std::pin::pin!(local::open(path, read.clone(), &self.brakes));
        loop {
            tokio::select! {
                opened = &mut opening => return opened,
                () = sleep(FRAME) => {
                    let read = read.load(Relaxed);
                    watch.update(State { stage: Stage::Reading, read, accepted: 0, total });
                }
            }
        }
    }
}

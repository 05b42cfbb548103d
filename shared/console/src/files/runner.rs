//! Uploads the spooled files, a few at once, until each has ended.

use super::{
    file::{FileId, FileState, SpooledFile},
    spool::Spool,
};
use crate::local_uploads::{LocalProgress, LocalUploads, Prospect, UploadFailure, UploadForm};
use std::{
    io,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{sync::Semaphore, task::JoinSet, time::sleep};

/// Files that are uploaded at once.
const AT_ONCE: usize = 2;
/// Pause after the first attempt that failed; it doubles.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// The code of an upload that a person cancelled.
const CANCELLED: &str = "cancelled";

/// Uploads spooled files; its uploads end when it is dropped, and the next console resumes them.
pub(crate) struct Runner {
    pub(super) spool: Arc<Spool>,
    uploads: Arc<dyn LocalUploads>,
    places: Arc<Semaphore>,
    tasks: Mutex<JoinSet<()>>,
}

impl Runner {
    pub(crate) fn new(spool: Arc<Spool>, uploads: Arc<dyn LocalUploads>) -> Self {
        Self { spool, uploads, places: Arc::new(Semaphore::new(AT_ONCE)), tasks: Mutex::default() }
    }

    /// Where the files are.
    pub(crate) fn spool(&self) -> Arc<Spool> {
        self.spool.clone()
    }

    /// Goes on with what an earlier console had begun.
    pub(crate) fn resume(&self) {
        for file in self.spool.files() {
            if file.state == FileState::Queued {
                // What ended meanwhile, as by a person who cancelled it, has ended.
                self.start(file, false);
            }
        }
    }

    /// Takes a file up, whose upload lasts even if the page is closed; `None` where its state does not permit that.
    ///
    /// # Errors
    /// Where the spool cannot be written.
    pub(super) fn accept(&self, id: &FileId, form: UploadForm) -> io::Result<Option<SpooledFile>> {
        let queued = self.spool.try_update(id, |file| {
            let fits = file.state == FileState::Ready;
            if fits {
                (file.state, file.form, file.failure) = (FileState::Queued, Some(form), None);
            }
            fits.then(|| file.clone())
        });
        let Some(Some(file)) = queued else { return Ok(None) };
        if let Err(error) = self.spool.save(id) {
            self.spool.update(id, |file| (file.state, file.form) = (FileState::Ready, None));
            return Err(error);
        }
        self.start(file.clone(), true);
        Ok(Some(file))
    }

    /// `is_asked`: a person has just asked for it, also where the same file had failed or was cancelled before.
    fn start(&self, file: SpooledFile, is_asked: bool) {
        let Some(form) = file.form else { return };
        let task = Task {
            path: self.spool.path(&file.id, &file.name),
            id: file.id,
            form,
            is_asked,
            spool: self.spool.clone(),
            uploads: self.uploads.clone(),
            places: self.places.clone(),
        };
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        while tasks.try_join_next().is_some() {}
        tasks.spawn(task.run());
    }
}

/// The upload of one file.
struct Task {
    id: FileId,
    path: PathBuf,
    form: UploadForm,
    is_asked: bool,
    spool: Arc<Spool>,
    uploads: Arc<dyn LocalUploads>,
    places: Arc<Semaphore>,
}

impl Task {
    /// Tries until the upload has ended, or a person must correct the form.
    async fn run(self) {
        let (mut pause, mut retry) = (FIRST_PAUSE, self.is_asked);
        loop {
            let Err(failure) = self.attempt(&mut retry).await else {
                return self.finish(FileState::Published, None);
            };
            match failure.prospect {
                Prospect::Ended if failure.error == CANCELLED => {
                    return self.finish(FileState::Cancelled, None);
                }
                Prospect::Ended => return self.finish(FileState::Failed, Some(failure)),
                Prospect::Refused => return self.give_back(failure),
                Prospect::Later => {}
            }
            let is_left = self.spool.try_update(&self.id, |file| {
                (file.state, file.failure, file.progress) = (FileState::Queued, Some(failure), None);
            });
            // It was removed between two attempts.
            if is_left.is_none() {
                return;
            }
            sleep(pause).await;
            pause = LONGEST_PAUSE.min(pause * 2);
        }
    }

    /// Clears `retry`: a cancel from now on is meant for this upload.
    async fn attempt(&self, retry: &mut bool) -> Result<(), UploadFailure> {
        let _place = self.places.acquire().await;
        if self.spool.try_update(&self.id, |file| file.state = FileState::Running).is_none() {
            return Ok(());
        }
        let (spool, id) = (self.spool.clone(), self.id.clone());
        let report = move |progress| {
            spool.update(&id, |file| match progress {
                LocalProgress::Began(upload) => file.upload_id = Some(upload),
                LocalProgress::Moved(moved) => (file.progress, file.failure) = (Some(moved), None),
            });
        };
        let retry = std::mem::take(retry);
        self.uploads.upload(self.path.clone(), self.form.clone(), retry, Arc::new(report)).await
    }

    /// The upload has ended: its bytes are of no use any more.
    fn finish(&self, state: FileState, failure: Option<UploadFailure>) {
        self.spool.delete(&self.id);
        self.spool.update(&self.id, |file| {
            (file.state, file.failure, file.form, file.progress) = (state, failure, None, None);
        });
    }

    /// A person corrects the form.
    fn give_back(&self, failure: UploadFailure) {
        self.spool.update(&self.id, |file| {
            (file.state, file.failure, file.form, file.progress) =
                (FileState::Ready, Some(failure), None, None);
        });
        if let Err(error) = self.spool.save(&self.id) {
            tracing::warn!(%error, file = %self.id, "the record of a spooled file could not be written");
        }
    }
}

//! What all uploads of one command share.

use super::throttle::Throttle;
use crate::{args::UploadArgs, shutdown::Shutdown, ui::reporter::Reporter};
use app::{
    App,
    core::{Error, Job, Source, Uploader, ledger::Ledger, metadata::StatedMetadata},
};
use std::{cell::Cell, sync::Arc};

/// What all uploads of one command share.
pub(super) struct Batch<'a> {
    pub(super) app: &'a App,
    pub(super) ledger: Ledger,
    pub(super) args: &'a UploadArgs,
    /// What flags and `--meta` state about each video.
    pub(super) stated: StatedMetadata,
    pub(super) throttle: Arc<Throttle>,
    pub(super) shutdown: Shutdown,
    pub(super) reporter: &'a Reporter,
    /// Whether Youku has accepted any byte of an upload that did not end.
    pub(super) has_accepted: Cell<bool>,
}

impl Batch<'_> {
    /// Opens the uploader of the job's account.
    pub(super) fn open_uploader(&self, job: &Job, source: Arc<dyn Source>) -> Result<Uploader, Error> {
        self.app.uploader(&job.account, source, self.ledger.clone())
    }
}

//! What the routes share.

use crate::{
    Advisor, Backend, Language,
    assets::Assets,
    dev_clouds::DevClouds,
    files::{Runner, Spool},
    local_uploads::LocalUploads,
    rows::Table,
    watching::Watching,
};
use std::{sync::Arc, time::Duration};
use tokio::{sync::Mutex, time::timeout};

/// How long the first list waits for the first rows.
const FIRST_ROWS_TIME: Duration = Duration::from_secs(10);
/// How long a list waits for current rows where no page was open for a while.
const CURRENT_ROWS_TIME: Duration = Duration::from_secs(1);

/// How the console is used.
#[derive(Debug, Clone, Copy)]
pub struct ConsoleSettings {
    /// The language of texts where a request does not name one.
    pub language: Language,
    /// It belongs to `oss2youku dev`.
    pub is_dev: bool,
}

/// What the routes share.
pub(crate) struct Shared {
    pub(crate) backend: Backend,
    pub(crate) advisor: Arc<dyn Advisor>,
    pub(crate) settings: ConsoleSettings,
    /// Plans uploads where there are settings for them.
    pub(crate) uploads: Option<Arc<dyn LocalUploads>>,
    /// Uploads dropped files where there is a spool.
    pub(crate) runner: Option<Runner>,
    /// The local clouds of `oss2youku dev`.
    pub(crate) clouds: Option<Arc<dyn DevClouds>>,
    pub(crate) assets: Assets,
    pub(crate) table: Arc<Table>,
    pub(crate) watching: Arc<Watching>,
    /// Held while the checks of `doctor` run.
    pub(crate) diagnosing: Mutex<()>,
}

impl Shared {
    /// Creates what the routes share, with an empty table.
    pub(crate) fn new(backend: Backend, advisor: Arc<dyn Advisor>, settings: ConsoleSettings) -> Self {
        Self {
            backend,
            advisor,
            settings,
            uploads: None,
            runner: None,
            clouds: None,
            assets: Assets::new(),
            table: Arc::default(),
            watching: Arc::default(),
            diagnosing: Mutex::default(),
        }
    }

    /// Where dropped files are kept.
    pub(crate) fn spool(&self) -> Option<Arc<Spool>> {
        self.runner.as_ref().map(Runner::spool)
    }

    /// Waits until there are rows, and until they are current where the reader has rested; not for long, since old ones are better than
    /// none.
    pub(crate) async fn wait_for_rows(&self) {
        let mut passes = self.table.passes();
        let has_begun = async { passes.wait_for(|passes| *passes > 0).await.is_ok() };
        let has_begun = timeout(FIRST_ROWS_TIME, has_begun).await.unwrap_or(false);
        if has_begun && self.watching.has_rested() {
            let now = *passes.borrow();
            let current = passes.wait_for(|passes| *passes > now);
            // Not in time: what was read before is shown.
            let _ = timeout(CURRENT_ROWS_TIME, current).await;
        }
    }
}

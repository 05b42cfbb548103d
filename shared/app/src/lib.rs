//! The application every door opens into: settings, secrets, logging, and the ports of `upload-core` over the real clients.
//!
//! ```no_run
//! # async fn door(job: upload_core::Job) -> Result<(), upload_core::Error> {
//! let app = app::App::from_settings(app::Settings::load()?)?;
//! let arrived = app.arrived(&job.location, 5, None, &Default::default()).await?;
//! # Ok(()) }
//! ```
//!
//! What is ours here although libraries offer it: the overlay of the environment over the settings file (60 lines), because lists of
//! tables in variables and errors that name the variable are what operators of functions need.
#![cfg_attr(test, expect(clippy::expect_used, reason = "a test fails by panicking"))]

mod accounts;
mod admin;
mod callbacks;
mod error_mapping;
mod http;
pub mod ledger;
mod list;
mod logging;
mod owners;
mod removed_account;
mod reports;
mod settings;
mod source;
mod status;
mod sweep;
mod target;
mod task;
mod uploads;

pub use accounts::TokenChain;
pub use admin::UploadDetails;
pub use http::{client as http_client, store_client};
pub use ledger::{LedgerBucket, Readable, random_seal_key};
pub use list::{ListError, ListQuery, ListState, ListedUpload, PageToken, UploadList};
pub use logging::init as start_logging;
pub use object_storage as storage;
pub use object_storage::Credentials;
pub use reports::ObjectResult;
pub use settings::{
    AccountSettings, AllowedHost, BearerToken, CONFIG_VARIABLE, CallbackFields, HttpSettings, LedgerFields,
    LegacyAccounts, LegacySettings, LogLevel, LogSettings, Reserved, Right, Rights, Settings,
    SourceAddressing, SourcePlace, SourceSettings, SweepFields, TargetSignature, TokenHash, TransferFields,
    YoukuSettings,
};
pub use status::{HolderStatus, StepStatus, UploadStatus, WaitingStatus};
pub use sweep::SweepOptions;
pub use task::{CallerAccount, Task, UnverifiedToken, location as object_location};
pub use upload_core as core;
pub use uploads::ObjectOutcome;

use accounts::AccountClient;
use callbacks::Callbacks;
use http::Clients;
use ledger::LedgerLocation;
use owners::OwnerLookup;
use source::Sources;
use std::{collections::BTreeMap, sync::Arc, time::SystemTime};
use target::YoukuAccount;
use upload_core::{
    Error, ErrorKind, IntakePolicy, RunContext, Source, TransferSettings, Uploader, ledger::Ledger,
};

/// The application: one per process.
pub struct App {
    settings: Settings,
    transfer: TransferSettings,
    http: Clients,
    source: Arc<dyn Source>,
    accounts: BTreeMap<String, AccountClient>,
    ledger: LedgerLocation,
    callbacks: Arc<Callbacks>,
    asking: OwnerLookup,
}

impl App {
    /// Builds the application; connects to nothing yet.
    ///
    /// # Errors
    /// [`Config`](ErrorKind::Config), naming the setting that does not fit.
    pub fn from_settings(settings: Settings) -> Result<Self, Error> {
        let http = Clients::new()?;
        let transfer = settings.transfer.transfer();
        let transfer = transfer.map_err(|why| Error::new(ErrorKind::Config, "settings", why))?;
        let accounts = settings
            .accounts
            .iter()
            .map(|(name, account)| {
                Ok((name.clone(), AccountClient::new(&settings, name, account, &http.calls)?))
            })
            .collect::<Result<_, Error>>()?;
        let source = Arc::new(Sources::new(http.stores.clone(), &settings, None));
        let ledger = LedgerLocation::new(&settings)?;
        let callbacks = Arc::new(Callbacks::new(settings.callback.config()));
        let asking = OwnerLookup::default();
        Ok(Self { settings, transfer, http, source, accounts, ledger, callbacks, asking })
    }

    /// Says in the log what the settings leave open to whoever may send tasks: functions say it once, when they start.
    pub fn warn_of_open_sources(&self) {
        if self.settings.takes_any_source() {
            tracing::warn!(
                "tasks may have any object published that this function can read: there is no http.sources, no rule and no legacy.bucket"
            );
        }
    }

    /// The settings it was built from.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The source, with a platform's credentials for this call in place of the process's own.
    #[must_use]
    pub fn source(&self, credentials: Option<Credentials>) -> Arc<dyn Source> {
        match credentials {
            None => self.source.clone(),
            Some(_) => Arc::new(Sources::new(self.http.stores.clone(), &self.settings, credentials)),
        }
    }

    /// How bytes are moved.
    #[must_use]
    pub fn transfer(&self) -> TransferSettings {
        self.transfer
    }

    /// What automatic uploads go by.
    #[must_use]
    pub fn intake_policy(&self) -> IntakePolicy<'_> {
        IntakePolicy {
            rules: &self.settings.rules,
            reserved: &self.settings.reserved.prefixes,
            paused: self.settings.paused,
            mode: self.settings.transfer.mode,
            retry: self.transfer.retry,
            now: SystemTime::now(),
        }
    }

    /// The same for one run: what is looked at before an upload begins gives up before the run's deadline, with the error that it met.
    pub(crate) fn intake_policy_within(&self, run: &RunContext) -> IntakePolicy<'_> {
        IntakePolicy { retry: self.transfer.retry.ending_by(run.deadline), ..self.intake_policy() }
    }

    /// The ledger, reached with a platform's credentials for this call where there are some.
    ///
    /// # Errors
    /// [`Config`](ErrorKind::Config) where the settings name none, or the store cannot keep one; whatever the store answers.
    pub async fn ledger(&self, credentials: Option<Credentials>) -> Result<Ledger, Error> {
        self.ledger.open(&self.http.stores, &self.settings, credentials).await
    }

    /// An uploader from `source` to an account of the settings.
    ///
    /// # Errors
    /// [`Config`](ErrorKind::Config) where the settings have no such account.
    pub fn uploader(
        &self,
        account: &str,
        source: Arc<dyn Source>,
        ledger: Ledger,
    ) -> Result<Uploader, Error> {
        let youku = self.youku(account, &ledger)?;
        Ok(self.uploader_to(youku, source, ledger))
    }

    /// Youku, as an account of the settings sees it.
    pub(crate) fn youku(&self, account: &str, ledger: &Ledger) -> Result<Arc<dyn upload_core::Youku>, Error> {
        Ok(self.account(account)?.port(&self.settings, &self.http.stores, ledger))
    }

    /// The same of an account that a task brought.
    pub(crate) fn youku_for_caller(&self, brought: &CallerAccount) -> Arc<dyn upload_core::Youku> {
        youku_client(&self.settings, &brought.into(), &self.http)
    }
}

/// An account that a task brought: its token is the caller's to renew.
fn youku_client(
    settings: &Settings,
    account: &AccountSettings,
    http: &Clients,
) -> Arc<dyn upload_core::Youku> {
    let client = accounts::client(settings, account, &http.calls);
    Arc::new(YoukuAccount::new(None, client, http.stores.clone(), settings, None))
}

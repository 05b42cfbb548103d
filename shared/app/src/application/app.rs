//! The application itself.

use crate::{
    adapters::{
        accounts::{AccountClient, caller_port},
        callbacks::Callbacks,
        http_clients::Clients,
        ledger::LedgerLocation,
        source::Sources,
        user_lookup::UserLookup,
    },
    settings::Settings,
    tasks::CallerAccount,
};
use object_storage::Credentials;
use std::{collections::BTreeMap, sync::Arc};
use upload_core::{
    Clock, Error, ErrorKind, IntakePolicy, RunContext, Source, SystemClock, TransferSettings, Youku,
    ledger::Ledger,
};

/// The application: one per process.
pub struct App {
    pub(crate) settings: Settings,
    pub(crate) transfer: TransferSettings,
    pub(crate) http: Clients,
    pub(crate) source: Arc<dyn Source>,
    pub(crate) accounts: BTreeMap<String, AccountClient>,
    pub(crate) ledger: LedgerLocation,
    pub(crate) callbacks: Arc<Callbacks>,
    pub(crate) users: UserLookup,
    pub(crate) clock: Arc<dyn Clock>,
}

impl App {
    /// Builds the application; connects to nothing yet.
    ///
    /// # Errors
    /// [`Config`](ErrorKind::Config), naming the setting that does not fit.
    pub fn from_settings(settings: Settings) -> Result<Self, Error> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let http = Clients::new()?;
        let transfer = settings.transfer.to_transfer();
        let transfer = transfer.map_err(|why| Error::new(ErrorKind::Config, "settings", why))?;
        let build_account = |(name, account)| {
            Ok((String::clone(name), AccountClient::new(&settings, name, account, &http.calls, &clock)?))
        };
        let accounts = settings.accounts.iter().map(build_account).collect::<Result<_, Error>>()?;
        let source = Arc::new(Sources::new(http.stores.clone(), &settings, None));
        let ledger = LedgerLocation::new(&settings, clock.clone())?;
        let callbacks = Arc::new(Callbacks::new(settings.callback.to_config()));
        let users = UserLookup::default();
        Ok(Self { settings, transfer, http, source, accounts, ledger, callbacks, users, clock })
    }

    /// Logs what the settings leave open to whoever may send tasks. Functions do so once, when they start.
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

    /// Which objects are uploaded automatically, and as what.
    #[must_use]
    pub fn intake_policy(&self) -> IntakePolicy<'_> {
        IntakePolicy {
            rules: &self.settings.rules,
            reserved: &self.settings.reserved.prefixes,
            paused: self.settings.paused,
            mode: self.settings.transfer.mode,
            retry: self.transfer.retry,
            now: self.clock.now(),
        }
    }

    /// The same policy for one run: what is read before an upload begins gives up before the run's deadline, with the error that it met.
    pub(crate) fn intake_policy_within(&self, run: &RunContext) -> IntakePolicy<'_> {
        IntakePolicy { retry: self.transfer.retry.with_deadline(run.deadline), ..self.intake_policy() }
    }

    /// Opens the ledger, with a platform's credentials for this call where there are some.
    ///
    /// # Errors
    /// [`Config`](ErrorKind::Config) where the settings name none, or the store cannot keep one; whatever the store answers.
    pub async fn ledger(&self, credentials: Option<Credentials>) -> Result<Ledger, Error> {
        self.ledger.open(&self.http.stores, &self.settings, credentials).await
    }

    /// The client of an account of the settings.
    ///
    /// # Errors
    /// [`Config`](ErrorKind::Config) where the settings have no such account.
    pub(crate) fn account(&self, account: &str) -> Result<&AccountClient, Error> {
        self.accounts.get(account).ok_or_else(|| {
            Error::new(ErrorKind::Config, "account", "the settings have no such account")
                .with_context("account", account)
        })
    }

    /// Youku, as an account of the settings sees it.
    ///
    /// # Errors
    /// As [`account`](Self::account).
    pub(crate) fn youku(&self, account: &str, ledger: &Ledger) -> Result<Arc<dyn Youku>, Error> {
        Ok(self.account(account)?.port(&self.settings, &self.http.stores, ledger))
    }

    /// Youku, as an account sees it that a task carries.
    pub(crate) fn youku_for_caller(&self, account: &CallerAccount) -> Arc<dyn Youku> {
        caller_port(&self.settings, &account.into(), &self.http.calls, &self.http.stores)
    }
}

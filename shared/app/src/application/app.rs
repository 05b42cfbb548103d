//! The application itself.

use super::known_records::KnownRecords;
use crate::{
    adapters::{
        accounts::{AccountClient, caller_port},
        callbacks::Callbacks,
        http_clients::Clients,
        ledger::LedgerLocation,
        robots::{self, ChatRobot},
        source::{Sources, open_store},
        user_lookup::UserLookup,
    },
    settings::Settings,
    tasks::CallerAccount,
};
use futures_util::future::BoxFuture;
use object_storage::Credentials;
use std::{
    collections::BTreeMap,
    path::{self, PathBuf},
    sync::Arc,
    time::Duration,
};
use upload_core::{
    Clock, Error, ErrorKind, IntakePolicy, Location, RefusedShortcuts, RunContext, Source, SystemClock,
    TransferSettings, Youku, ledger::Ledger,
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
    pub(crate) robots: Vec<ChatRobot>,
    pub(crate) users: UserLookup,
    pub(crate) known_records: KnownRecords,
    pub(crate) clock: Arc<dyn Clock>,
    /// What Youku has refused to this process.
    pub(crate) refused_shortcuts: RefusedShortcuts,
}

impl App {
    /// Builds the application; connects to nothing yet.
    ///
    /// # Errors
    /// [`Config`](ErrorKind::Config), naming the setting that does not fit.
    pub fn from_settings(settings: Settings) -> Result<Self, Error> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let http = Clients::new(settings.youku.api.as_deref())?;
        let transfer = settings.transfer.to_transfer();
        let mut transfer = transfer.map_err(|why| Error::new(ErrorKind::Config, "settings", why))?;
        transfer.shortcuts = settings.youku.to_shortcuts();
        transfer.limits = settings.video_limits()?;
        let build_account = |(name, account)| {
            let transport = Arc::new(http.youku.clone());
            Ok((String::clone(name), AccountClient::new(&settings, name, account, transport, &clock)?))
        };
        let accounts = settings.accounts.iter().map(build_account).collect::<Result<_, Error>>()?;
        let source = Arc::new(Sources::new(http.stores.clone(), &settings, None));
        let ledger = LedgerLocation::new(&settings, clock.clone())?;
        let callbacks = Callbacks::new(settings.callback.to_config(), http.stores.clone())?;
        let robots = robots::from_settings(&settings, &http.stores, &clock)?;
        let users = UserLookup::default();
        Ok(Self {
            settings,
            transfer,
            http,
            source,
            accounts,
            ledger,
            callbacks: Arc::new(callbacks),
            robots,
            users,
            known_records: KnownRecords::default(),
            clock,
            refused_shortcuts: RefusedShortcuts::default(),
        })
    }

    /// Limits how long a failing call is retried, those of the ledger included: for commands whose user is waiting.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        let retry = &mut self.transfer.retry;
        retry.idle_timeout = retry.idle_timeout.min(patience);
        self.ledger.limit_patience(patience);
        self
    }

    /// Logs what the settings leave open to callers who can send tasks. Functions do so once, when they start.
    pub fn warn_of_open_sources(&self) {
        if self.settings.takes_any_source() {
            tracing::warn!(
                "tasks may have any object published that this function can read: there is no http.sources, no rule and no legacy.bucket"
            );
        }
    }

    /// Opens the connections that the first event is going to need, in the background: to the store of the rules, to the ledger's and to
    /// Youku. Functions do so when they start, while the platform notices that they have. Where the settings do not tell an address none is
    /// opened.
    pub fn open_connections_early(&self) {
        let source = &self.settings.source;
        for rule in self.settings.rules.iter().take(1) {
            let (provider, bucket) = (source.provider, rule.bucket.clone());
            let location = Location { provider, bucket, key: String::new(), region: None };
            if let Ok(store) = open_store(&self.http.stores, source, None, None, &location) {
                // An object and its sidecar are asked for at once.
                store.open_early(2);
            }
        }
        self.ledger.open_early(&self.http.stores, &self.settings);
        self.http.youku.open_early();
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
            manage: self.settings.manage.to_policy(),
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
    pub fn ledger<'a>(&'a self, credentials: Option<Credentials>) -> BoxFuture<'a, Result<Ledger, Error>> {
        Box::pin(async move { self.ledger.open(&self.http.stores, &self.settings, credentials).await })
    }

    /// Opens the ledger for who only reads it: no folder, key file or birth mark is made. `None` where it is a folder that is not there
    /// yet, in which there is nothing to read.
    ///
    /// # Errors
    /// As [`ledger`](Self::ledger).
    pub fn ledger_to_read<'a>(
        &'a self,
        credentials: Option<Credentials>,
    ) -> BoxFuture<'a, Result<Option<Ledger>, Error>> {
        Box::pin(
            async move { self.ledger.open_to_read(&self.http.stores, &self.settings, credentials).await },
        )
    }

    /// The absolute path of the ledger's folder where it is not there yet: nothing was uploaded with it. `None` where it is there, or lies
    /// in a bucket.
    #[must_use]
    pub fn missing_ledger(&self) -> Option<PathBuf> {
        let folder = self.ledger.missing_folder()?;
        Some(path::absolute(folder).unwrap_or_else(|_| folder.to_owned()))
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
        Ok(self.account(account)?.port(&self.settings, &self.http.youku, ledger))
    }

    /// Youku, as an account sees it that a task carries.
    pub(crate) fn youku_for_caller(&self, account: &CallerAccount) -> Arc<dyn Youku> {
        caller_port(&self.settings, &account.into(), &self.http.youku)
    }
}

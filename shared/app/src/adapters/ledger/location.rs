//! The ledger that the settings name.

use super::{
    error::config_error, folder_clock::FolderClock, parse_location::parse_location, seal_key::SealKey,
    store::StoreLedger,
};
use crate::{
    adapters::{cause::Cause, source::open_store},
    settings::{RobotFields, Settings},
};
use object_storage::{Credentials, HttpClient, Store};
use std::{
    fs, io,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::sync::OnceCell;
use upload_core::{
    Clock, Error, Location, NoticeSubscriber, Provider,
    ledger::{Ledger, LedgerSettings},
};

/// Where the ledger is kept, and how its secrets are sealed.
pub(crate) struct LedgerLocation {
    place: Option<(Location, SealKey)>,
    settings: LedgerSettings,
    window: Duration,
    clock: Arc<dyn Clock>,
    folder_clock: Arc<FolderClock>,
    /// The robots and the events they subscribe to.
    subscribers: Arc<[NoticeSubscriber]>,
    /// Whether the store was found able to keep a ledger.
    checked: OnceCell<()>,
    /// Whether the ledger's birth is on record.
    born: AtomicBool,
}

impl LedgerLocation {
    /// Reads the settings; connects to nothing, and makes nothing, yet.
    ///
    /// # Errors
    /// [`Config`](upload_core::ErrorKind::Config), naming the field that does not fit.
    pub(crate) fn new(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        let mut ledger = LedgerSettings::default();
        if let Some(life) = settings.ledger.lease_life().map_err(config_error)? {
            ledger.lease_life = life;
        }
        let window = settings.ledger.window().map_err(config_error)?;
        let place = match &settings.ledger.location {
            None => None,
            Some(text) => {
                let location = parse_location(text)?;
                let seal = SealKey::from_settings(settings, &location)?;
                Some((location, seal))
            }
        };
        let folder_clock = Arc::new(FolderClock::new(clock.clone()));
        let (checked, born) = (OnceCell::new(), AtomicBool::new(false));
        let subscribers = settings.robots.iter().map(RobotFields::to_subscriber).collect();
        Ok(Self { place, settings: ledger, window, clock, folder_clock, subscribers, checked, born })
    }

    /// Lets calls that fail give up after `patience` where they would be tried again for longer.
    pub(crate) fn limit_patience(&mut self, patience: Duration) {
        let retry = &mut self.settings.retry;
        retry.idle_timeout = retry.idle_timeout.min(patience);
    }

    /// Opens the ledger with a platform's credentials for this call where there are some. The first use checks that the store can keep
    /// one, makes the key file of a folder, and records the ledger's birth.
    ///
    /// # Errors
    /// [`Config`](upload_core::ErrorKind::Config) where there is none, or the store cannot keep it; whatever the store answers.
    pub(crate) async fn open(
        &self,
        http: &HttpClient,
        settings: &Settings,
        credentials: Option<Credentials>,
    ) -> Result<Ledger, Error> {
        let store = Arc::new(self.store(http, settings, credentials)?);
        let (_, seal) = self.place()?;
        let reading = || async {
            let seal = seal.open_to_read()?;
            Ledger::new(store.clone(), seal, self.settings, self.clock.clone()).is_born().await
        };
        let seal = seal.open(reading()).await?;
        let ledger = Ledger::new(store.clone(), seal, self.settings, self.clock.clone())
            .with_subscribers(self.subscribers.clone());
        // Both are asked at once; nothing is written to a store that cannot keep a ledger.
        let checking = self.checked.get_or_try_init(|| self.check(&store));
        let (checked, is_born) = tokio::join!(Box::pin(checking), Box::pin(self.is_born(&ledger)));
        checked?;
        if !is_born? {
            // With its first use rather than its first sweep, so that no object between the two counts as too old.
            ledger.record_birth().await?;
        }
        self.born.store(true, Ordering::Relaxed);
        Ok(ledger)
    }

    /// Opens connections to the ledger's store in the background, where the settings tell its address.
    pub(crate) fn open_early(&self, http: &HttpClient, settings: &Settings) {
        if let Ok(store) = self.store(http, settings, None) {
            store.open_early();
        }
    }

    /// Asks, as often as other calls are tried again, whether the store can keep a ledger: every cold process asks before anything else.
    async fn check(&self, store: &StoreLedger) -> Result<(), Error> {
        self.settings.retry.retry(|| store.check_at_start()).await
    }

    /// Whether the ledger's birth is on record, which is asked until it is.
    async fn is_born(&self, ledger: &Ledger) -> Result<bool, Error> {
        if self.born.load(Ordering::Relaxed) { Ok(true) } else { ledger.is_born().await }
    }

    /// Opens the ledger for who only reads: nothing is made. `None` where it is a folder that is not there yet, in which there is nothing
    /// to read.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub(crate) async fn open_to_read(
        &self,
        http: &HttpClient,
        settings: &Settings,
        credentials: Option<Credentials>,
    ) -> Result<Option<Ledger>, Error> {
        let store = self.store(http, settings, credentials)?;
        let (_, seal) = self.place()?;
        if self.missing_folder().is_some() {
            return Ok(None);
        }
        // Asked once: a person waits for what is read.
        self.checked.get_or_try_init(|| store.check_at_start()).await?;
        let seal = seal.open_to_read()?;
        Ok(Some(Ledger::new(Arc::new(store), seal, self.settings, self.clock.clone())))
    }

    /// The ledger's folder where it is one that is not there.
    pub(crate) fn missing_folder(&self) -> Option<&Path> {
        let (location, _) = self.place.as_ref()?;
        let found = fs::metadata(&location.bucket);
        let is_missing = location.provider == Provider::Folder
            && found.is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
        is_missing.then(|| Path::new(&location.bucket))
    }

    /// Checks again that the store can keep a ledger: its bucket's versioning may have been switched on since. The first use of a
    /// process checks it anyway.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub(crate) async fn check_again(
        &self,
        http: &HttpClient,
        settings: &Settings,
        credentials: Option<Credentials>,
    ) -> Result<(), Error> {
        if self.checked.initialized() {
            return self.check(&self.store(http, settings, credentials)?).await;
        }
        self.open(http, settings, credentials).await.map(drop)
    }

    /// The bucket that keeps the ledger and the prefix of its entries; `None` where it is a folder.
    ///
    /// # Errors
    /// As [`store`](Self::store).
    pub(crate) fn bucket(
        &self,
        http: &HttpClient,
        settings: &Settings,
    ) -> Result<Option<(Store, String)>, Error> {
        let (location, _) = self.place()?;
        if location.provider == Provider::Folder {
            return Ok(None);
        }
        let store = open_store(http, &settings.source, None, settings.transfer.idle(), location)?;
        Ok(Some((store, location.key.clone())))
    }

    /// The store that the settings name.
    ///
    /// # Errors
    /// [`Config`](upload_core::ErrorKind::Config) where there is none, or its address cannot be used.
    pub(crate) fn store(
        &self,
        http: &HttpClient,
        settings: &Settings,
        credentials: Option<Credentials>,
    ) -> Result<StoreLedger, Error> {
        let (location, _) = self.place()?;
        let store = open_store(http, &settings.source, credentials, settings.transfer.idle(), location)?;
        let ledger = StoreLedger::new(store, location.key.as_str());
        Ok(ledger.with_window(self.window).with_clock(self.folder_clock.clone()))
    }

    fn place(&self) -> Result<&(Location, SealKey), Error> {
        self.place.as_ref().ok_or_else(|| {
            let message = "no ledger is set, and without it nothing is uploaded: set ledger.location to oss://bucket/prefix/ or a folder";
            config_error(message).with_source(Cause::NoLedger)
        })
    }
}

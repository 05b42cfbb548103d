//! The ledger that the settings name.

use super::{aes_seal::AesSeal, error::config_error, parse_location::parse_location, store::StoreLedger};
use crate::{adapters::source::open_store, settings::Settings};
use object_storage::{Credentials, HttpClient};
use std::{path::Path, sync::Arc, time::Duration};
use tokio::sync::OnceCell;
use upload_core::{
    Clock, Error, Location, Provider,
    ledger::{Ledger, LedgerSettings, Seal},
};

/// Where the ledger is kept, and how its secrets are sealed.
pub(crate) struct LedgerLocation {
    place: Option<(Location, Arc<dyn Seal>)>,
    settings: LedgerSettings,
    window: Duration,
    clock: Arc<dyn Clock>,
    checked: OnceCell<()>,
}

impl LedgerLocation {
    /// Reads the settings; connects to nothing yet.
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
                let seal = open_seal(settings, &location)?;
                Some((location, seal))
            }
        };
        Ok(Self { place, settings: ledger, window, clock, checked: OnceCell::new() })
    }

    /// Opens the ledger with a platform's credentials for this call where there are some. The first use checks that the store can keep
    /// one, and records the ledger's birth.
    ///
    /// # Errors
    /// [`Config`](upload_core::ErrorKind::Config) where there is none, or the store cannot keep it; whatever the store answers.
    pub(crate) async fn open(
        &self,
        http: &HttpClient,
        settings: &Settings,
        credentials: Option<Credentials>,
    ) -> Result<Ledger, Error> {
        let (store, seal) = self.store(http, settings, credentials)?;
        let store = Arc::new(store);
        let ledger = Ledger::new(store.clone(), seal.clone(), self.settings, self.clock.clone());
        let check = || async {
            store.check_at_start().await?;
            // It is born with its first use rather than its first sweep, so that no object between the two counts as too old.
            ledger.birth().await.map(drop)
        };
        self.checked.get_or_try_init(check).await?;
        Ok(ledger)
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
            return self.store(http, settings, credentials)?.0.check_at_start().await;
        }
        self.open(http, settings, credentials).await.map(drop)
    }

    /// The store that the settings name, and the seal of the secrets in it.
    ///
    /// # Errors
    /// [`Config`](upload_core::ErrorKind::Config) where there is none, or its address cannot be used.
    pub(crate) fn store(
        &self,
        http: &HttpClient,
        settings: &Settings,
        credentials: Option<Credentials>,
    ) -> Result<(StoreLedger, &Arc<dyn Seal>), Error> {
        let Some((location, seal)) = &self.place else {
            return Err(config_error(
                "no ledger is set, and without it nothing is uploaded: set ledger.location to oss://bucket/prefix/ or a folder",
            ));
        };
        let store = open_store(http, &settings.source, credentials, settings.transfer.idle(), location)?;
        Ok((StoreLedger::new(store, location.key.as_str()).with_window(self.window), seal))
    }
}

/// The seal of the settings' key, or of the key file that a folder makes its own.
fn open_seal(settings: &Settings, location: &Location) -> Result<Arc<dyn Seal>, Error> {
    Ok(Arc::new(match (&settings.ledger.seal_key, location.provider) {
        (Some(key), _) => AesSeal::from_base64(key)?,
        (None, Provider::Folder) => AesSeal::from_folder(Path::new(&location.bucket))?,
        (None, _) => {
            return Err(config_error(
                "ledger.seal_key is not set: a ledger in a bucket needs 32 random bytes in base64",
            ));
        }
    }))
}

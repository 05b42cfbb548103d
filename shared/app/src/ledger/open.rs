//! Opening the ledger that the settings name.

use super::{AesSeal, StoreLedger, error::config};
use crate::{Credentials, settings::Settings, source::open_store};
use object_storage::HttpClient;
use std::{path::Path, sync::Arc};
use tokio::sync::OnceCell;
use upload_core::{
    Error, Location, Provider,
    ledger::{Ledger, LedgerSettings, Seal},
};

/// The ledger of the settings.
pub(crate) struct LedgerPlace {
    place: Option<(Location, Arc<dyn Seal>)>,
    settings: LedgerSettings,
    checked: OnceCell<()>,
}

impl LedgerPlace {
    /// Reads the settings; connects to nothing yet.
    ///
    /// # Errors
    /// [`Config`](upload_core::ErrorKind::Config), naming the field that does not fit.
    pub(crate) fn new(settings: &Settings) -> Result<Self, Error> {
        let mut ledger = LedgerSettings::default();
        if let Some(life) = settings.ledger.lease_life().map_err(config)? {
            ledger.lease_life = life;
        }
        let place = match &settings.ledger.location {
            None => None,
            Some(text) => {
                let location = location(text)?;
                let seal = seal(settings, &location)?;
                Some((location, seal))
            }
        };
        Ok(Self { place, settings: ledger, checked: OnceCell::new() })
    }

    /// The ledger, reached with a platform's credentials for this call where there are some. The first use checks that the store can
    /// keep one, and notes the ledger's birth.
    ///
    /// # Errors
    /// [`Config`](upload_core::ErrorKind::Config) where there is none, or the store cannot keep it; whatever the store answers.
    pub(crate) async fn open(
        &self,
        http: &HttpClient,
        settings: &Settings,
        credentials: Option<Credentials>,
    ) -> Result<Ledger, Error> {
        let Some((location, seal)) = &self.place else {
            return Err(config(
                "no ledger is set, and without it nothing is uploaded: set ledger.location to oss://bucket/prefix/ or a folder",
            ));
        };
        let store = open_store(http, &settings.source, credentials, settings.transfer.idle(), location)?;
        let store = Arc::new(StoreLedger::new(store, location.key.as_str()));
        let ledger = Ledger::new(store.clone(), seal.clone(), self.settings);
        let check = || async {
            store.check_at_start().await?;
            // It is born with its first use rather than its first sweep, so that no object is too old that came in between.
            ledger.birth().await.map(drop)
        };
        self.checked.get_or_try_init(check).await?;
        Ok(ledger)
    }
}

fn location(text: &str) -> Result<Location, Error> {
    let (provider, rest) = match text.split_once("://") {
        Some(("oss", rest)) => (Provider::Oss, rest),
        Some(("s3", rest)) => (Provider::S3, rest),
        Some(_) => {
            return Err(config(
                "ledger.location must be oss://bucket/prefix/, s3://bucket/prefix/ or a folder",
            ));
        }
        None => {
            let (bucket, key) = (text.to_owned(), String::new());
            return Ok(Location { provider: Provider::Folder, bucket, key, region: None });
        }
    };
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    if bucket.is_empty() || prefix.starts_with('/') {
        return Err(config("ledger.location names no bucket"));
    }
    let slash = if prefix.is_empty() || prefix.ends_with('/') { "" } else { "/" };
    Ok(Location { provider, bucket: bucket.into(), key: format!("{prefix}{slash}"), region: None })
}

fn seal(settings: &Settings, location: &Location) -> Result<Arc<dyn Seal>, Error> {
    Ok(Arc::new(match (&settings.ledger.seal_key, location.provider) {
        (Some(key), _) => AesSeal::from_base64(key)?,
        (None, Provider::Folder) => AesSeal::from_folder(Path::new(&location.bucket))?,
        (None, _) => {
            return Err(config(
                "ledger.seal_key is not set: a ledger in a bucket needs 32 random bytes in base64",
            ));
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_are_read_and_prefixes_end_with_a_slash() {
        let cases = [
            ("oss://b/p/q", Provider::Oss, "b", "p/q/"),
            ("oss://b", Provider::Oss, "b", ""),
            ("s3://b/p/", Provider::S3, "b", "p/"),
            ("/var/ledger", Provider::Folder, "/var/ledger", ""),
        ];
        for (text, provider, bucket, key) in cases {
            let read = location(text).expect(text);
            assert_eq!((read.provider, read.bucket.as_str(), read.key.as_str()), (provider, bucket, key));
        }
        for text in ["http://b/p", "oss:///p", "oss://"] {
            assert!(location(text).is_err(), "{text}");
        }
    }
}

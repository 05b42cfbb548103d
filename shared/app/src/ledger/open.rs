//! Opening the ledger that the settings name.

use super::{AesSeal, StoreLedger, error::config};
use crate::{Credentials, settings::Settings, source::open_store};
use object_storage::HttpClient;
use std::{path::Path, sync::Arc, time::Duration};
use tokio::sync::OnceCell;
use upload_core::{
    Error, Location, Provider,
    ledger::{Ledger, LedgerSettings, Seal},
};

/// The ledger of the settings.
pub(crate) struct LedgerLocation {
    place: Option<(Location, Arc<dyn Seal>)>,
    settings: LedgerSettings,
    window: Duration,
    checked: OnceCell<()>,
}

impl LedgerLocation {
    /// Reads the settings; connects to nothing yet.
    ///
    /// # Errors
    /// [`Config`](upload_core::ErrorKind::Config), naming the field that does not fit.
    pub(crate) fn new(settings: &Settings) -> Result<Self, Error> {
        let mut ledger = LedgerSettings::default();
        if let Some(life) = settings.ledger.lease_life().map_err(config)? {
            ledger.lease_life = life;
        }
        let window = settings.ledger.window().map_err(config)?;
        let place = match &settings.ledger.location {
            None => None,
            Some(text) => {
                let location = location(text)?;
                let seal = seal(settings, &location)?;
                Some((location, seal))
            }
        };
        Ok(Self { place, settings: ledger, window, checked: OnceCell::new() })
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
        let (store, seal) = self.store(http, settings, credentials)?;
        let store = Arc::new(store);
        let ledger = Ledger::new(store.clone(), seal.clone(), self.settings);
        let check = || async {
            store.check_at_start().await?;
            // It is born with its first use rather than its first sweep, so that no object is too old that came in between.
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

    /// The store that the settings name and the seal of what is in it.
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
            return Err(config(
                "no ledger is set, and without it nothing is uploaded: set ledger.location to oss://bucket/prefix/ or a folder",
            ));
        };
        let store = open_store(http, &settings.source, credentials, settings.transfer.idle(), location)?;
        Ok((StoreLedger::new(store, location.key.as_str()).with_window(self.window), seal))
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
    use crate::ledger::testing::{answer, bucket_that_answers};
    use std::sync::atomic::{AtomicBool, Ordering};
    use upload_core::ErrorKind;

    #[tokio::test]
    async fn a_bucket_whose_versioning_is_switched_on_later_is_found_by_the_next_sweep_and_not_asked_twice_at_the_first()
     {
        let is_on = Arc::new(AtomicBool::new(false));
        let switch = is_on.clone();
        let (endpoint, asked) = bucket_that_answers(move |request| {
            let status = if switch.load(Ordering::SeqCst) { "<Status>Enabled</Status>" } else { "" };
            let versioning = format!("<VersioningConfiguration>{status}</VersioningConfiguration>");
            match request {
                _ if request.contains("?versioning") => answer("200 OK", "", &versioning),
                // The ledger's birth is on record.
                _ => answer("200 OK", "ETag: \"A\"\r\n", "{\"v\":1}\n"),
            }
        });
        let sections = format!(
            "[source]\nendpoint = {endpoint:?}\nregion = \"cn-hangzhou\"\naccess_key_id = \"a\"\naccess_key_secret = \"b\"\n\
             [ledger]\nlocation = \"oss://b/p/\"\nseal_key = \"{}=\"",
            "A".repeat(43),
        );
        let settings = Settings::from_parts("test", &sections, []).expect("settings");
        let place = LedgerLocation::new(&settings).expect("a place");
        let http = crate::http::store_client().expect("a client");
        let looks = || {
            let asked = asked.lock().expect("no panic");
            asked.iter().filter(|request| request.contains("?versioning")).count()
        };
        place.check_again(&http, &settings, None).await.expect("it never had versioning");
        place.open(&http, &settings, None).await.expect("it is open");
        assert_eq!(looks(), 1, "the first use of a process is its check");
        place.check_again(&http, &settings, None).await.expect("still none");
        is_on.store(true, Ordering::SeqCst);
        let error = place.check_again(&http, &settings, None).await.expect_err("it has versioning now");
        assert_eq!((error.kind(), error.is_retryable(), looks()), (ErrorKind::Config, false, 3), "{error}");
    }

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

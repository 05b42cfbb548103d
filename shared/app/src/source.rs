//! The source port over `object-storage`.

mod hints;

use crate::{Settings, error_mapping, settings::SourceSettings};
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::TryStreamExt;
use object_storage::{
    Credentials, HttpClient, ObjectHead, ObjectSummary, ObjectVersion, SignatureVersion, Store, StoreConfig,
};
use std::{
    collections::HashMap,
    ops::Range,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use upload_core::{
    ByteStream, Error, ErrorKind, Location, Md5, Object, ObjectKind, Provider, SourceEntry, SourcePage,
};

/// Where a Lambda function runs: its ledger has no event that tells a region.
const AWS_REGION: &str = "AWS_REGION";
/// Keys of one page: both clouds answer no more at once.
const PAGE: usize = 1000;

/// Reads objects of every provider, with a store per bucket made on first use.
pub(crate) struct Sources {
    http: HttpClient,
    settings: SourceSettings,
    credentials: Option<Credentials>,
    idle: Option<Duration>,
    stores: Mutex<HashMap<(Provider, String), Store>>,
}

impl Sources {
    /// `credentials` are what a platform hands over with each call; they sign for OSS where the settings have no key of their own.
    pub(crate) fn new(http: HttpClient, settings: &Settings, credentials: Option<Credentials>) -> Self {
        let idle = settings.transfer.idle();
        Self { http, settings: settings.source.clone(), credentials, idle, stores: Mutex::default() }
    }

    fn store(&self, location: &Location) -> Result<Store, Error> {
        let mut stores = self.stores.lock().unwrap_or_else(PoisonError::into_inner);
        let name = (location.provider, location.bucket.clone());
        if let Some(store) = stores.get(&name) {
            return Ok(store.clone());
        }
        let store = open_store(&self.http, &self.settings, self.credentials.clone(), self.idle, location)?;
        stores.insert(name, store.clone());
        Ok(store)
    }
}

/// A store for a bucket or folder, as the settings reach it.
pub(crate) fn open_store(
    http: &HttpClient,
    settings: &SourceSettings,
    credentials: Option<Credentials>,
    idle: Option<Duration>,
    location: &Location,
) -> Result<Store, Error> {
    let region = settings.region.clone().or_else(|| location.region.clone());
    let config = match location.provider {
        Provider::Folder if location.is_carried() => {
            let message = "the file's folder is not known here: upload the file itself";
            return Err(Error::new(ErrorKind::Config, "source", message).with_context("file", &location.key));
        }
        Provider::Folder => StoreConfig::folder(&location.bucket),
        Provider::S3 => {
            // An endpoint of AWS tells its region itself.
            let tells = settings.s3_endpoint.as_ref().is_some_and(|host| host.contains(".amazonaws.com"));
            let region = region
                .or_else(|| std::env::var(AWS_REGION).ok().filter(|set| !tells && !set.trim().is_empty()));
            let config = StoreConfig::s3(&location.bucket).region(region);
            settings.s3_endpoint.iter().fold(config, |config, endpoint| config.endpoint(endpoint))
        }
        Provider::Oss => {
            let endpoint = settings.endpoint.clone().or_else(|| {
                let network = if settings.internal { "-internal" } else { "" };
                // Events name the region `cn-hangzhou`, some consoles `oss-cn-hangzhou`.
                let region = region.as_deref()?;
                Some(format!("oss-{}{network}.aliyuncs.com", region.strip_prefix("oss-").unwrap_or(region)))
            });
            let Some(endpoint) = endpoint else {
                let message = "the bucket's region is not known: set source.region or source.endpoint";
                return Err(
                    Error::new(ErrorKind::Config, "source", message).with_context("bucket", &location.bucket)
                );
            };
            StoreConfig::oss(&location.bucket)
                .endpoint(&endpoint)
                .region(region.map(|region| region.trim_start_matches("oss-").to_owned()))
                .addressing(settings.addressing.into())
                .signature(if settings.signature_v1 { SignatureVersion::V1 } else { SignatureVersion::V4 })
                .credentials(signing(settings, credentials))
        }
    };
    let config = idle.into_iter().fold(config, StoreConfig::idle);
    Store::new(config, http.clone()).map_err(error_mapping::source)
}

/// Keys in the settings were set for a reason: the bucket may be another account's than the function.
fn signing(settings: &SourceSettings, credentials: Option<Credentials>) -> Credentials {
    settings.credentials().or(credentials).unwrap_or(Credentials::Environment)
}

#[async_trait]
impl upload_core::Source for Sources {
    async fn head(&self, location: &Location) -> Result<Object, Error> {
        let head = self.store(location)?.head(&location.key).await.map_err(error_mapping::source)?;
        Ok(object(location, head))
    }

    async fn read(&self, object: &Object, range: Range<u64>) -> Result<ByteStream, Error> {
        let pin = ObjectVersion { etag: Some(object.etag.clone()), version_id: object.version_id.clone() };
        let store = self.store(&object.location)?;
        let body = store.read(&object.location.key, range, &pin).await.map_err(error_mapping::source)?;
        Ok(Box::pin(body.map_err(error_mapping::source)))
    }

    async fn read_small(&self, location: &Location, limit: usize) -> Result<Option<Bytes>, Error> {
        match self.store(location)?.read_all(&location.key, limit).await {
            Ok((_, bytes)) => Ok(Some(bytes)),
            Err(error) if error.kind() == object_storage::ErrorKind::NotFound => Ok(None),
            // Nobody but whoever wrote it can mend it.
            Err(error) if error.kind() == object_storage::ErrorKind::TooLarge => {
                let message = "the sidecar is too large";
                Err(Error::new(ErrorKind::InvalidJob, "sidecar", message)
                    .with_context("sidecar", location.key.clone())
                    .with_context("most_bytes", limit.to_string()))
            }
            Err(error) => Err(error_mapping::source(error)),
        }
    }

    async fn list(&self, place: &Location, after: Option<&str>) -> Result<SourcePage, Error> {
        let listing =
            self.store(place)?.list(&place.key, after, PAGE).await.map_err(error_mapping::source)?;
        let entry = |object: ObjectSummary| {
            let silent = "the source does not tell when its objects were written";
            let modified = object.last_modified;
            let modified = modified.ok_or_else(|| Error::new(ErrorKind::Source, "list", silent))?;
            Ok(SourceEntry { key: object.key, size: object.size, modified })
        };
        let entries = listing.objects.into_iter().map(entry).collect::<Result<_, Error>>()?;
        Ok(SourcePage { entries, next: listing.next })
    }
}

/// What the core is told of an object.
fn object(location: &Location, head: ObjectHead) -> Object {
    Object {
        version_id: head.version_id,
        md5: head.content_md5.map(Md5),
        stated_md5: hints::stated_md5(&head.user_metadata),
        crc64: head.crc64,
        kind: kind(head.object_type.as_deref()),
        modified: head.last_modified,
        missing_metadata: head.missing_metadata,
        user_metadata: head.user_metadata,
        ..Object::new(location.clone(), head.etag, head.size)
    }
}

/// OSS names the type of each object; other stores have objects that are whole.
fn kind(object_type: Option<&str>) -> ObjectKind {
    match object_type {
        Some("Appendable") => ObjectKind::Appendable,
        Some("Symlink") => ObjectKind::Symlink,
        _ => ObjectKind::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: &str) -> Credentials {
        Credentials::Static {
            access_key_id: id.into(),
            access_key_secret: "secret".into(),
            security_token: None,
        }
    }

    #[test]
    fn the_settings_key_signs_before_the_calls_and_the_calls_before_the_environments() {
        let set = SourceSettings {
            access_key_id: Some("settings".into()),
            access_key_secret: Some("secret".into()),
            ..SourceSettings::default()
        };
        let unset = SourceSettings::default();
        let cases = [
            (&set, Some(key("call")), Some("settings")),
            (&set, None, Some("settings")),
            (&unset, Some(key("call")), Some("call")),
            (&unset, None, None),
        ];
        for (settings, call, expected) in cases {
            let id = match signing(settings, call) {
                Credentials::Static { access_key_id, .. } => Some(access_key_id),
                Credentials::Environment => None,
                other => unreachable!("{other:?}"),
            };
            assert_eq!(id.as_deref(), expected);
        }
    }

    #[test]
    fn what_a_head_tells_reaches_the_object_and_a_hint_is_not_taken_for_a_fact() {
        let location =
            Location { provider: Provider::Oss, bucket: "b".into(), key: "k".into(), region: None };
        let kinds = [
            (Some("Normal"), ObjectKind::Whole),
            (Some("Multipart"), ObjectKind::Whole),
            (Some("Appendable"), ObjectKind::Appendable),
            (Some("Symlink"), ObjectKind::Symlink),
            (None, ObjectKind::Whole),
        ];
        for (object_type, kind) in kinds {
            let user_metadata = [("md5".to_owned(), "5d41402abc4b2a76b9719d911017c592".to_owned())].into();
            let head = ObjectHead {
                size: 5,
                etag: "E".into(),
                object_type: object_type.map(Into::into),
                missing_metadata: 2,
                user_metadata,
                ..ObjectHead::default()
            };
            let told = object(&location, head.clone());
            assert_eq!((told.kind, told.missing_metadata, told.md5), (kind, 2, None), "{object_type:?}");
            assert_eq!(told.stated_md5.map(|stated| stated.place).as_deref(), Some("metadata md5"));
            let known = object(&location, ObjectHead { content_md5: Some([7; 16]), ..head });
            assert_eq!(known.md5, Some(Md5([7; 16])), "what the store knows is a fact");
        }
    }
}

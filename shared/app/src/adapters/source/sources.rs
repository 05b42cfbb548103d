//! The source port over `object-storage`.

use super::{open_store::open_store, stated_md5::read_stated_md5};
use crate::{
    adapters::error_mapping::source_error,
    settings::{Settings, SourceSettings},
};
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::TryStreamExt;
use object_storage::{
    Credentials, ErrorKind as Storage, HttpClient, ObjectHead, ObjectSummary, ObjectVersion, Store,
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

/// Keys of one page: neither cloud lists more at once.
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
    /// Builds the port. `credentials` are what a platform hands over with each call; they sign for OSS where the settings have no key of
    /// their own.
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

#[async_trait]
impl upload_core::Source for Sources {
    async fn head(&self, location: &Location) -> Result<Object, Error> {
        let head = self.store(location)?.head(&location.key).await.map_err(source_error)?;
        Ok(to_object(location, head))
    }

    async fn read(&self, object: &Object, range: Range<u64>) -> Result<ByteStream, Error> {
        let pin = ObjectVersion { etag: Some(object.etag.clone()), version_id: object.version_id.clone() };
        let store = self.store(&object.location)?;
        let body = store.read(&object.location.key, range, &pin).await.map_err(source_error)?;
        Ok(Box::pin(body.map_err(source_error)))
    }

    async fn read_small(&self, location: &Location, limit: usize) -> Result<Option<Bytes>, Error> {
        match self.store(location)?.read_all(&location.key, limit).await {
            Ok((_, bytes)) => Ok(Some(bytes)),
            // A video's key may be so long that no sidecar's fits.
            Err(error) if matches!(error.kind(), Storage::NotFound | Storage::InvalidKey) => Ok(None),
            // Only its author can repair it.
            Err(error) if error.kind() == Storage::TooLarge => {
                let message = "the sidecar is too large";
                Err(Error::new(ErrorKind::InvalidJob, "sidecar", message)
                    .with_context("sidecar", location.key.clone())
                    .with_context("most_bytes", limit.to_string()))
            }
            Err(error) => Err(source_error(error)),
        }
    }

    fn check_key(&self, location: &Location) -> Result<(), Error> {
        check_key(location).map_err(|why| Error::new(ErrorKind::InvalidJob, "key", why))
    }

    async fn list(&self, place: &Location, after: Option<&str>) -> Result<SourcePage, Error> {
        let listing = self.store(place)?.list(&place.key, after, PAGE).await.map_err(source_error)?;
        let entry = |object: ObjectSummary| {
            let silent = "the source does not tell when its objects were written";
            let modified = object.last_modified;
            let modified = modified.ok_or_else(|| Error::new(ErrorKind::Source, "list", silent))?;
            Ok(SourceEntry { key: object.key, etag: object.etag, size: object.size, modified })
        };
        let entries = listing.objects.into_iter().map(entry).collect::<Result<_, Error>>()?;
        Ok(SourcePage { entries, next: listing.next })
    }
}

/// Checks that the store can have an object of this key, without asking it.
///
/// # Errors
/// Why it cannot: a sentence about the key.
pub(crate) fn check_key(location: &Location) -> Result<(), &'static str> {
    let provider = match location.provider {
        Provider::Oss => object_storage::Provider::Oss,
        Provider::S3 => object_storage::Provider::S3,
        Provider::Folder => object_storage::Provider::Folder,
    };
    object_storage::check_key(provider, &location.key)
}

/// Converts a HEAD's answer to the core's object.
fn to_object(location: &Location, head: ObjectHead) -> Object {
    Object {
        version_id: head.version_id,
        md5: head.content_md5.map(Md5),
        stated_md5: read_stated_md5(&head.user_metadata),
        crc64: head.crc64,
        kind: object_kind(head.object_type.as_deref()),
        modified: head.last_modified,
        missing_metadata: head.missing_metadata,
        user_metadata: head.user_metadata,
        ..Object::new(location.clone(), head.etag, head.size)
    }
}

/// The kind of an object. OSS names the type of each; in other stores every object is whole.
fn object_kind(object_type: Option<&str>) -> ObjectKind {
    match object_type {
        Some("Appendable") => ObjectKind::Appendable,
        Some("Symlink") => ObjectKind::Symlink,
        _ => ObjectKind::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a HEAD tells reaches the object, and a hint is not taken for a fact.
    #[test]
    fn what_a_head_tells_reaches_the_object() {
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
            let user_metadata = [("md5".to_owned(), b"5d41402abc4b2a76b9719d911017c592".to_vec())].into();
            let head = ObjectHead {
                size: 5,
                etag: "E".into(),
                object_type: object_type.map(Into::into),
                missing_metadata: 2,
                user_metadata,
                ..ObjectHead::default()
            };
            let read = to_object(&location, head.clone());
            assert_eq!((read.kind, read.missing_metadata, read.md5), (kind, 2, None), "{object_type:?}");
            assert_eq!(read.stated_md5.map(|stated| stated.place).as_deref(), Some("metadata md5"));
            let known = to_object(&location, ObjectHead { content_md5: Some([7; 16]), ..head });
            assert_eq!(known.md5, Some(Md5([7; 16])), "what the store knows is a fact");
        }
    }
}

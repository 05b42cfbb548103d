//! What the core asks of the world. It opens no socket itself: `app` implements these with the leaf crates.
//!
//! Every implementation answers errors as [`Error`](crate::Error) with retry advice, retries nothing by itself, and keeps secrets,
//! signed URLs and foreign bodies out of them.

mod slices;

pub use slices::SliceServer;
pub use youku::{
    Check, CheckStatus, NewVideo, OssSession, OwnVideos, Slice, SliceSession, UploadCredentials,
    UploadTarget, VideoEdit, VideoInfo, VideoState,
};

use crate::{Error, Location, Md5, Object};
use async_trait::async_trait;
use bytes::Bytes;
use futures_core::Stream;
use secrecy::SecretString;
use std::{ops::Range, pin::Pin, sync::Arc, time::SystemTime};

/// Bytes on their way. An error ends it.
pub type ByteStream = Pin<Box<dyn Stream<Item = Result<Bytes, Error>> + Send>>;

/// Where objects are read.
#[async_trait]
pub trait Source: Send + Sync {
    /// The version of the file that is there now.
    ///
    /// # Errors
    /// [`SourceMissing`](crate::ErrorKind::SourceMissing) where there is none.
    async fn head(&self, location: &Location) -> Result<Object, Error>;

    /// The bytes of `range` of exactly this version. The stream yields exactly that many bytes or ends with an error; a broken
    /// connection is continued inside.
    ///
    /// # Errors
    /// [`SourceChanged`](crate::ErrorKind::SourceChanged) where another version is there now.
    async fn read(&self, object: &Object, range: Range<u64>) -> Result<ByteStream, Error>;

    /// A small neighbour of an object, such as its sidecar: `None` where there is none.
    ///
    /// # Errors
    /// Where the file is larger than `limit` bytes, or the store fails.
    async fn read_small(&self, location: &Location, limit: usize) -> Result<Option<Bytes>, Error>;

    /// Checks that the store can have a file of this key, without asking it.
    ///
    /// # Errors
    /// [`InvalidJob`](crate::ErrorKind::InvalidJob), saying why it cannot.
    fn check_key(&self, _location: &Location) -> Result<(), Error> {
        Ok(())
    }

    /// One page, of at most 1,000, of the files in the bucket of `place` whose keys begin with its key and sort after `after`, in the
    /// order of the keys' bytes.
    ///
    /// # Errors
    /// Where the store fails, or does not tell when a file was written.
    async fn list(&self, place: &Location, after: Option<&str>) -> Result<SourcePage, Error>;
}

/// Part of a list of files.
#[derive(Debug, Clone, Default)]
pub struct SourcePage {
    /// The files, in the order of their keys.
    pub entries: Vec<SourceEntry>,
    /// Where the next page begins (`after`); `None` at the end.
    pub next: Option<String>,
}

/// A file in a list.
#[derive(Debug, Clone)]
pub struct SourceEntry {
    /// Its key.
    pub key: String,
    /// Its ETag as listed, without quotes; empty where the store lists none.
    pub etag: String,
    /// Bytes.
    pub size: u64,
    /// When it was last written, by the store's clock, which may tell whole seconds only.
    pub modified: SystemTime,
}

/// One account at Youku.
#[async_trait]
pub trait Youku: Send + Sync {
    /// Whether calls can be made as this account: to be asked before anything is done for one.
    ///
    /// # Errors
    /// [`Reauthorize`](crate::ErrorKind::Reauthorize) where it is known that every call would be refused; what keeps the account's
    /// access token from being read.
    async fn ready(&self) -> Result<(), Error> {
        Ok(())
    }

    /// The client as which its calls are made: Youku counts calls by it. `None`: each account is a client of its own.
    fn client_id(&self) -> Option<&str> {
        None
    }

    /// The access token in use, where it is known: to tell it from one that was refused, never to be kept.
    fn access_token(&self) -> Option<SecretString> {
        None
    }

    /// Opens a session in OSS mode, for a file of this MD5; `None`: in Youku's web form, which states no MD5.
    ///
    /// # Errors
    /// Youku's refusal or failure.
    async fn create_for_bucket(&self, video: &NewVideo, md5: Option<Md5>) -> Result<OssSession, Error>;

    /// Opens a session in slice mode, for a file of this MD5.
    ///
    /// # Errors
    /// Youku's refusal or failure.
    async fn create_for_slices(&self, video: &NewVideo, md5: Md5) -> Result<SliceSession, Error>;

    /// Fetches fresh credentials for one place in Youku's bucket.
    ///
    /// # Errors
    /// [`SessionOver`](crate::ErrorKind::SessionOver) where the session has ended.
    async fn refresh_credentials(
        &self,
        upload_token: &SecretString,
        target: &UploadTarget,
    ) -> Result<UploadCredentials, Error>;

    /// Makes the uploaded bytes a video and answers its id, where Youku tells it.
    ///
    /// # Errors
    /// [`SessionOver`](crate::ErrorKind::SessionOver) where the session has ended, by a commit or otherwise.
    async fn commit(
        &self,
        upload_token: &SecretString,
        server_ip: Option<&str>,
    ) -> Result<Option<String>, Error>;

    /// Gives a session up.
    ///
    /// # Errors
    /// Youku's refusal or failure.
    async fn cancel(&self, upload_token: &SecretString, server_ip: Option<&str>) -> Result<(), Error>;

    /// How a video fares; `None` where Youku knows no such video.
    ///
    /// # Errors
    /// Youku's refusal or failure.
    async fn show(&self, video_id: &str) -> Result<Option<VideoState>, Error>;

    /// How several videos fare, asked in one call, by their ids: those that Youku does not know are left out, and it may leave out others.
    /// `None` where Youku's hosts do not have the call.
    ///
    /// # Errors
    /// Youku's refusal, also of so many ids, or failure.
    async fn show_batch(&self, video_ids: &[String]) -> Result<Option<Vec<(String, VideoState)>>, Error>;

    /// How a video of the account's own fares, looked for by its id among the newest; `None` where it is not among them, or Youku's hosts
    /// do not have the call.
    ///
    /// # Errors
    /// Youku's refusal or failure.
    async fn find_own(&self, video_id: &str) -> Result<Option<VideoState>, Error>;

    /// A video as its owner sees it; `None` where Youku knows no such video.
    ///
    /// # Errors
    /// Youku's refusal or failure.
    async fn show_video(&self, video_id: &str) -> Result<Option<VideoInfo>, Error>;

    /// One page, from 1, of the account's own videos, `count` of them; `None` where Youku's hosts do not have the call.
    ///
    /// # Errors
    /// Youku's refusal or failure.
    async fn own_videos(&self, page: u64, count: u64) -> Result<Option<OwnVideos>, Error>;

    /// Changes a video.
    ///
    /// # Errors
    /// Youku's refusal or failure; where its answer is lost, the change may have been made.
    async fn update(&self, video_id: &str, edit: &VideoEdit) -> Result<(), Error>;

    /// The bucket that credentials open.
    ///
    /// # Errors
    /// [`Config`](crate::ErrorKind::Config) where they name an address that cannot be used.
    fn bucket(&self, credentials: &UploadCredentials) -> Result<Arc<dyn Bucket>, Error>;

    /// The upload server that `create` named, resolved once: all calls of a session go to one address.
    ///
    /// # Errors
    /// Where the name cannot be resolved.
    async fn slice_server(&self, name: &str) -> Result<Arc<dyn SliceServer>, Error>;

    /// The upload server of a session that is resumed, by the [address](SliceServer::address) it had.
    ///
    /// # Errors
    /// Where this is no address.
    async fn slice_server_at(&self, address: &str) -> Result<Arc<dyn SliceServer>, Error>;
}

/// OSS's id of a multipart upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MultipartId(pub String);

/// What the target says of a part it holds.
#[derive(Debug, Clone)]
pub struct PartReceipt {
    /// The part's ETag, unquoted: upper-case MD5 of the part.
    pub etag: String,
    /// CRC-64/XZ of the part, where the answer carries it.
    pub crc64: Option<u64>,
    /// Bytes.
    pub size: u64,
}

/// What the target says of the finished object.
#[derive(Debug, Clone, Copy)]
pub struct CompletedObject {
    /// Bytes, where the answer tells them.
    pub size: Option<u64>,
    /// CRC-64/XZ, where the answer carries it.
    pub crc64: Option<u64>,
}

/// One object in Youku's bucket, under one grant.
#[async_trait]
pub trait Bucket: Send + Sync {
    /// Begins a multipart upload.
    ///
    /// # Errors
    /// The bucket's refusal or failure.
    async fn initiate(&self) -> Result<MultipartId, Error>;

    /// Streams the whole object, of exactly `length` bytes, in one request; it replaces what is there.
    ///
    /// # Errors
    /// As [`put_part`](Self::put_part).
    async fn put(&self, length: u64, bytes: ByteStream) -> Result<CompletedObject, Error>;

    /// Streams one part of exactly `length` bytes.
    ///
    /// # Errors
    /// The bucket's refusal or failure. Where the bytes themselves ended with an error, any error: the caller knows the cause.
    async fn put_part(
        &self,
        id: &MultipartId,
        number: u32,
        length: u64,
        bytes: ByteStream,
    ) -> Result<PartReceipt, Error>;

    /// The parts the bucket holds, by number.
    ///
    /// # Errors
    /// The bucket's refusal or failure.
    async fn parts(&self, id: &MultipartId) -> Result<Vec<(u32, PartReceipt)>, Error>;

    /// Makes the parts one object.
    ///
    /// # Errors
    /// [`NoSuchMultipart`](crate::ErrorKind::NoSuchMultipart) also where an earlier call had succeeded.
    async fn complete(&self, id: &MultipartId, parts: &[(u32, String)]) -> Result<CompletedObject, Error>;

    /// The finished object.
    ///
    /// # Errors
    /// The bucket's refusal or failure.
    async fn head(&self) -> Result<CompletedObject, Error>;
}

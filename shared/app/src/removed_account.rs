//! The Youku port of an account that the settings no longer name: an upload that ended under it can still be told of.

use async_trait::async_trait;
use secrecy::SecretString;
use std::sync::Arc;
use upload_core::{
    Bucket, BucketSession, Error, ErrorKind, SliceServer, SliceSession, UploadCredentials, Video, VideoState,
    Youku,
};

/// The account's name; every call is refused.
pub(crate) struct RemovedAccount(pub(crate) String);

impl RemovedAccount {
    fn refused<T>(&self) -> Result<T, Error> {
        let message = "the upload's account is no longer in the settings: put it back, and a sweep goes on";
        Err(Error::new(ErrorKind::Config, "account", message).with_context("account", &self.0))
    }
}

#[async_trait]
impl Youku for RemovedAccount {
    fn validate(&self, _: &Video) -> Result<(), Error> {
        self.refused()
    }

    async fn create_for_bucket(&self, _: &Video) -> Result<BucketSession, Error> {
        self.refused()
    }

    async fn create_for_slices(&self, _: &Video) -> Result<SliceSession, Error> {
        self.refused()
    }

    async fn refresh_credentials(
        &self,
        _: &SecretString,
        _: &UploadCredentials,
    ) -> Result<UploadCredentials, Error> {
        self.refused()
    }

    async fn commit(&self, _: &SecretString, _: Option<&str>) -> Result<Option<String>, Error> {
        self.refused()
    }

    async fn cancel(&self, _: &SecretString, _: Option<&str>) -> Result<(), Error> {
        self.refused()
    }

    async fn show(&self, _: &str) -> Result<Option<VideoState>, Error> {
        self.refused()
    }

    fn bucket(&self, _: &UploadCredentials) -> Result<Arc<dyn Bucket>, Error> {
        self.refused()
    }

    async fn slice_server(&self, _: &str) -> Result<Arc<dyn SliceServer>, Error> {
        self.refused()
    }

    async fn slice_server_at(&self, _: &str) -> Result<Arc<dyn SliceServer>, Error> {
        self.refused()
    }
}

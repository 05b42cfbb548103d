//! The Youku port of an account that the settings no longer name: the outcome of an upload that ended under it can still be delivered.

use async_trait::async_trait;
use secrecy::SecretString;
use std::sync::Arc;
use upload_core::{
    Bucket, Error, ErrorKind, Md5, NewVideo, OssSession, OwnVideos, SliceServer, SliceSession,
    UploadCredentials, UploadTarget, VideoEdit, VideoInfo, VideoState, Youku,
};

/// The account's name. Every call fails.
pub(crate) struct RemovedAccount(pub(crate) String);

impl RemovedAccount {
    fn refuse<T>(&self) -> Result<T, Error> {
        let message =
            "the upload's account is no longer in the settings: put it back, and a sweep resumes the upload";
        Err(Error::new(ErrorKind::Config, "account", message).with_context("account", &self.0))
    }
}

#[async_trait]
impl Youku for RemovedAccount {
    async fn create_for_bucket(&self, _: &NewVideo, _: Option<Md5>) -> Result<OssSession, Error> {
        self.refuse()
    }

    async fn create_for_slices(&self, _: &NewVideo, _: Md5) -> Result<SliceSession, Error> {
        self.refuse()
    }

    async fn refresh_credentials(
        &self,
        _: &SecretString,
        _: &UploadTarget,
    ) -> Result<UploadCredentials, Error> {
        self.refuse()
    }

    async fn commit(&self, _: &SecretString, _: Option<&str>) -> Result<Option<String>, Error> {
        self.refuse()
    }

    async fn cancel(&self, _: &SecretString, _: Option<&str>) -> Result<(), Error> {
        self.refuse()
    }

    async fn show(&self, _: &str) -> Result<Option<VideoState>, Error> {
        self.refuse()
    }

    async fn show_batch(&self, _: &[String]) -> Result<Option<Vec<(String, VideoState)>>, Error> {
        self.refuse()
    }

    async fn find_own(&self, _: &str) -> Result<Option<VideoState>, Error> {
        self.refuse()
    }

    async fn show_video(&self, _: &str) -> Result<Option<VideoInfo>, Error> {
        self.refuse()
    }

    async fn own_videos(&self, _: u64, _: u64) -> Result<Option<OwnVideos>, Error> {
        self.refuse()
    }

    async fn update(&self, _: &str, _: &VideoEdit) -> Result<(), Error> {
        self.refuse()
    }

    fn bucket(&self, _: &UploadCredentials) -> Result<Arc<dyn Bucket>, Error> {
        self.refuse()
    }

    async fn slice_server(&self, _: &str) -> Result<Arc<dyn SliceServer>, Error> {
        self.refuse()
    }

    async fn slice_server_at(&self, _: &str) -> Result<Arc<dyn SliceServer>, Error> {
        self.refuse()
    }
}

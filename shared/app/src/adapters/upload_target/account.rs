//! The Youku port over `youku` and, for its bucket, `object-storage`.

use super::{bucket::YoukuBucket, upload_server::UploadServer};
use crate::{
    adapters::{
        error_mapping::{api_error, bucket_error, call_error, slice_error},
        token_refresh::TokenRefresh,
        youku_http::YoukuHttp,
    },
    settings::{Settings, YoukuSettings},
};
use async_trait::async_trait;
use object_storage::{Credentials, SignatureVersion, Store, StoreConfig};
use secrecy::SecretString;
use std::{sync::Arc, time::Duration};
use upload_core::{
    Bucket, Error, ErrorKind, Md5, NewVideo, OssSession, OwnVideos, SliceServer, SliceSession,
    UploadCredentials, UploadTarget, VideoEdit, VideoInfo, VideoState,
};
use youku::Client;

/// One account at Youku.
pub(crate) struct YoukuAccount {
    /// Its name in the settings; absent for an account that a task carries.
    name: Option<String>,
    client: Client,
    http: YoukuHttp,
    signature: SignatureVersion,
    region: Option<String>,
    idle: Option<Duration>,
    /// Absent: the access token stays as it is.
    refresh: Option<TokenRefresh>,
}

impl YoukuAccount {
    /// Builds the port; connects to nothing yet.
    pub(crate) fn new(
        name: Option<&str>,
        client: Client,
        http: YoukuHttp,
        settings: &Settings,
        refresh: Option<TokenRefresh>,
    ) -> Self {
        let idle = settings.transfer.idle();
        let YoukuSettings { signature, bucket_region, .. } = &settings.youku;
        let (signature, region) = ((*signature).into(), bucket_region.clone());
        Self { name: name.map(str::to_owned), client, http, signature, region, idle, refresh }
    }

    /// Names the setting that a refusal of the client id concerns.
    fn with_setting_named<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
        result.map_err(|error| match &self.name {
            Some(name) if error.kind() == ErrorKind::ClientRefused => {
                error.with_context("setting", format!("accounts.{name}.client_id"))
            }
            _ => error,
        })
    }

    /// Makes a call with the access token in use; where Youku refuses it, again with a refreshed one.
    async fn call<T, F, Fut>(&self, call: F) -> Result<T, Error>
    where
        F: Fn(Client) -> Fut,
        Fut: Future<Output = Result<T, youku::Error>>,
    {
        let Some(TokenRefresh { tokens, ledger }) = &self.refresh else {
            return self.with_setting_named(call(self.client.clone()).await.map_err(api_error));
        };
        let call_with = |token| {
            let calling = call(self.client.with_token(token));
            async move { calling.await.map_err(call_error) }
        };
        self.with_setting_named(tokens.call(ledger, call_with).await)
    }
}

/// Opens Youku's bucket with the credentials that Youku gave for an upload.
///
/// # Errors
/// Where the endpoint that Youku named cannot be used.
pub(crate) fn open_bucket(
    http: &YoukuHttp,
    given: &UploadCredentials,
    region: Option<String>,
    signature: SignatureVersion,
    idle: Option<Duration>,
) -> Result<Store, Error> {
    let credentials = Credentials::Static {
        access_key_id: given.access_key_id.clone(),
        access_key_secret: given.access_key_secret.clone(),
        security_token: Some(given.security_token.clone()),
    };
    let config = StoreConfig::oss(&given.target.bucket)
        .endpoint(&given.target.endpoint)
        .region(region)
        .signature(signature)
        .credentials(credentials);
    let config = idle.into_iter().fold(config, StoreConfig::idle);
    Store::new(config, http.client().clone()).map_err(bucket_error)
}

#[async_trait]
impl upload_core::Youku for YoukuAccount {
    fn client_id(&self) -> Option<&str> {
        Some(self.client.client_id())
    }

    fn access_token(&self) -> Option<SecretString> {
        match &self.refresh {
            Some(TokenRefresh { tokens, .. }) => tokens.cached_token(),
            None => Some(self.client.access_token().clone()),
        }
    }

    async fn ready(&self) -> Result<(), Error> {
        match &self.refresh {
            Some(TokenRefresh { tokens, ledger }) => tokens.ensure_usable(ledger).await,
            None => Ok(()),
        }
    }

    async fn create_for_bucket(&self, video: &NewVideo, md5: Option<Md5>) -> Result<OssSession, Error> {
        self.call(|client| async move { client.create_for_oss(video, md5).await }).await
    }

    async fn create_for_slices(&self, video: &NewVideo, md5: Md5) -> Result<SliceSession, Error> {
        self.call(|client| async move { client.create_for_slices(video, md5).await }).await
    }

    async fn refresh_credentials(
        &self,
        upload_token: &SecretString,
        target: &UploadTarget,
    ) -> Result<UploadCredentials, Error> {
        self.call(|client| async move { client.sts(upload_token, target).await }).await
    }

    async fn commit(
        &self,
        upload_token: &SecretString,
        server_ip: Option<&str>,
    ) -> Result<Option<String>, Error> {
        self.call(|client| async move { client.commit(upload_token, server_ip).await }).await
    }

    async fn cancel(&self, upload_token: &SecretString, server_ip: Option<&str>) -> Result<(), Error> {
        self.call(|client| async move { client.cancel(upload_token, server_ip).await }).await
    }

    async fn show(&self, video_id: &str) -> Result<Option<VideoState>, Error> {
        Ok(self.show_video(video_id).await?.map(|video| video.state))
    }

    async fn show_batch(&self, video_ids: &[String]) -> Result<Option<Vec<(String, VideoState)>>, Error> {
        let shown = self.client.show_batch(video_ids).await.map_err(api_error);
        let pair = |video: VideoInfo| (video.id, video.state);
        Ok(self.with_setting_named(shown)?.map(|videos| videos.into_iter().map(pair).collect()))
    }

    async fn find_own(&self, video_id: &str) -> Result<Option<VideoState>, Error> {
        let found = self.call(|client| async move { client.find_own(video_id).await }).await?;
        Ok(found.map(|video| video.state))
    }

    async fn show_video(&self, video_id: &str) -> Result<Option<VideoInfo>, Error> {
        self.with_setting_named(self.client.show(video_id).await.map_err(api_error))
    }

    async fn own_videos(&self, page: u64, count: u64) -> Result<Option<OwnVideos>, Error> {
        self.call(|client| async move { client.own_videos(page, count).await }).await
    }

    async fn update(&self, video_id: &str, edit: &VideoEdit) -> Result<(), Error> {
        self.call(|client| async move { client.update(video_id, edit).await }).await
    }

    fn bucket(&self, given: &UploadCredentials) -> Result<Arc<dyn Bucket>, Error> {
        let store = open_bucket(&self.http, given, self.region.clone(), self.signature, self.idle)?;
        self.http.note_bucket(&store);
        // The next request goes to the bucket, perhaps once the source has answered.
        store.open_early(1);
        Ok(Arc::new(YoukuBucket::new(store, given.target.object.clone())))
    }

    async fn slice_server(&self, name: &str) -> Result<Arc<dyn SliceServer>, Error> {
        let server = self.client.slice_server(name).await.map_err(slice_error)?;
        Ok(Arc::new(UploadServer::new(server)))
    }

    async fn slice_server_at(&self, address: &str) -> Result<Arc<dyn SliceServer>, Error> {
        let server = self.client.slice_server_at(address).map_err(slice_error)?;
        Ok(Arc::new(UploadServer::new(server)))
    }
}

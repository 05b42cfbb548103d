//! The Youku port over `youku` and, for its bucket, `object-storage`.

use crate::{Settings, YoukuSettings, accounts::TokenRefresh, error_mapping};
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::TryStreamExt;
use http_body_util::StreamBody;
use object_storage::{Credentials, HttpClient, SignatureVersion, Store, StoreConfig};
use secrecy::SecretString;
use std::{sync::Arc, time::Duration};
use upload_core::{
    Bucket, BucketSession, ByteStream, CompletedObject, Error, ErrorKind, Md5, MultipartId, PartReceipt,
    Slice, SliceCheck, SliceServer, SliceSession, UploadCredentials, Video, VideoState, metadata,
};
use youku::{CheckStatus, Client, NewVideo, UploadTarget};

/// One account at Youku.
pub(crate) struct YoukuAccount {
    /// Its name in the settings, where it stands there.
    name: Option<String>,
    client: Client,
    http: HttpClient,
    signature: SignatureVersion,
    region: Option<String>,
    idle: Option<Duration>,
    /// Absent: the access token stays as it is.
    refresh: Option<TokenRefresh>,
}

impl YoukuAccount {
    pub(crate) fn new(
        name: Option<&str>,
        client: Client,
        http: HttpClient,
        settings: &Settings,
        refresh: Option<TokenRefresh>,
    ) -> Self {
        let idle = settings.transfer.idle();
        let YoukuSettings { signature, bucket_region, .. } = &settings.youku;
        let (signature, region) = ((*signature).into(), bucket_region.clone());
        Self { name: name.map(str::to_owned), client, http, signature, region, idle, refresh }
    }

    /// Names the setting that a refusal of the client id is about.
    fn with_setting_named<T>(&self, answer: Result<T, Error>) -> Result<T, Error> {
        answer.map_err(|error| match &self.name {
            Some(name) if error.kind() == ErrorKind::ClientRefused => {
                error.with_context("setting", format!("accounts.{name}.client_id"))
            }
            _ => error,
        })
    }

    /// A call with the access token in use; where it is refused, with a renewed one.
    async fn call<T, F, Fut>(&self, call: F) -> Result<T, Error>
    where
        F: Fn(Client) -> Fut,
        Fut: Future<Output = Result<T, youku::Error>>,
    {
        let Some(TokenRefresh { tokens, ledger }) = &self.refresh else {
            return self.with_setting_named(call(self.client.clone()).await.map_err(error_mapping::api));
        };
        let with = |token| {
            let called = call(self.client.with_token(token));
            async move { called.await.map_err(error_mapping::call) }
        };
        self.with_setting_named(tokens.call(ledger, with).await)
    }
}

#[async_trait]
impl upload_core::Youku for YoukuAccount {
    fn client_id(&self) -> Option<&str> {
        Some(self.client.client_id())
    }

    fn access_token(&self) -> Option<SecretString> {
        match &self.refresh {
            Some(TokenRefresh { tokens, .. }) => tokens.in_use(),
            None => Some(self.client.access_token().clone()),
        }
    }

    async fn ready(&self) -> Result<(), Error> {
        match &self.refresh {
            Some(TokenRefresh { tokens, ledger }) => tokens.ready(ledger).await,
            None => Ok(()),
        }
    }

    fn validate(&self, video: &Video) -> Result<(), Error> {
        new_video(video)?.validate().map_err(invalid)
    }

    async fn create_for_bucket(&self, video: &Video) -> Result<BucketSession, Error> {
        let video = &new_video(video)?;
        let session = self.call(|client| async move { client.create_for_oss(video).await }).await?;
        Ok(BucketSession {
            upload_token: session.upload_token,
            video_id: session.video_id,
            credentials: grant(session.credentials),
            instant: session.already_stored,
        })
    }

    async fn create_for_slices(&self, video: &Video) -> Result<SliceSession, Error> {
        let video = &new_video(video)?;
        let session = self.call(|client| async move { client.create_for_slices(video).await }).await?;
        Ok(SliceSession {
            upload_token: session.upload_token,
            video_id: session.video_id,
            upload_server: session.upload_server_uri,
            instant: session.already_stored,
        })
    }

    async fn refresh_credentials(
        &self,
        upload_token: &SecretString,
        old: &UploadCredentials,
    ) -> Result<UploadCredentials, Error> {
        let UploadCredentials { endpoint, bucket, object, .. } = old.clone();
        let target = &UploadTarget { endpoint, bucket, object };
        let fresh = self.call(|client| async move { client.sts(upload_token, target).await });
        fresh.await.map(grant)
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
        let video = self.with_setting_named(self.client.show(video_id).await.map_err(error_mapping::api))?;
        Ok(video.map(|video| match video.state {
            youku::VideoState::Normal => VideoState::Normal,
            youku::VideoState::Encoding => VideoState::Encoding,
            youku::VideoState::Failed => VideoState::Failed,
            youku::VideoState::InReview => VideoState::InReview,
            youku::VideoState::Limited => VideoState::Limited,
            youku::VideoState::Blocked => VideoState::Blocked,
            youku::VideoState::Absent => VideoState::Absent,
            youku::VideoState::Other => VideoState::Other,
        }))
    }

    fn bucket(&self, grant: &UploadCredentials) -> Result<Arc<dyn Bucket>, Error> {
        let credentials = Credentials::Static {
            access_key_id: grant.access_key_id.clone(),
            access_key_secret: grant.access_key_secret.clone(),
            security_token: Some(grant.security_token.clone()),
        };
        let config = StoreConfig::oss(&grant.bucket)
            .endpoint(&grant.endpoint)
            .region(self.region.clone())
            .signature(self.signature)
            .credentials(credentials);
        let config = self.idle.into_iter().fold(config, StoreConfig::idle);
        let store = Store::new(config, self.http.clone()).map_err(error_mapping::bucket)?;
        Ok(Arc::new(YoukuBucket { store, key: grant.object.clone() }))
    }

    async fn slice_server(&self, name: &str) -> Result<Arc<dyn SliceServer>, Error> {
        let server = self.client.slice_server(name).await.map_err(error_mapping::slices)?;
        Ok(Arc::new(UploadServer(server)))
    }

    async fn slice_server_at(&self, address: &str) -> Result<Arc<dyn SliceServer>, Error> {
        let server = self.client.slice_server_at(address).map_err(error_mapping::slices)?;
        Ok(Arc::new(UploadServer(server)))
    }
}

fn grant(grant: youku::UploadCredentials) -> UploadCredentials {
    let UploadTarget { endpoint, bucket, object } = grant.target;
    UploadCredentials {
        endpoint,
        bucket,
        object,
        access_key_id: grant.access_key_id,
        access_key_secret: grant.access_key_secret,
        security_token: grant.security_token,
        expires: grant.expires,
    }
}

fn invalid(invalid: youku::Invalid) -> Error {
    Error::new(ErrorKind::InvalidJob, "validate", invalid.to_string())
}

fn new_video(video: &Video) -> Result<NewVideo, Error> {
    // The words are the same on both sides, so only a new one could fail to parse.
    let metadata::VideoMetadata {
        title,
        tags,
        category,
        description,
        copyright_type,
        public_type,
        public_type_from: _,
        watch_password,
        thumbnail,
        latitude,
        longitude,
        shoot_time,
        deshake,
    } = video.metadata.clone();
    Ok(NewVideo {
        file_name: video.file_name.clone(),
        file_size: video.size,
        file_md5: youku::Md5(video.md5.0),
        metadata: youku::VideoMetadata {
            title,
            tags,
            category,
            description,
            copyright_type: copyright_type.map(|word| word.as_str().parse()).transpose().map_err(invalid)?,
            public_type: public_type.map(|word| word.as_str().parse()).transpose().map_err(invalid)?,
            watch_password,
            thumbnail,
            latitude,
            longitude,
            shoot_time,
            deshake,
        },
    })
}

/// One object in Youku's bucket.
struct YoukuBucket {
    store: Store,
    key: String,
}

fn multipart(id: &MultipartId) -> object_storage::MultipartId {
    id.0.as_str().into()
}

#[async_trait]
impl Bucket for YoukuBucket {
    async fn initiate(&self) -> Result<MultipartId, Error> {
        let id = self
            .store
            .initiate_multipart(&self.key, &Default::default())
            .await
            .map_err(error_mapping::bucket)?;
        Ok(MultipartId(id.to_string()))
    }

    async fn put_part(
        &self,
        id: &MultipartId,
        number: u32,
        length: u64,
        bytes: ByteStream,
    ) -> Result<PartReceipt, Error> {
        let body = StreamBody::new(bytes.map_ok(http_body::Frame::data));
        let part = self.store.upload_part(&self.key, &multipart(id), number, body, length).await;
        let part = part.map_err(error_mapping::bucket)?;
        Ok(PartReceipt { etag: part.etag, crc64: part.crc64, size: length })
    }

    async fn parts(&self, id: &MultipartId) -> Result<Vec<(u32, PartReceipt)>, Error> {
        let parts = self.store.list_parts(&self.key, &multipart(id)).await.map_err(error_mapping::bucket)?;
        let receipt = |part: object_storage::PartRecord| {
            (part.number, PartReceipt { etag: part.etag, crc64: part.crc64, size: part.size })
        };
        Ok(parts.into_iter().map(receipt).collect())
    }

    async fn complete(&self, id: &MultipartId, parts: &[(u32, String)]) -> Result<CompletedObject, Error> {
        let done = self.store.complete_multipart(&self.key, &multipart(id), parts, false).await;
        let done = done.map_err(error_mapping::bucket)?;
        Ok(CompletedObject { size: None, crc64: done.crc64 })
    }

    async fn head(&self) -> Result<CompletedObject, Error> {
        let head = self.store.head(&self.key).await.map_err(error_mapping::bucket)?;
        Ok(CompletedObject { size: Some(head.size), crc64: head.crc64 })
    }
}

/// Youku's upload server.
struct UploadServer(youku::SliceServer);

fn slice(next: youku::NextSlice) -> Slice {
    let none_left = Slice { id: 0, offset: 0, length: 0 };
    next.slice.map_or(none_left, |youku::Slice { id, offset, length }| Slice { id, offset, length })
}

#[async_trait]
impl SliceServer for UploadServer {
    fn address(&self) -> &str {
        self.0.address()
    }

    async fn create_file(
        &self,
        token: &SecretString,
        size: u64,
        extension: &str,
        slice_kib: u32,
    ) -> Result<(), Error> {
        self.0.create_file(token, size, extension, slice_kib).await.map_err(error_mapping::slices)
    }

    async fn next_slice(&self, token: &SecretString) -> Result<Slice, Error> {
        self.0.new_slice(token).await.map(slice).map_err(error_mapping::slices)
    }

    async fn send_slice(
        &self,
        token: &SecretString,
        wanted: Slice,
        bytes: Bytes,
        md5: Md5,
    ) -> Result<Slice, Error> {
        let Slice { id, offset, length } = wanted;
        let wanted = youku::Slice { id, offset, length };
        let next = self.0.upload_slice(token, &wanted, bytes, youku::Md5(md5.0)).await;
        next.map(slice).map_err(error_mapping::slices)
    }

    async fn check(&self, token: &SecretString) -> Result<SliceCheck, Error> {
        let check = self.0.check(token).await.map_err(error_mapping::slices)?;
        Ok(match check.status {
            CheckStatus::Written => SliceCheck::Written { server_ip: check.upload_server_ip },
            CheckStatus::Transferring | CheckStatus::Writing => SliceCheck::Settling,
            CheckStatus::SlicesLeft => SliceCheck::Wanting,
        })
    }
}

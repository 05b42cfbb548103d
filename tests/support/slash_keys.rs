//! An S3 whose keys may begin with slashes, over a server that keeps keys as paths of files.

use async_trait::async_trait;
use s3s::{
    S3, S3Request, S3Response, S3Result,
    dto::{
        DeleteObjectInput, DeleteObjectOutput, GetObjectInput, GetObjectOutput, HeadObjectInput,
        HeadObjectOutput, ListObjectsV2Input, ListObjectsV2Output, PutObjectInput, PutObjectOutput,
    },
};
use s3s_fs::FileSystem;

/// Keeps the key `/a` as the file `(slash)a`. The signature is checked before, with the key as it was sent.
pub(crate) struct SlashKeys(pub(crate) FileSystem);

fn rename(key: &mut String) {
    let bare = key.trim_start_matches('/');
    *key = format!("{}{bare}", "(slash)".repeat(key.len() - bare.len()));
}

#[async_trait]
impl S3 for SlashKeys {
    async fn head_object(
        &self,
        mut request: S3Request<HeadObjectInput>,
    ) -> S3Result<S3Response<HeadObjectOutput>> {
        rename(&mut request.input.key);
        self.0.head_object(request).await
    }

    async fn get_object(
        &self,
        mut request: S3Request<GetObjectInput>,
    ) -> S3Result<S3Response<GetObjectOutput>> {
        rename(&mut request.input.key);
        self.0.get_object(request).await
    }

    async fn put_object(
        &self,
        mut request: S3Request<PutObjectInput>,
    ) -> S3Result<S3Response<PutObjectOutput>> {
        rename(&mut request.input.key);
        self.0.put_object(request).await
    }

    async fn delete_object(
        &self,
        mut request: S3Request<DeleteObjectInput>,
    ) -> S3Result<S3Response<DeleteObjectOutput>> {
        rename(&mut request.input.key);
        self.0.delete_object(request).await
    }

    async fn list_objects_v2(
        &self,
        request: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        self.0.list_objects_v2(request).await
    }
}

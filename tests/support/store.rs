//! Buckets, as their owner uses them.

use bytes::Bytes;
use object_storage::{Credentials, PutOptions, Store, StoreConfig};

/// A bucket of an OSS, reached with a permanent key.
pub(crate) fn oss_store(bucket: &str, endpoint: &str, region: &str, id: &str, secret: &str) -> Store {
    let credentials = Credentials::Static {
        access_key_id: id.to_owned(),
        access_key_secret: secret.to_owned().into(),
        security_token: None,
    };
    let config =
        StoreConfig::oss(bucket).endpoint(endpoint).region(Some(region.to_owned())).credentials(credentials);
    Store::new(config, app::store_client().unwrap()).unwrap()
}

/// Puts an object in parts of this length.
pub(crate) async fn put_in_parts(
    bucket: &Store,
    key: &str,
    bytes: &Bytes,
    length: usize,
    options: &PutOptions,
) {
    let id = bucket.initiate_multipart(key, options).await.unwrap();
    let mut parts = Vec::new();
    for (number, start) in (1..).zip((0..bytes.len()).step_by(length)) {
        let part = bytes.slice(start..(start + length).min(bytes.len()));
        let size = part.len() as u64;
        let receipt = bucket.upload_part(key, &id, number, reqwest::Body::from(part), size).await.unwrap();
        parts.push((number, receipt.etag));
    }
    bucket.complete_multipart(key, &id, &parts, false).await.unwrap();
}

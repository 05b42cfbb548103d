//! Makes objects whose content is computed at each read.

use std::io;
use std::sync::Arc;

use axum::body::Body;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::oss::encode::decode_base64;
use crate::oss::generated::Generated;
use crate::oss::inspect::BODY_LIMIT;
use crate::oss::server::Oss;
use crate::oss::store::object_record::ObjectRecord;

impl Oss {
    /// Creates or replaces an object whose content is computed at each read. It causes no event.
    ///
    /// # Errors
    /// There is no such bucket, or a record cannot be written.
    pub async fn generate(&self, bucket: &str, key: &str, wanted: Generated) -> io::Result<ObjectRecord> {
        let (store, bucket, key) = (Arc::clone(&self.0.store), bucket.to_owned(), key.to_owned());
        let placed = tokio::task::spawn_blocking(move || store.generate(&bucket, &key, wanted)).await;
        let placed = placed.map_err(io::Error::other)?;
        Ok(placed.map_err(|error| io::Error::other(error.code().to_owned()))?.stored.record.clone())
    }

    /// Answers `PUT /_sandbox/objects/{bucket}/{key}`; an error is a text for the caller.
    pub(crate) async fn put_generated(&self, bucket: &str, key: &str, body: Body) -> Result<Value, String> {
        let key = percent_decode_str(key).decode_utf8().map_err(|_| "the key must be UTF-8")?;
        let body = axum::body::to_bytes(body, BODY_LIMIT).await.map_err(|error| error.to_string())?;
        let wanted = serde_json::from_slice::<Value>(&body).map_err(|error| error.to_string())?;
        let wanted = serde_path_to_error::deserialize(wanted).map_err(|error| error.to_string())?;
        let record = self.generate(bucket, &key, wanted).await.map_err(|error| error.to_string())?;
        let md5 = record
            .content_md5
            .as_deref()
            .and_then(decode_base64)
            .map(|md5| base16ct::lower::encode_string(&md5));
        Ok(json!({
            "size": record.size,
            "etag": record.etag,
            "crc64": record.crc64.to_string(),
            "md5": md5,
        }))
    }
}

//! What a caller in this process asks of the objects.

use std::io;
use std::sync::atomic::Ordering;

use tokio::io::AsyncRead;
use tokio_util::io::StreamReader;

use crate::oss::encode::decode_base64;
use crate::oss::server::Oss;
use crate::oss::store::object_record::ObjectRecord;
use crate::oss::store::quirk::Quirk;

impl Oss {
    /// The current version of an object; of a symlink its own record, not its target's.
    pub fn object(&self, bucket: &str, key: &str) -> Option<ObjectRecord> {
        self.0.store.object(bucket, key, None).ok().map(|stored| stored.record.clone())
    }

    /// The keys of a bucket in order.
    pub fn keys(&self, bucket: &str) -> Vec<String> {
        self.0.store.keys(bucket)
    }

    /// Reads the whole content of an object, for a symlink that of its target. The content stays as it is now
    /// even if the object is replaced meanwhile.
    ///
    /// # Errors
    /// There is no such object.
    pub fn reader(&self, bucket: &str, key: &str) -> io::Result<impl AsyncRead + Send + Unpin + use<>> {
        self.reader_from(bucket, key, 0)
    }

    /// The content from this byte on; at or behind the end there is none.
    ///
    /// # Errors
    /// There is no such object.
    pub fn reader_from(
        &self,
        bucket: &str,
        key: &str,
        start: u64,
    ) -> io::Result<impl AsyncRead + Send + Unpin + use<>> {
        let stored = self.0.store.resolve_symlink(bucket, key, None).map_err(|_| io::ErrorKind::NotFound)?;
        let start = start.min(stored.record.size);
        Ok(StreamReader::new(Box::pin(stored.stream_range(start, stored.record.size - start))))
    }

    /// Whether bytes of this object were discarded.
    pub fn is_discarded(&self, bucket: &str, key: &str) -> bool {
        self.0.store.object(bucket, key, None).is_ok_and(|stored| stored.is_discarded())
    }

    /// MD5 of the whole object, lower-case hex; `None` = no such object.
    ///
    /// # Errors
    /// The content cannot be read; if it was discarded, only the MD5 of an object put in one request is known.
    pub async fn md5(&self, bucket: &str, key: &str) -> io::Result<Option<String>> {
        let Ok(stored) = self.0.store.resolve_symlink(bucket, key, None) else {
            return Ok(None);
        };
        let known = stored.record.content_md5.as_deref().and_then(decode_base64);
        if let Some(md5) = known {
            return Ok(Some(base16ct::lower::encode_string(&md5)));
        }
        let md5 = tokio::task::spawn_blocking(move || stored.md5()).await.map_err(io::Error::other)??;
        Ok(Some(base16ct::lower::encode_string(&md5)))
    }

    /// Body bytes received by PutObject, AppendObject and UploadPart for a key since the start, including
    /// retries and broken bodies.
    pub fn received_bytes(&self, bucket: &str, key: &str) -> u64 {
        self.received_counter(bucket, key).load(Ordering::Relaxed)
    }

    /// Gives the current version of an object a peculiarity. False: there is no such object.
    pub fn set_quirk(&self, bucket: &str, key: &str, quirk: Quirk) -> bool {
        self.0.store.set_quirk(bucket, key, quirk).is_ok()
    }
}

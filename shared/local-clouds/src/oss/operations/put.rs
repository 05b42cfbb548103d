//! PutObject.

use std::time::Duration;

use axum::body::Body;
use http::Response;

use crate::oss::error::Result;
use crate::oss::operations::attributes::read_attributes;
use crate::oss::operations::replies::reply_to_write;
use crate::oss::request::Request;
use crate::oss::server::Oss;
use crate::oss::store::ingest::IngestedContent;
use crate::oss::store::objects::PlacedObject;
use crate::oss::store::records::Versioning;

impl Oss {
    pub(crate) async fn put_object(&self, request: &Request, body: &mut Body) -> Result<Response<Body>> {
        let bucket = request.bucket()?;
        self.0.store.bucket(bucket)?;
        let content = self.ingest_body(request, body).await?;
        let window = self.switches().create_only_window();
        let looks = self.0.store.bucket(bucket)?.versioning == Versioning::Never;
        let placed = match request.forbids_overwrite() {
            true if looks && !window.is_zero() => self.put_after_window(request, content, window).await?,
            forbids => self.place(request, &content, forbids)?,
        };
        let record = &placed.stored.record;
        Ok(reply_to_write(record)
            .with_optional_header("content-md5", record.content_md5.as_ref())
            .empty(&request.identity))
    }

    fn place(&self, request: &Request, content: &IngestedContent, forbids: bool) -> Result<PlacedObject> {
        let (bucket, key) = (request.bucket()?, request.key()?);
        let placed = self.0.store.put(bucket, key, read_attributes(request), content, forbids)?;
        self.announce(request, "ObjectCreated:PutObject", &placed);
        Ok(placed)
    }

    /// Checks that the object does not exist, and writes a window later without checking again. Writes even
    /// if the caller leaves.
    async fn put_after_window(
        &self,
        request: &Request,
        content: IngestedContent,
        window: Duration,
    ) -> Result<PlacedObject> {
        self.0.store.check_overwrite(request.bucket()?, request.key()?, true)?;
        let (oss, request) = (self.clone(), request.clone());
        let write = tokio::spawn(async move {
            tokio::time::sleep(window).await;
            oss.place(&request, &content, false)
        });
        write.await.unwrap_or_else(|error| Err(std::io::Error::other(error).into()))
    }
}

//! AppendObject.

use axum::body::Body;
use http::Response;

use crate::oss::error::Result;
use crate::oss::event::ObjectChange;
use crate::oss::operations::attributes::read_attributes;
use crate::oss::operations::replies::reply_to_write;
use crate::oss::request::Request;
use crate::oss::server::Oss;

impl Oss {
    pub(crate) async fn append_object(&self, request: &Request, body: &mut Body) -> Result<Response<Body>> {
        let (bucket, key) = (request.bucket()?, request.key()?);
        let position = request.query.number("position", 0)? as u64;
        self.0.store.bucket(bucket)?;
        let content = self.ingest_body(request, body).await?;
        let placed = self.0.store.append(bucket, key, read_attributes(request), &content, position)?;
        let record = &placed.stored.record;
        let change = ObjectChange {
            position: Some(position),
            ..ObjectChange::from_record("ObjectCreated:AppendObject", record, placed.old_size)
        };
        self.0.events.emit(request, bucket, &change);
        Ok(reply_to_write(record)
            .with_header("x-oss-next-append-position", record.size.to_string())
            .empty(&request.identity))
    }
}

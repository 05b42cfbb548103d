//! Events of objects written or removed.

use crate::oss::event::ObjectChange;
use crate::oss::request::Request;
use crate::oss::server::Oss;
use crate::oss::store::delete::DeletedObject;
use crate::oss::store::objects::PlacedObject;

impl Oss {
    pub(crate) fn announce(&self, request: &Request, name: &'static str, placed: &PlacedObject) {
        if let Some(bucket) = &request.target.bucket {
            self.0.events.emit(
                request,
                bucket,
                &ObjectChange::from_record(name, &placed.stored.record, placed.old_size),
            );
        }
    }

    pub(crate) fn announce_removal(
        &self,
        request: &Request,
        name: &'static str,
        key: &str,
        deleted: &DeletedObject,
    ) {
        if let (Some(bucket), Some(old_size)) = (&request.target.bucket, deleted.old_size) {
            self.0.events.emit(
                request,
                bucket,
                &ObjectChange { old_size, ..ObjectChange::without_object(name, key) },
            );
        }
    }
}

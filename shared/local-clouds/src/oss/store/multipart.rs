//! Multipart uploads.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;
use std::time::SystemTime;

use crate::oss::encode::new_random_id;
use crate::oss::error::{OssError, Result};
use crate::oss::store::bucket::{Bucket, Part, Upload, find_bucket};
use crate::oss::store::buckets::Store;
use crate::oss::store::crc;
use crate::oss::store::ingest::IngestedContent;
use crate::oss::store::object_record::new_record;
use crate::oss::store::object_record::{ObjectAttributes, ObjectKind, ObjectRecord};
use crate::oss::store::objects::PlacedObject;
use crate::oss::store::part_selection::{MIN_PART, SelectedPart, check_sequence, select_parts};
use crate::oss::store::paths::upload_dir;
use crate::oss::store::prefix_hash::HashProgress;
use crate::oss::store::records::{PartRecord, UploadRecord};
use crate::oss::store::save::{save_part, save_upload};
use crate::oss::store::stored_object::StoredObject;

impl Store {
    pub(crate) fn initiate(
        &self,
        name: &str,
        key: &str,
        attributes: ObjectAttributes,
        sequential: bool,
        forbid_overwrite: bool,
    ) -> Result<UploadRecord> {
        self.check_overwrite(name, key, forbid_overwrite)?;
        let record = UploadRecord {
            id: new_random_id().to_ascii_uppercase(),
            key: key.to_owned(),
            initiated: SystemTime::now(),
            sequential,
            attributes,
        };
        let mut buckets = self.lock();
        let bucket = find_bucket(&mut buckets, name)?;
        save_upload(&self.root, name, &record)?;
        bucket.uploads.insert(
            record.id.clone(),
            Upload { record: record.clone(), parts: BTreeMap::new(), ahead: HashProgress::default() },
        );
        Ok(record)
    }

    /// Returns an upload and its parts in order.
    pub(crate) fn upload(&self, name: &str, key: &str, id: &str) -> Result<(UploadRecord, Vec<PartRecord>)> {
        let mut buckets = self.lock();
        let upload = find_upload(find_bucket(&mut buckets, name)?, key, id)?;
        Ok((upload.record.clone(), upload.parts.values().map(|part| part.record.clone()).collect()))
    }

    /// Refuses if there is no such upload.
    pub(crate) fn check_upload(&self, name: &str, key: &str, id: &str) -> Result<()> {
        find_upload(find_bucket(&mut self.lock(), name)?, key, id).map(|_| ())
    }

    /// All uploads of a bucket, by key and id.
    pub(crate) fn uploads(&self, name: &str) -> Result<Vec<UploadRecord>> {
        let mut buckets = self.lock();
        let mut uploads = find_bucket(&mut buckets, name)?
            .uploads
            .values()
            .map(|upload| upload.record.clone())
            .collect::<Vec<_>>();
        uploads.sort_unstable_by(|one, other| (&one.key, &one.id).cmp(&(&other.key, &other.id)));
        Ok(uploads)
    }

    pub(crate) fn put_part(
        &self,
        name: &str,
        key: &str,
        id: &str,
        number: u32,
        content: &IngestedContent,
    ) -> Result<PartRecord> {
        let mut buckets = self.lock();
        let upload = find_upload(find_bucket(&mut buckets, name)?, key, id)?;
        if upload.record.sequential {
            check_sequence(upload, number)?;
        }
        let record = PartRecord {
            number,
            size: content.size,
            etag: base16ct::upper::encode_string(&content.md5),
            crc64: content.crc64,
            modified: SystemTime::now(),
        };
        let part = Part { record: record.clone(), segment: Arc::clone(&content.segment) };
        save_part(&self.root, name, id, &part)?;
        part.segment.adopt();
        if let Some(old) = upload.parts.insert(number, part) {
            old.segment.release();
            upload.ahead.restart_if_hashed(number);
        }
        Ok(record)
    }

    /// Makes the object from the selected parts, or from all; the upload no longer exists afterwards.
    pub(crate) fn complete(
        &self,
        name: &str,
        key: &str,
        id: &str,
        selection: Option<&[SelectedPart]>,
        forbid_overwrite: bool,
    ) -> Result<PlacedObject> {
        let mut buckets = self.lock();
        let bucket = find_bucket(&mut buckets, name)?;
        let upload = find_upload(bucket, key, id)?;
        let parts = match selection {
            Some(selection) => select_parts(upload, selection)?,
            None => upload.parts.values().cloned().collect(),
        };
        let Some((_, all_but_last)) = parts.split_last() else {
            return Err(OssError::invalid("InvalidPart", "The upload has no parts."));
        };
        if let Some(small) = all_but_last.iter().find(|part| part.record.size < MIN_PART) {
            let message = "Your proposed upload smaller than the minimum allowed size.";
            return Err(OssError::invalid("EntityTooSmall", message)
                .with_detail("ProposedSize", small.record.size.to_string())
                .with_detail("MinSizeAllowed", MIN_PART.to_string())
                .with_detail("PartNumber", small.record.number.to_string()));
        }
        let size = parts.iter().map(|part| part.record.size).sum();
        let crc64 =
            parts.iter().fold(0, |crc64, part| crc::combine(crc64, part.record.crc64, part.record.size));
        let record = ObjectRecord {
            // Deliberately not the S3 formula, so that no client relies on it.
            etag: format!("{}-{}", new_random_id().to_ascii_uppercase(), parts.len()),
            ..new_record(key, upload.record.attributes.clone(), ObjectKind::Multipart, size, crc64)
        };
        let (ahead, segments) =
            (Arc::clone(&upload.ahead.hash), parts.into_iter().map(|part| part.segment).collect());
        let placed = self.place(name, bucket, StoredObject { record, segments, ahead }, forbid_overwrite)?;
        self.remove_upload(name, bucket, id)?;
        Ok(placed)
    }

    pub(crate) fn abort(&self, name: &str, key: &str, id: &str) -> Result<()> {
        let mut buckets = self.lock();
        let bucket = find_bucket(&mut buckets, name)?;
        find_upload(bucket, key, id)?;
        self.remove_upload(name, bucket, id)
    }

    fn remove_upload(&self, name: &str, bucket: &mut Bucket, id: &str) -> Result<()> {
        if let Some(upload) = bucket.uploads.remove(id) {
            upload.parts.values().for_each(|part| part.segment.release());
        }
        fs::remove_dir_all(upload_dir(&self.root, name, id))?;
        Ok(())
    }
}

fn find_upload<'a>(bucket: &'a mut Bucket, key: &str, id: &str) -> Result<&'a mut Upload> {
    bucket.uploads.get_mut(id).filter(|upload| upload.record.key == key).ok_or_else(|| {
        let message = "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.";
        OssError::not_found("NoSuchUpload", message).with_detail("UploadId", id)
    })
}

//! Multipart uploads.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;
use std::time::SystemTime;

use super::super::encode::{random_name, upper_hex};
use super::super::error::{OssError, Result};
use super::ahead::Progress;
use super::objects::new_record;
use super::records::{Described, ObjectKind, ObjectRecord, PartRecord, Stored, UploadRecord};
use super::{Bucket, Ingested, Part, Placed, Store, Upload, bucket, crc, disk};

/// Each part but the last must have as many bytes.
const MIN_PART: u64 = 100 * 1024;

/// A part named in a completion: number, ETag as sent.
pub(in super::super) type Selected = (u32, String);

/// What a completion came to.
pub(in super::super) type Completed = Placed;

impl Store {
    pub(in super::super) fn initiate(
        &self,
        name: &str,
        key: &str,
        described: Described,
        sequential: bool,
        forbid_overwrite: bool,
    ) -> Result<UploadRecord> {
        self.check_overwrite(name, key, forbid_overwrite)?;
        let record = UploadRecord {
            id: random_name().to_ascii_uppercase(),
            key: key.to_owned(),
            initiated: SystemTime::now(),
            sequential,
            described,
        };
        let mut buckets = self.lock();
        let bucket = bucket(&mut buckets, name)?;
        disk::save_upload(&self.root, name, &record)?;
        bucket.uploads.insert(
            record.id.clone(),
            Upload { record: record.clone(), parts: BTreeMap::new(), ahead: Progress::default() },
        );
        Ok(record)
    }

    /// An upload and its parts in order.
    pub(in super::super) fn upload(
        &self,
        name: &str,
        key: &str,
        id: &str,
    ) -> Result<(UploadRecord, Vec<PartRecord>)> {
        let mut buckets = self.lock();
        let upload = upload(bucket(&mut buckets, name)?, key, id)?;
        Ok((upload.record.clone(), upload.parts.values().map(|part| part.record.clone()).collect()))
    }

    /// Refuses where there is no such upload.
    pub(in super::super) fn check_upload(&self, name: &str, key: &str, id: &str) -> Result<()> {
        upload(bucket(&mut self.lock(), name)?, key, id).map(|_| ())
    }

    /// All uploads of a bucket, by key and id.
    pub(in super::super) fn uploads(&self, name: &str) -> Result<Vec<UploadRecord>> {
        let mut buckets = self.lock();
        let mut uploads = bucket(&mut buckets, name)?
            .uploads
            .values()
            .map(|upload| upload.record.clone())
            .collect::<Vec<_>>();
        uploads.sort_unstable_by(|one, other| (&one.key, &one.id).cmp(&(&other.key, &other.id)));
        Ok(uploads)
    }

    pub(in super::super) fn put_part(
        &self,
        name: &str,
        key: &str,
        id: &str,
        number: u32,
        content: &Ingested,
    ) -> Result<PartRecord> {
        let mut buckets = self.lock();
        let upload = upload(bucket(&mut buckets, name)?, key, id)?;
        if upload.record.sequential {
            check_sequence(upload, number)?;
        }
        let record = PartRecord {
            number,
            size: content.size,
            etag: upper_hex(&content.md5),
            crc64: content.crc64,
            modified: SystemTime::now(),
        };
        let part = Part { record: record.clone(), segment: Arc::clone(&content.segment) };
        disk::save_part(&self.root, name, id, &part)?;
        part.segment.adopt();
        if let Some(old) = upload.parts.insert(number, part) {
            old.segment.release();
            upload.ahead.replaced(number);
        }
        Ok(record)
    }

    /// Makes the object of the selected parts, or of all; the upload is gone afterwards.
    pub(in super::super) fn complete(
        &self,
        name: &str,
        key: &str,
        id: &str,
        selection: Option<&[Selected]>,
        forbid_overwrite: bool,
    ) -> Result<Completed> {
        let mut buckets = self.lock();
        let bucket = bucket(&mut buckets, name)?;
        let upload = upload(bucket, key, id)?;
        let parts = match selection {
            Some(selection) => select(upload, selection)?,
            None => upload.parts.values().cloned().collect(),
        };
        let Some((_, all_but_last)) = parts.split_last() else {
            return Err(OssError::invalid("InvalidPart", "The upload has no parts."));
        };
        if let Some(small) = all_but_last.iter().find(|part| part.record.size < MIN_PART) {
            let message = "Your proposed upload smaller than the minimum allowed size.";
            return Err(OssError::invalid("EntityTooSmall", message)
                .with("ProposedSize", small.record.size.to_string())
                .with("MinSizeAllowed", MIN_PART.to_string())
                .with("PartNumber", small.record.number.to_string()));
        }
        let size = parts.iter().map(|part| part.record.size).sum();
        let crc64 =
            parts.iter().fold(0, |crc64, part| crc::combine(crc64, part.record.crc64, part.record.size));
        let record = ObjectRecord {
            // Deliberately not the S3 formula: nobody shall learn to rely on it.
            etag: format!("{}-{}", random_name().to_ascii_uppercase(), parts.len()),
            ..new_record(key, upload.record.described.clone(), ObjectKind::Multipart, size, crc64)
        };
        let (ahead, segments) =
            (Arc::clone(&upload.ahead.hash), parts.into_iter().map(|part| part.segment).collect());
        let placed = self.place(name, bucket, Stored { record, segments, ahead }, forbid_overwrite)?;
        self.forget(name, bucket, id)?;
        Ok(placed)
    }

    pub(in super::super) fn abort(&self, name: &str, key: &str, id: &str) -> Result<()> {
        let mut buckets = self.lock();
        let bucket = bucket(&mut buckets, name)?;
        upload(bucket, key, id)?;
        self.forget(name, bucket, id)
    }

    fn forget(&self, name: &str, bucket: &mut Bucket, id: &str) -> Result<()> {
        if let Some(upload) = bucket.uploads.remove(id) {
            upload.parts.values().for_each(|part| part.segment.release());
        }
        fs::remove_dir_all(disk::upload_dir(&self.root, name, id))?;
        Ok(())
    }
}

fn upload<'a>(bucket: &'a mut Bucket, key: &str, id: &str) -> Result<&'a mut Upload> {
    bucket.uploads.get_mut(id).filter(|upload| upload.record.key == key).ok_or_else(|| {
        let message = "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.";
        OssError::not_found("NoSuchUpload", message).with("UploadId", id)
    })
}

fn check_sequence(upload: &Upload, number: u32) -> Result<()> {
    let last = upload.parts.keys().next_back().copied().unwrap_or(0);
    if number <= last {
        return Err(OssError::conflict(
            "PartAlreadyExist",
            "The part of a sequential upload exists already.",
        ));
    }
    if number > last + 1 {
        return Err(OssError::conflict(
            "PartNotSequential",
            "The parts of a sequential upload must come in order.",
        ));
    }
    Ok(())
}

fn select(upload: &Upload, selection: &[Selected]) -> Result<Vec<Part>> {
    if selection.is_empty() {
        return Err(OssError::invalid("MalformedXML", "The list of parts is empty."));
    }
    if !selection.is_sorted_by(|(one, _), (other, _)| one < other) {
        return Err(OssError::invalid("InvalidPartOrder", "The list of parts was not in ascending order."));
    }
    let find = |(number, etag): &Selected| {
        let part = upload.parts.get(number);
        let part = part.filter(|part| part.record.etag.eq_ignore_ascii_case(etag.trim().trim_matches('"')));
        part.cloned().ok_or_else(|| {
            let message = "One or more of the specified parts could not be found or the specified entity tag might not have matched the part's entity tag.";
            OssError::invalid("InvalidPart", message).with("PartNumber", number.to_string()).with("UploadId", &upload.record.id)
        })
    };
    selection.iter().map(find).collect()
}

//! Reads a data folder back.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::{fs, io};

use serde::de::DeserializeOwned;

use crate::oss::store::bucket::{Bucket, Part, Upload};
use crate::oss::store::directory::{list_directory, list_json_files};
use crate::oss::store::prefix_hash::HashProgress;
use crate::oss::store::records::{BucketRecord, UploadRecord};
use crate::oss::store::saved::{SavedPart, SavedVersion};
use crate::oss::store::segment_loader::SegmentLoader;
use crate::oss::store::stored_object::StoredObject;

/// Reads all records; removes content that no record names.
pub(crate) fn load(root: &Path) -> io::Result<BTreeMap<String, Bucket>> {
    for folder in ["buckets", "data"] {
        fs::create_dir_all(root.join(folder))?;
    }
    let mut segments = SegmentLoader::new(root.join("data"));
    let mut buckets = BTreeMap::new();
    for path in list_json_files(&root.join("buckets"))? {
        let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let mut bucket = Bucket::new(read_json::<BucketRecord>(&path)?);
        load_objects(&root.join("objects").join(&name), &mut bucket, &mut segments)?;
        load_uploads(&root.join("uploads").join(&name), &mut bucket, &mut segments)?;
        buckets.insert(name, bucket);
    }
    segments.remove_unreferenced()?;
    Ok(buckets)
}

fn load_objects(folder: &Path, bucket: &mut Bucket, segments: &mut SegmentLoader) -> io::Result<()> {
    for path in list_json_files(folder)? {
        for saved in read_json::<Vec<SavedVersion>>(&path)? {
            let segments = saved.segments.into_iter().map(|saved| segments.get(saved)).collect();
            let versions = bucket.objects.entry(saved.record.key.clone()).or_default();
            versions.push(Arc::new(StoredObject { record: saved.record, segments, ahead: Arc::default() }));
        }
    }
    Ok(())
}

fn load_uploads(folder: &Path, bucket: &mut Bucket, segments: &mut SegmentLoader) -> io::Result<()> {
    for upload in list_directory(folder)? {
        let record = read_json::<UploadRecord>(&upload.join("upload.json"))?;
        let mut parts = BTreeMap::new();
        for path in list_json_files(&upload)?.into_iter().filter(|path| !path.ends_with("upload.json")) {
            let saved = read_json::<SavedPart>(&path)?;
            let segment = segments.get(saved.segment);
            parts.insert(saved.record.number, Part { record: saved.record, segment });
        }
        bucket.uploads.insert(record.id.clone(), Upload { record, parts, ahead: HashProgress::default() });
    }
    Ok(())
}

fn read_json<T: DeserializeOwned>(path: &Path) -> io::Result<T> {
    serde_json::from_slice(&fs::read(path)?)
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, format!("{}: {error}", path.display())))
}

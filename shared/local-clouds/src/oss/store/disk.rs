//! Records as JSON files, and the way back.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::super::encode::hex;
use super::ahead::Progress;
use super::records::{BucketRecord, ObjectRecord, PartRecord, Stored, UploadRecord};
use super::segment::{Content, Segment};
use super::{Bucket, Part, Upload};

/// A segment: the name of its file, or its seed; neither where its bytes were discarded.
#[derive(Serialize, Deserialize)]
struct SavedSegment {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    size: u64,
}

#[derive(Serialize, Deserialize)]
struct SavedVersion {
    record: ObjectRecord,
    segments: Vec<SavedSegment>,
}

#[derive(Serialize, Deserialize)]
struct SavedPart {
    record: PartRecord,
    segment: SavedSegment,
}

impl From<&Arc<Segment>> for SavedSegment {
    fn from(segment: &Arc<Segment>) -> Self {
        let (file, seed) = match &segment.content {
            Content::File(path) => (path.file_name().map(|name| name.to_string_lossy().into_owned()), None),
            Content::Generated(seed) => (None, Some(*seed)),
            Content::Discarded => (None, None),
        };
        Self { file, seed, size: segment.size }
    }
}

pub(super) fn bucket_path(root: &Path, bucket: &str) -> PathBuf {
    root.join("buckets").join(format!("{bucket}.json"))
}

fn object_path(root: &Path, bucket: &str, key: &str) -> PathBuf {
    // Keys are longer than file names may be, and hold slashes.
    let name = hex(&Sha256::digest(key)[..16]);
    root.join("objects").join(bucket).join(format!("{name}.json"))
}

pub(super) fn upload_dir(root: &Path, bucket: &str, id: &str) -> PathBuf {
    root.join("uploads").join(bucket).join(id)
}

/// Writes the versions of one object, or removes the record of one that has none left.
pub(super) fn save_object(root: &Path, bucket: &str, key: &str, versions: &[Arc<Stored>]) -> io::Result<()> {
    let path = object_path(root, bucket, key);
    if versions.is_empty() {
        return fs::remove_file(path);
    }
    let saved = versions.iter().map(|stored| SavedVersion {
        record: stored.record.clone(),
        segments: stored.segments.iter().map(SavedSegment::from).collect(),
    });
    save(&path, &saved.collect::<Vec<_>>())
}

pub(super) fn save_upload(root: &Path, bucket: &str, record: &UploadRecord) -> io::Result<()> {
    save(&upload_dir(root, bucket, &record.id).join("upload.json"), record)
}

pub(super) fn save_part(root: &Path, bucket: &str, id: &str, part: &Part) -> io::Result<()> {
    let saved = SavedPart { record: part.record.clone(), segment: SavedSegment::from(&part.segment) };
    save(&upload_dir(root, bucket, id).join(format!("{}.json", part.record.number)), &saved)
}

/// Writes a record so that a reader finds the old or the new one, never a half. Writers hold the store's lock.
pub(super) fn save(path: &Path, record: &impl Serialize) -> io::Result<()> {
    let new = path.with_extension("new");
    let json = serde_json::to_vec(record)?;
    if let Err(error) = fs::write(&new, &json) {
        if error.kind() != io::ErrorKind::NotFound {
            return Err(error);
        }
        fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
        fs::write(&new, &json)?;
    }
    fs::rename(new, path)
}

/// Reads everything back; removes content that no record names.
pub(super) fn load(root: &Path) -> io::Result<BTreeMap<String, Bucket>> {
    for folder in ["buckets", "data"] {
        fs::create_dir_all(root.join(folder))?;
    }
    let mut segments = Segments { folder: root.join("data"), known: HashMap::new() };
    let mut buckets = BTreeMap::new();
    for path in records(&root.join("buckets"))? {
        let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let mut bucket = Bucket::new(read::<BucketRecord>(&path)?);
        load_objects(&root.join("objects").join(&name), &mut bucket, &mut segments)?;
        load_uploads(&root.join("uploads").join(&name), &mut bucket, &mut segments)?;
        buckets.insert(name, bucket);
    }
    segments.remove_others()?;
    Ok(buckets)
}

fn load_objects(folder: &Path, bucket: &mut Bucket, segments: &mut Segments) -> io::Result<()> {
    for path in records(folder)? {
        for saved in read::<Vec<SavedVersion>>(&path)? {
            let segments = saved.segments.into_iter().map(|saved| segments.get(saved)).collect();
            let versions = bucket.objects.entry(saved.record.key.clone()).or_default();
            versions.push(Arc::new(Stored { record: saved.record, segments, ahead: Arc::default() }));
        }
    }
    Ok(())
}

fn load_uploads(folder: &Path, bucket: &mut Bucket, segments: &mut Segments) -> io::Result<()> {
    for upload in entries(folder)? {
        let record = read::<UploadRecord>(&upload.join("upload.json"))?;
        let mut parts = BTreeMap::new();
        for path in records(&upload)?.into_iter().filter(|path| !path.ends_with("upload.json")) {
            let saved = read::<SavedPart>(&path)?;
            let segment = segments.get(saved.segment);
            parts.insert(saved.record.number, Part { record: saved.record, segment });
        }
        bucket.uploads.insert(record.id.clone(), Upload { record, parts, ahead: Progress::default() });
    }
    Ok(())
}

/// Several records may share a segment.
struct Segments {
    folder: PathBuf,
    known: HashMap<String, Arc<Segment>>,
}

impl Segments {
    fn get(&mut self, saved: SavedSegment) -> Arc<Segment> {
        let Some(file) = saved.file else {
            let content = saved.seed.map_or(Content::Discarded, Content::Generated);
            return Arc::new(Segment::new(content, saved.size));
        };
        let path = self.folder.join(&file);
        let new = || Arc::new(Segment::new(Content::File(path), saved.size));
        let segment = self.known.entry(file).or_insert_with(new);
        segment.adopt();
        Arc::clone(segment)
    }

    fn remove_others(&self) -> io::Result<()> {
        for path in entries(&self.folder)? {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            if !self.known.contains_key(&name) {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }
}

fn read<T: DeserializeOwned>(path: &Path) -> io::Result<T> {
    serde_json::from_slice(&fs::read(path)?)
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, format!("{}: {error}", path.display())))
}

fn records(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let paths = entries(folder)?.into_iter();
    Ok(paths.filter(|path| path.extension().is_some_and(|extension| extension == "json")).collect())
}

fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| entry.map(|entry| entry.path())).collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

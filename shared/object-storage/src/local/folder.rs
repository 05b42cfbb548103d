//! A local folder in the role of a bucket. Keys are paths below it.

use std::fs::{self, File, Metadata};
use std::io::{self, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http_body_util::BodyExt as _;

use super::etag::make_etag;
use super::folder_body::FolderBody;
use crate::config::Provider;
use crate::error::{Error, ErrorKind, from_body, from_io};
use crate::http::address::check_key;
use crate::types::{Listing, ObjectHead, ObjectSummary, ObjectVersion, PutBody, PutOptions, PutReceipt};

/// Files being written; lists leave them out.
const UNFINISHED: &str = ".unfinished-";

#[derive(Debug)]
pub(crate) struct Folder {
    root: PathBuf,
}

impl Folder {
    pub(crate) fn new(root: PathBuf) -> Self {
        Self { root }
    }

    fn path(&self, operation: &'static str, key: &str) -> Result<PathBuf, Error> {
        let fits = check_key(Provider::Folder, key).and_then(|()| {
            let odd = |segment: &str| {
                segment.is_empty()
                    || segment.starts_with(UNFINISHED)
                    || cfg!(windows) && segment.contains(['\\', ':'])
            };
            if key.split('/').any(odd) { Err("the key is no path of a file") } else { Ok(()) }
        });
        match fits {
            Ok(()) => Ok(key.split('/').fold(self.root.clone(), |path, segment| path.join(segment))),
            Err(message) => {
                Err(Error::new(ErrorKind::InvalidKey, operation, message).with_context("key", key))
            }
        }
    }

    pub(crate) async fn head(&self, key: &str) -> Result<ObjectHead, Error> {
        let path = self.path("HeadObject", key)?;
        run_blocking("HeadObject", key, move || make_head(&require_file(fs::metadata(path)?)?)).await
    }

    pub(crate) async fn read(
        &self,
        key: &str,
        range: Range<u64>,
        version: &ObjectVersion,
    ) -> Result<FolderBody, Error> {
        let operation = "GetObject";
        let path = self.path(operation, key)?;
        let (file, metadata) = run_blocking(operation, key, move || {
            let file = File::open(path)?;
            let metadata = require_file(file.metadata()?)?;
            Ok((file, metadata))
        })
        .await?;
        let etag = make_etag(&metadata);
        if version.etag.as_ref().is_some_and(|wanted| wanted.contains('-') && *wanted != etag) {
            return Err(Error::new(ErrorKind::PreconditionFailed, operation, "the file has changed")
                .with_context("key", key));
        }
        if range.end > metadata.len() {
            return Err(Error::new(ErrorKind::InvalidRange, operation, "the file is shorter than the range")
                .with_context("key", key));
        }
        Ok(FolderBody::new(file, etag, range))
    }

    pub(crate) async fn read_all(&self, key: &str, limit: usize) -> Result<(ObjectHead, Bytes), Error> {
        let operation = "GetObject";
        let path = self.path(operation, key)?;
        let found = run_blocking(operation, key, move || {
            let mut file = File::open(path)?;
            let head = make_head(&require_file(file.metadata()?)?)?;
            if head.size > limit as u64 {
                return Ok(None);
            }
            let mut bytes = Vec::new();
            io::Read::read_to_end(&mut file, &mut bytes)?;
            Ok(Some((head, Bytes::from(bytes))))
        })
        .await?;
        found.ok_or_else(|| {
            Error::new(ErrorKind::TooLarge, operation, "the file is larger than allowed here")
                .with_context("key", key)
                .with_context("limit", limit)
        })
    }

    pub(crate) async fn put(
        &self,
        key: &str,
        body: PutBody,
        options: &PutOptions,
    ) -> Result<PutReceipt, Error> {
        let operation = "PutObject";
        let path = self.path(operation, key)?;
        let unfinished = Unfinished(unfinished_name(&path));
        let part = unfinished.0.clone();
        let mut file = run_blocking(operation, key, move || {
            if let Some(folder) = part.parent() {
                // "Exists" here means a file where a folder must stand, not the entry that a create-only write asks about.
                fs::create_dir_all(folder).map_err(|error| match error.kind() {
                    io::ErrorKind::AlreadyExists => io::ErrorKind::NotADirectory.into(),
                    _ => error,
                })?;
            }
            File::options().write(true).create_new(true).open(part)
        })
        .await?;
        match body {
            PutBody::Bytes(bytes) => {
                file = run_blocking(operation, key, move || append(file, &bytes)).await?
            }
            PutBody::Stream(mut body, length) => {
                let mut written = 0;
                while let Some(frame) = body.0.frame().await {
                    let frame = frame.map_err(|source| from_body(operation, source))?;
                    if let Ok(bytes) = frame.into_data() {
                        written += bytes.len() as u64;
                        file = run_blocking(operation, key, move || append(file, &bytes)).await?;
                    }
                }
                if written != length {
                    return Err(Error::new(
                        ErrorKind::BodyFailed,
                        operation,
                        "the body has another length than announced",
                    )
                    .with_context("announced", length)
                    .with_context("written", written));
                }
            }
        }
        let create_only = options.create_only;
        run_blocking(operation, key, move || {
            file.sync_all()?;
            let etag = make_etag(&file.metadata()?);
            if create_only {
                fs::hard_link(&unfinished.0, &path)?;
            } else {
                fs::rename(&unfinished.0, &path)?;
            }
            sync_folder(&path)?;
            Ok(PutReceipt { etag, date: Some(SystemTime::now()), ..PutReceipt::default() })
        })
        .await
    }

    pub(crate) async fn list(
        &self,
        prefix: &str,
        start_after: Option<&str>,
        limit: usize,
    ) -> Result<Listing, Error> {
        let root = self.root.clone();
        let (wanted, after) = (prefix.to_owned(), start_after.map(str::to_owned));
        run_blocking("ListObjectsV2", prefix, move || {
            let mut keys = Vec::new();
            let folder = wanted.rfind('/').map_or("", |end| &wanted[..=end]);
            collect_keys(&root, folder, &wanted, &mut keys)?;
            keys.retain(|key| after.as_ref().is_none_or(|after| key > after));
            keys.sort_unstable();
            let more = keys.len() > limit.max(1);
            keys.truncate(limit.max(1));
            let next = keys.last().filter(|_| more).cloned();
            let objects = keys.into_iter().filter_map(|key| {
                let metadata = fs::metadata(root.join(&key)).ok()?; // it may be gone by now
                Some(ObjectSummary {
                    size: metadata.len(),
                    etag: make_etag(&metadata),
                    last_modified: metadata.modified().ok(),
                    key,
                })
            });
            Ok(Listing { objects: objects.collect(), next })
        })
        .await
    }

    pub(crate) async fn delete(&self, key: &str) -> Result<(), Error> {
        let path = self.path("DeleteObject", key)?;
        run_blocking("DeleteObject", key, move || match fs::remove_file(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            outcome => outcome,
        })
        .await
    }
}

/// Removes what was not finished, also when a write is abandoned half way.
struct Unfinished(PathBuf);

impl Drop for Unfinished {
    fn drop(&mut self) {
        let _gone_already_after_a_rename = fs::remove_file(&self.0);
    }
}

/// Makes a new name in the folder of `path`: links and renames work within one file system only.
fn unfinished_name(path: &Path) -> PathBuf {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    path.with_file_name(format!("{UNFINISHED}{}-{number}-{now:x}", std::process::id()))
}

fn append(mut file: File, bytes: &[u8]) -> io::Result<File> {
    file.write_all(bytes)?;
    Ok(file)
}

fn require_file(metadata: Metadata) -> io::Result<Metadata> {
    if metadata.is_file() { Ok(metadata) } else { Err(io::ErrorKind::NotFound.into()) }
}

fn make_head(metadata: &Metadata) -> io::Result<ObjectHead> {
    Ok(ObjectHead {
        size: metadata.len(),
        etag: make_etag(metadata),
        last_modified: Some(metadata.modified()?),
        date: Some(SystemTime::now()),
        ..ObjectHead::default()
    })
}

/// A new name is safe only when its folder is on disk; Windows has no such call and no need.
fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if cfg!(unix) => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

/// Adds the keys below `folder` (empty, or ending with a slash) that begin with `prefix`.
fn collect_keys(root: &Path, folder: &str, prefix: &str, keys: &mut Vec<String>) -> io::Result<()> {
    let entries = match fs::read_dir(root.join(folder)) {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(());
        }
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let key = format!("{folder}{name}");
        let kind = entry.file_type()?;
        if kind.is_dir() {
            let below = format!("{key}/");
            if below.starts_with(prefix) || prefix.starts_with(&below) {
                collect_keys(root, &below, prefix, keys)?;
            }
        } else if key.starts_with(prefix)
            && !name.starts_with(UNFINISHED)
            && (kind.is_file() || entry.path().is_file())
        {
            keys.push(key);
        }
    }
    Ok(())
}

async fn run_blocking<T: Send + 'static>(
    operation: &'static str,
    key: &str,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, Error> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| Err(io::Error::other("file work was interrupted")))
        .map_err(|error| from_io(operation, error).with_context("key", key))
}

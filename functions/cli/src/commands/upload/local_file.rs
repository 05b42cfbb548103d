//! A file of this machine as a source. Its upload is the same wherever the file lies: the id depends on its name and its MD5.

use crate::{
    error::{CliError, Stopped},
    shutdown::Shutdown,
    ui::{details::localize_io, i18n::tr},
};
use app::{
    core::{ByteStream, Error, ErrorKind, Location, Md5, Object, Provider, RetryAdvice, Source, SourcePage},
    storage::{ErrorKind as Storage, ObjectVersion, Store, StoreConfig},
};
use async_trait::async_trait;
use bytes::Bytes;
use fast_md5::Md5 as Md5Hash;
use futures_util::TryStreamExt;
use std::{
    fs::File,
    io::{self, Read},
    ops::Range,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

/// Bytes that are read at once.
const CHUNK: usize = 256 << 10;

/// Another version of the file is there now, or none. The ledger keeps this text: it is English, and translated where a person reads it.
const CHANGED: &str = "the file changed after its upload began";

/// One file, in the version that was read for its digests.
pub(crate) struct LocalFile {
    object: Object,
    folder: Store,
    /// Name in the folder; the target of a link may have another.
    name: String,
    /// ETag of that version; bytes of another version are refused.
    version: String,
}

/// The location of a file in the ledger: the path of its folder is no part of the upload id.
pub(super) fn locate(name: &str) -> Location {
    Location { provider: Provider::Folder, bucket: String::new(), key: name.to_owned(), region: None }
}

/// Reads the file once for its digests, and opens it as a source. `read` counts the bytes.
///
/// # Errors
/// Names the file, what is wrong with it and what to do.
pub(super) async fn open(
    path: &Path,
    read: Arc<AtomicU64>,
    shutdown: &Shutdown,
) -> Result<(Object, LocalFile), CliError> {
    let name = check_name(path)?;
    let folder = open_folder(path)?;
    let before = folder.head(&name).await.map_err(|e| map_store_error(&e))?;
    let (owned, shutdown) = (path.to_owned(), shutdown.clone());
    let digest = tokio::task::spawn_blocking(move || digest(&owned, &read, &shutdown)).await;
    let interrupted = |_| describe_unreadable(path, &io::Error::other("reading was interrupted"));
    let (md5, crc64, size) = digest.map_err(interrupted)??;
    let version = folder.head(&name).await.map_err(|e| map_store_error(&e))?.etag;
    if version != before.etag {
        return Err(CliError::local(
            ErrorKind::SourceChanged,
            tr!(
                "the file changed while it was read: upload it again once nothing writes to it any more",
                "读取时文件发生了变化：请等文件不再写入后重新上传"
            ),
        )
        .with_context("file", path.display().to_string()));
    }
    let object = Object {
        md5: Some(md5),
        crc64: Some(crc64),
        ..Object::new(locate(&name), md5.to_string().to_ascii_uppercase(), size)
    };
    Ok((object.clone(), LocalFile { object, folder, name, version }))
}

/// Opens the file as it is now, without reading it: its ETag is the folder's, and none that an upload has.
///
/// # Errors
/// As [`open`].
pub(crate) async fn look(path: &Path) -> Result<(Object, LocalFile), CliError> {
    let name = check_name(path)?;
    let folder = open_folder(path)?;
    let found = folder.head(&name).await.map_err(|e| map_store_error(&e))?;
    let object = Object::new(locate(&name), found.etag.clone(), found.size);
    Ok((object.clone(), LocalFile { object, folder, name, version: found.etag }))
}

/// Only the folder is resolved, so that a link keeps its own name. The folder of a bare name is empty.
fn open_folder(path: &Path) -> Result<Store, CliError> {
    let folder = Path::new(".").join(path.parent().unwrap_or(Path::new("")));
    let folder = folder.canonicalize().map_err(|error| describe_unreadable(path, &error))?;
    Ok(Store::new(StoreConfig::folder(folder), app::store_client()?).map_err(|e| map_store_error(&e))?)
}

/// Checks that `path` is a file with bytes in it, and returns its name.
///
/// # Errors
/// As [`open`].
pub(super) fn check_name(path: &Path) -> Result<String, CliError> {
    let metadata = path.metadata().map_err(|error| describe_unreadable(path, &error))?;
    // The same kind and exit code as for a file that Youku's rules refuse.
    let wrong = |why: String| {
        CliError::local(ErrorKind::InvalidJob, why).with_context("file", path.display().to_string())
    };
    if metadata.is_dir() {
        let why = tr!(
            "this is a directory: --recursive uploads the videos in it",
            "这是一个目录：加上 --recursive 可上传其中的视频"
        );
        return Err(CliError::usage(why).with_context("file", path.display().to_string()));
    }
    if !metadata.is_file() {
        return Err(wrong(tr!("this is not a regular file: upload a file", "这不是普通文件：请指定文件")));
    }
    if metadata.len() == 0 {
        return Err(wrong(tr!(
            "the file is empty, and Youku accepts no empty video: check how it was made",
            "文件是空的，优酷不接受空视频：请检查文件的来源"
        )));
    }
    let name = path.file_name().and_then(|name| name.to_str());
    name.map(str::to_owned)
        .ok_or_else(|| wrong(tr!("the file's name is not UTF-8: rename it", "文件名不是 UTF-8：请改名")))
}

/// Describes a file that cannot be read, and what to do.
pub(super) fn describe_unreadable(path: &Path, error: &io::Error) -> CliError {
    let (kind, why) = match error.kind() {
        io::ErrorKind::NotFound => (
            ErrorKind::SourceMissing,
            tr!("there is no such file: check the path", "没有这个文件：请检查路径"),
        ),
        io::ErrorKind::PermissionDenied => (
            ErrorKind::SourceDenied,
            tr!(
                "no permission to read this file: change its permissions",
                "没有读取该文件的权限：请修改权限"
            ),
        ),
        _ => {
            let why = localize_io(error);
            (ErrorKind::Source, tr!("the file cannot be read: {why}", "无法读取文件：{why}"))
        }
    };
    CliError::local(kind, why).with_context("file", path.display().to_string())
}

/// Reads the file for its MD5, its CRC-64 and its length in bytes.
fn digest(path: &PathBuf, read: &AtomicU64, shutdown: &Shutdown) -> Result<(Md5, u64, u64), CliError> {
    let broken = |error: io::Error| describe_unreadable(path, &error);
    let mut file = File::open(path).map_err(broken)?;
    let (mut md5, mut crc64, mut size) = (Md5Hash::new(), crc64fast::Digest::new(), 0);
    let mut buffer = vec![0; CHUNK];
    loop {
        if shutdown.is_requested() {
            return Err(Stopped.into());
        }
        let length = file.read(&mut buffer).map_err(broken)?;
        if length == 0 {
            return Ok((Md5(md5.finalize()), crc64.sum64(), size));
        }
        md5.update(&buffer[..length]);
        crc64.write(&buffer[..length]);
        size += length as u64;
        read.store(size, Relaxed);
    }
}

/// Maps an error of the folder; bytes of another version mean that the file has changed.
fn map_store_error(error: &app::storage::Error) -> Error {
    match error.kind() {
        Storage::PreconditionFailed | Storage::InvalidRange | Storage::NotFound => {
            Error::new(ErrorKind::SourceChanged, "read", CHANGED)
        }
        _ => Error::new(ErrorKind::Source, "read", error.to_string()).with_advice(RetryAdvice::Permanent),
    }
}

#[async_trait]
impl Source for LocalFile {
    async fn head(&self, _: &Location) -> Result<Object, Error> {
        let now = self.folder.head(&self.name).await.map_err(|error| map_store_error(&error))?;
        match now.etag == self.version {
            true => Ok(self.object.clone()),
            false => Err(Error::new(ErrorKind::SourceChanged, "head", CHANGED)),
        }
    }

    async fn read(&self, _: &Object, range: Range<u64>) -> Result<ByteStream, Error> {
        let pin = ObjectVersion { etag: Some(self.version.clone()), version_id: None };
        let body =
            self.folder.read(&self.name, range, &pin).await.map_err(|error| map_store_error(&error))?;
        Ok(Box::pin(body.map_err(|error| map_store_error(&error))))
    }

    async fn read_small(&self, _: &Location, _: usize) -> Result<Option<Bytes>, Error> {
        Ok(None)
    }

    async fn list(&self, _: &Location, _: Option<&str>) -> Result<SourcePage, Error> {
        Ok(SourcePage::default())
    }
}

//! Data on disk: one file of slices per upload, a record per committed video, the tokens.

use std::fs::{File, Permissions};
use std::io::Write;
use std::os::unix::fs::{FileExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::{fs, io};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::youku::tokens::Tokens;
use crate::youku::video::Video;

/// The data directory.
#[derive(Debug)]
pub(crate) struct Disk(PathBuf);

impl Disk {
    pub(crate) fn open(dir: &Path) -> io::Result<Self> {
        fs::create_dir_all(dir.join("slices"))?;
        fs::create_dir_all(dir.join("videos"))?;
        Ok(Self(dir.to_owned()))
    }

    /// Where Youku's own OSS keeps its data.
    pub(crate) fn bucket_dir(&self) -> PathBuf {
        self.0.join("bucket")
    }

    /// A file below the data directory.
    pub(crate) fn path(&self, relative: &Path) -> PathBuf {
        self.0.join(relative)
    }

    pub(crate) fn videos(&self) -> io::Result<Vec<Video>> {
        fs::read_dir(self.0.join("videos"))?.map(|entry| read_json(&entry?.path())).collect()
    }

    pub(crate) fn save_video(&self, video: &Video) -> io::Result<()> {
        // The temporary file must not lie among the records.
        write_json(&self.0.join("videos").join(format!("{}.json", video.id)), &self.0.join(&video.id), video)
    }

    pub(crate) fn tokens(&self) -> io::Result<Tokens> {
        match read_json(&self.0.join("tokens.json")) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Tokens::default()),
            other => other,
        }
    }

    pub(crate) fn save_tokens(&self, tokens: &Tokens) -> io::Result<()> {
        write_json(&self.0.join("tokens.json"), &self.0.join("tokens.new"), tokens)
    }
}

/// Creates an empty file of this size.
pub(crate) fn reserve(path: &Path, size: u64) -> io::Result<()> {
    File::create(path)?.set_len(size)
}

/// Writes into a reserved file.
pub(crate) fn write_at(path: &Path, offset: u64, bytes: &[u8]) -> io::Result<()> {
    File::options().write(true).open(path)?.write_all_at(bytes, offset)
}

fn read_json<T: DeserializeOwned>(path: &Path) -> io::Result<T> {
    Ok(serde_json::from_slice(&fs::read(path)?)?)
}

/// Writes for the owner alone, since tokens are secrets; the temporary file may be left from another program.
fn write_json(path: &Path, temporary: &Path, value: &impl Serialize) -> io::Result<()> {
    let mut file = File::options().write(true).create(true).truncate(true).mode(0o600).open(temporary)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    file.write_all(&serde_json::to_vec_pretty(value)?)?;
    fs::rename(temporary, path)
}

//! What the local Youku keeps on disk: slices in one file per upload, a record per committed video, the tokens.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::tokens::Tokens;
use super::video::Video;

/// The data directory.
#[derive(Debug)]
pub(super) struct Disk(PathBuf);

impl Disk {
    pub(super) fn open(dir: &Path) -> io::Result<Self> {
        fs::create_dir_all(dir.join("slices"))?;
        fs::create_dir_all(dir.join("videos"))?;
        Ok(Self(dir.to_owned()))
    }

    /// Where Youku's own OSS keeps its data.
    pub(super) fn bucket_dir(&self) -> PathBuf {
        self.0.join("bucket")
    }

    /// A file below the data directory.
    pub(super) fn path(&self, relative: &Path) -> PathBuf {
        self.0.join(relative)
    }

    pub(super) fn videos(&self) -> io::Result<Vec<Video>> {
        fs::read_dir(self.0.join("videos"))?.map(|entry| read_json(&entry?.path())).collect()
    }

    pub(super) fn save_video(&self, video: &Video) -> io::Result<()> {
        // The temporary name must not stand among the records.
        write_json(&self.0.join("videos").join(format!("{}.json", video.id)), &self.0.join(&video.id), video)
    }

    pub(super) fn tokens(&self) -> io::Result<Tokens> {
        match read_json(&self.0.join("tokens.json")) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Tokens::default()),
            other => other,
        }
    }

    pub(super) fn save_tokens(&self, tokens: &Tokens) -> io::Result<()> {
        write_json(&self.0.join("tokens.json"), &self.0.join("tokens.new"), tokens)
    }
}

/// Makes a file of this size with nothing in it.
pub(super) fn reserve(path: &Path, size: u64) -> io::Result<()> {
    File::create(path)?.set_len(size)
}

/// Writes into a reserved file.
pub(super) fn write_at(path: &Path, offset: u64, bytes: &[u8]) -> io::Result<()> {
    File::options().write(true).open(path)?.write_all_at(bytes, offset)
}

/// Lower hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn read_json<T: DeserializeOwned>(path: &Path) -> io::Result<T> {
    Ok(serde_json::from_slice(&fs::read(path)?)?)
}

fn write_json(path: &Path, temporary: &Path, value: &impl Serialize) -> io::Result<()> {
    fs::write(temporary, serde_json::to_vec_pretty(value)?)?;
    fs::rename(temporary, path)
}

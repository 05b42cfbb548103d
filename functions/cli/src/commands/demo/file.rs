//! The files of a demo: whether they can be videos, their keys and their digests.

use crate::{
    exit_code::INVALID,
    local_clouds::failure::{Failure, name_file},
    ui::i18n::tr,
};
use fast_md5::Md5;
use std::{ffi::OsStr, fs::File, io::Read, path::Path};

/// Bytes that are read at once.
const CHUNK: usize = 256 << 10;

/// Checks a file before anything is started.
///
/// # Errors
/// Says what is wrong with it.
pub(super) fn check(file: &Path) -> Result<(), Failure> {
    let metadata = file.metadata().map_err(|error| name_file(file, &error))?;
    if !metadata.is_file() {
        return Err(Failure::new(INVALID, tr!("{}: not a file", "{}：不是文件", file.display())));
    }
    if metadata.len() == 0 {
        return Err(Failure::new(
            INVALID,
            tr!(
                "{}: the file is empty; Youku accepts no empty video",
                "{}：文件是空的，优酷不接受空视频",
                file.display()
            ),
        ));
    }
    key(file).map(drop)
}

/// The file's name: its key in the bucket.
///
/// # Errors
/// A name that is not UTF-8 cannot be a key.
pub(super) fn key(file: &Path) -> Result<&str, Failure> {
    let name = file.file_name().and_then(OsStr::to_str);
    name.ok_or_else(|| {
        Failure::new(
            INVALID,
            tr!(
                "{}: the file name is not UTF-8, so it cannot be a key",
                "{}：文件名不是 UTF-8，不能作为 key",
                file.display()
            ),
        )
    })
}

/// Reads the file once for its MD5 and its length in bytes.
pub(super) fn digest(path: &Path) -> std::io::Result<([u8; 16], u64)> {
    let (mut file, mut hash, mut size) = (File::open(path)?, Md5::new(), 0);
    let mut buffer = vec![0; CHUNK];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok((hash.finalize(), size));
        }
        hash.update(&buffer[..read]);
        size += read as u64;
    }
}

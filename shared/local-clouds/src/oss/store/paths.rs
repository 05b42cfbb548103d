//! The path of each record in the data folder.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

pub(crate) fn bucket_path(root: &Path, bucket: &str) -> PathBuf {
    root.join("buckets").join(format!("{bucket}.json"))
}

pub(crate) fn object_path(root: &Path, bucket: &str, key: &str) -> PathBuf {
    // Hash the key: keys may be longer than file names, and contain slashes.
    let name = base16ct::lower::encode_string(&Sha256::digest(key)[..16]);
    root.join("objects").join(bucket).join(format!("{name}.json"))
}

pub(crate) fn upload_dir(root: &Path, bucket: &str, id: &str) -> PathBuf {
    root.join("uploads").join(bucket).join(id)
}

//! How much room a folder's disk has.

use nix::sys::statvfs::statvfs;
use std::path::Path;

/// Bytes that this user can still write there; `None` where the system does not say.
pub(super) fn free_space(folder: &Path) -> Option<u64> {
    let found = statvfs(folder).ok()?;
    Some(found.blocks_available().saturating_mul(found.fragment_size()))
}

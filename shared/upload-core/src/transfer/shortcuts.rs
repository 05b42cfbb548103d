//! Shorter ways to a video that no page of Youku promises: each is asked for only where the settings allow it, and given up where Youku
//! refuses it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::Relaxed},
};

/// Which shorter ways the settings allow. Default: none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shortcuts {
    /// Open a session without an MD5, in Youku's web form, where the MD5 is unknown and the source states a CRC-64: the pass that reads the
    /// object for its MD5 is spared.
    pub without_md5: bool,
    /// Send an object that fits in one part, and whose CRC-64 is known, with one PutObject in place of a multipart upload.
    pub single_put: bool,
}

/// The shorter ways that Youku has refused to this process. Clones share what they know.
#[derive(Debug, Clone, Default)]
pub struct RefusedShortcuts(Arc<Refused>);

#[derive(Debug, Default)]
struct Refused {
    without_md5: AtomicBool,
    single_put: AtomicBool,
}

impl RefusedShortcuts {
    /// Notes that Youku takes no session without an MD5.
    pub(crate) fn refuse_without_md5(&self) {
        self.0.without_md5.store(true, Relaxed);
    }

    /// Notes that Youku's bucket, or its commit, takes no object of a single PutObject.
    pub(crate) fn refuse_single_put(&self) {
        self.0.single_put.store(true, Relaxed);
    }

    /// Those of `allowed` that Youku has not refused.
    pub(crate) fn remaining(&self, allowed: Shortcuts) -> Shortcuts {
        Shortcuts {
            without_md5: allowed.without_md5 && !self.0.without_md5.load(Relaxed),
            single_put: allowed.single_put && !self.0.single_put.load(Relaxed),
        }
    }
}

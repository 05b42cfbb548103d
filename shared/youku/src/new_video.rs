//! A video that is to be uploaded: what Youku wants to know of it before the first byte.

use crate::{
    types::{Invalid, VideoMetadata},
    validate::validate,
};

/// A video that keeps to every limit of Youku's newest page.
///
/// [`new`](Self::new) is the only way to make one, and nothing changes it afterwards. So it need not be checked again, and the
/// client takes nothing else. The MD5 is not part of it: Youku's limits do not concern it, and it may be known much later.
///
/// ```compile_fail
/// let unchecked = youku::NewVideo { file_name: String::new(), file_size: 0, metadata: Default::default() };
/// ```
#[derive(Debug, Clone)]
pub struct NewVideo {
    file_name: String,
    file_size: u64,
    metadata: VideoMetadata,
}

impl NewVideo {
    /// Checks every limit of Youku's newest page, before anything is sent. `file_size` is in bytes.
    ///
    /// # Errors
    /// The first limit that is broken.
    pub fn new(file_name: String, file_size: u64, metadata: VideoMetadata) -> Result<Self, Invalid> {
        validate(&file_name, file_size, &metadata)?;
        Ok(Self { file_name, file_size, metadata })
    }

    /// The file's name, with an extension from [`CONTAINERS`](crate::CONTAINERS) in any case.
    #[must_use]
    pub fn file_name(&self) -> &str {
        &self.file_name
    }

    /// The file name's extension as it stands there, without the dot.
    #[must_use]
    pub fn extension(&self) -> &str {
        self.file_name.rsplit_once('.').map_or("", |(_, extension)| extension)
    }

    /// Size of the file in bytes, at least 1.
    #[must_use]
    pub fn file_size(&self) -> u64 {
        self.file_size
    }

    /// Title, tags and so on. Title and tags are stated.
    #[must_use]
    pub fn metadata(&self) -> &VideoMetadata {
        &self.metadata
    }
}

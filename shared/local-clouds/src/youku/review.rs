//! Review by ffprobe: what it cannot read fails, as broken files do in the real service's transcoding.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

use crate::youku::error::ApiError;
use crate::youku::session_state::ContentLocation;
use crate::youku::state::YoukuService;

const PROGRAM: &str = "ffprobe";

impl YoukuService {
    /// Whether the stored bytes fail in review: never unless [`Switches::reject_unreadable`](super::Switches::reject_unreadable) is on.
    ///
    /// # Errors
    /// Unavailable where the bytes cannot be copied for ffprobe, or where there is no ffprobe.
    pub(crate) async fn is_unreadable(&self, content: &ContentLocation) -> Result<bool, ApiError> {
        if !self.state().switches.reject_unreadable {
            return Ok(false);
        }
        let read = match self.file_path(content) {
            Some(path) => has_pictures(&path).await,
            None => match self.copy_for_review(content).await {
                Ok(copy) => {
                    let read = has_pictures(&copy).await;
                    // A copy that stays costs space alone.
                    let _ = tokio::fs::remove_file(&copy).await;
                    read
                }
                Err(error) => Err(error),
            },
        };
        read.map(|read| !read).map_err(|_| ApiError::unavailable())
    }

    /// Copies an object into a file of its own, since the bucket stores it in parts.
    async fn copy_for_review(&self, content: &ContentLocation) -> io::Result<PathBuf> {
        let copy = self.0.disk.path(Path::new(&format!("review-{:032x}", rand::random::<u128>())));
        let mut file = tokio::fs::File::create_new(&copy).await?;
        tokio::io::copy(&mut self.open_content(content, 0).await?, &mut file).await?;
        file.sync_data().await?;
        Ok(copy)
    }
}

/// Whether ffprobe can be started.
pub(crate) async fn is_available() -> bool {
    let version =
        Command::new(PROGRAM).arg("-version").stdout(Stdio::null()).stderr(Stdio::null()).status().await;
    version.is_ok_and(|status| status.success())
}

/// Whether ffprobe opens the file and finds pictures in it. A playlist among the bytes may name files and addresses: none is opened.
async fn has_pictures(path: &Path) -> io::Result<bool> {
    let mut input = std::ffi::OsString::from("file:");
    input.push(path);
    let output = Command::new(PROGRAM)
        .args(["-v", "error", "-protocol_whitelist", "file", "-select_streams", "v"])
        .args(["-show_entries", "stream=codec_type", "-of", "csv=p=0"])
        .arg(input)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await?;
    Ok(output.status.success() && output.stdout.starts_with(b"video"))
}

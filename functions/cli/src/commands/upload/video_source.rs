//! The videos that the SOURCE arguments name.

use super::{
    folder_walk::{is_video, walk},
    local_file,
    skipped::Skipped,
};
use crate::{
    args::UploadArgs,
    error::CliError,
    shutdown::Shutdown,
    ui::{i18n::tr, messages::skipped::SkipReason},
};
use app::{
    App,
    core::{ErrorKind, Location, rules::is_junk},
    report_missing_bucket,
};
use std::{
    ffi::OsStr,
    fmt, io,
    path::{Path, PathBuf},
};

/// One video to upload.
#[derive(Debug, Clone)]
pub(crate) enum VideoSource {
    /// A file of this machine.
    File(PathBuf),
    /// An object in a bucket.
    Object(Location),
}

impl fmt::Display for VideoSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Object(location) => write!(f, "{location}"),
        }
    }
}

impl VideoSource {
    /// Parses one SOURCE.
    ///
    /// # Errors
    /// Where it is a URL of another kind.
    pub(crate) fn parse(source: &OsStr) -> Result<Self, CliError> {
        // No URL is anything but UTF-8; a path may be. Its own upload refuses it where its name is not.
        let Some(text) = source.to_str() else { return Ok(Self::File(source.into())) };
        match app::object_location(text) {
            Some(location) => Ok(Self::Object(location)),
            None if text.contains("://") => Err(describe_unknown(text)),
            None => Ok(Self::File(source.into())),
        }
    }
}

fn describe_unknown(source: &str) -> CliError {
    let why = tr!(
        "unknown kind of source: name a file, oss://bucket/key or s3://bucket/key",
        "无法识别的来源：请指定文件、oss://bucket/key 或 s3://bucket/key"
    );
    CliError::usage(why).with_context("source", source)
}

/// Expands SOURCE arguments to videos, in their order; with `--recursive` to the videos under each of them. What lies there and is not
/// taken is recorded in `skipped`.
///
/// # Errors
/// Where one is no source, cannot be listed, or has no video under it.
pub(super) async fn expand(
    app: &App,
    args: &UploadArgs,
    skipped: &mut Skipped,
    shutdown: &Shutdown,
) -> Result<Vec<VideoSource>, CliError> {
    let mut videos = Vec::new();
    for source in &args.sources {
        if !args.recursive || Path::new(source).is_file() {
            videos.push(VideoSource::parse(source)?);
            continue;
        }
        let skipped_before = skipped.count();
        let found = match source.to_str().filter(|text| text.contains("://")) {
            Some(url) => shutdown.guard(list_under(app, url, args.include_junk, skipped)).await?,
            None => shutdown.guard(walk_through(source.into(), args.include_junk, skipped)).await?,
        };
        if found.is_empty() {
            let why = match skipped.count() - skipped_before {
                0 => tr!("there is no video under it", "其中没有视频"),
                count => tr!(
                    "nothing under it is uploaded: all {count} that are there are left out, for the reasons above",
                    "其中没有可上传的内容：共有 {count} 个，均因上述原因跳过"
                ),
            };
            return Err(CliError::local(ErrorKind::SourceMissing, why)
                .with_context("source", Path::new(source).display()));
        }
        videos.extend(found);
    }
    Ok(videos)
}

async fn walk_through(
    root: PathBuf,
    include_junk: bool,
    skipped: &mut Skipped,
) -> Result<Vec<VideoSource>, CliError> {
    if !root.is_dir() {
        return Err(local_file::describe_unreadable(&root, &io::ErrorKind::NotFound.into()));
    }
    let walked = {
        let root = root.clone();
        tokio::task::spawn_blocking(move || walk(&root, include_junk)).await
    };
    let walked = walked.unwrap_or_else(|_| Err(io::Error::other("the walk was interrupted")));
    let (videos, met) = walked.map_err(|error| local_file::describe_unreadable(&root, &error))?;
    skipped.extend(met);
    Ok(videos.into_iter().map(VideoSource::File).collect())
}

async fn list_under(
    app: &App,
    source: &str,
    include_junk: bool,
    skipped: &mut Skipped,
) -> Result<Vec<VideoSource>, CliError> {
    let prefix = parse_prefix(source)?;
    let reserved = &app.settings().reserved.prefixes;
    let skip_reason = |key: &str, size: u64| {
        if reserved.iter().any(|prefix| key.starts_with(prefix.as_str())) {
            Some(SkipReason::OwnPrefix)
        } else if !is_video(Path::new(key)) {
            Some(SkipReason::NotAVideo)
        } else if !include_junk && is_junk(key, prefix.key.len()) {
            Some(SkipReason::Junk)
        } else {
            (size == 0).then_some(SkipReason::Empty)
        }
    };
    let (store, mut after, mut found) = (app.source(None), None, Vec::new());
    loop {
        let page = store.list(&prefix, after.as_deref()).await;
        let page = page.map_err(|error| report_missing_bucket(&prefix, error))?;
        // A key that ends with a slash stands for a folder.
        for entry in page.entries.into_iter().filter(|entry| !entry.key.ends_with('/')) {
            let reason = skip_reason(&entry.key, entry.size);
            let video = VideoSource::Object(Location { key: entry.key, ..prefix.clone() });
            match reason {
                Some(reason) => skipped.pass_over(reason, video.to_string()),
                None => found.push(video),
            }
        }
        after = page.next;
        if after.is_none() {
            return Ok(found);
        }
    }
}

/// Parses a URL of a bucket or a key prefix to a location whose key is the prefix.
fn parse_prefix(source: &str) -> Result<Location, CliError> {
    let bare = source.split_once("://").is_some_and(|(_, rest)| !rest.contains('/'));
    // With one more character a prefix is a key, whatever it ends with.
    let probe = format!("{source}{}", if bare { "/x" } else { "x" });
    let mut location = app::object_location(&probe).ok_or_else(|| describe_unknown(source))?;
    location.key.pop();
    Ok(location)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::ui::messages::errors::describe;

    #[test]
    fn a_prefix_may_be_a_whole_bucket_or_end_anywhere() {
        for (source, bucket, key) in [
            ("oss://videos", "videos", ""),
            ("s3://videos/", "videos", ""),
            ("oss://videos/a/b-", "videos", "a/b-"),
            ("s3://videos//lead/", "videos", "/lead/"),
        ] {
            let location = parse_prefix(source).unwrap();
            assert_eq!((location.bucket.as_str(), location.key.as_str()), (bucket, key));
        }
        assert!(parse_prefix("http://videos/a").is_err());
    }

    #[test]
    fn a_url_of_another_kind_is_no_file() {
        let parse = |source: &str| VideoSource::parse(source.as_ref());
        assert!(matches!(parse("oss://videos/a.mp4"), Ok(VideoSource::Object(_))));
        assert!(matches!(parse("a b.mp4"), Ok(VideoSource::File(_))));
        for source in ["http://host/a.mp4", "oss://B/a.mp4", "oss://videos"] {
            let error = describe(&parse(source).unwrap_err());
            assert!(error.contains(source) && error.contains("oss://bucket/key"), "{error}");
        }
    }
}

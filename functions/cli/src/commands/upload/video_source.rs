//! The videos that the SOURCE arguments name.

use super::local_file;
use crate::{error::CliError, shutdown::Shutdown, ui::i18n::tr};
use app::{
    App,
    core::{ErrorKind, Location, Provider, rules::VIDEO_EXTENSIONS},
};
use std::{
    fmt,
    path::{Path, PathBuf},
};

/// One video to upload.
#[derive(Debug, Clone)]
pub(super) enum VideoSource {
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
    fn parse(source: &str) -> Result<Self, CliError> {
        match app::object_location(source) {
            Some(location) => Ok(Self::Object(location)),
            None if source.contains("://") => Err(describe_unknown(source)),
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

/// Expands SOURCE arguments to videos, in their order; with `recursive` to the videos under each of them.
///
/// # Errors
/// Where one is no source, cannot be listed, or has no video under it.
pub(super) async fn expand(
    app: &App,
    sources: &[String],
    recursive: bool,
    shutdown: &Shutdown,
) -> Result<Vec<VideoSource>, CliError> {
    let mut videos = Vec::new();
    for source in sources {
        if !recursive || Path::new(source).is_file() {
            videos.push(VideoSource::parse(source)?);
            continue;
        }
        let found = shutdown.guard(list_under(app, source)).await?;
        if found.is_empty() {
            let why = tr!("there is no video under it", "其中没有视频");
            return Err(CliError::local(ErrorKind::SourceMissing, why).with_context("source", source));
        }
        videos.extend(found);
    }
    Ok(videos)
}

async fn list_under(app: &App, source: &str) -> Result<Vec<VideoSource>, CliError> {
    let prefix = parse_prefix(source)?;
    let is_video = |key: &str| {
        let extension = key.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
        let reserved = app.settings().reserved.prefixes.iter().any(|prefix| key.starts_with(prefix.as_str()));
        !reserved && extension.is_some_and(|one| VIDEO_EXTENSIONS.contains(&one.as_str()))
    };
    let (store, mut after, mut found) = (app.source(None), None, Vec::new());
    loop {
        let page = store.list(&prefix, after.as_deref()).await?;
        let videos = page.entries.into_iter().filter(|entry| entry.size > 0 && is_video(&entry.key));
        found.extend(videos.map(|entry| match prefix.provider {
            Provider::Folder => VideoSource::File(Path::new(&prefix.bucket).join(entry.key)),
            _ => VideoSource::Object(Location { key: entry.key, ..prefix.clone() }),
        }));
        after = page.next;
        if after.is_none() {
            return Ok(found);
        }
    }
}

/// Parses a folder or a key prefix to a location whose key is the prefix.
fn parse_prefix(source: &str) -> Result<Location, CliError> {
    if !source.contains("://") {
        let path = Path::new(source);
        if !path.is_dir() {
            return Err(local_file::describe_unreadable(path, &std::io::ErrorKind::NotFound.into()));
        }
        return Ok(Location { bucket: source.into(), ..local_file::locate("") });
    }
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
        ] {
            let location = parse_prefix(source).unwrap();
            assert_eq!((location.bucket.as_str(), location.key.as_str()), (bucket, key));
        }
        assert!(parse_prefix("http://videos/a").is_err());
    }

    #[test]
    fn a_url_of_another_kind_is_no_file() {
        assert!(matches!(VideoSource::parse("oss://videos/a.mp4"), Ok(VideoSource::Object(_))));
        assert!(matches!(VideoSource::parse("a b.mp4"), Ok(VideoSource::File(_))));
        for source in ["http://host/a.mp4", "oss://B/a.mp4", "oss://videos"] {
            let error = describe(&VideoSource::parse(source).unwrap_err());
            assert!(error.contains(source) && error.contains("oss://bucket/key"), "{error}");
        }
    }
}

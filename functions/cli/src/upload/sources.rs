//! What the SOURCEs of a command name.

use super::{brakes::Brakes, local};
use crate::{exit::OPERATOR, lang::say};
use app::{
    App,
    core::{Error, ErrorKind, Location, Provider, rules::VIDEO_EXTENSIONS},
};
use std::{
    fmt,
    path::{Path, PathBuf},
};

/// One video to upload.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    /// A file of this machine.
    File(PathBuf),
    /// An object in a bucket.
    Object(Location),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Object(location) => write!(f, "{location}"),
        }
    }
}

impl Place {
    /// What one SOURCE names.
    ///
    /// # Errors
    /// Where it is a URL of another kind.
    pub(crate) fn parse(source: &str) -> Result<Self, Error> {
        match app::object_location(source) {
            Some(location) => Ok(Self::Object(location)),
            None if source.contains("://") => Err(unknown(source)),
            None => Ok(Self::File(source.into())),
        }
    }
}

fn unknown(source: &str) -> Error {
    let why = say!(
        "this is no source: name a file, oss://bucket/key or s3://bucket/key",
        "无法识别的来源：请指定文件、oss://bucket/key 或 s3://bucket/key"
    );
    Error::new(ErrorKind::InvalidJob, OPERATOR, why).with_context("source", source)
}

/// The videos that the SOURCEs name, in their order; with `recursive` those under each of them.
///
/// # Errors
/// Where one is no source, cannot be listed, or has no video under it.
pub(crate) async fn expand(
    app: &App,
    sources: &[String],
    recursive: bool,
    brakes: &Brakes,
) -> Result<Vec<Place>, Error> {
    let mut places = Vec::new();
    for source in sources {
        if !recursive || Path::new(source).is_file() {
            places.push(Place::parse(source)?);
            continue;
        }
        let found = brakes.unless_pulled(below(app, source)).await?;
        if found.is_empty() {
            let why = say!("there is no video under it", "其中没有视频");
            return Err(Error::new(ErrorKind::SourceMissing, OPERATOR, why).with_context("source", source));
        }
        places.extend(found);
    }
    Ok(places)
}

async fn below(app: &App, source: &str) -> Result<Vec<Place>, Error> {
    let prefix = prefix(source)?;
    let wanted = |key: &str| {
        let extension = key.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
        let reserved = app.settings().reserved.prefixes.iter().any(|prefix| key.starts_with(prefix.as_str()));
        !reserved && extension.is_some_and(|one| VIDEO_EXTENSIONS.contains(&one.as_str()))
    };
    let (store, mut after, mut found) = (app.source(None), None, Vec::new());
    loop {
        let page = store.list(&prefix, after.as_deref()).await?;
        let videos = page.entries.into_iter().filter(|entry| entry.size > 0 && wanted(&entry.key));
        found.extend(videos.map(|entry| match prefix.provider {
            Provider::Folder => Place::File(Path::new(&prefix.bucket).join(entry.key)),
            _ => Place::Object(Location { key: entry.key, ..prefix.clone() }),
        }));
        after = page.next;
        if after.is_none() {
            return Ok(found);
        }
    }
}

/// A place whose key is what the keys must begin with.
fn prefix(source: &str) -> Result<Location, Error> {
    if !source.contains("://") {
        let path = Path::new(source);
        if !path.is_dir() {
            return Err(local::unreadable(path, &std::io::ErrorKind::NotFound.into()));
        }
        return Ok(Location { bucket: source.into(), ..local::location("") });
    }
    let bare = source.split_once("://").is_some_and(|(_, rest)| !rest.contains('/'));
    // With something behind it a prefix is a key, whatever it ends with.
    let probe = format!("{source}{}", if bare { "/x" } else { "x" });
    let mut location = app::object_location(&probe).ok_or_else(|| unknown(source))?;
    location.key.pop();
    Ok(location)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_may_be_a_whole_bucket_or_end_anywhere() {
        for (source, bucket, key) in [
            ("oss://videos", "videos", ""),
            ("s3://videos/", "videos", ""),
            ("oss://videos/a/b-", "videos", "a/b-"),
        ] {
            let place = prefix(source).unwrap();
            assert_eq!((place.bucket.as_str(), place.key.as_str()), (bucket, key));
        }
        assert!(prefix("http://videos/a").is_err());
    }

    #[test]
    fn a_url_of_another_kind_is_no_file() {
        assert!(matches!(Place::parse("oss://videos/a.mp4"), Ok(Place::Object(_))));
        assert!(matches!(Place::parse("a b.mp4"), Ok(Place::File(_))));
        for source in ["http://host/a.mp4", "oss://B/a.mp4", "oss://videos"] {
            let error = Place::parse(source).unwrap_err().to_string();
            assert!(error.contains(source) && error.contains("oss://bucket/key"), "{error}");
        }
    }
}

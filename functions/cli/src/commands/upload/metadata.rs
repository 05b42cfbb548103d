//! Metadata of the videos: from flags, else from the file of `--meta`.

use crate::{args::UploadArgs, error::CliError, ui::i18n::tr};
use app::core::metadata::{PublicTypeOrigin, StatedMetadata, VideoMetadata, split_tags};
use std::{fs, path::Path};

/// Reads what flags state, and the file of `--meta` for what they do not.
///
/// # Errors
/// Names the file, line and column that do not fit.
pub(super) fn read(args: &UploadArgs) -> Result<StatedMetadata, CliError> {
    let flags = VideoMetadata {
        title: args.title.clone(),
        tags: (!args.tags.is_empty()).then(|| args.tags.iter().flat_map(|text| split_tags(text)).collect()),
        category: args.category.clone(),
        description: args.description.clone(),
        copyright_type: args.copyright_type.map(Into::into),
        public_type: args.public_type.map(Into::into),
        watch_password: args.watch_password.clone().map(Into::into),
        thumbnail: args.thumbnail.clone(),
        ..VideoMetadata::default()
    };
    let file = args.meta.as_deref().map(read_file).transpose()?;
    let stated = VideoMetadata::merge(flags, file.unwrap_or_default());
    Ok(StatedMetadata::new(stated, PublicTypeOrigin::Flag))
}

fn read_file(path: &Path) -> Result<VideoMetadata, CliError> {
    let wrong = |why: String| CliError::usage(why).with_context("file", path.display().to_string());
    let text = fs::read_to_string(path).map_err(|error| {
        wrong(tr!("--meta: the file cannot be read: {error}", "--meta：无法读取文件：{error}"))
    })?;
    toml::from_str(&text).map_err(|error| {
        let (line, column) = find_position(&text, error.span().map_or(0, |span| span.start));
        let why = strip_value(error.message());
        wrong(tr!("--meta: {why}", "--meta 文件有误：{why}"))
            .with_context("line", line.to_string())
            .with_context("column", column.to_string())
    })
}

/// Strips the value that a message of the TOML library quotes: it may be a password.
fn strip_value(why: &str) -> &str {
    match why.rfind(", expected ") {
        Some(at) if why.starts_with("invalid ") => &why[at + 2..],
        _ => why,
    }
}

/// Line and column, in characters, of a byte offset; both start at 1.
fn find_position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at.min(text.len())).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_counted_in_characters_from_one() {
        assert_eq!(find_position("", 0), (1, 1));
        assert_eq!(find_position("一二\n三四", "一二\n三".len()), (2, 2));
    }
}

//! Metadata of the videos: from flags, else from the file of `--meta`.

use crate::{
    args::UploadArgs,
    error::CliError,
    ui::{
        details::{localize, localize_io},
        i18n::tr,
    },
};
use app::core::{
    Preflight, Timestamp,
    metadata::{PublicTypeOrigin, StatedMetadata, VideoMetadata, split_tags},
};
use std::{fs, path::Path};

const BYTE_ORDER_MARK: char = '\u{feff}';

/// Reads what flags state, and the file of `--meta` for what they do not.
///
/// # Errors
/// Names the file, and what in it does not fit.
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
    let (file, preflight, publish_at) = file.unwrap_or_default();
    let stated = VideoMetadata::merge(flags, file);
    let preflight = if args.force { Some(Preflight::Off) } else { preflight };
    let stated = StatedMetadata::new(stated, PublicTypeOrigin::Flag).with_preflight(preflight);
    Ok(stated.with_publish_at(args.publish_at.or(publish_at)))
}

/// What the file of `--meta` states.
type FromFile = (VideoMetadata, Option<Preflight>, Option<Timestamp>);

/// Reads TOML, or JSON as a sidecar has it. Editors of Windows write a byte-order mark before either.
fn read_file(path: &Path) -> Result<FromFile, CliError> {
    let wrong = |why: String| CliError::usage(why).with_context("file", path.display().to_string());
    let bytes = fs::read(path).map_err(|error| {
        let why = localize_io(&error);
        wrong(tr!("--meta: the file cannot be read: {why}", "--meta：无法读取文件：{why}"))
    })?;
    let text = str::from_utf8(&bytes).map_err(|_| {
        wrong(tr!(
            "--meta: the file is not UTF-8: write it as UTF-8",
            "--meta：文件不是 UTF-8 编码：请以 UTF-8 保存"
        ))
    })?;
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    // No TOML begins so.
    if text.trim_start().starts_with('{') {
        let stated = StatedMetadata::from_sidecar(text.as_bytes());
        return stated.map(|stated| (stated.metadata, stated.preflight, stated.publish_at)).map_err(
            |error| {
                let text = error.to_string();
                let why = localize(&text);
                let why = strip_place(&why);
                wrong(tr!("--meta: {why}", "--meta 文件有误：{why}"))
            },
        );
    }
    let stated = toml::from_str(text).map(|metadata| (metadata, None, None));
    stated.map_err(|error| {
        let (line, column) = find_position(text, error.span().map_or(0, |span| span.start));
        let why = localize(strip_value(error.message()));
        wrong(tr!("--meta: {why}", "--meta 文件有误：{why}"))
            .with_context("line", line.to_string())
            .with_context("column", column.to_string())
    })
}

/// Strips the place from what is wrong, in either language: the file is read as a sidecar is.
fn strip_place(why: &str) -> &str {
    ["sidecar ", "旁边的文件 "].iter().find_map(|place| why.strip_prefix(place)).unwrap_or(why)
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
    use crate::ui::details::translate_or_keep;

    #[test]
    fn what_is_wrong_is_told_without_the_place_of_a_sidecar() {
        let english = "sidecar tags has the wrong type";
        assert_eq!(strip_place(english), "tags has the wrong type");
        assert_eq!(strip_place(&translate_or_keep(english)), "tags 类型不对");
        assert_eq!(strip_place("is not JSON"), "is not JSON");
    }

    #[test]
    fn positions_are_counted_in_characters_from_one() {
        assert_eq!(find_position("", 0), (1, 1));
        assert_eq!(find_position("一二\n三四", "一二\n三".len()), (2, 2));
    }
}

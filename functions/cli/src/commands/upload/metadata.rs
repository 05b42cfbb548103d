//! Metadata of the videos: from flags, else from the file of `--meta`; titles may be templates.

use crate::{args::UploadArgs, error::CliError, ui::i18n::tr};
use app::core::{
    ledger::Timestamp,
    metadata::{PublicTypeOrigin, StatedMetadata, VideoMetadata},
};
use std::{fs, path::Path, time::SystemTime};

/// Reads what flags state, and the file of `--meta` for what they do not.
///
/// # Errors
/// Names the file, line and column that do not fit.
pub(super) fn read(args: &UploadArgs) -> Result<StatedMetadata, CliError> {
    let flags = VideoMetadata {
        title: args.title.clone(),
        tags: (!args.tags.is_empty()).then(|| args.tags.clone()),
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

/// Fills in a title template for the `number`th video of a command (1 = first) with this file name.
///
/// # Errors
/// Names an unknown placeholder.
pub(super) fn expand_title(template: &str, file_name: &str, number: usize) -> Result<String, CliError> {
    let stem = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem);
    let today = Timestamp::from(SystemTime::now()).to_string();
    let mut title = String::new();
    let mut rest = template;
    while let Some((before, tail)) = rest.split_once('{') {
        let (name, after) = tail.split_once('}').unwrap_or((tail, ""));
        title.push_str(before);
        match name {
            "stem" => title.push_str(stem),
            "n" => title.push_str(&number.to_string()),
            "date" => title.push_str(today.split('T').next().unwrap_or_default()),
            other => {
                let why = tr!(
                    "the title's placeholder {{{other}}} is unknown: use {{stem}}, {{n}} or {{date}}",
                    "标题中的占位符 {{{other}}} 无法识别：可用 {{stem}}、{{n}}、{{date}}"
                );
                return Err(CliError::usage(why));
            }
        }
        rest = after;
    }
    Ok(title + rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::messages::errors::describe;

    /// Templates are filled in, and an unknown placeholder is named.
    #[test]
    fn title_templates_are_filled_in() {
        let made = expand_title("{n}. {stem}!", "我的 片.final.mp4", 7).ok();
        assert_eq!(made.as_deref(), Some("7. 我的 片.final!"));
        let date = expand_title("{date}", "a.mp4", 1).unwrap_or_default();
        assert!(date.len() == 10 && date.starts_with("20"), "{date}");
        assert_eq!(expand_title("plain", "a.mp4", 1).ok().as_deref(), Some("plain"));
        for wrong in ["{name}", "a {", "{}"] {
            assert!(
                expand_title(wrong, "a.mp4", 1).is_err_and(|error| describe(&error).contains("{stem}")),
                "{wrong}"
            );
        }
    }

    #[test]
    fn positions_are_counted_in_characters_from_one() {
        assert_eq!(find_position("", 0), (1, 1));
        assert_eq!(find_position("一二\n三四", "一二\n三".len()), (2, 2));
    }
}

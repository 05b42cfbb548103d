//! What is stated about the videos: by flags, else by a metadata file; titles may be templates.

use crate::{args::Upload, exit::OPERATOR, lang::say};
use app::core::{
    Error, ErrorKind,
    ledger::Timestamp,
    metadata::{PublicTypeOrigin, VideoMetadata},
};
use std::{fs, path::Path, time::SystemTime};

/// What flags state, and below them the file of `--meta`.
///
/// # Errors
/// Names the file, line and column that do not fit.
pub(crate) fn stated(arguments: &Upload) -> Result<VideoMetadata, Error> {
    let flags = VideoMetadata {
        title: arguments.title.clone(),
        tags: (!arguments.tags.is_empty()).then(|| arguments.tags.clone()),
        category: arguments.category.clone(),
        description: arguments.description.clone(),
        copyright_type: arguments.copyright_type.map(Into::into),
        public_type: arguments.public_type.map(Into::into),
        watch_password: arguments.watch_password.clone().map(Into::into),
        thumbnail: arguments.thumbnail.clone(),
        ..VideoMetadata::default()
    };
    let file = arguments.meta.as_deref().map(read).transpose()?;
    let stated = VideoMetadata::merge(flags, file.unwrap_or_default());
    Ok(stated.stated_by(PublicTypeOrigin::Flag))
}

fn read(path: &Path) -> Result<VideoMetadata, Error> {
    let wrong = |why: String| {
        Error::new(ErrorKind::InvalidJob, OPERATOR, why).with_context("file", path.display().to_string())
    };
    let text = fs::read_to_string(path).map_err(|error| {
        wrong(say!("--meta: the file cannot be read: {error}", "--meta：无法读取文件：{error}"))
    })?;
    toml::from_str(&text).map_err(|error| {
        let (line, column) = place(&text, error.span().map_or(0, |span| span.start));
        let why = without_value(error.message());
        wrong(say!("--meta: {why}", "--meta 文件有误：{why}"))
            .with_context("line", line.to_string())
            .with_context("column", column.to_string())
    })
}

/// The words of the library without the value that they quote: it may be a password.
fn without_value(why: &str) -> &str {
    match why.rfind(", expected ") {
        Some(at) if why.starts_with("invalid ") => &why[at + 2..],
        _ => why,
    }
}

/// Line and column, in characters, of a place in a text; both begin at 1.
pub(crate) fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at.min(text.len())).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

/// The title that a template makes for the `number`th video of a command, of this file name.
///
/// # Errors
/// Names a place holder that is none.
pub(crate) fn title(template: &str, file_name: &str, number: usize) -> Result<String, Error> {
    let stem = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem);
    let today = Timestamp::from(SystemTime::now()).to_string();
    let mut title = String::new();
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once('{') {
        let (name, after) = behind.split_once('}').unwrap_or((behind, ""));
        title.push_str(before);
        match name {
            "stem" => title.push_str(stem),
            "n" => title.push_str(&number.to_string()),
            "date" => title.push_str(today.split('T').next().unwrap_or_default()),
            other => {
                let why = say!(
                    "the title's place holder {{{other}}} is not known: there are {{stem}}, {{n}} and {{date}}",
                    "标题中的占位符 {{{other}}} 无法识别：可用 {{stem}}、{{n}}、{{date}}"
                );
                return Err(Error::new(ErrorKind::InvalidJob, OPERATOR, why));
            }
        }
        rest = after;
    }
    Ok(title + rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_filled_in_and_unknown_place_holders_named() {
        let made = title("{n}. {stem}!", "我的 片.final.mp4", 7).ok();
        assert_eq!(made.as_deref(), Some("7. 我的 片.final!"));
        let date = title("{date}", "a.mp4", 1).unwrap_or_default();
        assert!(date.len() == 10 && date.starts_with("20"), "{date}");
        assert_eq!(title("plain", "a.mp4", 1).ok().as_deref(), Some("plain"));
        for wrong in ["{name}", "a {", "{}"] {
            assert!(
                title(wrong, "a.mp4", 1).is_err_and(|error| error.to_string().contains("{stem}")),
                "{wrong}"
            );
        }
    }

    #[test]
    fn places_are_counted_in_characters_from_one() {
        assert_eq!(place("", 0), (1, 1));
        assert_eq!(place("一二\n三四", "一二\n三".len()), (2, 2));
    }
}

//! Titles, which may be templates.

use crate::{error::CliError, ui::i18n::tr};
use app::core::{
    ledger::Timestamp,
    metadata::{TITLE_CHARACTERS, clean_title},
};
use std::time::SystemTime;

/// A template that is filled in for one video.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ExpandedTitle {
    pub(super) text: String,
    /// Whether the file's name stands in it shortened.
    pub(super) is_cut: bool,
}

/// A piece of a title.
enum Piece {
    /// Stated on purpose: neither cleaned nor cut.
    Text(String),
    /// The file's name without its extension.
    Stem,
}

/// Fills in a title template for the `number`th video of a command (1 = first) with this file name.
///
/// Nobody chose the file's name as a title: like a title that is nothing else it is cleaned, and cut to what the title has room for.
///
/// # Errors
/// Names an unknown placeholder.
pub(super) fn expand_title(
    template: &str,
    file_name: &str,
    number: usize,
) -> Result<ExpandedTitle, CliError> {
    let pieces = split_template(template, number)?;
    let stem = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem);
    let stem = clean_title(stem).trim().to_owned();
    let room = room_for_stem(&pieces);
    // Without any room the text itself is too long, which its author has to hear.
    let is_cut = room > 0 && stem.chars().nth(room).is_some() && pieces.iter().any(Piece::is_stem);
    let shown: String = if is_cut { stem.chars().take(room).collect() } else { stem };
    let text = pieces.iter().map(|piece| match piece {
        Piece::Text(text) => text.as_str(),
        Piece::Stem => &shown,
    });
    Ok(ExpandedTitle { text: text.collect(), is_cut })
}

impl Piece {
    fn is_stem(&self) -> bool {
        matches!(self, Self::Stem)
    }
}

/// Characters that each `{stem}` of a title may have.
fn room_for_stem(pieces: &[Piece]) -> usize {
    let length = |piece: &Piece| match piece {
        Piece::Text(text) => text.chars().count(),
        Piece::Stem => 0,
    };
    let stated: usize = pieces.iter().map(length).sum();
    let stems = pieces.iter().filter(|piece| piece.is_stem()).count();
    TITLE_CHARACTERS.saturating_sub(stated) / stems.max(1)
}

fn split_template(template: &str, number: usize) -> Result<Vec<Piece>, CliError> {
    let today = Timestamp::from(SystemTime::now()).to_string();
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some((before, tail)) = rest.split_once('{') {
        // A placeholder without its end is unknown, whatever its name.
        let (name, after) = tail.split_once('}').map_or((None, ""), |(name, after)| (Some(name), after));
        pieces.push(Piece::Text(before.to_owned()));
        pieces.push(match name {
            Some("stem") => Piece::Stem,
            Some("n") => Piece::Text(number.to_string()),
            Some("date") => Piece::Text(today.split('T').next().unwrap_or_default().to_owned()),
            other => {
                let other = other.unwrap_or(tail);
                let why = tr!(
                    "the title's placeholder {{{other}}} is unknown: use {{stem}}, {{n}} or {{date}}",
                    "标题中的占位符 {{{other}}} 无法识别：可用 {{stem}}、{{n}}、{{date}}"
                );
                return Err(CliError::usage(why));
            }
        });
        rest = after;
    }
    pieces.push(Piece::Text(rest.to_owned()));
    Ok(pieces)
}

#[cfg(test)]
#[expect(clippy::panic, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::ui::messages::errors::describe;

    fn expand(template: &str, file_name: &str) -> (String, bool) {
        let title =
            expand_title(template, file_name, 7).unwrap_or_else(|error| panic!("{}", describe(&error)));
        (title.text, title.is_cut)
    }

    /// Templates are filled in, and an unknown placeholder is named.
    #[test]
    fn title_templates_are_filled_in() {
        assert_eq!(expand("{n}. {stem}!", "我的 片.final.mp4"), ("7. 我的 片.final!".to_owned(), false));
        let (date, _) = expand("{date}", "a.mp4");
        assert!(date.len() == 10 && date.starts_with("20"), "{date}");
        assert_eq!(expand("plain", "a.mp4"), ("plain".to_owned(), false));
        for wrong in ["{name}", "a {", "{}", "{stem", "{n} {date"] {
            assert!(
                expand_title(wrong, "a.mp4", 1).is_err_and(|error| describe(&error).contains("{stem}")),
                "{wrong}"
            );
        }
    }

    /// A name that is too long is cut so that the title fits, and what the template states stays whole.
    #[test]
    fn a_long_name_is_cut_to_what_the_title_has_room_for() {
        let long = format!("{}.mp4", "影".repeat(70));
        for (template, title) in [
            ("{stem}", "影".repeat(60)),
            ("{n} {stem}.", format!("7 {}.", "影".repeat(57))),
            ("{stem}/{stem}", format!("{0}/{0}", "影".repeat(29))),
        ] {
            assert_eq!(expand(template, &long), (title, true));
        }
        let sixty = format!("{}.mp4", "影".repeat(60));
        assert_eq!(expand("{stem}", &sixty), ("影".repeat(60), false));
        let stated = "x".repeat(61);
        assert_eq!(expand(&stated, &long), (stated.clone(), false), "who states it hears of it");
        let (title, is_cut) = expand(&format!("{stated}{{stem}}"), "a.mp4");
        assert_eq!((title, is_cut), (format!("{stated}a"), false));
    }

    #[test]
    fn a_name_is_cleaned_and_what_the_template_states_is_not() {
        assert_eq!(expand("{stem}", "\u{feff}a\r\nb\u{200b}\u{7}.mp4").0, "a b");
        assert_eq!(expand("x\ny {stem}", "a.mp4").0, "x\ny a", "it is refused by its name");
    }
}

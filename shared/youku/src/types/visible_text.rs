//! What texts that people read may hold, beyond Youku's limits: no page of Youku's says what becomes of the rest, and nobody can see it in
//! a list.

use std::{borrow::Cow, ops::RangeInclusive};

/// Youku's limit for titles, in characters (Unicode scalar values).
pub const TITLE_CHARACTERS: usize = 60;

/// Characters without a picture of their own: the soft hyphen, the Mongolian vowel separator, zero-width spaces (a copied title ends in one,
/// a file that was text begins with one), invisible operators, and the controls that turn the direction of what follows, which can make a
/// name look like another. Those that join or part letters of Persian, of Indian scripts and of emoji (ZWNJ, ZWJ, variation selectors)
/// are part of what is written.
const INVISIBLE: [RangeInclusive<char>; 7] = [
    '\u{AD}'..='\u{AD}',
    '\u{180E}'..='\u{180E}',
    '\u{200B}'..='\u{200B}',
    '\u{202A}'..='\u{202E}',
    '\u{2060}'..='\u{2064}',
    '\u{2066}'..='\u{206F}',
    '\u{FEFF}'..='\u{FEFF}',
];
/// Unicode's own ends of lines and paragraphs, which are no control characters.
const SEPARATORS: [char; 2] = ['\u{2028}', '\u{2029}'];

/// Cleans a title or tag that nobody stated on purpose: line breaks and tabs become one blank, other control characters and invisible ones
/// are left out. Blanks stay as they are.
#[must_use]
pub fn clean_title(text: &str) -> String {
    let mut title = String::with_capacity(text.len());
    let mut after_break = false;
    for character in text.chars().filter(|character| !is_left_out(*character)) {
        match (is_break(character), after_break) {
            (true, true) => continue,
            (true, false) => title.push(' '),
            (false, _) => title.push(character),
        }
        after_break = is_break(character);
    }
    title
}

/// Cleans a description that nobody stated on purpose: every kind of line break becomes `\n`, tabs stay, other control characters and
/// invisible ones are left out.
#[must_use]
pub fn clean_description(text: &str) -> String {
    let keep = |character| match character {
        '\n' | '\t' => Some(character),
        _ if is_break(character) => Some('\n'),
        _ => (!is_left_out(character)).then_some(character),
    };
    with_unix_line_ends(text).chars().filter_map(keep).collect()
}

/// The text with each end of a line, of Windows and of old Macs too, as `\n`.
#[must_use]
pub fn with_unix_line_ends(text: &str) -> Cow<'_, str> {
    match text.contains('\r') {
        true => text.replace("\r\n", "\n").replace('\r', "\n").into(),
        false => text.into(),
    }
}

/// The first character that no title and no tag may have.
pub(crate) fn find_unfit_in_line(text: &str) -> Option<char> {
    text.chars().find(|character| is_left_out(*character) || is_break(*character))
}

/// The first character that no description may have, whose lines may end and which may have tabs.
pub(crate) fn find_unfit_in_lines(text: &str) -> Option<char> {
    let is_unfit = |character: &char| match character {
        '\n' | '\r' | '\t' => false,
        other => is_left_out(*other) || is_break(*other),
    };
    text.chars().find(is_unfit)
}

fn is_break(character: char) -> bool {
    (character.is_control() && character.is_whitespace()) || SEPARATORS.contains(&character)
}

fn is_left_out(character: char) -> bool {
    (character.is_control() && !character.is_whitespace())
        || INVISIBLE.iter().any(|range| range.contains(&character))
}

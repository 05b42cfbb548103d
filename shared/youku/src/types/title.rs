//! What a title may hold, beyond Youku's limit: no page of Youku's says what becomes of the rest, and nobody can see it in a list.

/// Youku's limit for titles, in characters (Unicode scalar values).
pub const TITLE_CHARACTERS: usize = 60;

/// Spaces without a width: a copied title ends in one, a file that was text begins with one. Those that join or part letters of Persian,
/// of Indian scripts and of emoji (ZWNJ, ZWJ, variation selectors) are part of what is written.
const ZERO_WIDTH: [char; 3] = ['\u{200B}', '\u{2060}', '\u{FEFF}'];
/// Unicode's own ends of lines and paragraphs, which are no control characters.
const SEPARATORS: [char; 2] = ['\u{2028}', '\u{2029}'];

/// Cleans a title that nobody stated on purpose: line breaks and tabs become one blank, other control characters and zero-width spaces
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

/// The first character that no title may have.
pub(crate) fn find_unfit_character(title: &str) -> Option<char> {
    title.chars().find(|character| is_left_out(*character) || is_break(*character))
}

fn is_break(character: char) -> bool {
    (character.is_control() && character.is_whitespace()) || SEPARATORS.contains(&character)
}

fn is_left_out(character: char) -> bool {
    (character.is_control() && !character.is_whitespace()) || ZERO_WIDTH.contains(&character)
}

//! How wide a text is on a terminal, in columns: a Chinese character or an emoji takes two.

use console::measure_text_width;

/// Stands for what was cut. ASCII, since some terminals draw the one-character ellipsis two columns wide.
const CUT: &str = "...";

/// The columns that `text` takes, counted character by character as terminals do.
pub(crate) fn measure(text: &str) -> usize {
    text.chars().map(measure_char).sum()
}

fn measure_char(one: char) -> usize {
    measure_text_width(one.encode_utf8(&mut [0; 4]))
}

/// Pads `text` with spaces to `width` columns; a wider one stays as it is.
pub(crate) fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(measure(text))))
}

/// Cuts the end of `text` so that it takes at most `width` columns.
pub(crate) fn cut_end(text: &str, width: usize) -> String {
    if measure(text) <= width {
        return text.to_owned();
    }
    let kept = take_columns(text.chars(), width.saturating_sub(CUT.len()));
    let kept: String = kept.into_iter().collect();
    format!("{kept}{}", &CUT[..CUT.len().min(width)])
}

/// Cuts the beginning of `text` so that it takes at most `width` columns: the end of a path or a key tells more than its beginning.
pub(crate) fn cut_start(text: &str, width: usize) -> String {
    if measure(text) <= width {
        return text.to_owned();
    }
    let kept = take_columns(text.chars().rev(), width.saturating_sub(CUT.len()));
    let kept: String = kept.into_iter().rev().collect();
    format!("{}{kept}", &CUT[..CUT.len().min(width)])
}

fn take_columns(characters: impl Iterator<Item = char>, width: usize) -> Vec<char> {
    let mut left = width;
    let fits = |one: &char| {
        let fits = left.checked_sub(measure_char(*one));
        left = fits.unwrap_or_default();
        fits.is_some()
    };
    characters.take_while(fits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A cut falls between characters, and never makes a text wider than allowed.
    #[test]
    fn texts_are_cut_between_characters_by_columns() {
        assert_eq!((measure("a片b"), measure("🎬"), measure("é")), (4, 2, 1));
        assert_eq!((pad("片", 4).as_str(), pad("片片片", 4).as_str()), ("片  ", "片片片"));
        for (text, width, start, end) in [
            ("片片片片.mp4", 12, "片片片片.mp4", "片片片片.mp4"),
            ("片片片片.mp4", 11, "...片片.mp4", "片片片片..."),
            ("片片片片.mp4", 10, "...片.mp4", "片片片..."),
            ("片片片片.mp4", 2, "..", ".."),
            ("abc", 0, "", ""),
        ] {
            assert_eq!((cut_start(text, width).as_str(), cut_end(text, width).as_str()), (start, end));
        }
        let text = "一段很长的 title 🎬 mit Ümläuten.mp4";
        for width in 0..60 {
            assert!(measure(&cut_start(text, width)) <= width && measure(&cut_end(text, width)) <= width);
        }
    }
}

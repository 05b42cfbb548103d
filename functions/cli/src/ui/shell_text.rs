//! Words of a command line that a person pastes into a shell.

use super::output::is_active;
use crate::config_flag;
use app::core::{Location, Provider};
use std::{
    fmt::Write as _,
    path::{self, Path},
};

/// A word as a shell reads it: quoted where it has a character that means something there. What a terminal would obey is written as
/// `$'...'` has it, which bash, zsh and ksh read back.
pub(crate) fn quote(word: &str) -> String {
    let is_plain = |one: char| one.is_alphanumeric() || "-_./:@%+=,".contains(one);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    if !word.chars().any(is_active) {
        return format!("'{}'", word.replace('\'', r"'\''"));
    }
    let mut quoted = String::from("$'");
    for one in word.chars() {
        match one {
            '\'' | '\\' => quoted.extend(['\\', one]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            one if is_active(one) => _ = write!(quoted, "\\u{:04x}", u32::from(one)),
            one => quoted.push(one),
        }
    }
    quoted.push('\'');
    quoted
}

/// The path of a file as a shell reads it in any folder: absolute, where the working directory is known.
pub(crate) fn quote_path(path: impl AsRef<Path>) -> String {
    let absolute = path::absolute(&path);
    quote(&absolute.as_deref().unwrap_or(path.as_ref()).display().to_string())
}

/// An object, or a file in a rule's folder, as a shell reads it.
pub(crate) fn quote_location(location: &Location) -> String {
    match location.provider {
        Provider::Folder => quote_path(format!("{}/{}", location.bucket, location.key)),
        _ => quote(&location.to_string()),
    }
}

/// A command of this program for a person to paste, such as `oss2youku sweep`: with the settings file of this run where `--config` names one,
/// by its whole path. `command` is what follows the program's name, quoted where it must be.
pub(crate) fn write_command(command: &str) -> String {
    write_command_with(config_flag::find(), command)
}

/// The same with this settings file.
pub(crate) fn write_command_with(config: Option<&Path>, command: &str) -> String {
    let (name, rest) = command.split_once(' ').unwrap_or((command, ""));
    let config = config.map(|file| format!(" --config {}", quote_path(file))).unwrap_or_default();
    let rest = if rest.is_empty() { String::new() } else { format!(" {rest}") };
    format!("oss2youku {name}{config}{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_quoted_where_a_shell_would_split_it() {
        for (word, quoted) in [
            ("/tmp/a-1_b.mp4", "/tmp/a-1_b.mp4"),
            ("片子.mp4", "片子.mp4"),
            ("a b", "'a b'"),
            ("it's $HOME", r"'it'\''s $HOME'"),
            ("-f", "-f"),
            ("", "''"),
        ] {
            assert_eq!(quote(word), quoted);
        }
    }

    /// A key with a newline stays one line, and the shell reads the same key.
    #[test]
    fn what_a_terminal_obeys_is_pasted_as_escapes() {
        assert_eq!(quote("a\n\u{1b}[2J'\\\u{202e}片"), r"$'a\n\u001b[2J\'\\\u202e片'");
    }

    /// A command reads the same settings as the one that advises it, in whatever folder it is pasted.
    #[test]
    fn an_advised_command_names_the_settings_file() {
        let file = Path::new("/my files/o.toml");
        for (config, command, written) in [
            (None, "sweep", "oss2youku sweep"),
            (Some(file), "sweep", "oss2youku sweep --config '/my files/o.toml'"),
            (
                Some(file),
                "retry 01 --new-session",
                "oss2youku retry --config '/my files/o.toml' 01 --new-session",
            ),
        ] {
            assert_eq!(write_command_with(config, command), written);
        }
    }

    /// Nothing is left to the folder in which it is pasted, nor read as a flag.
    #[test]
    fn a_pasted_path_is_absolute() {
        assert_eq!(quote_path("/films/a b.mp4"), "'/films/a b.mp4'");
        for relative in ["a.mp4", "-f.mp4"] {
            let quoted = quote_path(relative);
            assert!(quoted.contains('/') && quoted.trim_end_matches('\'').ends_with(relative), "{quoted}");
        }
    }
}

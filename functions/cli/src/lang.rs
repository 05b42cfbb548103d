//! The language in which a person is told things. Logs are English, and so is all that a command with `--json` says: what a program reads is
//! the same wherever it runs.
//!
//! A text stands beside its translation in one [`say!`], so that none can lack the other.

use std::{env, ffi::OsString, sync::OnceLock};

/// A language that the program speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Lang {
    /// 中文
    Zh,
    /// English
    En,
}

static CHOSEN: OnceLock<Lang> = OnceLock::new();

/// The language in use.
pub(crate) fn lang() -> Lang {
    CHOSEN.get().copied().unwrap_or(Lang::En)
}

/// Chooses the language before anything is said: `--lang` on the command line, else what the environment asks for.
pub(crate) fn choose() {
    let variable = |name| env::var(name).ok().filter(|value| !value.is_empty());
    let asked = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(variable);
    let _chosen_once = CHOSEN.set(of(env::args_os(), asked.as_deref()));
}

/// clap reads the flag as well; here it counts before clap has anything to say.
fn of(arguments: impl IntoIterator<Item = OsString>, variable: Option<&str>) -> Lang {
    let arguments: Vec<_> = arguments.into_iter().map(|one| one.to_string_lossy().into_owned()).collect();
    if arguments.iter().any(|one| one == "--json") {
        return Lang::En;
    }
    let flag = arguments.iter().enumerate().find_map(|(at, one)| match one.strip_prefix("--lang") {
        Some("") => arguments.get(at + 1).map(String::as_str),
        Some(rest) => rest.strip_prefix('='),
        None => None,
    });
    // What is no language of ours is refused by clap, in the language that was asked for otherwise.
    let flag = flag.filter(|flag| matches!(*flag, "zh" | "en"));
    let word = flag.or(variable).unwrap_or_default().to_ascii_lowercase();
    if word.starts_with("zh") { Lang::Zh } else { Lang::En }
}

/// A text in the language in use: the English format, the Chinese one, then what `format!` takes.
macro_rules! say {
    ($en:literal, $zh:literal $(, $argument:expr)* $(,)?) => {
        match $crate::lang::lang() {
            $crate::lang::Lang::En => format!($en $(, $argument)*),
            $crate::lang::Lang::Zh => format!($zh $(, $argument)*),
        }
    };
}

/// The same for a text in which nothing is filled in.
macro_rules! word {
    ($en:expr, $zh:expr $(,)?) => {
        match $crate::lang::lang() {
            $crate::lang::Lang::En => $en,
            $crate::lang::Lang::Zh => $zh,
        }
    };
}

pub(crate) use {say, word};

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(arguments: &[&str], variable: Option<&str>) -> Lang {
        of(arguments.iter().map(OsString::from), variable)
    }

    #[test]
    fn the_flag_counts_before_the_environment_and_english_is_left() {
        assert_eq!(chosen(&["x", "list", "--lang", "zh"], Some("en_US.UTF-8")), Lang::Zh);
        assert_eq!(chosen(&["x", "--lang=en", "list"], Some("zh_CN.UTF-8")), Lang::En);
        assert_eq!(chosen(&["x", "list"], Some("zh_CN.UTF-8")), Lang::Zh);
        assert_eq!(chosen(&["x", "--lang", "fr"], Some("zh_CN.UTF-8")), Lang::Zh);
        assert_eq!(chosen(&["x", "doctor", "--json", "--lang", "zh"], Some("zh_CN.UTF-8")), Lang::En);
        for variable in [None, Some("C"), Some("de_DE.UTF-8")] {
            assert_eq!(chosen(&["x", "--language", "zh"], variable), Lang::En);
        }
    }
}

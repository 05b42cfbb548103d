//! The language of texts for people. Logs are English, and so is the output of a command with `--json`: what a program reads is the same
//! wherever it runs.
//!
//! A text stands next to its translation in one [`tr!`], so that neither can be missing.

use std::{cell::Cell, env, sync::OnceLock};

/// A language that the program speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Lang {
    /// 中文
    Zh,
    /// English
    En,
}

static CHOSEN: OnceLock<Lang> = OnceLock::new();
/// The user's language, even where the output is for a program.
static REQUESTED: OnceLock<Lang> = OnceLock::new();

thread_local! {
    /// The language of the texts that [`with_language`] makes on this thread.
    static OVERRIDING: Cell<Option<Lang>> = const { Cell::new(None) };
}

/// Returns the language in use.
pub(crate) fn current() -> Lang {
    OVERRIDING.get().or_else(|| CHOSEN.get().copied()).unwrap_or(Lang::En)
}

/// Returns the user's language: that of what a person reads elsewhere, such as a page, while a program reads the output.
pub(crate) fn requested() -> Lang {
    REQUESTED.get().copied().unwrap_or_else(current)
}

/// Makes texts in another language than the program's own. On this thread it is in use until `make` returns or panics; a future that
/// `make` returns is polled later, and in the program's own language.
pub(crate) fn with_language<T>(language: Lang, make: impl FnOnce() -> T) -> T {
    struct Restored(Option<Lang>);
    impl Drop for Restored {
        fn drop(&mut self) {
            OVERRIDING.set(self.0);
        }
    }
    let _restored = Restored(OVERRIDING.replace(Some(language)));
    make()
}

/// Chooses the language before any text is written: `--lang` on the command line, else that of the environment.
pub(crate) fn choose() {
    let variable = |name| env::var(name).ok().filter(|value| !value.is_empty());
    let requested = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(variable);
    let arguments: Vec<_> = env::args_os().map(|one| one.to_string_lossy().into_owned()).collect();
    let _requested_once = REQUESTED.set(resolve_request(&arguments, requested.as_deref()));
    let _chosen_once = CHOSEN.set(resolve(&arguments, requested.as_deref()));
}

/// What a program reads is English.
fn resolve(arguments: &[String], variable: Option<&str>) -> Lang {
    if arguments.iter().any(|one| one == "--json") {
        return Lang::En;
    }
    resolve_request(arguments, variable)
}

/// Reads the flag as clap does, but before clap has anything to say.
fn resolve_request(arguments: &[String], variable: Option<&str>) -> Lang {
    let flag = arguments.iter().enumerate().find_map(|(at, one)| match one.strip_prefix("--lang") {
        Some("") => arguments.get(at + 1).map(String::as_str),
        Some(rest) => rest.strip_prefix('='),
        None => None,
    });
    // clap refuses any other language, in the language of the environment.
    let flag = flag.filter(|flag| matches!(*flag, "zh" | "en"));
    let name = flag.or(variable).unwrap_or_default().to_ascii_lowercase();
    if name.starts_with("zh") { Lang::Zh } else { Lang::En }
}

/// Formats a text in the language in use: the English format, the Chinese one, then what `format!` takes.
macro_rules! tr {
    ($en:literal, $zh:literal $(, $argument:expr)* $(,)?) => {
        match $crate::ui::i18n::current() {
            $crate::ui::i18n::Lang::En => format!($en $(, $argument)*),
            $crate::ui::i18n::Lang::Zh => format!($zh $(, $argument)*),
        }
    };
}

/// Picks a text in the language in use, without formatting.
macro_rules! tr_static {
    ($en:expr, $zh:expr $(,)?) => {
        match $crate::ui::i18n::current() {
            $crate::ui::i18n::Lang::En => $en,
            $crate::ui::i18n::Lang::Zh => $zh,
        }
    };
}

pub(crate) use {tr, tr_static};

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve_from(arguments: &[&str], variable: Option<&str>) -> Lang {
        let arguments: Vec<_> = arguments.iter().map(ToString::to_string).collect();
        resolve(&arguments, variable)
    }

    /// A text can be made in another language, within another such text too, and afterwards the one before is in use again.
    #[test]
    fn a_text_can_be_made_in_another_language() {
        let text = || tr_static!("uploads", "上传");
        let before = text();
        let within = with_language(Lang::Zh, || (text(), with_language(Lang::En, text), text()));
        assert_eq!((within, text()), (("上传", "uploads", "上传"), before));
        let panicked =
            std::panic::catch_unwind(|| with_language(Lang::Zh, || std::panic::resume_unwind(Box::new(()))));
        assert_eq!((panicked.is_err(), text()), (true, before));
    }

    /// The flag takes precedence over the environment, `--json` over both, and English is the default.
    #[test]
    fn the_flag_precedes_the_environment_and_english_is_default() {
        assert_eq!(resolve_from(&["x", "list", "--lang", "zh"], Some("en_US.UTF-8")), Lang::Zh);
        assert_eq!(resolve_from(&["x", "--lang=en", "list"], Some("zh_CN.UTF-8")), Lang::En);
        assert_eq!(resolve_from(&["x", "list"], Some("zh_CN.UTF-8")), Lang::Zh);
        assert_eq!(resolve_from(&["x", "--lang", "fr"], Some("zh_CN.UTF-8")), Lang::Zh);
        assert_eq!(resolve_from(&["x", "doctor", "--json", "--lang", "zh"], Some("zh_CN.UTF-8")), Lang::En);
        for variable in [None, Some("C"), Some("de_DE.UTF-8")] {
            assert_eq!(resolve_from(&["x", "--language", "zh"], variable), Lang::En);
        }
    }
}

//! The language of what a person reads at the start. The log is English, whatever the language.

use std::{env, ffi::OsString};

/// A language that the program speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Lang {
    /// 中文
    Zh,
    /// English
    En,
}

/// Finds the language as `oss2youku` does: `--lang` on the command line, else that of the environment, else English.
pub(crate) fn find() -> Lang {
    let variable = |name| env::var(name).ok().filter(|value| !value.is_empty());
    let requested = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(variable);
    resolve(env::args_os(), requested.as_deref())
}

/// Reads the flag as clap does, but before clap has anything to say.
fn resolve(arguments: impl IntoIterator<Item = OsString>, variable: Option<&str>) -> Lang {
    let arguments: Vec<_> = arguments.into_iter().map(|one| one.to_string_lossy().into_owned()).collect();
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The flag takes precedence over the environment, and English is the default.
    #[test]
    fn the_flag_precedes_the_environment_and_english_is_default() {
        for (arguments, variable, lang) in [
            (&["x", "--lang", "zh"][..], Some("en_US.UTF-8"), Lang::Zh),
            (&["x", "--lang=en"], Some("zh_CN.UTF-8"), Lang::En),
            (&["x", "--lang", "fr"], Some("zh_CN.UTF-8"), Lang::Zh),
            (&["x"], Some("zh_CN.UTF-8"), Lang::Zh),
            (&["x"], Some("C"), Lang::En),
            (&["x"], None, Lang::En),
        ] {
            assert_eq!(resolve(arguments.iter().map(OsString::from), variable), lang, "{arguments:?}");
        }
    }
}

//! The command line of a function's program. The platform starts it without arguments; a person may ask what it is.

use std::{env, ffi::OsStr};

/// What a function's program says of itself.
#[derive(Debug, Clone, Copy)]
pub struct Program {
    /// Its name.
    pub name: &'static str,
    /// What it is and how it is run, in English.
    pub help: &'static str,
    /// The same in Chinese.
    pub help_zh: &'static str,
}

impl Program {
    /// What the program prints instead of running, if its first argument is `--help` or `--version`. The text is Chinese where the
    /// environment's language is. Other arguments are ignored.
    #[must_use]
    pub fn answer_arguments(&self) -> Option<String> {
        let variable = |name| env::var(name).ok().filter(|value| !value.is_empty());
        let language = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(variable);
        self.answer(env::args_os().nth(1).as_deref(), language.as_deref())
    }

    fn answer(&self, argument: Option<&OsStr>, language: Option<&str>) -> Option<String> {
        let Self { name, help, help_zh } = self;
        let version = format!("{name} {}", env!("CARGO_PKG_VERSION"));
        match argument?.to_str()? {
            "--version" | "-V" => Some(version),
            "--help" | "-h" if language.is_some_and(|language| language.starts_with("zh")) => {
                Some(format!("{version}\n\n{help_zh}"))
            }
            "--help" | "-h" => Some(format!("{version}\n\n{help}")),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Only the two flags are answered, in the language of the environment.
    #[test]
    fn only_help_and_version_are_answered() {
        let program = Program { name: "x", help: "english", help_zh: "中文" };
        let answer = |argument: Option<&str>, language| program.answer(argument.map(OsStr::new), language);
        let version = concat!("x ", env!("CARGO_PKG_VERSION"));
        for argument in ["--version", "-V"] {
            assert_eq!(answer(Some(argument), None).as_deref(), Some(version));
        }
        for (language, text) in
            [(None, "english"), (Some("de_DE.UTF-8"), "english"), (Some("zh_CN.UTF-8"), "中文")]
        {
            assert_eq!(answer(Some("--help"), language), Some(format!("{version}\n\n{text}")));
        }
        assert_eq!((answer(None, None), answer(Some("start"), None)), (None, None));
    }
}

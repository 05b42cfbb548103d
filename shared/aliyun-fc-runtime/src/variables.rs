//! Reading environment variables.

/// Looks up one variable; a blank one counts as missing.
pub(crate) type Lookup<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// Looks up a variable of this process.
pub(crate) fn read_variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

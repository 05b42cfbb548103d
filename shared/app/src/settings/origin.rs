//! Where a setting comes from, so that an error names the file or the variable in which it is mended.

use super::environment::{Table, variable_path};
use upload_core::Error;

/// Suggestions differ from what stands there in so many characters at most.
const MAX_TYPOS: usize = 2;

/// The file and the variables that settings were read from.
pub(super) struct Origin {
    file_name: String,
    /// What the file says.
    file: Table,
    /// The variables, each with the path of its setting.
    variables: Vec<(String, String)>,
}

impl Origin {
    /// Of a file with this content, overlaid by variables of these names.
    pub(super) fn new<'a>(file_name: &str, file: &Table, names: impl Iterator<Item = &'a str>) -> Self {
        let path = |name: &str| Some((name.to_owned(), variable_path(name)?.join(".")));
        Self { file_name: file_name.into(), file: file.clone(), variables: names.filter_map(path).collect() }
    }

    /// Names in an error the variable or the file that states the setting at `path`, such as `rules[0].prefix`.
    pub(super) fn name_source(&self, error: Error, path: &str) -> Error {
        match self.find_variable(path) {
            Some(name) => error.with_context("variable", name),
            None => self.name_file(error),
        }
    }

    /// The same for an error whose message may begin with the setting's path.
    pub(super) fn name_source_of_message(&self, error: Error) -> Error {
        let first = error.message().split_whitespace().next().unwrap_or_default().to_owned();
        match (first.contains('.'), self.variables.is_empty()) {
            (true, _) => self.name_source(error, &first),
            (false, true) => self.name_file(error),
            // Either may be meant.
            (false, false) => error,
        }
    }

    fn name_file(&self, error: Error) -> Error {
        match self.file.is_empty() || self.file_name.is_empty() {
            true => error,
            false => error.with_context("file", &self.file_name),
        }
    }

    /// The variable that states the setting, or a part of it that the file does not.
    fn find_variable(&self, path: &str) -> Option<&str> {
        let is_within = |path: &str, above: &str| {
            path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        let above = self.variables.iter().filter(|(_, stated)| is_within(path, stated));
        let below = self.variables.iter().find(|(_, stated)| is_within(stated, path));
        let found = above.max_by_key(|(_, stated)| stated.len());
        found.or_else(|| below.filter(|_| !self.is_in_file(path))).map(|(name, _)| name.as_str())
    }

    fn is_in_file(&self, path: &str) -> bool {
        let mut levels = path.split(['.', '[']);
        let first = levels.next().and_then(|level| self.file.get(level));
        levels
            .try_fold(first, |value, level| Some(value?.get(level.trim_end_matches(']'))))
            .flatten()
            .is_some()
    }
}

/// The name that was probably meant, from serde's words about an unknown field: "unknown field `a`, expected one of `b`, `c`".
pub(super) fn suggest_field(why: &str) -> Option<&str> {
    let mut quoted = why.strip_prefix("unknown field")?.split('`').skip(1).step_by(2);
    let unknown = quoted.next()?;
    let distance = |known: &&str| strsim::damerau_levenshtein(unknown, known);
    quoted.min_by_key(distance).filter(|known| distance(known) <= MAX_TYPOS)
}

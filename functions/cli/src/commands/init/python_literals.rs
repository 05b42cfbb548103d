//! Reads the assignments of a Python file of settings, `NAME = "literal"` and the like. The file is read, never run.

use std::collections::BTreeMap;

/// What stands on the right of an assignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Literal {
    /// A text, or the texts of a list or tuple.
    Texts(Vec<String>),
    /// A variable of the environment that is not set, and has no default.
    UnsetVariable(String),
}

/// Parses the names, in lower case, that are assigned a text, a list or tuple of texts, or a variable of the environment
/// (`os.environ["X"]`, `os.environ.get("X", "default")`, `os.getenv("X")`), and the keys of a dict of texts. Skips everything else.
pub(super) fn parse(text: &str, variable: impl Fn(&str) -> Option<String>) -> BTreeMap<String, Literal> {
    let mut reader = Reader { rest: text, variable: &variable, found: BTreeMap::new() };
    while !reader.rest.is_empty() {
        reader.read_line();
    }
    reader.found
}

struct Reader<'a, V> {
    rest: &'a str,
    variable: &'a V,
    found: BTreeMap<String, Literal>,
}

impl<'a, V: Fn(&str) -> Option<String>> Reader<'a, V> {
    /// Reads one logical line, from its first word.
    fn read_line(&mut self) {
        self.skip_blanks();
        if self.read_text().is_some() {
            // A text that stands alone is a comment of several lines.
            return self.skip_line();
        }
        let name = self.read_name();
        self.skip_blanks();
        if name.is_empty() {
            return self.skip_line();
        }
        let line = self.rest.lines().next().unwrap_or_default();
        if let Some(annotation) = self.rest.strip_prefix(':') {
            let Some(equals) = line.find('=') else { return self.skip_line() };
            self.rest = annotation.get(equals - 1..).unwrap_or_default();
        }
        match self.rest.strip_prefix('=') {
            Some(value) if !value.starts_with('=') => {
                self.rest = value;
                self.skip_blanks();
                if let Some(value) = self.read_value() {
                    self.found.insert(name.to_ascii_lowercase(), value);
                }
            }
            _ => {}
        }
        self.skip_line();
    }

    fn read_value(&mut self) -> Option<Literal> {
        match self.rest.chars().next()? {
            open @ ('[' | '(') => {
                self.rest = &self.rest[1..];
                Some(Literal::Texts(self.read_items(if open == '[' { ']' } else { ')' })))
            }
            '{' => {
                self.rest = &self.rest[1..];
                self.read_pairs();
                None
            }
            _ => match self.read_text() {
                Some(text) => Some(Literal::Texts(vec![text])),
                None => self.read_variable(),
            },
        }
    }

    /// The texts up to the bracket that closes them.
    fn read_items(&mut self, close: char) -> Vec<String> {
        let mut items = Vec::new();
        loop {
            self.skip_gaps();
            if let Some(text) = self.read_text() {
                items.push(text);
                continue;
            }
            let Some(one) = self.rest.chars().next() else { return items };
            self.rest = &self.rest[one.len_utf8()..];
            if one == close {
                return items;
            }
        }
    }

    /// The pairs of a dict: each key is a name.
    fn read_pairs(&mut self) {
        loop {
            self.skip_gaps();
            if let Some(key) = self.read_text() {
                self.skip_gaps();
                if let Some(value) = self.rest.strip_prefix(':') {
                    self.rest = value;
                    self.skip_gaps();
                    if let Some(value) = self.read_value() {
                        self.found.insert(key.to_ascii_lowercase(), value);
                    }
                }
                continue;
            }
            let Some(one) = self.rest.chars().next() else { return };
            self.rest = &self.rest[one.len_utf8()..];
            if one == '}' {
                return;
            }
        }
    }

    /// A variable of the environment, or its default.
    fn read_variable(&mut self) -> Option<Literal> {
        let call = ["os.environ.get(", "os.environ[", "os.getenv(", "environ.get(", "environ[", "getenv("];
        self.rest = call.iter().find_map(|call| self.rest.strip_prefix(call))?;
        self.skip_gaps();
        let name = self.read_text()?;
        // What stands behind the name in the line is the default: a second argument, or what follows `or`.
        let line = self.rest.lines().next().unwrap_or_default();
        let quote = line.find(['"', '\'']).filter(|quote| !line[..*quote].contains('#'));
        let default = quote.and_then(|quote| {
            self.rest = &self.rest[quote..];
            self.read_text()
        });
        Some(match (self.variable)(&name).filter(|value| !value.is_empty()).or(default) {
            Some(value) => Literal::Texts(vec![value]),
            None => Literal::UnsetVariable(name),
        })
    }

    /// One text, or several side by side, which are one.
    fn read_text(&mut self) -> Option<String> {
        let mut text = self.read_one_text()?;
        loop {
            self.skip_blanks();
            match self.read_one_text() {
                Some(more) => text += &more,
                None => return Some(text),
            }
        }
    }

    fn read_one_text(&mut self) -> Option<String> {
        let prefix = self.rest.len() - self.rest.trim_start_matches(['u', 'U', 'r', 'R', 'b', 'B']).len();
        let quoted = self.rest.get(prefix..).filter(|_| prefix <= 2)?;
        let quote = quoted.chars().next().filter(|one| matches!(one, '"' | '\''))?;
        let is_raw = self.rest[..prefix].contains(['r', 'R']);
        let triple = quote.to_string().repeat(3);
        let end = if quoted.starts_with(&triple) { triple } else { quote.to_string() };
        let mut rest = &quoted[end.len()..];
        let mut text = String::new();
        while !rest.starts_with(&end) {
            let mut characters = rest.chars();
            match characters.next()? {
                '\\' if !is_raw => match characters.next()? {
                    'n' => text.push('\n'),
                    't' => text.push('\t'),
                    '\n' => {}
                    other => text.push(other),
                },
                '\n' if end.len() == 1 => return None,
                one => text.push(one),
            }
            rest = characters.as_str();
        }
        self.rest = &rest[end.len()..];
        Some(text)
    }

    fn read_name(&mut self) -> &'a str {
        let end = self.rest.find(|one: char| !one.is_ascii_alphanumeric() && one != '_');
        let (name, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        name
    }

    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\u{feff}']);
    }

    /// Skips what may stand between the items of a list: blanks, new lines and comments.
    fn skip_gaps(&mut self) {
        loop {
            self.rest = self.rest.trim_start();
            if !self.rest.starts_with('#') {
                return;
            }
            self.skip_line();
        }
    }

    fn skip_line(&mut self) {
        self.rest = self.rest.split_once('\n').map(|(_, rest)| rest).unwrap_or_default();
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn texts(all: &[&str]) -> Option<Literal> {
        Some(Literal::Texts(all.iter().map(|text| (*text).to_owned()).collect()))
    }

    /// Each form of an assignment is read, and everything else is skipped.
    #[test]
    fn every_form_of_a_text_is_read_and_the_rest_skipped() {
        let file = "\u{feff}# -*- coding: utf-8 -*-\n'''a comment\nak = 'no'\n'''\nimport os\nak='a=b'  # the key\nSK = u\"s'k\"\n  \
                    bucket: str=\"videos\"\nn = 5\nx == 'y'\nos.y = 'z'\nraw = r'\\d'\nescaped = 'it\\'s'\njoined = ('oss-' 'cn')\n\
                    JOB_SERVER = [\n    '10.0.0.1:4730',  # the first\n    \"10.0.0.2:4730\",\n]\nOSS = {\n 'ENDPOINT': 'oss.example.com',\n}\nlast='end'";
        let read = parse(file, |_| None);
        let get = |name: &str| read.get(name).cloned();
        assert_eq!(
            (get("ak"), get("sk"), get("bucket")),
            (texts(&["a=b"]), texts(&["s'k"]), texts(&["videos"]))
        );
        assert_eq!((get("raw"), get("escaped")), (texts(&["\\d"]), texts(&["it's"])));
        assert_eq!((get("joined"), get("last")), (texts(&["oss-cn"]), texts(&["end"])));
        assert_eq!(get("job_server"), texts(&["10.0.0.1:4730", "10.0.0.2:4730"]));
        assert_eq!(get("endpoint"), texts(&["oss.example.com"]));
        assert_eq!((get("n"), get("x"), get("y"), get("os")), (None, None, None, None));
    }

    /// A variable of the environment counts, then the default that stands next to it.
    #[test]
    fn variables_of_the_environment_are_read_with_defaults() {
        let file = "a = os.environ['A']\nb = os.environ.get(\"B\", 'default')\nc = os.getenv('C') or 'other'\nd = os.environ['D']\n";
        let read = parse(file, |name| (name == "A").then(|| "value".to_owned()));
        assert_eq!(read["a"], texts(&["value"]).unwrap());
        assert_eq!((&read["b"], &read["c"]), (&texts(&["default"]).unwrap(), &texts(&["other"]).unwrap()));
        assert_eq!(read["d"], Literal::UnsetVariable("D".into()));
    }
}

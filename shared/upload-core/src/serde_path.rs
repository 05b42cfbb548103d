//! Documents whose faults are named by their path.
//!
//! `serde_path_to_error` does the same for any kind of document, and is compiled again for each kind, type and step of a path: 240 kB of
//! a function of 5 MiB. Here every document becomes one kind of tree first, which knows its places.

mod tree;

use serde::de::{Deserialize, DeserializeOwned, Deserializer, value::Error};
use std::cell::Cell;
use tree::{Node, Place, Placed};

/// What does not fit a document's form.
#[derive(Debug)]
pub struct DecodeError {
    /// Where, such as `rules[0].bucket`; `.` is the document itself.
    pub path: String,
    /// serde's words. They may repeat the value.
    pub why: String,
}

/// Reads a document.
///
/// # Errors
/// The first place that does not fit.
pub fn deserialize<'de, T, D>(from: D) -> Result<T, DecodeError>
where
    T: DeserializeOwned,
    D: Deserializer<'de>,
{
    let root = || ".".to_owned();
    let node =
        Node::deserialize(from).map_err(|error| DecodeError { path: root(), why: error.to_string() })?;
    let fault = Cell::new(None);
    let read = T::deserialize(Placed { node, place: Place::Root, fault: &fault });
    read.map_err(|error: Error| DecodeError {
        path: fault.take().unwrap_or_else(root),
        why: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use serde_json::Value;
    use std::collections::BTreeMap;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        name: Option<String>,
        #[serde(default)]
        inner: BTreeMap<String, Vec<Inner>>,
        any: Option<Value>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        size: u64,
        at: Option<f64>,
        word: Option<Word>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "lowercase")]
    enum Word {
        One,
        Two,
    }

    fn read(json: &str) -> Result<Outer, DecodeError> {
        super::deserialize(&mut serde_json::Deserializer::from_str(json))
    }

    #[test]
    fn a_document_that_fits_is_read_whole() {
        let json = r#"{"name":null,"inner":{"a":[{"size":1,"at":-2,"word":"two"},{"size":18446744073709551615}]},"any":{"x":[1,2.5,-3,true,null,"t"]}}"#;
        let outer = read(json).expect("fits");
        let inner = [
            Inner { size: 1, at: Some(-2.0), word: Some(Word::Two) },
            Inner { size: u64::MAX, at: None, word: None },
        ];
        assert_eq!((outer.name, outer.inner["a"].as_slice()), (None, &inner[..]));
        assert_eq!(outer.any, serde_json::from_str(r#"{"x":[1,2.5,-3,true,null,"t"]}"#).ok());
    }

    #[test]
    fn what_does_not_fit_is_named_by_its_path_in_serdes_words() {
        let cases = [
            ("7", ".", "invalid type: integer `7`, expected struct Outer"),
            (r#"{"name":7}"#, "name", "invalid type: integer `7`, expected a string"),
            (r#"{"nam":7}"#, "nam", "unknown field `nam`, expected one of `name`, `inner`, `any`"),
            (r#"{"inner":{"a":[{"size":1},{}]}}"#, "inner.a[1]", "missing field `size`"),
            (
                r#"{"inner":{"a":[{"size":-1}]}}"#,
                "inner.a[0].size",
                "invalid value: integer `-1`, expected u64",
            ),
            (
                r#"{"inner":{"a":[{"size":1,"word":"three"}]}}"#,
                "inner.a[0].word",
                "unknown variant `three`, expected `one` or `two`",
            ),
            (r#"{"name":"a","name":"b"}"#, ".", "duplicate field `name`"),
            (r#"{"inner":{"a":[[1,2,"one",4]]}}"#, "inner.a[0]", "invalid length 4"),
        ];
        for (json, path, why) in cases {
            let misfit = read(json).expect_err(json);
            assert_eq!(misfit.path, path, "{json}: {}", misfit.why);
            assert!(misfit.why.starts_with(why), "{json}: {}", misfit.why);
        }
        assert_eq!(read("{").expect_err("no JSON").path, ".");
    }
}

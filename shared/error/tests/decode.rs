//! A document that does not fit is named by its path.
#![expect(clippy::expect_used, reason = "tests fail by panicking")]

use error::{DecodeError, deserialize};
use serde::Deserialize;
use serde_json::{Value, json};
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

fn decode(json: &str) -> Result<Outer, DecodeError> {
    deserialize(&mut serde_json::Deserializer::from_str(json))
}

#[test]
fn a_document_that_fits_is_read_whole() {
    let json = r#"{"name":null,"inner":{"a":[{"size":1,"at":-2,"word":"two"},{"size":18446744073709551615}]},"any":{"x":[1,2.5,-3,true,null,"t"]}}"#;
    let outer = decode(json).expect("fits");
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
        ("7", None, "invalid type: integer `7`, expected struct Outer"),
        (r#"{"name":7}"#, Some("name"), "invalid type: integer `7`, expected a string"),
        (r#"{"nam":7}"#, Some("nam"), "unknown field `nam`, expected one of `name`, `inner`, `any`"),
        (r#"{"inner":{"a":[{"size":1},{}]}}"#, Some("inner.a[1]"), "missing field `size`"),
        (
            r#"{"inner":{"a":[{"size":-1}]}}"#,
            Some("inner.a[0].size"),
            "invalid value: integer `-1`, expected u64",
        ),
        (
            r#"{"inner":{"a":[{"size":1,"word":"three"}]}}"#,
            Some("inner.a[0].word"),
            "unknown variant `three`, expected `one` or `two`",
        ),
        (r#"{"name":"a","name":"b"}"#, None, "duplicate field `name`"),
        (r#"{"inner":{"a":[[1,2,"one",4]]}}"#, Some("inner.a[0]"), "trailing characters"),
    ];
    for (json, path, why) in cases {
        let misfit = decode(json).expect_err(json);
        assert_eq!(misfit.path.as_deref(), path, "{json}: {}", misfit.message);
        assert!(misfit.message.starts_with(why), "{json}: {}", misfit.message);
    }
    assert_eq!(decode("{").expect_err("no JSON").path, None);
}

/// As settings and sidecars are read.
#[test]
fn a_value_in_memory_is_named_by_the_same_paths() {
    let cases = [
        (json!(7), None, "invalid type: integer `7`, expected struct Outer"),
        (json!({"nam": 7}), Some("nam"), "unknown field `nam`, expected one of `name`, `inner`, `any`"),
        (json!({"inner": {"a": [{"size": 1}, {}]}}), Some("inner.a[1]"), "missing field `size`"),
        (
            json!({"inner": {"a": [{"size": 1, "at": "x"}]}}),
            Some("inner.a[0].at"),
            "invalid type: string \"x\"",
        ),
        (
            json!({"inner": {"a": [{"size": 1, "word": "three"}]}}),
            Some("inner.a[0].word"),
            "unknown variant `three`, expected `one` or `two`",
        ),
        (json!({"inner": {"a": [[1, 2, "one", 4]]}}), Some("inner.a[0]"), "invalid length 4"),
        (json!({"any": {"x": 1}, "inner": {"a": 1}}), Some("inner.a"), "invalid type: integer `1`"),
    ];
    for (value, path, why) in cases {
        let misfit = deserialize::<Outer, _>(value.clone()).expect_err("a misfit");
        assert_eq!(misfit.path.as_deref(), path, "{value}: {}", misfit.message);
        assert!(misfit.message.starts_with(why), "{value}: {}", misfit.message);
    }
}

//! serde's messages without the value that they quote: it may be a secret.
//!
//! serde_json, toml and serde's own deserializers word a misfit alike: the value stands before `, expected`, or between backquotes. What
//! they add for its place (` at line 1 column 2`) stays where a message is kept.

use std::borrow::Cow;

/// How messages begin that quote the value.
const QUOTING: [&str; 4] = ["invalid type: ", "invalid value: ", "invalid length ", "unknown variant `"];

/// What does not fit, in our words: `lacks title`, `has the wrong type`, ... Of the message only the name of a missing field is kept,
/// which the reader's own type states.
///
/// It says nothing of the place: callers put the path in front.
#[must_use]
pub fn describe_mismatch(message: &str) -> Cow<'static, str> {
    if let Some(name) = message.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
        return format!("lacks {name}").into();
    }
    let known = [
        ("unknown field", "is not a known name"),
        ("duplicate field", "states a field twice"),
        ("unknown variant", "is not one of the accepted words"),
        ("invalid type", "has the wrong type"),
    ];
    let found = known.iter().find(|(start, _)| message.starts_with(start));
    found.map_or("does not fit", |(_, words)| words).into()
}

/// The message with the value left out, which makes it begin with `expected`; unchanged where it quotes none.
///
/// Names of fields stay, in `unknown field` and `missing field`. A message of another's making passes as well: implementations of
/// `Deserialize` must not put a value into theirs.
#[must_use]
pub fn without_value(message: &str) -> &str {
    if !QUOTING.iter().any(|start| message.starts_with(start)) {
        return message;
    }
    // The last one: the value itself may hold these words.
    message.rfind(", expected ").map_or("it has the wrong form", |at| &message[at + 2..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    const SECRET: &str = "S3CRET, expected `x`";

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Shape {
        count: u8,
        word: Word,
        #[serde(default)]
        pair: (u8, u8),
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Word {
        All,
        Friend,
    }

    fn message(json: &str) -> String {
        let json = json.replace('$', SECRET);
        serde_json::from_str::<Shape>(&json).map_or_else(|error| error.to_string(), |_| "it fits".to_owned())
    }

    /// Each message as serde_json words it today: a release that words one otherwise is noticed here.
    #[test]
    fn every_misfit_has_our_words_and_no_value() {
        for (json, words) in [
            (r#"{"word":"all"}"#, "lacks count"),
            (r#"{"count":1,"word":"all","more":"$"}"#, "is not a known name"),
            (r#"{"count":1,"count":2,"word":"all"}"#, "states a field twice"),
            (r#"{"count":1,"word":"$"}"#, "is not one of the accepted words"),
            (r#"{"count":"$","word":"all"}"#, "has the wrong type"),
            (r#"{"count":300,"word":"all"}"#, "does not fit"),
            (r#"{"count":1,"word":"all","pair":[1]}"#, "does not fit"),
        ] {
            assert_eq!(describe_mismatch(&message(json)), words, "{json}");
        }
    }

    #[test]
    fn a_kept_message_says_what_was_expected_and_no_value() {
        for (json, kept) in [
            (r#"{"count":"$","word":"all"}"#, "expected u8"),
            (r#"{"count":300,"word":"all"}"#, "expected u8"),
            (r#"{"count":1,"word":"$"}"#, "expected `all` or `friend`"),
            (r#"{"count":1,"word":"all","pair":[1]}"#, "expected a tuple of size 2"),
        ] {
            let message = message(json);
            let shown = without_value(&message);
            assert!(shown.starts_with(kept) && !shown.contains("S3CRET"), "{message}: {shown}");
        }
        let unknown = message(r#"{"cuont":1}"#);
        assert_eq!(without_value(&unknown), unknown);
        assert_eq!(
            without_value("expected a network such as 10.0.0.0/8"),
            "expected a network such as 10.0.0.0/8"
        );
        assert_eq!(without_value("invalid type: S3CRET"), "it has the wrong form");
    }
}

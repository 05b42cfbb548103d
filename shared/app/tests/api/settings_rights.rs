//! The rights of a bearer token.

use app::Settings;

/// SHA-256 of `correct horse`, by `sha256sum`.
const HASH: &str = "4104d36f8da2c254349f85836793ebe029e0c957063a34c91c2e9203187b5631";

fn rights(tokens: &str) -> Result<Vec<&'static str>, String> {
    let settings = Settings::from_parts("test.toml", &format!("[http]\ntokens = [{tokens}]"), []);
    let rights = settings.map_err(|error| error.to_string())?.http.rights_of("correct horse");
    Ok(rights.map(|rights| rights.iter().collect()).unwrap_or_default())
}

/// A plain hash may submit and read; a table names what its token may.
#[test]
fn a_plain_hash_has_the_usual_rights() {
    let table = |rights: &str| format!("{{ sha256 = '{HASH}', rights = [{rights}] }}");
    let other = "0".repeat(64);
    let cases = [
        (format!("'{HASH}'"), vec!["submit", "read"]),
        (table("'submit'"), vec!["submit"]),
        (table("'read', 'manage'"), vec!["read", "manage"]),
        (table("'manage', 'read', 'submit'"), vec!["submit", "read", "manage"]),
        (table(""), vec![]),
        (format!("'{other}', {}", table("'read'")), vec!["read"]),
        (format!("{{ sha256 = '{other}', rights = ['manage'] }}, {}", table("'read'")), vec!["read"]),
        (format!("{}, {}", table("'read'"), table("'manage'")), vec!["read", "manage"]),
    ];
    for (tokens, expected) in cases {
        assert_eq!(rights(&tokens), Ok(expected), "{tokens}");
    }
}

/// What is no token is refused by its place, and no value is repeated.
#[test]
fn a_malformed_token_is_named_without_its_value() {
    let cases = [
        ("{ sha256 = 's3cret', rights = [] }".to_owned(), "http.tokens[0].sha256"),
        (format!("{{ sha256 = '{HASH}' }}"), "missing field `rights`"),
        (format!("{{ sha256 = '{HASH}', rights = ['s3cret'] }}"), "http.tokens[0].rights[0]"),
        (format!("{{ sha256 = '{HASH}', rights = [], s3 = 1 }}"), "unknown field"),
        ("7".to_owned(), "the SHA-256 of a token, or a table"),
    ];
    for (tokens, words) in cases {
        let error = rights(&tokens).expect_err("no token");
        assert!(error.contains(words) && !error.contains("s3cret"), "{error}");
    }
}

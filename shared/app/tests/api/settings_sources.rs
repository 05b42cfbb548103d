//! From where tasks may publish objects.

use app::{Settings, object_location};

fn allowed(file: &str, source: &str) -> bool {
    let settings = Settings::from_parts("test.toml", file, []).expect("settings");
    settings.may_ask_for(&object_location(source).expect("a source"))
}

const RULES: &str = "
    [accounts.main]
    client_id = 'c'
    access_token = 't'
    [[rules]]
    bucket = 'ruled'
    prefix = 'films'
    account = 'main'
    public_type = 'all'
";

/// A source lies in a place that the settings name, else under a rule or in the legacy bucket.
#[test]
fn a_source_must_lie_in_a_permitted_place() {
    let named = "[http]\nsources = ['oss://named/films/', 's3://other', 'oss://literal/films']";
    let legacy = "[legacy]\nbucket = 'legacy'";
    let cases = [
        (named, "oss://named/films/a.mp4", true),
        (named, "oss://named/films-secret/a.mp4", false),
        (named, "oss://named/films", false),
        (named, "oss://named/a.mp4", false),
        (named, "oss://named/films/../secret/a.mp4", false),
        (named, "oss://named/films/./a.mp4", false),
        (named, "oss://named/films/..", false),
        (named, "oss://named/films/a..mp4", true),
        (named, "oss://named/films//a.mp4", true),
        (named, "oss://named/Films/a.mp4", false),
        (named, "s3://named/films/a.mp4", false),
        (named, "s3://other/any/a.mp4", true),
        (named, "oss://other/any/a.mp4", false),
        (named, "s3://other-one/a.mp4", false),
        (named, "oss://literal/films-secret/a.mp4", true),
        (legacy, "oss://legacy/any/a.mp4", true),
        (legacy, "s3://legacy/any/a.mp4", false),
        (legacy, "oss://another/a.mp4", false),
        (RULES, "oss://ruled/films/a.mp4", true),
        (RULES, "oss://ruled/films-2/a.mp4", true),
        (RULES, "oss://ruled/other/a.mp4", false),
        (RULES, "s3://ruled/films/a.mp4", false),
        ("", "oss://anything/at/../all.mp4", true),
        ("[http]\nsources = []", "oss://anything/at/all.mp4", false),
    ];
    for (file, source, expected) in cases {
        assert_eq!(allowed(file, source), expected, "{file} {source}");
    }
    let both = format!("{RULES}\n{named}\n{legacy}");
    assert!(!allowed(&both, "oss://ruled/films/a.mp4"), "what is named holds alone");
    assert!(!allowed(&both, "oss://legacy/a.mp4"));
    let s3 = format!("{RULES}\n[source]\nprovider = 's3'");
    assert!(allowed(&s3, "s3://ruled/films/a.mp4") && !allowed(&s3, "oss://ruled/films/a.mp4"));
}

#[test]
fn what_is_no_place_is_refused_by_the_settings_name() {
    for text in ["named/films/", "folder:///etc", "oss://", "oss://UPPER/x", "oss://a b/x", "/srv/films"] {
        let file = format!("[http]\nsources = ['{text}']");
        let error = Settings::from_parts("test.toml", &file, []).expect_err("no place").to_string();
        assert!(error.contains("http.sources[0]") && error.contains("oss://bucket/prefix"), "{error}");
    }
}

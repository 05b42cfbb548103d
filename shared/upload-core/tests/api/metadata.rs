//! Reading, merging and completing metadata.

use proptest::{option::of, prelude::*};
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;
use upload_core::{
    Error, ErrorKind, Preflight,
    metadata::{FieldKind, PublicType, PublicTypeOrigin, StatedMetadata, VideoMetadata},
    rules::Rules,
};

/// Youku's limit for titles, in characters.
const TITLE_CHARACTERS: usize = 60;

pub(crate) fn headers(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

pub(crate) fn header_error(name: &str, value: &str) -> String {
    StatedMetadata::from_user_metadata(&headers(&[(name, value)])).expect_err("not understood").to_string()
}

fn sidecar_error(json: &str) -> String {
    StatedMetadata::from_sidecar(json.as_bytes()).expect_err("not understood").to_string()
}

/// All fields, so that two can be compared; a secret compares by its text.
fn laid_open(stated: &StatedMetadata) -> String {
    format!("{stated:?} {:?}", stated.metadata.watch_password.as_ref().map(|secret| secret.expose_secret()))
}

/// User metadata is percent-decoded, and foreign names are ignored.
#[test]
fn user_metadata_is_decoded_and_foreign_names_ignored() {
    let found = StatedMetadata::from_user_metadata(&headers(&[
        ("youku-title", "%E5%81%87%E6%9C%9F%20100%25"),
        ("youku-tags", "travel, %E6%B5%B7%E8%BE%B9,,"),
        ("youku-category", "Travel"),
        ("youku-description", "1+1"),
        ("youku-copyright-type", "reproduced"),
        ("youku-public-type", "password"),
        ("youku-watch-password", "open%20sesame"),
        ("youku-thumbnail", "3"),
        ("youku-latitude", "31.25"),
        ("youku-longitude", "-121.5"),
        ("youku-shoot-time", "2026-11-01"),
        ("youku-deshake", "1"),
        ("md5", "%zz"),
    ]));
    let expected = serde_json::json!({
        "title": "假期 100%", "tags": ["travel", "海边"], "category": "Travel", "description": "1+1",
        "copyright_type": "reproduced", "public_type": "password", "watch_password": "open sesame", "thumbnail": "3",
        "latitude": 31.25, "longitude": -121.5, "shoot_time": "2026-11-01", "deshake": true
    });
    let expected = serde_json::from_value(expected).expect("metadata");
    let expected = StatedMetadata::new(expected, PublicTypeOrigin::Metadata);
    assert_eq!(expected.public_type_from, Some(PublicTypeOrigin::Metadata));
    assert_eq!(laid_open(&found.expect("understood")), laid_open(&expected));
}

#[test]
fn a_bad_encoding_names_the_header_and_not_its_value() {
    for value in ["100%", "%zz", "%4", "%+1", "%FF%FE"] {
        let place = "youku-watch-password";
        assert_eq!(header_error(place, value), format!("{place} is not percent-encoded UTF-8"));
    }
}

/// A header with another kind of value or an unknown name is an error.
#[test]
fn a_header_with_a_bad_value_or_name_is_an_error() {
    let wrong = [
        ("youku-public-type", "All", "is not all, friend or password"),
        ("youku-copyright-type", "mine", "is not original or reproduced"),
        ("youku-latitude", "north", "is not a number"),
        ("youku-longitude", "", "is not a number"),
        ("youku-deshake", "yes", "is not true or false"),
        ("youku-pubic-type", "friend", "is not a known name"),
    ];
    for (name, value, problem) in wrong {
        assert_eq!(header_error(name, value), format!("{name} {problem}"));
    }
}

#[test]
fn a_sidecar_is_one_json_object() {
    let json = r#"{"title":"片","tags":["a1","b2"],"category":"Tech","description":"d","copyright_type":"original",
        "public_type":"friend","watch_password":"p","thumbnail":"t","latitude":1,"longitude":2.5,"shoot_time":"s","deshake":false}"#;
    let mut expected = VideoMetadata::default();
    for (field, text) in [
        ("title", "片"),
        ("tags", "a1,b2"),
        ("category", "Tech"),
        ("description", "d"),
        ("copyright_type", "original"),
        ("public_type", "friend"),
        ("watch_password", "p"),
        ("thumbnail", "t"),
        ("latitude", "1"),
        ("longitude", "2.5"),
        ("shoot_time", "s"),
        ("deshake", "false"),
    ] {
        assert_eq!(expected.set_from_text(field, text), Ok(true), "{field}");
    }
    let expected = StatedMetadata::new(expected, PublicTypeOrigin::Sidecar);
    assert_eq!(expected.public_type_from, Some(PublicTypeOrigin::Sidecar));
    let found = StatedMetadata::from_sidecar(json.as_bytes()).expect("understood");
    assert_eq!(laid_open(&found), laid_open(&expected));
    let nothing = StatedMetadata::from_sidecar(br#"{"title":null}"#).expect("understood");
    assert_eq!(laid_open(&nothing), laid_open(&StatedMetadata::default()));
}

/// Editors put a byte-order mark before the text and CRLF at the ends of its lines.
#[test]
fn a_sidecar_may_begin_with_utf_8s_byte_order_mark() {
    let json = "\u{feff}\r\n{\"title\": \"Sidecar title\",\r\n\"tags\": [\"news\", \"tech\"]}\r\n";
    let found = StatedMetadata::from_sidecar(json.as_bytes()).expect("understood").metadata;
    assert_eq!(found.title.as_deref(), Some("Sidecar title"));
    assert_eq!(found.tags, Some(vec!["news".to_owned(), "tech".to_owned()]));
    assert_eq!(sidecar_error("\u{feff}\u{feff}{}"), "sidecar is not a JSON object");
    for utf_16 in [&b"\xff\xfe{\0}\0"[..], b"\xfe\xff\0{\0}"] {
        let error = StatedMetadata::from_sidecar(utf_16).expect_err("not understood").to_string();
        assert_eq!(error, "sidecar is UTF-16: write it as UTF-8");
    }
    let gbk = b"{\"title\":\"\xb4\xba\xcd\xed\"}";
    let error = StatedMetadata::from_sidecar(gbk).expect_err("not understood").to_string();
    assert_eq!(error, "sidecar is not UTF-8: write it as UTF-8");
}

/// A sidecar that does not fit is named by the path in it, without the value.
#[test]
fn a_bad_sidecar_is_named_by_its_path_without_the_value() {
    let wrong = [
        (r#"{"tags":["a",7]}"#, "sidecar tags[1] has the wrong type"),
        (r#"{"watch_password":1234}"#, "sidecar watch_password has the wrong type"),
        (r#"{"public_type":"secret"}"#, "sidecar public_type is not one of the accepted words"),
        (r#"{"titel":"x"}"#, "sidecar titel is not a known name"),
        (r#"{"title":"x","title":"y"}"#, "sidecar states a field twice"),
        (r#"{"title":"x"} {}"#, "sidecar goes on after its end"),
        ("{\"title\"", "sidecar is not JSON"),
        ("", "sidecar is not a JSON object"),
        ("[\"x\"]", "sidecar is not a JSON object"),
    ];
    for (json, problem) in wrong {
        assert_eq!(sidecar_error(json), problem, "{json}");
    }
}

#[test]
fn a_strange_name_in_a_sidecar_cannot_flood_or_break_a_log_line() {
    let shown = sidecar_error(&format!(r#"{{"a\nb{}":1}}"#, "x".repeat(1000)));
    assert!(shown.starts_with("sidecar abx") && shown.chars().count() < 110, "{shown}");
}

#[test]
fn a_problem_with_metadata_is_an_invalid_job() {
    let problem = StatedMetadata::from_user_metadata(&headers(&[("youku-tags", "100%")]));
    let error = Error::from(problem.expect_err("not understood"));
    assert_eq!(error.kind(), ErrorKind::InvalidJob);
    assert_eq!(error.to_string(), "youku-tags is not percent-encoded UTF-8");
}

/// The object's metadata wins over the sidecar, the sidecar over the rule, the rule over the defaults.
#[test]
fn metadata_prefers_object_then_sidecar_then_rule() {
    let object =
        StatedMetadata::from_user_metadata(&headers(&[("youku-title", "object")])).expect("understood");
    let sidecar = br#"{"title":"sidecar","description":"sidecar"}"#;
    let sidecar = StatedMetadata::from_sidecar(sidecar).expect("understood");
    let rule =
        r#"[{"bucket":"b","account":"a","public_type":"friend","description":"rule","category":"Tech"}]"#;
    let rules: Rules = serde_json::from_str(rule).expect("a rule");
    let rule = rules.find_match("b", "k").expect("it matches").metadata();

    let merged = StatedMetadata::merge(StatedMetadata::merge(object, sidecar), rule).completed("file.mp4");
    assert_eq!(merged.public_type_from, Some(PublicTypeOrigin::Rule));
    let merged = merged.metadata;
    assert_eq!(merged.title.as_deref(), Some("object"));
    assert_eq!(merged.description.as_deref(), Some("sidecar"));
    assert_eq!(merged.category.as_deref(), Some("Tech"));
    assert_eq!(merged.public_type, Some(PublicType::Friend));
    assert_eq!(merged.tags, Some(vec!["other".to_owned()]));
}

/// A title is made from the file name and cut to sixty characters.
#[test]
fn a_missing_title_is_the_file_name_cut_to_60_characters() {
    let made =
        |file_name: &str| StatedMetadata::default().completed(file_name).metadata.title.expect("a title");
    assert_eq!(made("a.final.mp4"), "a.final");
    assert_eq!(made("noextension"), "noextension");
    assert_eq!(made(" .mp4"), " .mp4");
    assert_eq!(made(&format!("{}.mp4", "影".repeat(61))), "影".repeat(60));
}

/// What cannot be seen in a file's name is no part of the title that is made from it.
#[test]
fn a_title_made_from_a_file_name_is_cleaned() {
    let made =
        |file_name: &str| StatedMetadata::default().completed(file_name).metadata.title.expect("a title");
    assert_eq!(made("\u{feff}第 1 集\r\n\u{200b}完\u{7}.mp4"), "第 1 集 完");
    assert_eq!(made("👨\u{200d}👩.mp4"), "👨\u{200d}👩");
    assert_eq!(made("\u{200b}.mp4"), ".mp4");
    assert_eq!(made(&format!("{}\u{200b}.mp4", "影".repeat(60))), "影".repeat(60));
}

/// A cut is noticed where nobody stated a title, and counts what is left of the cleaned name.
#[test]
fn a_cut_title_is_noticed() {
    let (sixty, long) = (format!("{}\u{200b}.mp4", "影".repeat(60)), format!("{}.mp4", "影".repeat(61)));
    let nothing = StatedMetadata::<SecretString>::default();
    assert_eq!((nothing.is_title_cut(&sixty), nothing.is_title_cut(&long)), (false, true));
    let stated: VideoMetadata = VideoMetadata { title: Some("T".into()), ..VideoMetadata::default() };
    assert!(!StatedMetadata::new(stated, PublicTypeOrigin::Task).is_title_cut(&long));
}

#[test]
fn a_stated_title_is_never_cut() {
    let title = Some("影".repeat(61));
    let stated = VideoMetadata { title: title.clone(), ..VideoMetadata::default() };
    let stated = StatedMetadata::new(stated, PublicTypeOrigin::Task);
    assert_eq!(stated.completed("a.mp4").metadata.title, title);
}

/// Who writes a description on Windows means the same lines.
#[test]
fn the_lines_of_a_description_end_as_on_unix() {
    let stated = VideoMetadata { description: Some("a\r\n\tb\rc\n".into()), ..VideoMetadata::default() };
    let completed = StatedMetadata::new(stated, PublicTypeOrigin::Task).completed("a.mp4");
    assert_eq!(completed.metadata.description.as_deref(), Some("a\n\tb\nc\n"));
}

/// A text that a field takes, or none.
fn any_text(field: &'static str, kind: FieldKind) -> impl Strategy<Value = Option<String>> {
    of(match (field, kind) {
        ("copyright_type", _) => "original|reproduced",
        ("public_type", _) => "all|friend|password",
        (_, FieldKind::Text) => "[a-z]{0,3}",
        (_, FieldKind::Number) => "-?[1-8][0-9]",
        (_, FieldKind::Tags) => "([a-z]{2},){0,3}",
        (_, FieldKind::Flag) => "true|false",
    })
}

/// Texts of all fields.
fn any_texts() -> impl Strategy<Value = Vec<Option<String>>> {
    VideoMetadata::FIELDS.iter().map(|(field, kind)| any_text(field, *kind)).collect::<Vec<_>>()
}

/// Metadata that states these texts.
fn metadata_of(texts: &[Option<String>]) -> VideoMetadata {
    let mut metadata = VideoMetadata::default();
    for ((field, _), text) in VideoMetadata::FIELDS.iter().zip(texts) {
        if let Some(text) = text {
            assert_eq!(metadata.set_from_text(field, text), Ok(true), "{field}");
        }
    }
    metadata
}

/// All fields of metadata that was stated nowhere in particular.
fn fields(metadata: VideoMetadata) -> String {
    laid_open(&StatedMetadata { metadata, ..StatedMetadata::default() })
}

proptest! {
    #[test]
    fn merging_takes_each_field_from_the_highest_that_states_it(a in any_texts(), b in any_texts()) {
        let merged = VideoMetadata::merge(metadata_of(&a), metadata_of(&b));
        let expected: Vec<_> = a.into_iter().zip(b).map(|(a, b)| a.or(b)).collect();
        prop_assert_eq!(fields(merged), fields(metadata_of(&expected)));
    }

    #[test]
    fn merging_does_not_depend_on_grouping(a in any_texts(), b in any_texts(), c in any_texts()) {
        let [a, b, c] = [a, b, c].map(|texts| metadata_of(&texts));
        let left = VideoMetadata::merge(VideoMetadata::merge(a.clone(), b.clone()), c.clone());
        let right = VideoMetadata::merge(a, VideoMetadata::merge(b, c));
        prop_assert_eq!(fields(left), fields(right));
    }

    #[test]
    fn any_text_survives_percent_encoding(text in any::<String>()) {
        let encoded = percent_encoding::utf8_percent_encode(&text, percent_encoding::NON_ALPHANUMERIC).to_string();
        let found = StatedMetadata::from_user_metadata(&headers(&[("youku-title", &encoded)]));
        prop_assert_eq!(found.expect("understood").metadata.title, Some(text));
    }

    #[test]
    fn a_made_title_is_a_start_of_the_name_and_fits(name in "[a-z影 .]{0,70}\\.mp4") {
        let title = StatedMetadata::default().completed(&name).metadata.title.expect("a title");
        prop_assert!(name.contains(&title));
        prop_assert!((1..=TITLE_CHARACTERS).contains(&title.chars().count()));
    }
}

/// The preflight is stated where the metadata is, and merged as it is.
#[test]
fn the_preflight_is_stated_and_merged_like_a_field() {
    let object =
        StatedMetadata::from_user_metadata(&headers(&[("youku-preflight", "off")])).expect("understood");
    assert_eq!((object.preflight, object.metadata.title.as_ref()), (Some(Preflight::Off), None));
    let sidecar = StatedMetadata::from_sidecar(br#"{"preflight":"warn","title":"t"}"#).expect("understood");
    assert_eq!(sidecar.preflight, Some(Preflight::Warn));
    assert_eq!(StatedMetadata::from_sidecar(br#"{"preflight":null}"#).expect("understood").preflight, None);
    let silent = StatedMetadata::default();
    assert_eq!(StatedMetadata::merge(silent.clone(), sidecar.clone()).preflight, Some(Preflight::Warn));
    assert_eq!(StatedMetadata::merge(object.clone(), sidecar).preflight, Some(Preflight::Off));

    assert_eq!(header_error("youku-preflight", "maybe"), "youku-preflight is not refuse, warn or off");
    let error =
        StatedMetadata::from_sidecar(br#"{"preflight":true}"#).expect_err("not understood").to_string();
    assert_eq!(error, "sidecar preflight is not refuse, warn or off");
    // What the task states is not read from the object.
    let wrong = headers(&[("youku-preflight", "maybe")]);
    assert!(StatedMetadata::from_user_metadata_below(&wrong, &object).is_ok());
    assert!(StatedMetadata::from_sidecar_below(br#"{"preflight":true}"#, &object).is_ok());
    assert!(StatedMetadata::from_user_metadata_below(&wrong, &silent).is_err());
}

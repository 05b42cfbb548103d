//! Youku's limits for metadata.

use youku::{
    CATEGORIES, CONTAINERS, Found, Invalid, NewVideo, PublicType, VideoMetadata, clean_description,
    clean_tags, clean_title, with_unix_line_ends,
};

/// What nobody sees, and what no kind of text may have.
const UNFIT: [char; 10] = [
    '\0', '\u{7f}', '\u{ad}', '\u{180e}', '\u{200b}', '\u{202a}', '\u{202e}', '\u{2060}', '\u{2069}',
    '\u{feff}',
];

/// What a video is made from.
struct Parts {
    file_name: String,
    file_size: u64,
    metadata: VideoMetadata,
}

/// Makes a video of acceptable parts with one change.
fn make(change: impl FnOnce(&mut Parts)) -> Result<NewVideo, Invalid> {
    let mut parts = Parts {
        file_name: "holiday.mp4".to_owned(),
        file_size: 1_048_576,
        metadata: VideoMetadata {
            title: Some("A holiday".to_owned()),
            tags: Some(vec!["travel".to_owned(), "海边".to_owned()]),
            ..VideoMetadata::default()
        },
    };
    change(&mut parts);
    NewVideo::new(parts.file_name, parts.file_size, parts.metadata)
}

fn broken(change: impl FnOnce(&mut Parts)) -> Invalid {
    make(change).unwrap_err()
}

fn accepted(change: impl FnOnce(&mut Parts)) -> bool {
    make(change).is_ok()
}

/// The client takes a `NewVideo` alone, so what cannot be built cannot be sent. That its fields are private is an example in its
/// documentation.
#[test]
fn broken_metadata_makes_no_video_that_could_be_sent() {
    let invalid = broken(|video| video.metadata.title = Some("影".repeat(61)));
    assert_eq!(invalid.field, "title");
    assert_eq!(invalid.to_string(), "title has 61 characters, 1 to 60 are allowed");
    let video = make(|video| video.metadata.category = Some("Tech".to_owned())).unwrap();
    assert_eq!((video.file_name(), video.extension(), video.file_size()), ("holiday.mp4", "mp4", 1_048_576));
    assert_eq!(video.metadata().category.as_deref(), Some("Tech"));
}

#[test]
fn sixty_chinese_characters_are_a_title_and_one_more_is_not() {
    assert!(accepted(|video| video.metadata.title = Some("影".repeat(60))));
    let invalid = broken(|video| video.metadata.title = Some("影".repeat(61)));
    assert_eq!(invalid.to_string(), "title has 61 characters, 1 to 60 are allowed");
}

#[test]
fn a_title_must_say_something() {
    assert_eq!(broken(|video| video.metadata.title = None).field, "title");
    assert_eq!(broken(|video| video.metadata.title = Some("  ".to_owned())).field, "title");
}

/// What nobody can see in a title is named; what joins letters and emoji is part of them.
#[test]
fn a_title_has_no_line_break_control_or_invisible_character() {
    for unfit in ['\n', '\r', '\t', '\u{85}', '\u{2028}'].into_iter().chain(UNFIT) {
        let invalid = broken(|video| video.metadata.title = Some(format!("a{unfit}b")));
        let text = invalid.to_string();
        let name = format!("not a text with U+{:04X}", u32::from(unfit));
        assert!(text.starts_with("title must be free of line breaks") && text.ends_with(&name), "{text}");
        let invalid = broken(|video| video.metadata.tags = Some(vec!["ok".to_owned(), format!("a{unfit}b")]));
        let text = invalid.to_string();
        assert!(text.starts_with("tags[1] must be free of line breaks") && text.ends_with(&name), "{text}");
    }
    for title in ["a\u{a0}b\u{3000}c", "👨\u{200d}👩\u{200d}👧 ❤\u{fe0f}", "می\u{200c}خواهم", "e\u{301}"]
    {
        assert!(accepted(|video| {
            video.metadata.title = Some(title.to_owned());
            video.metadata.tags = Some(vec![title.to_owned()]);
            video.metadata.description = Some(title.to_owned());
        }));
        assert_eq!((clean_title(title), clean_description(title)), (title.to_owned(), title.to_owned()));
    }
}

/// A description has lines, and nothing else that cannot be seen.
#[test]
fn a_description_has_lines_and_nothing_invisible() {
    let lines = "one\ntwo\r\n\tthree\rfour";
    assert!(accepted(|video| video.metadata.description = Some(lines.to_owned())));
    assert_eq!(with_unix_line_ends(lines), "one\ntwo\n\tthree\nfour");
    for unfit in UNFIT.into_iter().chain(['\u{b}', '\u{2028}']) {
        let invalid = broken(|video| video.metadata.description = Some(format!("a{unfit}b")));
        let text = invalid.to_string();
        let name = format!("not a text with U+{:04X}", u32::from(unfit));
        assert!(text.starts_with("description must be free of") && text.ends_with(&name), "{text}");
    }
}

#[test]
fn cleaned_descriptions_and_tags_are_accepted() {
    let everything: String = UNFIT.into_iter().chain("b\r\nc\rd\u{2028}e\tf".chars()).collect();
    assert_eq!(clean_description(&everything), "b\nc\nd\ne\tf");
    let tags = [everything, "\0".to_owned(), " \u{ad}春\u{202e}晚\n".to_owned()];
    assert_eq!(clean_tags(&tags), ["b c d e f", "春晚"]);
}

#[test]
fn a_cleaned_title_is_accepted_and_reads_the_same() {
    for (text, clean) in [
        ("a\r\nb", "a b"),
        ("a\n\u{200b}\tb", "a b"),
        ("\u{feff}片\u{0}名\u{2060}", "片名"),
        ("a  b ", "a  b "),
        ("\u{2028}a", " a"),
        ("\u{200b}", ""),
    ] {
        assert_eq!(clean_title(text), clean, "{text:?}");
    }
}

#[test]
fn tags_are_one_to_ten_of_two_to_twenty_characters() {
    assert!(accepted(|video| video.metadata.tags = Some(vec!["标签".repeat(10); 10])));
    assert_eq!(
        broken(|video| video.metadata.tags = Some(vec!["tag".to_owned(); 11])),
        Invalid { field: "tags".to_owned(), limit: "1 to 10", found: Found::Length("11 entries".to_owned()) }
    );
    let none = broken(|video| video.metadata.tags = None);
    assert_eq!(none.to_string(), "tags has 0 entries, 1 to 10 are allowed");
    let one_letter = broken(|video| video.metadata.tags = Some(vec!["ok".to_owned(), "影".to_owned()]));
    assert_eq!(one_letter.to_string(), "tags[1] has 1 character, 2 to 20 are allowed");
    let long = broken(|video| video.metadata.tags = Some(vec!["标".repeat(21)]));
    assert_eq!(long.found, Found::Length("21 characters".to_owned()));
}

#[test]
fn a_tag_with_a_comma_would_become_two() {
    let invalid = broken(|video| video.metadata.tags = Some(vec!["news,sports".to_owned()]));
    assert_eq!(invalid.to_string(), "tags[0] must be free of commas");
}

#[test]
fn a_description_has_less_than_two_thousand_characters() {
    assert!(accepted(|video| video.metadata.description = Some("文".repeat(1999))));
    let invalid = broken(|video| video.metadata.description = Some("文".repeat(2000)));
    assert_eq!(invalid.to_string(), "description has 2000 characters, at most 1999 are allowed");
}

#[test]
fn a_category_is_one_of_the_list_to_the_letter() {
    for category in CATEGORIES {
        assert!(accepted(|video| video.metadata.category = Some((*category).to_owned())));
    }
    let invalid = broken(|video| video.metadata.category = Some("news".to_owned()));
    let list = CATEGORIES.join(", ");
    let text =
        format!("category must be one of Youku's categories to the letter ({list}), not an unknown one");
    assert_eq!((invalid.field.as_str(), invalid.to_string()), ("category", text));
}

#[test]
fn a_password_video_needs_its_password() {
    let invalid = broken(|video| video.metadata.public_type = Some(PublicType::Password));
    assert_eq!(invalid.field, "watch_password");
    assert!(accepted(|video| {
        video.metadata.public_type = Some(PublicType::Password);
        video.metadata.watch_password = Some("open sesame".into());
    }));
}

/// Youku would pass over the password and publish for all.
#[test]
fn a_password_needs_a_password_video() {
    for (public_type, found) in
        [(None, "all"), (Some(PublicType::All), "all"), (Some(PublicType::Friend), "friend")]
    {
        let invalid = broken(|video| {
            video.metadata.public_type = public_type;
            video.metadata.watch_password = Some("open sesame".into());
        });
        let text =
            format!("watch_password must be stated with public_type password, not with public_type {found}");
        assert_eq!(invalid.to_string(), text);
    }
}

#[test]
fn an_extension_outside_the_accepted_containers_is_refused() {
    assert!(accepted(|video| video.file_name = "片.final.MP4".to_owned()));
    for name in ["a.webm", "mp4", ".mp4", "a.mp4.", "a.mp4.txt", ""] {
        assert_eq!(broken(|video| video.file_name = name.to_owned()).field, "file_name");
    }
}

/// Not a number is no place on earth.
#[test]
fn degrees_are_those_of_the_globe() {
    assert!(accepted(
        |video| (video.metadata.latitude, video.metadata.longitude) = (Some(-90.0), Some(180.0))
    ));
    for wrong in [90.5, f64::NAN, f64::INFINITY] {
        assert_eq!(broken(|video| video.metadata.latitude = Some(wrong)).field, "latitude");
    }
    assert_eq!(broken(|video| video.metadata.longitude = Some(-180.5)).field, "longitude");
}

#[test]
fn an_empty_file_is_refused() {
    assert_eq!(broken(|video| video.file_size = 0).field, "file_size");
}

#[test]
fn a_place_must_be_on_the_globe() {
    assert!(accepted(|video| {
        (video.metadata.latitude, video.metadata.longitude) = (Some(-90.0), Some(180.0));
    }));
    assert_eq!(broken(|video| video.metadata.latitude = Some(90.5)).field, "latitude");
    assert_eq!(broken(|video| video.metadata.longitude = Some(f64::NAN)).field, "longitude");
}

/// The error names the extension and every one that is accepted.
#[test]
fn an_extension_that_is_not_accepted_is_named_with_the_list() {
    for (name, found) in [
        ("holiday.WebM", "not .webm"),
        ("holiday.ts", "not .ts"),
        ("holiday", "not a name without one"),
        (".mp4", "not a name without one"),
        ("a.b and more words", "not an extension of 16 characters"),
    ] {
        let invalid = broken(|video| video.file_name = name.to_owned());
        assert_eq!(invalid.field, "file_name");
        let text = invalid.to_string();
        assert!(text.ends_with(found) && text.contains(&CONTAINERS.join(", ")), "{text}");
    }
}

//! Youku's limits for metadata.

use youku::{CATEGORIES, CONTAINERS, Invalid, NewVideo, PublicType, VideoMetadata, clean_title};

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
    assert_eq!(invalid.to_string(), "title must be 1 to 60 characters, not 61 characters");
    let video = make(|video| video.metadata.category = Some("Tech".to_owned())).unwrap();
    assert_eq!((video.file_name(), video.extension(), video.file_size()), ("holiday.mp4", "mp4", 1_048_576));
    assert_eq!(video.metadata().category.as_deref(), Some("Tech"));
}

#[test]
fn sixty_chinese_characters_are_a_title_and_one_more_is_not() {
    assert!(accepted(|video| video.metadata.title = Some("影".repeat(60))));
    let invalid = broken(|video| video.metadata.title = Some("影".repeat(61)));
    assert_eq!(invalid.to_string(), "title must be 1 to 60 characters, not 61 characters");
}

#[test]
fn a_title_must_say_something() {
    assert_eq!(broken(|video| video.metadata.title = None).field, "title");
    assert_eq!(broken(|video| video.metadata.title = Some("  ".to_owned())).field, "title");
}

/// What nobody can see in a title is named; what joins letters and emoji is part of them.
#[test]
fn a_title_has_no_line_break_control_or_zero_width_space() {
    for unfit in ['\n', '\r', '\t', '\0', '\u{7f}', '\u{85}', '\u{2028}', '\u{200b}', '\u{2060}', '\u{feff}']
    {
        let invalid = broken(|video| video.metadata.title = Some(format!("a{unfit}b")));
        let text = invalid.to_string();
        let name = format!("not a text with U+{:04X}", u32::from(unfit));
        assert!(text.starts_with("title must be free of line breaks") && text.ends_with(&name), "{text}");
    }
    for title in ["a\u{a0}b\u{3000}c", "👨\u{200d}👩\u{200d}👧 ❤\u{fe0f}", "می\u{200c}خواهم", "e\u{301}"]
    {
        assert!(accepted(|video| video.metadata.title = Some(title.to_owned())), "{title}");
        assert_eq!(clean_title(title), title);
    }
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
        Invalid { field: "tags".to_owned(), limit: "1 to 10 tags", length: "11 tags".to_owned() }
    );
    assert_eq!(broken(|video| video.metadata.tags = None).length, "0 tags");
    let one_letter = broken(|video| video.metadata.tags = Some(vec!["ok".to_owned(), "影".to_owned()]));
    assert_eq!(one_letter.to_string(), "tags[1] must be 2 to 20 characters, not 1 character");
    let long = broken(|video| video.metadata.tags = Some(vec!["标".repeat(21)]));
    assert_eq!(long.length, "21 characters");
}

#[test]
fn a_tag_with_a_comma_would_become_two() {
    let invalid = broken(|video| video.metadata.tags = Some(vec!["news,sports".to_owned()]));
    assert_eq!((invalid.field.as_str(), invalid.limit), ("tags[0]", "free of commas"));
}

#[test]
fn a_description_has_less_than_two_thousand_characters() {
    assert!(accepted(|video| video.metadata.description = Some("文".repeat(1999))));
    let invalid = broken(|video| video.metadata.description = Some("文".repeat(2000)));
    assert_eq!(invalid.length, "2000 characters");
}

#[test]
fn a_category_is_one_of_the_list_to_the_letter() {
    for category in CATEGORIES {
        assert!(accepted(|video| video.metadata.category = Some((*category).to_owned())));
    }
    let invalid = broken(|video| video.metadata.category = Some("news".to_owned()));
    assert_eq!(invalid.field, "category");
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

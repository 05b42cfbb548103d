//! Types that documents hold.

use youku::{CopyrightType, FieldKind, Md5, PublicType, VideoMetadata, split_tags};

/// Youku and OSS write digests in lower case and in upper case.
#[test]
fn an_md5_is_32_hex_digits_of_either_case() {
    let md5 = Md5::from_hex("D41D8CD98F00B204E9800998ECF8427E").unwrap();
    assert_eq!(md5.to_string(), "d41d8cd98f00b204e9800998ecf8427e");
    assert_eq!(format!("{md5:?}"), "d41d8cd98f00b204e9800998ecf8427e");
    for text in ["", "d41d8cd9", "zz1d8cd98f00b204e9800998ecf8427e", "+41d8cd98f00b204e9800998ecf8427e"] {
        assert_eq!(Md5::from_hex(text), None, "{text}");
    }
    assert_eq!(Md5::from_hex(&"a".repeat(33)), None);
    let json = serde_json::to_string(&md5).unwrap();
    assert_eq!(json, "\"d41d8cd98f00b204e9800998ecf8427e\"");
    assert_eq!(serde_json::from_str::<Md5>(&json).unwrap(), md5);
    assert!(serde_json::from_str::<Md5>("\"d41d\"").is_err());
}

#[test]
fn the_words_of_the_api_are_those_of_documents() {
    for kind in [PublicType::All, PublicType::Friend, PublicType::Password] {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        assert_eq!(kind.as_str().parse(), Ok(kind));
    }
    for kind in [CopyrightType::Original, CopyrightType::Reproduced] {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        assert_eq!(kind.as_str().parse(), Ok(kind));
    }
    assert!("Friend".parse::<PublicType>().is_err() && "own".parse::<CopyrightType>().is_err());
}

/// A misspelled name may have been meant to hide the video.
#[test]
fn metadata_is_an_object_of_known_names() {
    let read = |json: &str| serde_json::from_str::<VideoMetadata>(json);
    let found = read(r#"{"title":"T","public_type":"password","watch_password":"open sesame"}"#).unwrap();
    assert_eq!((found.title.as_deref(), found.public_type), (Some("T"), Some(PublicType::Password)));
    assert_eq!((found.tags.is_none(), found.watch_password.is_some()), (true, true));
    assert!(!format!("{found:?}").contains("open sesame"));
    assert!(read(r#"{"pubic_type":"friend"}"#).is_err());
}

/// Every field is read from text by its name, to the same value as from JSON.
#[test]
fn every_field_is_read_from_its_text() {
    let mut found = VideoMetadata::default();
    for (field, kind) in VideoMetadata::FIELDS {
        let text = match (*field, kind) {
            ("copyright_type", _) => "reproduced",
            ("public_type", _) => "friend",
            (_, FieldKind::Text) => "some text",
            (_, FieldKind::Number) => "31.25",
            (_, FieldKind::Tags) => "one, two,,",
            (_, FieldKind::Flag) => "1",
        };
        assert_eq!(found.states(field), Some(false), "{field}");
        assert_eq!(found.set_from_text(field, text), Ok(true), "{field}");
        assert_eq!(found.states(field), Some(true), "{field}");
    }
    assert_eq!(found.title.as_deref(), Some("some text"));
    assert_eq!(found.tags, Some(vec!["one".to_owned(), "two".to_owned()]));
    assert_eq!(found.copyright_type, Some(CopyrightType::Reproduced));
    assert_eq!(found.public_type, Some(PublicType::Friend));
    assert_eq!((found.latitude, found.deshake), (Some(31.25), Some(true)));
    assert_eq!((found.states("Title"), found.set_from_text("Title", "t")), (None, Ok(false)));
    for (field, limit) in [
        ("copyright_type", "original or reproduced"),
        ("public_type", "all, friend or password"),
        ("longitude", "a number"),
        ("deshake", "true or false"),
    ] {
        let invalid = found.set_from_text(field, "?").unwrap_err();
        assert_eq!((invalid.field.as_str(), invalid.limit), (field, limit));
        assert!(invalid.to_string().contains(", not another "), "{invalid}");
    }
}

/// A sealed password takes the place of the plain one, and every other field stays.
#[test]
fn a_watch_password_can_be_sealed_and_opened() {
    let json = r#"{"title":"T","tags":["a","b"],"watch_password":"open sesame","deshake":true}"#;
    let plain: VideoMetadata = serde_json::from_str(json).unwrap();
    let sealed = plain.try_map_password(|_| Ok::<_, ()>("sealed".to_owned())).unwrap();
    assert_eq!((sealed.title.as_deref(), sealed.deshake), (Some("T"), Some(true)));
    assert_eq!(sealed.watch_password.as_deref(), Some("sealed"));
    assert!(sealed.clone().try_map_password(|_| Err::<(), _>("no key")).is_err());
    assert_eq!(sealed.clone().try_map_password(Ok::<_, ()>), Ok(sealed));
}

/// Chinese keyboards write their own commas and semicolons; the enumeration comma stands within names.
#[test]
fn tags_of_one_text_are_parted_by_commas_and_semicolons() {
    assert_eq!(split_tags("春晚，联欢；2026, live;tv，， "), ["春晚", "联欢", "2026", "live", "tv"]);
    assert_eq!(split_tags("京、津"), ["京、津"]);
    assert_eq!(split_tags(" ； "), Vec::<String>::new());
}

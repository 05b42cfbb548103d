//! Values of user metadata that are not ASCII: encoded words, and what cannot be decoded.

use crate::metadata::{header_error, headers};
use std::collections::BTreeMap;
use upload_core::metadata::{PublicTypeOrigin, StatedMetadata, VideoMetadata};

/// S3 returns what is not ASCII in encoded words (RFC 2047); a percent-encoded value and a plain one are what they were.
#[test]
fn encoded_words_of_s3_are_decoded() {
    for (value, title) in [
        ("=?UTF-8?B?5pil5pma?=", "春晚"),
        ("=?utf-8?b?5pil5pma?=", "春晚"),
        ("=?UTF-8?Q?=E6=98=A5=E6=99=9A_2026=3f?=", "春晚 2026?"),
        ("=?UTF-8?B?5pil?= =?UTF-8?B?5pma?=", "春晚"),
        ("=?UTF-8?B?5pil?=\t  =?UTF-8?Q?=E6=99=9A?=", "春晚"),
        ("=?UTF-8?B?5pil?==?UTF-8?B?5pma?=", "春晚"),
        // Without its padding.
        ("=?UTF-8?B?5pil5pmaMQ?=", "春晚1"),
        ("CCTV =?UTF-8?B?5pil5pma?= live", "CCTV 春晚 live"),
        ("=?UTF-8*zh?B?5pil5pma?= 100% =?UTF-8?B?5pil?=", "春晚 100% 春"),
        // One character in two words, against the rule.
        ("=?UTF-8?Q?=E6=98?= =?UTF-8?Q?=A5?=", "春"),
        ("=?ISO-8859-1?Q?caf=E9?=", "café"),
        ("=?US-ASCII?Q?a_b?=", "a b"),
        ("%3D%3FUTF-8%3FB%3F5pil%3F%3D", "=?UTF-8?B?5pil?="),
        ("what=?", "what=?"),
        ("春晚", "春晚"),
    ] {
        let found = StatedMetadata::from_user_metadata(&headers(&[("youku-title", value)]));
        assert_eq!(found.expect("understood").metadata.title.as_deref(), Some(title), "{value}");
    }
    let tags =
        StatedMetadata::from_user_metadata(&headers(&[("youku-tags", "=?UTF-8?B?5pil5pmaLCB0dg==?=")]));
    assert_eq!(tags.expect("understood").metadata.tags, Some(vec!["春晚".to_owned(), "tv".to_owned()]));
}

/// An encoded word that cannot be decoded is never a title, and neither are replaced bytes.
#[test]
fn what_cannot_be_decoded_names_the_header_alone() {
    for value in [
        "=?UTF-8?B?5pil5pm?=",
        "=?UTF-8?B?*?=",
        "=?UTF-8?B?5pil",
        "=?UTF-8?Q?=E6=98?=",
        "=?UTF-8?Q?=ZZ?=",
        "=?UTF-8?Q?=E?=",
        "=?UTF-8?Q?春?=",
        "=?UTF-8?X?5pil?=",
        "=?US-ASCII?Q?=E9?=",
        "=?UTF-8?B?5pil?= and =?UTF-8?B?5pm?=",
    ] {
        let shown = header_error("youku-title", value);
        assert!(shown.starts_with("youku-title holds an encoded word (RFC 2047) that cannot"), "{shown}");
    }
    for (value, named) in
        [("=?GBK?B?tLrN7Q==?=", "GBK"), ("=?gb18030*zh?Q?=B4?=", "gb18030"), ("a =?x'\"{}?Q?b?=", "x")]
    {
        let text = format!(
            "youku-title holds an encoded word (RFC 2047) in the character set {named}, which is not known here: write it in UTF-8"
        );
        assert_eq!(header_error("youku-title", value), text);
    }
    let long = header_error("youku-title", &format!("=?{}?Q?b?=", "x".repeat(5000)));
    assert!(long.chars().count() < 200, "{long}");
    let latin: BTreeMap<String, Vec<u8>> = [("youku-title".to_owned(), b"caf\xe9".to_vec())].into();
    let error = StatedMetadata::from_user_metadata(&latin).expect_err("not understood").to_string();
    assert_eq!(error, "youku-title holds bytes that are not UTF-8: percent-encode it");
    let foreign: BTreeMap<String, Vec<u8>> = [("author".to_owned(), b"caf\xe9".to_vec())].into();
    assert!(StatedMetadata::from_user_metadata(&foreign).is_ok(), "of others nothing is read");
    let stated = VideoMetadata { title: Some("T".into()), ..VideoMetadata::default() };
    let stated = StatedMetadata::new(stated, PublicTypeOrigin::Task);
    assert!(StatedMetadata::from_user_metadata_below(&latin, &stated).is_ok(), "the task states its own");
}

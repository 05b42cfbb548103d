//! The JSON that an entrypoint answers.

use upload_core::{
    Error, ErrorKind, Md5, Outcome, PublishedVideo, UploadId,
    metadata::{Audience, PublicType, PublicTypeOrigin},
};

#[test]
fn an_outcome_says_who_may_watch_and_where_that_was_stated() {
    let published = PublishedVideo {
        upload_id: UploadId::parse(&"0".repeat(32)).expect("an id"),
        video_id: Some("XMQ".into()),
        warning: None,
        size: 1,
        md5: Some(Md5([0; 16])),
        audience: Audience::new(Some(PublicType::Friend), Some(PublicTypeOrigin::Sidecar)),
        preflight: None,
    };
    let data = serde_json::to_value(Outcome::new("k", &Ok(published)).data).expect("JSON");
    let expected = serde_json::json!({
        "key": "k", "videoid": "XMQ", "upload_id": "0".repeat(32),
        "link": "https://v.youku.com/v_show/id_XMQ.html",
        "public_type": "friend", "public_type_from": "sidecar"
    });
    assert_eq!(data, expected);
}

#[test]
fn a_missing_object_answers_as_the_legacy_worker_did() {
    let error = Error::new(ErrorKind::SourceMissing, "head", "there is no such object");
    let outcome = serde_json::to_value(Outcome::new("k", &Err(error))).expect("JSON");
    let expected = serde_json::json!({
        "code": "404", "msg": "oss key not found", "info": "oss key not found",
        "error": "source_missing", "data": {"key": "k"}
    });
    assert_eq!(outcome, expected);
}

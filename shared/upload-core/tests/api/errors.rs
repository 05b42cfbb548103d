//! What an error shows to operators and to callers.

use upload_core::{Error, ErrorKind, UploadError};

#[test]
fn display_is_one_line_and_debug_names_kind_operation_and_cause() {
    let error = Error::new(ErrorKind::Source, "read", "the source closed the connection")
        .with_context("key", "a.mp4")
        .with_source(std::io::Error::other("reset"))
        .retryable();
    assert_eq!(error.to_string(), "the source closed the connection (key: a.mp4)");
    let long = format!("{error:?}");
    assert!(long.contains("source_failed in read"), "{long}");
    assert!(long.contains("caused by: reset"), "{long}");
}

#[test]
fn every_code_leads_back_to_its_kind() {
    for kind in ErrorKind::all() {
        assert_eq!(ErrorKind::from_code(kind.code()), Some(kind));
    }
    assert_eq!(ErrorKind::from_code("no_such_code"), None);
}

/// Every kind's answer, one a line: what callers may come to rely on.
const GOLDEN: &str = include_str!("sentences.txt");

#[test]
fn a_deadline_names_what_was_waited_out() {
    let error = Error::new(ErrorKind::Deadline, "upload", "inner")
        .with_context("last_error", "target_failed in UploadPart");
    let sentence = error.sentence();
    assert!(sentence.ends_with("; the last error was target_failed in UploadPart"), "{sentence}");
    assert!(!sentence.contains("inner"), "{sentence}");
}

#[test]
fn a_callers_sentence_depends_on_the_kind_alone() {
    let sentences = ErrorKind::all().map(|kind| {
        let error = Error::new(kind, "inner-operation", format!("inner-bucket {kind:?}"))
            .with_context("bucket", "inner-bucket")
            .with_context("key", "inner-key")
            .with_context("field", "conf.keyname")
            .with_context("why", "is missing")
            .with_source(std::io::Error::other("inner-cause"));
        format!("{}: {}\n", kind.code(), error.sentence())
    });
    let sentences: String = sentences.collect();
    // The messages of these are ours and name no place.
    let ours = ["invalid_job: ", "not_publishable: ", "no_such_upload: ", "usage: ", "wrong_state: "];
    let places = sentences.lines().filter(|line| !ours.iter().any(|start| line.starts_with(start)));
    assert!(places.clone().count() > 20 && places.clone().all(|line| !line.contains("inner")), "{sentences}");
    assert_eq!(sentences, GOLDEN);
}

//! Jobs, as logs show them.

use gearman_shim::Job;

/// Nor does any byte of its names break a line.
#[test]
fn debug_output_does_not_show_the_payload() {
    let payload = br#"{"conf":{"keyname":"name","ak":"secret"}}"#.as_slice().into();
    let job =
        Job { handle: "H:1".into(), function: "upload".into(), unique: Some("a\n\u{1b}".into()), payload };
    assert_eq!(format!("{job:?}"), r"H:1 of upload, unique a\n\x1b, 41 bytes");
    let job = Job { unique: None, ..job };
    assert_eq!(format!("{job:?}"), "H:1 of upload, no unique id, 41 bytes");
}

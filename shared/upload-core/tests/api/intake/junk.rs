//! Which names are junk, and where they are judged.

use upload_core::rules::{Admission, Rules, SkipReason, admit, is_junk, sidecar_key};

#[test]
fn what_systems_leave_behind_is_junk() {
    for key in [
        "._x.mp4",
        "in/._x.mp4",
        "__MACOSX/x.mp4",
        "in/__MACOSX/deep/x.mp4",
        ".Trash/x.mp4",
        ".Trash-1000/files/x.mp4",
        ".Trashes/501/x.mp4",
        "$RECYCLE.BIN/S-1-5-21/$RABCDEF.mp4",
        "$Recycle.Bin/x.mp4",
        "@Recycle/x.mp4",
        "#recycle/x.mp4",
        ".recycle/user/x.mp4",
        "in/.AppleDouble/x.mp4",
        "DCIM/.trashed-1700000000-x.mp4",
        ".hidden.mp4",
        "~$x.mp4",
        ".cache/x.mp4",
        "in/.stversions/x~20261101.mp4",
        ".影/片.mp4",
        "in/@eaDir/x.mp4",
        "lost+found/#12/x.mp4",
        "in/System Volume Information/x.mp4",
        "SYSTEM VOLUME INFORMATION/x.mp4",
        "...x/x.mp4",
    ] {
        assert!(is_junk(key, 0), "{key}");
    }
    for key in [
        "x.mp4",
        "film.part1.mp4",
        "a._x.mp4",
        "~x.mp4",
        "$x.mp4",
        "trash/x.mp4",
        "recycle/x.mp4",
        "eaDir/x.mp4",
        "lost/found/x.mp4",
        "~$in/x.mp4",
        "a.b/x.mp4",
        // No object has such a key: it is refused, not skipped.
        "./x.mp4",
        "in/../x.mp4",
        "@Recycle.mp4",
        "__MACOSX.mp4",
        "",
    ] {
        assert!(!is_junk(key, 0), "{key}");
    }
}

/// What a prefix names, whole or in part, is what its owner means.
#[test]
fn junk_is_judged_below_the_root_alone() {
    for (root, below) in [
        (".Trash/", "x.mp4"),
        ("#recycle/in/", "x.mp4"),
        ("films", "._x.mp4"),
        ("films/.", "x.mp4"),
        ("films/.st", "versions/x.mp4"),
        (".cache/in/", "x.mp4"),
        ("films", ".mp4"),
    ] {
        assert!(!is_junk(&format!("{root}{below}"), root.len()), "{root} {below}");
    }
    for (root, below) in
        [(".Trash/", "._x.mp4"), ("films", "/._x.mp4"), ("films", "-2/#recycle/x.mp4"), ("in/", ".old/x.mp4")]
    {
        assert!(is_junk(&format!("{root}{below}"), root.len()), "{root} {below}");
    }
    assert!(!is_junk("x.mp4", 9), "a key shorter than the root");
}

/// A rule judges below its own prefix, its sidecars as its videos, and may include junk.
#[test]
fn a_rule_skips_junk_below_its_prefix_unless_it_includes_it() {
    let rules: Rules = serde_json::from_str(
        r#"[{"bucket":"b","account":"a","public_type":"all","sidecar":"required"},
            {"bucket":"b","account":"a","public_type":"all","prefix":"__MACOSX/"},
            {"bucket":"b","account":"a","public_type":"all","prefix":"all/","include_junk":true}]"#,
    )
    .expect("rules");
    let is_skipped =
        |key: &str| matches!(admit("b", key, Some(1), &rules, &[]), Admission::Skip(SkipReason::Junk));
    for key in ["._x.mp4", "in/#recycle/x.mp4", "__MACOSX/._x.mp4", &sidecar_key("in/._x.mp4")] {
        assert!(is_skipped(key), "{key}");
    }
    for key in ["x.mp4", "__MACOSX/x.mp4", "all/._x.mp4", "all/#recycle/x.mp4"] {
        assert!(!is_skipped(key), "{key}");
    }
}

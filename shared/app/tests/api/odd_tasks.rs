//! Tasks as editors, C and PHP write them.

use crate::tasks::{ONE_ACCOUNT, read, settings};
use app::Task;
use serde_json::{Value, json};
use upload_core::{ErrorKind, metadata::VideoMetadata};

/// Editors of Windows write a byte-order mark and CRLF.
#[test]
fn a_task_may_begin_with_utf_8s_byte_order_mark() {
    let settings = settings(ONE_ACCOUNT);
    let read = |text: &str| Task::from_json(text.as_bytes(), &settings);
    let modern = "\u{feff}{\r\n\"source\": \"oss://bucket/k\",\r\n\"video\": {\"title\": \"春晚\"}}\r\n";
    let title = read(modern).expect("a task").job.video.metadata.title;
    assert_eq!(title.as_deref(), Some("春晚"));
    let legacy = "\u{feff}{\"conf\": {\r\n\"keyname\": \"k\"}}\r\n";
    assert_eq!(read(legacy).expect("a task").key, "k");
    for utf_16 in [&b"\xff\xfe{\0}\0"[..], b"\xfe\xff\0{\0}"] {
        let error = Task::from_json(utf_16, &settings).expect_err("refused");
        assert!(error.to_string().contains("field: task, why: is UTF-16: write it as UTF-8"), "{error}");
    }
}

/// Clients in C send the end of their text, or of their buffer, with it.
#[test]
fn nuls_and_blanks_after_a_legacy_task_are_passed_over() {
    let settings = settings(ONE_ACCOUNT);
    let task = r#"{"conf":{"keyname":"k"}}"#;
    for rest in ["", "\0", "\0\0\0\0", "\r\n\0", " \t\n"] {
        let task = Task::from_json(format!("{task}{rest}").as_bytes(), &settings);
        assert_eq!(task.expect("a task").key, "k", "{rest:?}");
    }
    for rest in ["x", "\0x", "{}", "\0{\"conf\":{}}", "\u{feff}"] {
        let error = Task::from_json(format!("{task}{rest}").as_bytes(), &settings).expect_err("refused");
        assert!(error.to_string().contains("field: task, why: is not JSON alone: it goes on"), "{error}");
    }
    for modern in ["{\"source\":\"oss://bucket/k\"}\0", "\0{\"source\":\"oss://bucket/k\"}"] {
        let error = Task::from_json(modern.as_bytes(), &settings).expect_err("refused");
        assert!(error.to_string().contains("field: task, why: is not JSON"), "{error}");
    }
}

/// PHP writes `[]` for an empty object, and `null`, `""` or `false` for a variable that nobody filled.
#[test]
fn phps_empty_values_count_as_left_out_in_a_legacy_task() {
    let empty = [json!([]), json!(null), json!(""), json!(false)];
    for value in &empty {
        let task = read(ONE_ACCOUNT, &json!({"conf": {"keyname": "k"}, "youku": value})).expect("a task");
        let stated = task.job.video.metadata;
        assert!(
            VideoMetadata::FIELDS.iter().all(|(field, _)| stated.states(field) == Some(false)),
            "{value}"
        );
        for field in ["title", "tags", "category", "public_type", "watch_password", "latitude"] {
            let task = json!({"conf": {"keyname": "k"}, "youku": {field: value, "description": "d"}});
            let stated = read(ONE_ACCOUNT, &task).expect("a task").job.video.metadata;
            assert_eq!((stated.states(field), stated.description.as_deref()), (Some(false), Some("d")));
        }
        for field in ["clientid", "ak", "callbackurl", "again"] {
            let task = read(ONE_ACCOUNT, &json!({"conf": {"keyname": "k", field: value}})).expect("a task");
            assert_eq!((task.job.account.as_str(), task.callback.is_none()), ("main", true), "{field}");
        }
        for conf in [json!({"keyname": value}), value.clone()] {
            let error = read(ONE_ACCOUNT, &json!({ "conf": conf })).expect_err("refused");
            assert!(error.to_string().contains("field: conf.keyname, why: is missing"), "{error}");
        }
    }
    let tags =
        json!({"conf": {"keyname": "k"}, "youku": {"tags": ["a", null, [], false, ""], "deshake": false}});
    let stated = read(ONE_ACCOUNT, &tags).expect("a task").job.video.metadata;
    assert_eq!((stated.tags, stated.deshake), (Some(vec!["a".into()]), Some(false)), "a flag is stated");
    // In the modern form they are mistakes.
    let modern = read(ONE_ACCOUNT, &json!({"source": "oss://bucket/k", "video": []})).expect_err("refused");
    assert!(modern.to_string().contains("field: video, why: is not a JSON object"), "{modern}");
}

/// Legacy clients pass on what others typed: the title is cleaned, and tags are parted as Chinese keyboards do.
#[test]
fn a_legacy_tasks_title_is_cleaned_and_its_tags_are_parted() {
    let read_video = |youku: Value| {
        let task = read(ONE_ACCOUNT, &json!({"conf": {"keyname": "k"}, "youku": youku}));
        task.expect("a task").job.video.metadata
    };
    let video = read_video(json!({
        "title": "\u{feff}春晚\r\n第一集\u{200b} ", "tags": "春晚，联欢；live", "description": "a\nb"
    }));
    assert_eq!((video.title.as_deref(), video.description.as_deref()), (Some("春晚 第一集"), Some("a\nb")));
    assert_eq!(video.tags, Some(["春晚", "联欢", "live"].map(str::to_owned).into()));
    assert_eq!(read_video(json!({"title": "\u{200b}\n"})).title, None);
    let modern = json!({"source": "oss://bucket/k.mp4", "video": {"title": "a\nb", "tags": ["news"]}});
    let error = read(ONE_ACCOUNT, &modern).expect("a task").job.describe_video(1).expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::InvalidJob);
    assert!(error.to_string().starts_with("title must be free of line breaks"), "{error}");
}

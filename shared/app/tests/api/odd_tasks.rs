//! Tasks as editors, C and PHP write them.

use crate::tasks::{ONE_ACCOUNT, read, settings};
use app::{Task, requested_key};
use serde_json::{Value, json};
use upload_core::{ErrorKind, UploadError as _, metadata::VideoMetadata};

/// A member whose name is empty, or cannot be seen, is named all the same.
#[test]
fn a_member_without_a_name_is_named() {
    let source = "oss://a-bucket/a.mp4";
    for (task, field) in [
        (json!({"source": source, "": 1}), "\"\""),
        (json!({"source": source, "\u{7}": 1}), "\"\""),
        (json!({"source": source, "video": {"": 1}}), "video.\"\""),
    ] {
        let error = read(ONE_ACCOUNT, &task).expect_err("no such field");
        assert_eq!(error.context_value("field"), Some(field), "{error:?}");
    }
}

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
    for tags in [json!("春\u{202e}晚,\u{0},a\nb"), json!(["春\u{ad}晚", "\u{200b}", " a\nb"])] {
        let video =
            read_video(json!({"tags": tags, "description": "\u{feff}a\r\n\tb\u{0}\u{2066}c\u{2028}d"}));
        assert_eq!(video.tags, Some(["春晚", "a b"].map(str::to_owned).into()), "{tags}");
        assert_eq!(video.description.as_deref(), Some("a\n\tbc\nd"));
    }
    let nothing = read_video(json!({"tags": "\u{0},\u{200b}", "description": "\u{0}\u{feff}"}));
    assert_eq!((nothing.tags, nothing.description), (None, None));
    assert_eq!(read_video(json!({"title": "\u{200b}\n"})).title, None);
    let modern = json!({"source": "oss://bucket/k.mp4", "video": {"title": "a\nb", "tags": ["news"]}});
    let error = read(ONE_ACCOUNT, &modern).expect("a task").job.describe_video(1).expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::InvalidJob);
    assert!(error.to_string().starts_with("title must be free of line breaks"), "{error}");
}

/// A key that no object has is judged before the settings are, by one sentence about it, and the answer names it.
#[test]
fn a_key_that_no_object_has_is_refused_before_its_place() {
    let long = format!("{}.mp4", "k".repeat(1020));
    for (key, words) in [
        ("in/../a.mp4", "the key has a segment . or .., which no URL can carry"),
        ("./a.mp4", "the key has a segment . or .., which no URL can carry"),
        ("/lead.mp4", "the key begins with a slash or a backslash"),
        (&long, "the key is longer than 1,023 bytes"),
    ] {
        for (task, field) in [
            (json!({"source": format!("oss://elsewhere/{key}")}), "source"),
            (json!({"conf": {"keyname": key}}), "conf.keyname"),
        ] {
            let file = ONE_ACCOUNT.replace("[legacy]", "[legacy]\nkey_prefix = ''\nextension = ''");
            let error = read(&file, &task).expect_err("refused");
            assert_eq!((error.kind(), requested_key(&error)), (ErrorKind::InvalidJob, key));
            assert_eq!(error.sentence(), format!("the task does not fit (field: {field}, why: {words})"));
            assert!(!format!("{error:?}").contains("HeadObject"));
        }
    }
    let error = read(ONE_ACCOUNT, &json!({"source": "oss://elsewhere/a.mp4"})).expect_err("refused");
    assert!(error.sentence().contains("http.sources") && requested_key(&error) == "a.mp4", "{error}");
    let error = read(ONE_ACCOUNT, &json!({"source": "nowhere"})).expect_err("refused");
    assert_eq!(requested_key(&error), "");
}

/// Whatever is wrong with a task, the answer names its object if that can be read.
#[test]
fn a_refused_task_is_answered_with_its_object() {
    let modern = json!({"source": "oss://videos/a.mp4"});
    for (field, value) in [
        ("account", json!("nobody")),
        ("md5", json!("short")),
        ("again", json!(7)),
        ("publish_at", json!("tomorrow")),
        ("video", json!([])),
        ("unknown", json!(true)),
    ] {
        let mut task = modern.clone();
        task[field] = value;
        let error = read(ONE_ACCOUNT, &task).expect_err(field);
        assert_eq!(requested_key(&error), "a.mp4", "{error}");
    }
    for conf in [json!({"keyname": 7, "preflight": "maybe"}), json!({"keyname": "7", "clientid": "nobody"})] {
        let error = read(ONE_ACCOUNT, &json!({"conf": conf})).expect_err("refused");
        assert_eq!(requested_key(&error), "7", "{error}");
    }
}

#[test]
fn a_task_that_is_not_utf_8_is_told_so() {
    let gbk = b"{\"source\":\"oss://bucket/\xb4\xba.mp4\"}";
    let error = Task::from_json(gbk, &settings(ONE_ACCOUNT)).expect_err("refused");
    assert!(error.to_string().contains("field: task, why: is not UTF-8: write it as UTF-8"), "{error}");
}

/// A trace decides nothing: one that does not fit is no reason to refuse a task.
#[test]
fn both_forms_state_a_trace_and_a_wrong_one_is_ignored() {
    let header = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let wrong =
        [json!(null), json!(7), json!({"a": [1]}), json!(""), json!("00-4bf9"), json!(header.to_uppercase())];
    for (value, expected) in
        [(json!(header), Some(header))].into_iter().chain(wrong.map(|value| (value, None)))
    {
        let tasks = [
            json!({"source": "oss://bucket/a.mp4", "traceparent": value}),
            json!({"conf": {"keyname": "a", "traceparent": value}}),
        ];
        for task in tasks {
            let read = read(ONE_ACCOUNT, &task).expect("a task");
            assert_eq!(read.trace.map(String::from).as_deref(), expected, "{task}");
        }
    }
}

//! Tasks as callers write them.

use app::{Settings, Task};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use upload_core::{
    Error, ErrorKind, Mode, VideoEvent,
    metadata::{PublicType, PublicTypeOrigin},
};

const TWO_ACCOUNTS: &str = "
    [accounts.main]
    client_id = 'app'
    access_token = 'token-main'
    [accounts.other]
    client_id = 'app'
    access_token = 'token-other'
    [accounts.third]
    client_id = 'app-3'
    access_token = 'token-third'
    [legacy]
    bucket = 'legacy-bucket'
";
pub(crate) const ONE_ACCOUNT: &str = "
    [accounts.main]
    client_id = 'app'
    access_token = 'token-main'
    [legacy]
    bucket = 'legacy-bucket'
";

pub(crate) fn settings(file: &str) -> Settings {
    // What tasks may name is tested where the places are read.
    let places = "[http]\nsources = ['oss://bucket', 's3://bucket', 'oss://a-bucket', 'oss://legacy-bucket']";
    Settings::from_parts("test.toml", &format!("{file}\n{places}"), []).expect("settings")
}

pub(crate) fn read(file: &str, task: &Value) -> Result<Task, Error> {
    Task::from_json(task.to_string().as_bytes(), &settings(file))
}

#[test]
fn a_modern_task_becomes_a_job() {
    let task = json!({
        "source": "oss://a-bucket/dir/a b%20+中.mp4", "account": "other", "mode": "slice",
        "md5": "D41D8CD98F00B204E9800998ECF8427E",
        "video": {"title": "T", "tags": ["a", "b"], "public_type": "friend"},
        "callback": {"url": "https://hooks.example.com/?t=s3cret", "events": ["video.ready", "video.rejected"]}
    });
    let task = read(TWO_ACCOUNTS, &task).expect("a task");
    assert_eq!(task.job.location.to_string(), "oss://a-bucket/dir/a b%20+中.mp4");
    assert_eq!((task.key.as_str(), task.job.account.as_str()), ("dir/a b%20+中.mp4", "other"));
    assert_eq!((task.job.mode, task.job.video.metadata.title.as_deref()), (Mode::Slice, Some("T")));
    assert_eq!(task.job.video.metadata.public_type, Some(PublicType::Friend));
    assert_eq!(task.job.md5.as_ref().expect("an MD5").md5.to_string(), "d41d8cd98f00b204e9800998ecf8427e");
    let shown = format!("{task:?}");
    let callback = task.callback.expect("a callback");
    assert_eq!(callback.url.expose_secret(), "https://hooks.example.com/?t=s3cret");
    assert_eq!(callback.events, [VideoEvent::Ready, VideoEvent::Rejected]);
    assert!(!shown.contains("s3cret"));
}

/// Where the settings have one account, a modern task needs no more than a source.
#[test]
fn a_modern_task_needs_only_a_source() {
    let task = read(ONE_ACCOUNT, &json!({"source": "s3://bucket/k"})).expect("a task");
    assert_eq!((task.job.account.as_str(), task.job.mode), ("main", Mode::Oss));
    let error = read(TWO_ACCOUNTS, &json!({"source": "oss://bucket/k"})).expect_err("which?");
    assert!(error.to_string().contains("field: account"), "{error}");
}

/// The field that does not fit a modern task is named, and no value is repeated.
#[test]
fn a_modern_tasks_fault_is_named_without_its_value() {
    let source = "oss://bucket/k";
    let cases = [
        (json!({"account": "main"}), "field: task, why: lacks source"),
        (json!({"source": source, "sourcee": 1}), "field: sourcee, why: is not a known name"),
        (json!({"source": source, "conf": {}}), "field: conf, why: is not a known name"),
        (json!({"source": source, "video": {"titel": "x"}}), "field: video.titel, why: is not a known name"),
        (json!({"source": source, "video": {"tags": [1]}}), "field: video.tags[0], why: has the wrong type"),
        (json!({"source": source, "video": ["x"]}), "field: video, why: is not a JSON object"),
        (
            json!({"source": source, "video": {"watch_password": 83729}}),
            "field: video.watch_password, why: has the wrong type",
        ),
        (json!({"source": source, "callback": {}}), "field: callback, why: lacks url"),
        (json!({"source": source, "callback": ["x"]}), "field: callback, why: is not a JSON object"),
        (
            json!({"source": source, "callback": {"url": "u", "events": ["s3cret"]}}),
            "field: callback.events[0], why: is not one of the accepted words",
        ),
        (json!({"source": source, "mode": "s3cret"}), "field: mode, why: is not one of the accepted words"),
        (json!({"source": source, "md5": "s3cret"}), "field: md5, why: is not 32 hexadecimal digits"),
        (json!({"source": source, "account": "s3cret"}), "field: account, why: is not an account"),
        (json!({"source": 7}), "field: source, why: has the wrong type"),
        (json!({"source": "oss://bucket/"}), "field: source, why: is not oss://"),
        (json!({"source": "oss://bucket"}), "field: source"),
        (json!({"source": "oss://evil.example#/k"}), "field: source"),
        (json!({"source": "folder:///etc/passwd"}), "field: source"),
        (json!({"source": "file:///etc/passwd"}), "field: source"),
        (json!([]), "field: task, why: is not a JSON object"),
        (json!("x"), "field: task, why: is not a JSON object"),
    ];
    for (task, expected) in cases {
        let error = read(ONE_ACCOUNT, &task).expect_err("refused");
        assert_eq!(error.kind(), ErrorKind::InvalidJob);
        let shown = format!("{error} {error:?}");
        assert!(shown.contains(expected), "{task}: {shown}");
        assert!(!shown.contains("s3cret") && !shown.contains("83729"), "{shown}");
    }
    for text in ["", "{", r#"{"source":"oss://bucket/k"} {}"#, "\u{feff}\u{feff}{}"] {
        let error = Task::from_json(text.as_bytes(), &settings(ONE_ACCOUNT)).expect_err("refused");
        assert!(error.to_string().contains("field: task, why: is not JSON"), "{error}");
    }
    let twice = br#"{"source":"oss://bucket/k","source":"oss://bucket/l"}"#;
    let error = Task::from_json(twice, &settings(ONE_ACCOUNT)).expect_err("refused");
    assert!(error.to_string().contains("states a field twice"), "{error}");
}

#[test]
fn again_is_a_nonce_or_takes_the_requests_key_for_one() {
    let modern = |again: Value| json!({"source": "oss://bucket/k", "again": again});
    let legacy = |again: Value| json!({"conf": {"keyname": "k", "again": again}});
    let (long, longest) = ("n".repeat(65), "n".repeat(64));
    let wrong = "why: is not true or a text of 1 to 64 visible ASCII characters";
    let nameless = "why: is true, and no Idempotency-Key names the request";
    let cases = [
        (modern(json!("n-1")), None, Ok(Some("n-1"))),
        (modern(json!("n-1")), Some("key"), Ok(Some("n-1"))),
        (modern(json!(longest)), None, Ok(Some(longest.as_str()))),
        (modern(json!(true)), Some("key"), Ok(Some("key"))),
        (modern(json!(true)), None, Err(nameless)),
        (modern(json!(false)), Some("key"), Ok(None)),
        (modern(json!(null)), Some("key"), Ok(None)),
        (json!({"source": "oss://bucket/k"}), Some("key"), Ok(None)),
        (modern(json!("")), None, Err(wrong)),
        (modern(json!(long)), None, Err(wrong)),
        (modern(json!("a b")), None, Err(wrong)),
        (modern(json!("片")), None, Err(wrong)),
        (modern(json!(1)), None, Err(wrong)),
        (legacy(json!("n-1")), None, Ok(Some("n-1"))),
        (legacy(json!(7)), None, Ok(Some("7"))),
        (legacy(json!(" ")), None, Ok(None)),
        (legacy(json!(true)), Some("key"), Ok(Some("key"))),
        (legacy(json!(true)), None, Err(nameless)),
        (legacy(json!(long)), None, Err(wrong)),
        (legacy(json!(["n"])), None, Err("field: conf.again, why: has the wrong type")),
    ];
    for (task, key, expected) in cases {
        let read = Task::from_request(task.to_string().as_bytes(), key, &settings(ONE_ACCOUNT));
        match (read, expected) {
            (Ok(task), Ok(nonce)) => assert_eq!(task.job.force_nonce.as_deref(), nonce),
            (Err(error), Err(words)) => {
                assert!(
                    error.kind() == ErrorKind::InvalidJob && error.to_string().contains(words),
                    "{error}"
                );
            }
            (read, _) => assert_eq!(format!("{read:?}"), format!("{expected:?}"), "{task}"),
        }
    }
}

#[test]
fn a_legacy_task_becomes_a_job() {
    let task = json!({
        "conf": {"clientid": "app", "ak": "token-other", "keyname": "dir/录像", "callbackurl": "http://10.0.0.1/done"},
        "youku": {"title": "T", "tags": "a, b,,c", "description": "", "category": null, "public_type": "password",
            "watch_password": 1234, "latitude": "30.5", "deshake": 1, "unknown": {"x": []}}
    });
    let private = "[callback]\nallow_http = true\nallowed = [{ host = '10.0.0.1', network = '10.0.0.0/8' }]";
    let task = read(&format!("{TWO_ACCOUNTS}{private}"), &task).expect("a task");
    assert_eq!(task.job.location.to_string(), "oss://legacy-bucket/user/dee/dir/录像.mp4");
    assert_eq!((task.key.as_str(), task.job.account.as_str()), ("dir/录像", "other"));
    assert!(task.caller_account.is_none());
    let video = task.job.video;
    assert_eq!(video.metadata.tags.as_deref(), Some(["a", "b", "c"].map(String::from).as_slice()));
    assert_eq!(
        (video.metadata.title.as_deref(), video.metadata.description, video.metadata.category),
        (Some("T"), None, None)
    );
    assert_eq!(video.metadata.public_type, Some(PublicType::Password));
    assert_eq!(video.metadata.watch_password.as_ref().map(ExposeSecret::expose_secret), Some("1234"));
    assert_eq!((video.metadata.latitude, video.metadata.deshake), (Some(30.5), Some(true)));
    assert_eq!(task.callback.expect("a callback").url.expose_secret(), "http://10.0.0.1/done");
}

/// A callback that may not be called is refused by its field's name, and nothing is said about addresses.
#[test]
fn a_forbidden_callback_is_refused_by_its_field() {
    let url = "http://127.0.0.1/?token=s3cret";
    let modern = json!({"source": "oss://bucket/k", "callback": {"url": url}});
    let legacy = json!({"conf": {"keyname": "k", "callbackurl": url}});
    for (task, field) in [(modern, "callback.url"), (legacy, "conf.callbackurl")] {
        for settings in ["", "[callback]\nallow_http = true"] {
            let error = read(&format!("{ONE_ACCOUNT}{settings}"), &task).expect_err("refused");
            assert_eq!(error.kind(), ErrorKind::InvalidJob);
            let shown = format!("{error} {error:?}");
            assert!(shown.contains(&format!("field: {field}, why: is not allowed")), "{shown}");
            for word in ["s3cret", "127.0.0.1", "loopback"] {
                assert!(!shown.contains(word), "{shown}");
            }
        }
    }
}

#[test]
fn the_least_a_legacy_task_may_say_is_a_keyname() {
    let file = format!("{ONE_ACCOUNT}\nkey_prefix = ''\nextension = '.mov'\n[transfer]\nmode = 'slice'");
    let task = read(&file, &json!({"conf": {"keyname": 7, "callbackurl": " "}})).expect("a task");
    assert_eq!((task.job.location.key.as_str(), task.job.mode), ("7.mov", Mode::Slice));
    assert_eq!(task.job.account, "main");
    assert!(task.callback.is_none());
    let list = json!({"conf": {"keyname": "k"}, "youku": {"tags": ["a", ""]}});
    assert_eq!(read(ONE_ACCOUNT, &list).expect("a task").job.video.metadata.tags, Some(vec!["a".into()]));
}

#[test]
fn what_no_lenience_helps_is_named_in_a_legacy_task() {
    let youku = |youku: Value| json!({"conf": {"keyname": "k"}, "youku": youku});
    let cases = [
        (json!({"conf": {}}), "field: conf.keyname, why: is missing"),
        (json!({"conf": {"keyname": " "}}), "field: conf.keyname, why: is missing"),
        (json!({"conf": {"keyname": ["k"]}}), "field: conf.keyname, why: has the wrong type"),
        (json!({"conf": "s3cret"}), "field: conf, why: is not a JSON object"),
        (youku(json!("s3cret")), "field: youku, why: is not a JSON object"),
        (youku(json!({"public_type": "s3cret"})), "field: youku.public_type, why: is not one of"),
        (youku(json!({"latitude": "s3cret"})), "field: youku.latitude, why: is not a number"),
        (youku(json!({"deshake": "s3cret"})), "field: youku.deshake, why: is not true or false"),
        (youku(json!({"tags": [1]})), "field: youku.tags, why: has the wrong type"),
    ];
    for (task, expected) in cases {
        let error = read(ONE_ACCOUNT, &task).expect_err("refused");
        assert_eq!(error.kind(), ErrorKind::InvalidJob);
        let shown = format!("{error} {error:?}");
        assert!(shown.contains(expected), "{task}: {shown}");
        assert!(!shown.contains("s3cret"), "{shown}");
    }
    let error = read("", &json!({"conf": {"keyname": "k"}})).expect_err("no bucket");
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("legacy.bucket"), "{error}");
}

#[test]
fn a_legacy_task_uses_a_known_account_or_by_settings_its_own() {
    let any = format!("{TWO_ACCOUNTS}\naccounts = 'any'");
    let task = |id: &str, token: &str| json!({"conf": {"keyname": "k", "clientid": id, "ak": token}});
    let cases = [
        // Settings, client id, token, the account or the field that does not fit.
        (TWO_ACCOUNTS, "app", "token-main", Ok("main")),
        (TWO_ACCOUNTS, "app", "token-other", Ok("other")),
        // Which of the two is found out from the ledger, or from Youku.
        (TWO_ACCOUNTS, "app", "token-old", Ok("main")),
        (TWO_ACCOUNTS, "app", "", Err("conf.ak")),
        (TWO_ACCOUNTS, "app-3", "token-old", Ok("third")),
        (TWO_ACCOUNTS, "app-3", "", Ok("third")),
        (TWO_ACCOUNTS, "app-4", "token-4", Err("conf.clientid")),
        (TWO_ACCOUNTS, "", "token-main", Err("conf.clientid")),
        (ONE_ACCOUNT, "", "", Ok("main")),
        (&any, "app", "token-main", Ok("main")),
        (&any, "app-3", "", Ok("third")),
        (&any, "app-4", "", Err("conf.clientid")),
    ];
    for (file, id, token, expected) in cases {
        match (read(file, &task(id, token)), expected) {
            (Ok(task), Ok(account)) => {
                assert_eq!((task.job.account.as_str(), task.caller_account.is_none()), (account, true));
            }
            (Err(error), Err(field)) => {
                assert!(error.to_string().contains(field), "{error}");
                assert!(!format!("{error} {error:?}").contains("token-"), "{error:?}");
            }
            (read, expected) => assert_eq!(format!("{read:?}"), format!("{expected:?}"), "{id} {token}"),
        }
    }
    let brought = read(&any, &task("app-4", "token-4")).expect("its own");
    let same = read(&any, &task("app-4", "token-4")).expect("its own");
    let other = read(&any, &task("app-4", "token-5")).expect("its own");
    assert!(brought.job.account.starts_with("app-4#") && brought.job.account == same.job.account);
    assert_ne!(brought.job.account, other.job.account);
    assert_eq!(brought.caller_account.as_ref().expect("brought").access_token.expose_secret(), "token-4");
    assert!(!format!("{brought:?}").contains("token-4"));
}

const RULES: &str = "
    [[rules]]
    bucket = 'legacy-bucket'
    account = 'other'
    public_type = 'friend'
    mode = 'slice'
    callback = 'https://rule.example/'
";

/// A modern and a legacy task about one object.
fn both_forms(modern: Value, conf: Value, youku: Value) -> [Value; 2] {
    let mut task = json!({"source": "oss://legacy-bucket/user/dee/k.mp4"});
    let mut legacy = json!({"conf": {"keyname": "k"}, "youku": youku});
    for (into, from) in [(&mut task, modern), (&mut legacy["conf"], conf)] {
        for (name, value) in from.as_object().expect("members") {
            into[name] = value.clone();
        }
    }
    [task, legacy]
}

#[test]
fn a_task_that_names_no_account_takes_its_rules() {
    let file = format!("{TWO_ACCOUNTS}{RULES}");
    for task in both_forms(json!({}), json!({}), json!({})) {
        let task = read(&file, &task).expect("a task");
        assert_eq!((task.job.account.as_str(), task.job.mode), ("other", Mode::Slice));
        let callback = task.callback.expect("the rule's");
        assert_eq!(callback.url.expose_secret(), "https://rule.example/");
        // Who may watch is merged once the object has been looked at.
        assert_eq!((task.job.video.metadata.public_type, task.job.video.public_type_from), (None, None));
    }
}

#[test]
fn an_account_or_callback_that_a_task_names_beats_its_rules() {
    let file = format!("{TWO_ACCOUNTS}{RULES}");
    let modern = json!({"account": "third", "mode": "oss", "callback": {"url": "https://task.example/"}});
    let conf = json!({"clientid": "app-3", "callbackurl": "https://task.example/"});
    for task in both_forms(modern, conf, json!({})) {
        let task = read(&file, &task).expect("a task");
        assert_eq!(task.job.account, "third");
        assert_eq!(task.callback.expect("its own").url.expose_secret(), "https://task.example/");
    }
    let any = format!("{TWO_ACCOUNTS}\naccounts = 'any'\n{RULES}");
    let conf = json!({"clientid": "app-9", "ak": "token-9"});
    let [_, legacy] = both_forms(json!({}), conf, json!({}));
    let brought = read(&any, &legacy).expect("a task");
    assert!(brought.caller_account.is_some() && brought.job.account.starts_with("app-9#"));
}

#[test]
fn a_legacy_all_counts_as_not_stated_and_other_words_count() {
    let cases =
        [("all", None), ("friend", Some(PublicType::Friend)), ("password", Some(PublicType::Password))];
    for (word, expected) in cases {
        let task = json!({"conf": {"keyname": "k"}, "youku": {"public_type": word, "watch_password": "p"}});
        let video = read(ONE_ACCOUNT, &task).expect("a task").job.video;
        assert_eq!(video.metadata.public_type, expected);
        assert_eq!(video.public_type_from, expected.map(|_| PublicTypeOrigin::Task));
    }
    let modern = json!({"source": "oss://bucket/k", "video": {"public_type": "all"}});
    let video = read(ONE_ACCOUNT, &modern).expect("a task").job.video;
    assert_eq!(video.public_type_from, Some(PublicTypeOrigin::Task), "a modern task means what it says");
}

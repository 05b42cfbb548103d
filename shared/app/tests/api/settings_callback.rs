//! The settings of callbacks.

use app::{App, Settings};

fn load(file: &str) -> Result<Settings, upload_core::Error> {
    Settings::from_parts("test.toml", file, [])
}

#[test]
fn the_whole_section_is_understood_and_nothing_in_it_is_shown() {
    let file = "[callback]
        secrets = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX']
        allow_http = true
        ports = [8080]
        allowed = [{ host = 'hooks.internal', network = '10.0.0.0/8' }]
        only_hosts = ['hooks.internal']
        pause_seconds = 5";
    let settings = load(file).expect("settings");
    let app = App::from_settings(settings.clone()).expect("an application");
    assert_eq!(app.accepts_callback(&"http://hooks.internal:8080/x".into()), Ok(()));
    assert!(app.accepts_callback(&"http://other.example.com:8080/x".into()).is_err());
    assert!(!format!("{settings:?}").contains("MfKQ"));
}

#[test]
fn by_default_only_https_to_public_hosts_is_accepted() {
    let app = App::from_settings(load("").expect("settings")).expect("an application");
    assert_eq!(app.accepts_callback(&"https://hooks.example.com/x?token=s3cret".into()), Ok(()));
    for url in [
        "http://hooks.example.com/",
        "https://127.0.0.1/",
        "https://100.100.100.200/latest/meta-data/",
        "https://hooks.example.com:8443/",
        "https://localhost/",
        "https://u:s3cret@hooks.example.com/",
        "ftp://hooks.example.com/",
        "s3cret",
    ] {
        let why = app.accepts_callback(&url.into()).expect_err(url);
        for word in ["s3cret", "address", "loopback", "private", "127"] {
            assert!(!why.contains(word), "{url}: {why}");
        }
    }
}

#[test]
fn what_does_not_fit_is_named_and_no_secret_is_repeated() {
    for (line, words) in [
        ("secrets = ['whsec_S3CRETS3CRETS3CRETS3CRET', 'S3CRET']", "callback.secrets[0]"),
        ("secrets = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'S3CRET']", "callback.secrets[1]"),
        ("allowed = [{ host = 'a b', network = '10.0.0.0/8' }]", "callback.allowed"),
        ("allowed = [{ host = 'a', network = '10.0.0.1' }]", "10.0.0.0/8"),
        ("pause_seconds = 0", "callback.pause_seconds must be 1 to 3600, not 0"),
        ("ports = [70000]", "callback.ports[0]"),
        ("timeout = 5", "callback.timeout"),
    ] {
        let error = load(&format!("[callback]\n{line}")).expect_err(line).to_string();
        assert!(error.contains(words), "{error}");
        assert!(!error.contains("S3CRET"), "{error}");
    }
}

#[test]
fn a_rules_callback_must_be_one_that_may_be_called() {
    let account = "[accounts.main]\nclient_id = 'c'\naccess_token = 't'";
    let rule = |more: &str| {
        format!("{account}\n[[rules]]\nbucket = 'b'\naccount = 'main'\npublic_type = 'all'\n{more}")
    };
    load(&rule("callback = 'https://hooks.example.com/'\ncallback_events = ['video.ready']"))
        .expect("it may");
    for (more, words) in [
        ("callback = 'http://hooks.example.com/?s3cret'", "callback"),
        ("callback = 'https://10.0.0.1/?s3cret'", "not allowed"),
        ("callback_events = ['video.ready']", "callback_events needs a callback"),
    ] {
        let error = load(&rule(more)).expect_err(more).to_string();
        assert!(error.contains(words) && !error.contains("s3cret"), "{error}");
    }
}

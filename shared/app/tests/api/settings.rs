//! The settings file, and the environment over it.

use app::{App, Settings};
use secrecy::ExposeSecret;
use upload_core::Error;

fn load(file: &str, variables: &[(&str, &str)]) -> Result<Settings, Error> {
    let variables = variables.iter().map(|(name, value)| ((*name).into(), (*value).into()));
    Settings::from_parts("test.toml", file, variables)
}

#[test]
fn the_environment_overlays_the_file_and_numbers_may_be_text() {
    let file =
        "[transfer]\nin_flight = 4\npart_mib = 16\n[accounts.main]\nclient_id = 'c'\naccess_token = 'file'";
    let variables = [
        ("OSS2YOUKU_TRANSFER__IN_FLIGHT", "2"),
        ("OSS2YOUKU_ACCOUNTS__MAIN__ACCESS_TOKEN", "12345"),
        ("OSS2YOUKU_RULES", r#"[{bucket="b",account="main",public_type="all"}]"#),
        ("HOME", "/root"),
    ];
    let settings = load(file, &variables).expect("settings");
    let transfer = App::from_settings(settings.clone()).expect("an application").transfer();
    assert_eq!((transfer.in_flight, transfer.part_size), (2, 16 << 20));
    assert_eq!(settings.accounts["main"].access_token.expose_secret(), "12345");
    assert_eq!(settings.rules.iter().count(), 1);
}

#[test]
fn a_blank_key_or_secret_is_not_set() {
    let file = "[source]\naccess_key_id = ''\naccess_key_secret = ' '\n[accounts.main]\nclient_id = 'c'\naccess_token = 'file'\nrefresh_token = ''\nclient_secret = ''";
    let blank = |name| (name, "\t");
    let variables = [
        blank("OSS2YOUKU_ACCOUNTS__MAIN__ACCESS_TOKEN"),
        blank("OSS2YOUKU_ACCOUNTS__OTHER__REFRESH_TOKEN"),
        blank("OSS2YOUKU_SOURCE__ACCESS_KEY_ID"),
        blank("OSS2YOUKU_LEDGER__SEAL_KEY"),
    ];
    let settings = load(file, &variables).expect("settings");
    let main = &settings.accounts["main"];
    assert_eq!(main.access_token.expose_secret(), "file", "a variable that is not set overlays nothing");
    assert!(main.refresh_token.is_none() && main.client_secret.is_none());
    assert!(
        settings.source.access_key_id.is_none()
            && settings.source.access_key_secret.is_none()
            && settings.ledger.seal_key.is_none()
    );
    assert_eq!(settings.accounts.len(), 1);
    let error = load("[accounts.main]\nclient_id = 'c'\naccess_token = ''", &[]).expect_err("refused");
    assert!(error.to_string().contains("missing field `access_token`"), "{error}");
}

#[test]
fn what_is_wrong_is_named_and_no_secret_is_repeated() {
    let rule = r#"[{bucket="b",account="x",public_type="all"}]"#;
    let cases = [
        ("a = b c s3cret", ("HOME", ""), ["not TOML", "line: 1, column: 5"]),
        ("[youku]\napii = 'x'", ("HOME", ""), ["youku", "apii"]),
        ("", ("OSS2YOUKU_TRANSFER__IN_FLIGHT", "many"), ["transfer.in_flight", "invalid digit"]),
        ("[transfer]\nin_flight = [1]", ("HOME", ""), ["transfer.in_flight", "expected usize"]),
        ("[source]\naccess_key_id = 'x'", ("HOME", ""), ["source.access_key_secret", "missing"]),
        ("[source]\naccess_key_secret = 'x'", ("HOME", ""), ["source.access_key_id", "missing"]),
        ("", ("OSS2YOUKU_TRANSFER__IN_FLIGHT", "65"), ["in_flight", "must be 1 to 64, not 65"]),
        ("", ("OSS2YOUKU_SWEEP__REQUESTS", "1"), ["sweep.requests", "2 to 100000, not 1"]),
        ("", ("OSS2YOUKU_SWEEP__GRACE_SECONDS", "86401"), ["sweep.grace_seconds", "0 to 86400"]),
        ("", ("OSS2YOUKU_RULES", "[{"), ["OSS2YOUKU_RULES", "not TOML"]),
        ("", ("OSS2YOUKU_RULES", rule), ["bucket: b", "account: x"]),
    ];
    for (file, variable, words) in cases {
        let error = load(file, &[variable]).expect_err("refused").to_string();
        assert!(words.iter().all(|word| error.contains(word)), "{error}");
        assert!(!error.contains("s3cret"), "{error}");
    }
}

/// An error names the file or the variable in which the setting stands, and for a typo the name that was probably meant.
#[test]
fn a_setting_that_does_not_fit_is_named_with_its_place() {
    let part = ("OSS2YOUKU_TRANSFER__PART_MIB", "8");
    let cases = [
        (
            "[transfer]\npart_mb = 8",
            part,
            "field: transfer.part_mb",
            "did you mean: part_mib, file: test.toml",
        ),
        ("[transfers]\npart_mib = 8", part, "field: transfers", "did you mean: transfer, file: test.toml"),
        (
            "paused = false",
            ("OSS2YOUKU_TRANSFER__PART_MB", "8"),
            "part_mb",
            "part_mib, variable: OSS2YOUKU_TRANSFER__PART_MB",
        ),
        (
            "paused = false",
            ("OSS2YOUKU_TRANSFERS__PART_MIB", "8"),
            "transfers",
            "variable: OSS2YOUKU_TRANSFERS__PART_MIB",
        ),
        (
            "paused = false",
            ("OSS2YOUKU_RULES", "[{bucket='b',prefx='x'}]"),
            "rules[0]",
            "variable: OSS2YOUKU_RULES",
        ),
        (
            "[[rules]]\nbucket = 'b'\nprefx = 'x'",
            part,
            "field: rules[0].prefx",
            "did you mean: prefix, file: test.toml",
        ),
        ("[youku]\nentirely_else = 1", part, "youku.entirely_else", "file: test.toml"),
        ("[sweep]\nrequests = 1", part, "sweep.requests must be", "file: test.toml"),
        (
            "paused = false",
            ("OSS2YOUKU_SWEEP__REQUESTS", "1"),
            "sweep.requests must be",
            "variable: OSS2YOUKU_SWEEP__REQUESTS",
        ),
    ];
    for (file, variable, field, place) in cases {
        let error = load(file, &[variable]).expect_err("refused").to_string();
        assert!(error.contains(field) && error.contains(place), "{error}");
    }
    let error = load("[youku]\nentirely_else = 1", &[]).expect_err("refused").to_string();
    assert!(!error.contains("did you mean"), "{error}");
}

#[test]
fn a_value_that_does_not_fit_is_not_repeated() {
    let account = "[accounts.main]\nclient_id = 'c'\naccess_token = ";
    let rule = "[[rules]]\nbucket = 'b'\naccount = 'main'\npublic_type = 'password'\n";
    let cases = [
        (format!("{account}77777777"), ("HOME", ""), "accounts.main.access_token", "expected a string"),
        (
            format!("{rule}watch_password=91827364"),
            ("HOME", ""),
            "rules[0].watch_password",
            "expected a string",
        ),
        (String::new(), ("OSS2YOUKU_ACCOUNTS__MAIN", "S3CRET"), "accounts.main", "expected struct"),
        (
            String::new(),
            ("OSS2YOUKU_HTTP__TOKENS", "S3CRET, expected 91827364"),
            "http.tokens",
            "expected a sequence",
        ),
        (
            String::new(),
            ("OSS2YOUKU_HTTP__TRUST_GATEWAY", "S3CRET"),
            "http.trust_gateway",
            "`true` or `false`",
        ),
        (String::new(), ("OSS2YOUKU_SOURCE__ADDRESSING", "S3CRET"), "source.addressing", "`virtual-host`"),
        (format!("{account}'t'\nak = 'S3CRET'"), ("HOME", ""), "accounts.main.ak", "unknown field `ak`"),
        (
            "[accounts.main]\naccess_token = 'S3CRET'".into(),
            ("HOME", ""),
            "accounts.main",
            "missing field `client_id`",
        ),
    ];
    for (file, variable, field, why) in cases {
        let error = load(&file, &[variable]).expect_err("refused").to_string();
        assert!(error.contains(&format!("field: {field}, why: ")) && error.contains(why), "{error}");
        let secrets = ["77777777", "91827364", "S3CRET"];
        assert!(!secrets.iter().any(|secret| error.contains(secret)), "{error}");
    }
}

/// Each arrival would be refused for it.
#[test]
fn a_rule_states_what_a_video_can_have() {
    let account = "[accounts.main]\nclient_id = 'c'\naccess_token = 't'\n";
    let rule = |lines: &str| format!("{account}[[rules]]\nbucket = 'b'\naccount = 'main'\n{lines}\n");
    for (lines, field) in [
        ("public_type = 'all'\ncategory = 'Film'", "category"),
        ("public_type = 'all'\ntags = ['a,b']", "tags[0]"),
        ("public_type = 'password'\nwatch_password = ''", "watch_password"),
    ] {
        let error = load(&rule(lines), &[]).expect_err(lines).to_string();
        assert!(error.contains("a rule states what no video can have") && error.contains(field), "{error}");
    }
    for lines in
        ["public_type = 'all'\nwatch_password = 'for sidecars'", "public_type = 'friend'\ntags = ['海边']"]
    {
        load(&rule(lines), &[]).expect(lines);
    }
}

/// A ledger's folder is relative to the file that names it; what is no relative folder, and what a variable says, stays as it is.
#[test]
fn a_ledgers_folder_is_relative_to_its_file() {
    let locate = |file: &str, text: &str, variables: Vec<(String, String)>| {
        let text = format!("[ledger]\nlocation = {text:?}\nseal_key = \"\"");
        Settings::from_parts(file, &text, variables).expect("they fit").ledger.location.expect("it is stated")
    };
    for (file, text, location) in [
        ("conf/x.toml", "mine", "conf/mine"),
        ("../x.toml", "./mine", ".././mine"),
        ("oss2youku.toml", "mine", "mine"),
        ("conf/x.toml", "/var/mine", "/var/mine"),
        ("conf/x.toml", "oss://b/p/", "oss://b/p/"),
    ] {
        assert_eq!(locate(file, text, vec![]), location, "{file}: {text}");
    }
    let variable = ("OSS2YOUKU_LEDGER__LOCATION".to_owned(), "here".to_owned());
    assert_eq!(locate("conf/x.toml", "mine", vec![variable]), "here");
}

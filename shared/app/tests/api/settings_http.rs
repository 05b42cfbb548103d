//! The bearer tokens of the HTTP API.

use app::Settings;

/// SHA-256 of `correct horse`, by `sha256sum`.
const HASH: &str = "4104d36f8da2c254349f85836793ebe029e0c957063a34c91c2e9203187b5631";

fn load(file: &str) -> Result<Settings, upload_core::Error> {
    Settings::from_parts("test.toml", file, [])
}

/// A token is accepted by its hash in either case, and nothing else is.
#[test]
fn a_token_is_accepted_by_its_hash_alone() {
    let other = "00".repeat(32);
    for hash in [HASH.to_owned(), HASH.to_uppercase()] {
        let settings = load(&format!("[http]\ntokens = ['{other}', '{hash}']")).expect("settings").http;
        assert!(settings.rights_of("correct horse").is_some() && settings.is_open_to_any());
        for wrong in ["", "correct", "correct horse ", HASH] {
            assert!(settings.rights_of(wrong).is_none(), "{wrong}");
        }
    }
    assert!(!load("").expect("settings").http.is_open_to_any());
}

#[test]
fn what_is_no_hash_is_refused_without_being_repeated() {
    for text in ["s3cret", &"s3".repeat(32), &"é".repeat(32), &"+1".repeat(32)] {
        let error = load(&format!("[http]\ntokens = ['{text}']")).expect_err("no hash").to_string();
        assert!(error.contains("http.tokens") && error.contains("64 hexadecimal digits"), "{error}");
        assert!(!error.contains("s3"), "{error}");
    }
    let error = load("[http]\nbody_limit_kib = 4096").expect_err("too much").to_string();
    assert!(error.contains("http.body_limit_kib must be 1 to 4095, not 4096"), "{error}");
}

/// A slash at its end and blanks around it are passed over; a blank one is none.
#[test]
fn a_base_path_begins_with_a_slash() {
    for (text, path) in
        [("", ""), (" ", ""), ("/", ""), ("/video", "/video"), (" /v1/video-2// ", "/v1/video-2")]
    {
        let variable = ("OSS2YOUKU_HTTP__BASE_PATH".to_owned(), text.to_owned());
        let settings = Settings::from_parts("test.toml", "", [variable]).expect("settings");
        assert_eq!(settings.http.base_path.as_str(), path);
    }
    for text in ["video", "/a b", "/a?b", "/a#b", "/a//b", "/第"] {
        let error = load(&format!("[http]\nbase_path = '{text}'")).expect_err(text).to_string();
        assert!(error.contains("http.base_path") && error.contains("begins with a slash"), "{error}");
    }
}

/// Below it the API's own paths would be hidden.
#[test]
fn a_base_path_is_none_of_the_apis_own_paths() {
    for text in ["/uploads", "/uploads/", "/uploads/video", "/healthz", "/healthz/x", "/videos", "/probe/x"] {
        let error = load(&format!("[http]\nbase_path = '{text}'")).expect_err(text).to_string();
        assert!(
            error.contains("http.base_path") && error.contains("paths of the HTTP API itself"),
            "{error}"
        );
    }
    for text in ["/video/uploads", "/uploadsx", "/v1/healthz"] {
        load(&format!("[http]\nbase_path = '{text}'")).expect(text);
    }
}

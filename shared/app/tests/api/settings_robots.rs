//! The settings of group robots.

use app::Settings;
use upload_core::NoticeEvent;

const DINGTALK: &str = "https://oapi.dingtalk.com/robot/send?access_token=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcafe";
const WECOM: &str =
    "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=01234567-89ab-cdef-0123-456789abcafe";

fn load(file: &str) -> Result<Settings, upload_core::Error> {
    Settings::from_parts("test.toml", file, [])
}

/// One robot of WeCom with one more line, or with another in place of its own.
fn robot(more: &str) -> String {
    let usual = ["name = 'team'".to_owned(), "kind = 'wecom'".to_owned(), format!("address = '{WECOM}'")];
    let field = |line: &str| line.split('=').next().unwrap_or_default().trim().to_owned();
    let kept = usual.into_iter().filter(|line| field(line) != field(more));
    format!("[[robots]]\n{}\n{more}\n", kept.collect::<Vec<_>>().join("\n"))
}

#[test]
fn a_robot_needs_name_kind_and_address() {
    let settings = load(&robot("")).expect("settings");
    let [robot] = &settings.robots[..] else { panic!("one robot") };
    assert_eq!((robot.name.as_str(), robot.digest_seconds), ("team", 60));
    assert!(
        robot.events.contains(&NoticeEvent::Published) && !robot.events.contains(&NoticeEvent::VideoReady)
    );
    assert!(load("").expect("settings").robots.is_empty());
}

#[test]
fn the_environment_replaces_the_robots_of_the_file() {
    let value = format!(
        "[{{name=\"ops\",kind=\"dingtalk\",address=\"{DINGTALK}\",secret=\"SECret\",digest_seconds=\"30\"}}]"
    );
    let variable = ("OSS2YOUKU_ROBOTS".to_owned(), value);
    let settings = Settings::from_parts("test.toml", &robot(""), [variable]).expect("settings");
    let [robot] = &settings.robots[..] else { panic!("one robot") };
    assert_eq!((robot.name.as_str(), robot.digest_seconds), ("ops", 30));
    let shown = format!("{settings:?}");
    assert!(!shown.contains("cafe") && !shown.contains("SECret"), "{shown}");
}

#[test]
fn what_does_not_fit_is_named_and_no_secret_is_repeated() {
    for (line, field, words) in [
        ("kind = 'slack'", "robots[0].kind", "dingtalk"),
        ("events = ['published', 'uploaded']", "robots[0].events[1]", "needs_you"),
        ("events = []", "robots[0].events", "at least one"),
        ("name = 'Our Team'", "robots[0].name", "lower-case"),
        ("name = ''", "robots[0].name", "1 to 32"),
        (
            "address = 'https://example.com/?key=01234567-89ab-cdef-0123-456789abcafe'",
            "robots[0].address",
            "qyapi",
        ),
        (
            "address = 'http://127.0.0.1:9/cgi-bin/webhook/send?key=01234567-cafe'",
            "robots[0].address",
            "qyapi",
        ),
        ("address = 'cafe'", "robots[0].address", "qyapi"),
        ("secret = 'SECcafe'", "robots[0].secret", "WeCom"),
        ("keyword = '@all'", "robots[0].keyword", "one line"),
        ("format = 'card'", "robots[0].format", "markdown_v2"),
        ("language = 'de'", "robots[0].language", "zh"),
        ("digest_seconds = 4", "robots[0].digest_seconds", "5 to 3600, not 4"),
        ("accounts = ['nobody']", "robots[0].accounts", "not an account"),
        ("sources = ['videos']", "robots[0].sources[0]", "oss://"),
        (
            "quiet_hours = { from = '22:00', to = '08:00', zone = 'Mars/Olympus' }",
            "robots[0].quiet_hours",
            "+08:00",
        ),
        ("webhook = 'x'", "robots[0].webhook", "unknown field"),
    ] {
        let error = load(&robot(line)).expect_err(line).to_string();
        assert!(error.contains(field) && error.contains(words), "{line}: {error}");
        assert!(!error.contains("cafe"), "{error}");
    }
    let nameless = format!("[[robots]]\nkind = 'wecom'\naddress = '{WECOM}'");
    assert!(load(&nameless).expect_err("no name").to_string().contains("name"));
    let error =
        load(&robot("").replace(&format!("address = '{WECOM}'"), "")).expect_err("no address").to_string();
    assert!(error.contains("robots[0]") && error.contains("address"), "{error}");
    let empty = robot("").replace("wecom", "dingtalk").replace(WECOM, DINGTALK) + "secret = ''";
    assert!(load(&empty).expect_err("empty").to_string().contains("robots[0].secret"));
    let twice = robot("") + &robot("");
    assert!(load(&twice).expect_err("twice").to_string().contains("robots[1].name"));
}

/// As for callbacks, an address of this machine is open only where the settings open it.
#[test]
fn a_robot_on_this_machine_must_be_allowed() {
    let local =
        robot("address = 'http://127.0.0.1:9/cgi-bin/webhook/send?key=01234567-89ab-cdef-0123-456789abcafe'");
    assert!(load(&local).is_err());
    let open = "[callback]\nallow_http = true\nonly_hosts = ['example.com']\n\
                allowed = [{ host = '127.0.0.1', network = '127.0.0.0/8', any_port = true }]";
    load(&(local + open)).expect("it is allowed");
}

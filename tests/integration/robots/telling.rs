//! The product tells local robots: after an upload, in a sweep, and when a person asks.

use super::{RobotEnv, TOKEN};
use crate::{
    console::{browser, program},
    support::{
        Setup, TestEnv,
        command_line::{CommandOutput, operator_variables, run_with},
        console::ConsoleProcess,
        sample_bytes,
    },
};
use local_clouds::robots::{Robots, Vendor};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};
use tempfile::TempDir;

const SECRET: &str = "SECret-of-the-robot";
const ALLOWED: &str = r#"[{host="127.0.0.1",network="127.0.0.0/8",any_port=true}]"#;

/// The settings' text of a local robot.
fn settings_of(robot: &RobotEnv, name: &str) -> String {
    let (kind, path) = match robot.config.vendor {
        Vendor::DingTalk => ("dingtalk", "robot/send?access_token="),
        Vendor::Feishu => ("feishu", "open-apis/bot/v2/hook/"),
        Vendor::WeCom => ("wecom", "cgi-bin/webhook/send?key="),
    };
    let secret = robot.config.secret.as_ref().map(|secret| format!(",secret=\"{secret}\""));
    let more = secret.unwrap_or_default();
    format!(
        "{{name=\"{name}\",kind=\"{kind}\",address=\"{}/{path}{TOKEN}\",language=\"en\",digest_seconds=5{more}}}",
        robot.url()
    )
}

/// The clouds with a function that tells these robots.
struct TellingEnv {
    env: TestEnv,
    ledger: TempDir,
    robots: String,
}

impl TellingEnv {
    async fn start(robots: &[String]) -> Self {
        let (ledger, robots) = (tempfile::tempdir().unwrap(), format!("[{}]", robots.join(",")));
        let variables = variables(&ledger, &robots);
        let variables: Vec<_> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let env = TestEnv::start(Setup { variables: &variables, ..Setup::default() }).await;
        Self { env, ledger, robots }
    }

    async fn put(&self, key: &str) {
        self.env.put(key, &sample_bytes(1, 300_000)).await;
        self.env.clouds.wait_settled().await;
    }

    async fn run(&self, arguments: &[&str]) -> CommandOutput {
        run_with(self.operator_variables(), arguments).await
    }

    fn operator_variables(&self) -> BTreeMap<String, String> {
        let mut variables = operator_variables(&self.env);
        variables.insert("OSS2YOUKU_ROBOTS".to_owned(), self.robots.clone());
        variables
    }
}

fn variables(ledger: &TempDir, robots: &str) -> [(&'static str, String); 5] {
    [
        ("OSS2YOUKU_LEDGER__LOCATION", ledger.path().to_str().unwrap().to_owned()),
        ("OSS2YOUKU_CALLBACK__ALLOW_HTTP", "true".to_owned()),
        ("OSS2YOUKU_CALLBACK__ALLOWED", ALLOWED.to_owned()),
        ("OSS2YOUKU_LOG__LEVEL", "debug".to_owned()),
        ("OSS2YOUKU_ROBOTS", robots.to_owned()),
    ]
}

/// All that a robot told, as text.
fn told(robots: &Robots) -> String {
    robots.messages().into_iter().filter_map(|message| message.body).map(|body| body.to_string()).collect()
}

#[tokio::test]
async fn an_upload_is_told_to_each_vendors_robot_at_once() {
    let dingtalk = RobotEnv::signed(Vendor::DingTalk, SECRET).await;
    let feishu = RobotEnv::signed(Vendor::Feishu, SECRET).await;
    let wecom = RobotEnv::new(Vendor::WeCom, |_| {}).await;
    let robots = [settings_of(&dingtalk, "ding"), settings_of(&feishu, "fei"), settings_of(&wecom, "we")];
    let env = TellingEnv::start(&robots).await;
    env.put("@all 海边.mp4").await;
    let id = env.env.clouds.youku.videos()[0].id.clone();
    for robot in [&dingtalk, &feishu, &wecom] {
        let text = told(&robot.robots);
        assert!(text.contains("1 published") && text.contains("＠all 海边"), "{text}");
        assert!(text.contains(&format!("https://v.youku.com/v_show/id_{id}.html")), "{text}");
        assert!(!text.contains("@all"), "{text}");
        assert_eq!(robot.codes(), [0]);
    }
    // A sweep has nothing more to say of it.
    env.env.call_with_timer().await;
    assert_eq!([dingtalk.codes(), feishu.codes(), wecom.codes()], [vec![0], vec![0], vec![0]]);
    let log = env.env.log();
    for secret in [TOKEN, SECRET] {
        assert!(!log.contains(secret), "{log}");
    }
    for entry in walk(env.ledger.path()) {
        let text = String::from_utf8_lossy(&std::fs::read(&entry).unwrap()).into_owned();
        assert!(!text.contains(TOKEN) && !text.contains(SECRET), "{entry:?}");
    }
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

/// Nobody listens there: the upload is acknowledged all the same, and the others are told.
#[tokio::test]
async fn a_robot_that_cannot_be_reached_holds_up_nothing() {
    let well = RobotEnv::new(Vendor::WeCom, |_| {}).await;
    // Connections wait there for ever.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", silent.local_addr().unwrap());
    let gone = settings_of(&well, "gone").replace(&well.url(), &address);
    let robots = [gone, settings_of(&well, "well")];
    let env = TellingEnv::start(&robots).await;
    let begun = Instant::now();
    env.put("a.mp4").await;
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    assert_eq!(env.env.clouds.youku.videos().len(), 1);
    assert!(told(&well.robots).contains("1 published"));
}

#[tokio::test]
async fn a_test_says_what_the_vendor_answers() {
    let well = RobotEnv::signed(Vendor::DingTalk, SECRET).await;
    let wrong = RobotEnv::signed(Vendor::DingTalk, "another").await;
    let mut wrong_settings = settings_of(&wrong, "wrong");
    wrong_settings = wrong_settings.replace("another", SECRET);
    let env = TellingEnv::start(&[settings_of(&well, "well"), wrong_settings]).await;
    let one = env.run(&["robots", "test", "well"]).await;
    assert_eq!(one.code, Some(0), "{one:?}");
    assert!(one.out.contains("the vendor accepted it"), "{one:?}");
    assert!(told(&well.robots).contains("this robot can be reached"));
    let all = env.run(&["robots", "test", "--json"]).await;
    assert_eq!(all.code, Some(1), "{all:?}");
    let lines = all.lines();
    assert_eq!(
        lines.iter().map(|line| line["ok"].clone()).collect::<Vec<_>>(),
        [Value::from(true), false.into()]
    );
    let result = lines[1]["result"].as_str().unwrap();
    assert!(result.contains("signature") && result.contains("310000"), "{result}");
    let chinese = env.run(&["--lang", "zh", "robots", "test", "wrong"]).await;
    assert!(chinese.out.contains("签名"), "{chinese:?}");
    let unknown = env.run(&["robots", "test", "nobody"]).await;
    assert_eq!(unknown.code, Some(2), "{unknown:?}");
    let doctor = env.run(&["doctor", "--robots"]).await;
    assert_eq!(doctor.code, Some(1), "{doctor:?}");
    assert!(doctor.out.contains("robot well (127.0.0.1") && doctor.out.contains("the vendor accepted it"));
    for ended in [one, all, chinese, unknown, doctor] {
        let text = format!("{}{}", ended.out, ended.err);
        assert!(!text.contains(TOKEN) && !text.contains(SECRET), "{text}");
    }
}

/// What was refused for good is told once the robot's settings are right; `doctor` and the console say so meanwhile.
#[tokio::test]
async fn a_refusal_is_shown_until_the_settings_are_right() {
    let robot = RobotEnv::signed(Vendor::DingTalk, SECRET).await;
    let right = settings_of(&robot, "team");
    let mut env = TellingEnv::start(&[right.replace(SECRET, "wrong")]).await;
    env.put("a.mp4").await;
    assert!(robot.robots.messages().is_empty());
    let doctor = env.run(&["doctor", "--json"]).await;
    let finding =
        doctor.lines().into_iter().find(|line| line["check"].as_str().unwrap().starts_with("robot team"));
    let finding = finding.expect("a finding about the robot");
    assert_eq!(finding["ok"], false);
    assert!(finding["result"].as_str().unwrap().contains("signature"), "{finding}");
    let folder = tempfile::tempdir().unwrap();
    let spool = folder.path().join("spool");
    let console = ConsoleProcess::start(
        program(env.operator_variables(), folder.path()),
        &["--spool", spool.to_str().unwrap()],
    );
    browser::walk(&console, "refusing_robot", json!({"name": "team", "why": "signature"})).await;
    drop(console);
    env.robots = format!("[{right}]");
    let begun = Instant::now();
    while robot.robots.messages().is_empty() {
        // The pause between two messages.
        assert!(begun.elapsed() < Duration::from_secs(60), "it is not told");
        let swept = env.run(&["sweep"]).await;
        assert_eq!(swept.code, Some(0), "{swept:?}");
    }
    assert!(told(&robot.robots).contains("1 published"));
}

#[tokio::test]
async fn a_preview_prints_every_body_and_sends_nothing() {
    let env = TellingEnv::start(&[]).await;
    let all = env.run(&["robots", "preview"]).await;
    let formats: Vec<_> =
        all.lines().iter().map(|line| line["format"].as_str().unwrap().to_owned()).collect();
    assert_eq!(formats, ["markdown", "action_card", "card", "post", "markdown", "markdown_v2"]);
    let one =
        env.run(&["--lang", "zh", "robots", "preview", "--kind", "feishu", "--event", "needs_you"]).await;
    assert_eq!(one.lines().len(), 2, "{one:?}");
    assert!(one.out.contains("需要处理") && one.out.contains("访问令牌"), "{one:?}");
}

//! Group robots on the page: what each would be sent, drawn as its chat shows it.

use super::{
    browser::{ConsoleEnv, walk},
    program,
};
use crate::support::{Setup, TestEnv, command_line::operator_variables, console::ConsoleProcess};
use chat_robots::{Address, Digest, Event, Format, Language, Line, Preview, Robot};
use serde_json::{Value, json};

const TOKEN: &str = "01234567-89ab-cdef-0123-456789abcafe";

/// Titles that would run, load, call or hide something, if they were anything but text.
const HOSTILE: [&str; 4] = [
    "<img src=x onerror=\"globalThis.hacked=1\">",
    "</p><script>globalThis.hacked=1</script>",
    "[click](javascript:hacked=1) **bold** <at id=all></at>",
    "=HYPERLINK(\"//evil.example\")\u{202e}4pm.exe",
];

/// The settings of a robot of each vendor, at the vendors' own addresses: nothing is sent there.
pub(super) fn three_robots() -> String {
    let addresses = [
        "https://oapi.dingtalk.com/robot/send?access_token=",
        "https://open.feishu.cn/open-apis/bot/v2/hook/",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=",
    ];
    let [ding, fei, we] = addresses.map(|address| format!("address=\"{address}{TOKEN}\""));
    format!(
        "[{{name=\"ding\",kind=\"dingtalk\",{ding},secret=\"SEC1\",format=\"action_card\",language=\"en\"}},\
          {{name=\"fei\",kind=\"feishu\",{fei},secret=\"SEC2\",keyword=\"视频\"}},\
          {{name=\"we\",kind=\"wecom\",{we},language=\"en\",events=[\"failed\",\"video_ready\"]}}]"
    )
}

/// What the crate of robots makes of hostile titles in this format, and the same titles unescaped, as a faulty process could send them.
fn hostile_robot(name: &str, address: &str, format: Format) -> Value {
    let vendor = format.vendor();
    let address = Address::parse(vendor, &format!("{address}{TOKEN}").into()).unwrap();
    let robot = Robot::new(address).with_format(format).unwrap();
    let mut digest = Digest::new("oss2youku");
    for title in HOSTILE {
        let link = "https://v.youku.com/v_show/id_X1.html";
        digest.add(Line::new(Event::Failed, title).with_link(link).with_advice(title, title));
        digest.add(Line::new(Event::Published, title.repeat(20)));
    }
    let mut raw = robot.preview(&digest, Language::English);
    for (number, part) in raw.blocks.iter_mut().flat_map(|block| &mut block.parts).enumerate() {
        part.text = HOSTILE[number % HOSTILE.len()].to_owned();
        part.link = part.link.take().map(|_| "javascript:globalThis.hacked=1".to_owned());
    }
    let together: Preview = robot.preview(&digest, Language::English);
    json!({
        "name": name, "kind": vendor.as_str(), "format": format.as_str(), "language": "en",
        "words": [vendor.name(Language::English), "English"], "together": together, "messages": [raw],
    })
}

/// A robot of each vendor, with titles by strangers.
fn hostile_robots() -> Value {
    let robots = [
        hostile_robot(
            "ding",
            "https://oapi.dingtalk.com/robot/send?access_token=",
            Format::DingTalkActionCard,
        ),
        hostile_robot("fei", "https://open.feishu.cn/open-apis/bot/v2/hook/", Format::FeishuCard),
        hostile_robot("we", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=", Format::WeComMarkdown),
    ];
    json!({"robots": robots})
}

/// Both languages, light and dark, 320 pixels, by keyboard; whatever a title is, it stays text.
#[tokio::test]
async fn each_robot_is_drawn_as_its_chat_shows_it() {
    let env = TestEnv::start(Setup::default()).await;
    let folder = tempfile::tempdir().unwrap();
    let mut variables = operator_variables(&env);
    variables.insert("OSS2YOUKU_ROBOTS".to_owned(), three_robots());
    let spool = folder.path().join("spool");
    let console =
        ConsoleProcess::start(program(variables, folder.path()), &["--spool", spool.to_str().unwrap()]);
    let escaped = "＜img src=x onerror=\"globalThis.hacked=1\"＞";
    let titles: Vec<_> = HOSTILE.into_iter().chain([escaped]).collect();
    walk(&console, "robots", json!({"hostile": hostile_robots(), "titles": titles})).await;
}

#[tokio::test]
async fn without_robots_the_page_says_how_to_add_one() {
    let console = ConsoleEnv::new(TestEnv::start(Setup::default()).await);
    console.walk("no_robots", json!({})).await;
}

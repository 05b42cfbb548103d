//! Public clients check the local robots, unmodified. What counts is what the robots saw: most clients report some refusal as a success.

use super::{RobotEnv, TOKEN};
use crate::support::{client_script, run_to_end, tools};
use local_clouds::robots::Vendor;
use serde_json::{Value, json};
use tokio::process::Command;

/// Where the vendor's robots are in public.
fn public_address(env: &RobotEnv) -> String {
    let host = match env.config.vendor {
        Vendor::DingTalk => "https://oapi.dingtalk.com",
        Vendor::Feishu => "https://open.feishu.cn",
        Vendor::WeCom => "https://qyapi.weixin.qq.com",
    };
    host.to_owned() + &env.config.path()
}

/// Sends messages with a client of `send.py`; returns what the client says of each.
async fn send(env: &RobotEnv, client: &str, secret: &str, messages: &[&str]) -> Vec<Value> {
    let scripts = client_script("robots");
    let mut command = Command::new(tools().join("robots/bin/python"));
    command
        .arg("-B")
        .arg(scripts.join("send.py"))
        .args([client, &public_address(env), secret])
        .args(messages);
    command.env("PYTHONPATH", scripts).env("ROBOTS", env.url());
    // A `.env` of the working directory would overrule the environment.
    let folder = tempfile::tempdir().unwrap();
    command.current_dir(folder.path());
    run(command).await
}

/// Sends messages with npm's dingtalk-robot-sender, which takes any address.
async fn send_by_node(env: &RobotEnv, secret: &str, messages: &[&str]) -> Vec<Value> {
    let script = client_script("robots").join("dingtalk_robot_sender.js");
    let mut command = Command::new("node");
    command.env("NODE_PATH", tools().join("node/node_modules")).arg(script);
    command.args([&format!("{}{}", env.url(), env.config.path()), secret]).args(messages);
    run(command).await
}

async fn run(mut command: Command) -> Vec<Value> {
    let output = run_to_end(&mut command).await;
    let stdout = String::from_utf8_lossy(&output.stdout);
    let said = stdout.lines().last().and_then(|line| serde_json::from_str(line).ok());
    said.unwrap_or_else(|| panic!("{stdout}\n{}", String::from_utf8_lossy(&output.stderr)))
}

/// Each client with the robot's secret, with another, and with none.
#[tokio::test]
async fn clients_of_dingtalk_sign_as_the_robot_verifies() {
    for client in ["dingtalkchatbot", "onepush_dingtalk", "dingtalk_robot_sender"] {
        let env = RobotEnv::signed(Vendor::DingTalk, "SEC+right/secret").await;
        for secret in ["SEC+right/secret", "SEC+wrong/secret", ""] {
            match client {
                "dingtalk_robot_sender" => send_by_node(&env, secret, &["视频 @all"]).await,
                client => send(&env, client, secret, &["视频 @all"]).await,
            };
        }
        assert_eq!(env.codes(), [0, 310_000, 310_000], "{client}");
        let [message] = &env.robots.messages()[..] else { panic!("{client}") };
        assert!(message.body.as_ref().unwrap().to_string().contains("视频 @all"), "{client}: {message:?}");
    }
}

#[tokio::test]
async fn clients_of_feishu_sign_as_the_robot_verifies() {
    for client in ["onepush_lark", "pylgb"] {
        let env = RobotEnv::signed(Vendor::Feishu, "right secret").await;
        for secret in ["right secret", "wrong secret", ""] {
            send(&env, client, secret, &["<at id=all></at> 视频"]).await;
        }
        assert_eq!(env.codes(), [0, 19_021, 19_021], "{client}");
        let [message] = &env.robots.messages()[..] else { panic!("{client}") };
        let text = &message.body.as_ref().unwrap()["content"]["text"];
        assert_eq!(text, "<at id=all></at> 视频", "{client}");
    }
}

/// A time beyond an hour is refused as well as a secret.
#[tokio::test]
async fn clients_with_a_wrong_clock_are_refused() {
    for (vendor, client, code) in
        [(Vendor::DingTalk, "dingtalkchatbot", 310_000), (Vendor::Feishu, "pylgb", 19_021)]
    {
        let env = RobotEnv::signed(vendor, "SECret").await;
        for ahead in [3_500, -3_500, 3_700, -3_700] {
            env.robots.set_clock_ahead(ahead);
            send(&env, client, "SECret", &["x"]).await;
        }
        assert_eq!(env.codes(), [0, 0, code, code], "{client}");
    }
}

/// It leaves other secrets aside without a word; a robot that verifies notices.
#[tokio::test]
async fn dingtalkchatbot_signs_only_with_its_kind_of_secret() {
    let env = RobotEnv::signed(Vendor::DingTalk, "this is secret").await;
    let said = send(&env, "dingtalkchatbot", "this is secret", &["x"]).await;
    assert_eq!((env.codes(), &said[0]["returned"]["errcode"]), (vec![310_000], &json!(310_000)));
    send_by_node(&env, "this is secret", &["x"]).await;
    assert_eq!(env.codes(), [310_000, 0]);
}

/// It refuses by itself what is too long, and the robot accepts what it sends.
#[tokio::test]
async fn wecoms_limits_are_those_that_pywgb_knows() {
    let long = |bytes: usize| "视".repeat(bytes / 3) + &"x".repeat(bytes % 3);
    for (client, limit) in [("pywgb_text", 2_048), ("pywgb_markdown", 4_096)] {
        let env = RobotEnv::new(Vendor::WeCom, |_| {}).await;
        let said = send(&env, client, "", &[&long(limit), &long(limit + 1)]).await;
        assert_eq!(said[0]["returned"]["errcode"], 0, "{client}: {said:?}");
        assert_eq!(said[1], json!({"raised": "ValueError"}), "{client}");
        let request = env.only_request();
        assert_eq!(request.code, 0, "{client}");
    }
    // Another client sends the byte too much, and the robot refuses it.
    let env = RobotEnv::new(Vendor::WeCom, |_| {}).await;
    let said = send(&env, "onepush_wecom", "", &[&long(4_096), &long(4_097)]).await;
    assert_eq!(env.codes(), [0, 40_058]);
    assert!(said[1]["returned"].as_str().unwrap().contains("exceed max length 4096"));
}

#[tokio::test]
async fn an_unknown_key_is_an_error_to_pywgb() {
    let mut unknown = RobotEnv::new(Vendor::WeCom, |_| {}).await;
    unknown.config.token = TOKEN.replace("cafe", "beef");
    let said = send(&unknown, "pywgb_markdown", "", &["x"]).await;
    assert_eq!((unknown.codes(), &said[0]), (vec![93_000], &json!({"raised": "OSError"})));
    assert_eq!(unknown.only_request().robot, None);
}

/// Bytes count as they came: Python's clients escape Chinese, which doubles it, and npm's does not.
#[tokio::test]
async fn the_same_text_fits_or_not_by_how_it_is_written() {
    let env = RobotEnv::new(Vendor::DingTalk, |_| {}).await;
    let text = "视".repeat(4_000);
    send(&env, "onepush_dingtalk", "", &[&text]).await;
    send_by_node(&env, "", &[&text]).await;
    assert_eq!(env.codes(), [460_101, 0]);
    let bytes: Vec<_> = env.robots.requests().iter().map(|request| request.bytes).collect();
    assert!(bytes[0] > 24_000 && bytes[1] < 12_100, "{bytes:?}");
}

/// More than twenty at once: DingTalk silences the robot, and the clients carry on as if nothing were.
#[tokio::test]
async fn a_client_without_brakes_is_silenced() {
    let env = RobotEnv::new(Vendor::DingTalk, |_| {}).await;
    let said = send(&env, "onepush_dingtalk", "", &["x"; 21]).await;
    assert_eq!(env.codes(), [&[0; 20][..], &[130_101]].concat());
    assert!(said[20]["returned"].as_str().unwrap().contains("\"punish\":\"deny\""), "{}", said[20]);
    assert!(env.robots.is_silenced("team"));
    let said = send_by_node(&env, "", &["x"]).await;
    assert_eq!(said[0]["returned"]["errcode"], 130_101);
}

//! Our own requests at the local robots: accepted in each format, and each refusal judged for what it is.

use super::{RobotEnv, TOKEN};
use chat_robots::{
    Address, Digest, Event, Format, Language, Line, Refusal, RefusalKind, Request, Robot, judge,
};
use local_clouds::control::{Fault, Rule};
use local_clouds::robots::{Switches, Vendor};
use reqwest::StatusCode;
use secrecy::ExposeSecret;
use serde_json::Value;
use std::time::SystemTime;

const HOSTILE: &str = "@all <at id=all></at> [x](https://evil.example) \u{202e}视频";

fn digest() -> Digest {
    let mut digest = Digest::new("oss2youku");
    for event in Event::ALL {
        let line = Line::new(event, HOSTILE).with_link("https://v.youku.com/v_show/id_X1.html");
        digest.add(line.with_advice(HOSTILE, HOSTILE));
    }
    digest
}

/// Our settings of the local robot.
fn robot(env: &RobotEnv) -> Robot {
    let vendor = match env.config.vendor {
        Vendor::DingTalk => chat_robots::Vendor::DingTalk,
        Vendor::Feishu => chat_robots::Vendor::Feishu,
        Vendor::WeCom => chat_robots::Vendor::WeCom,
    };
    Robot::new(Address::at_loopback(vendor, env.server.addr(), TOKEN.into()).unwrap())
}

/// Whose local robot accepts the format.
fn local_vendor(format: Format) -> Vendor {
    match format.vendor() {
        chat_robots::Vendor::DingTalk => Vendor::DingTalk,
        chat_robots::Vendor::Feishu => Vendor::Feishu,
        chat_robots::Vendor::WeCom => Vendor::WeCom,
    }
}

/// Posts a request as an application would.
async fn post(robot: &Robot, request: Request) -> Result<(), Refusal> {
    let client = app::http_client().unwrap();
    let mut post = client.post(request.url().expose_secret());
    for (name, value) in Request::HEADERS {
        post = post.header(name, value);
    }
    let no_answer = |_| Refusal::no_answer(robot.vendor());
    let response = post.body(request.into_body()).send().await.map_err(no_answer)?;
    let status = response.status().as_u16();
    judge(robot.vendor(), status, &response.bytes().await.map_err(no_answer)?)
}

async fn tell(robot: &Robot) -> Result<(), Refusal> {
    post(robot, robot.request(&digest(), Language::Chinese, SystemTime::now())).await
}

async fn refused(robot: &Robot) -> RefusalKind {
    tell(robot).await.unwrap_err().kind
}

#[tokio::test]
async fn every_format_is_accepted_and_calls_nobody() {
    for format in Format::ALL {
        let vendor = local_vendor(format);
        let env = RobotEnv::new(vendor, |robot| robot.keywords = vec!["发布通知".to_owned()]).await;
        let robot = robot(&env).with_format(format).unwrap().with_keyword("发布通知").unwrap();
        for language in [Language::English, Language::Chinese] {
            post(&robot, robot.request(&digest(), language, SystemTime::now())).await.unwrap();
        }
        for message in env.robots.messages() {
            let text = message.body.unwrap().to_string();
            assert!(!text.contains("@all") && !text.contains("<at"));
            assert!(text.contains("＠all ＜at id=all＞＜/at＞ ［x］"), "{text}");
        }
        assert_eq!(env.codes(), [0, 0], "{format:?}");
    }
}

#[tokio::test]
async fn signatures_are_accepted_and_wrong_secrets_refused() {
    for (vendor, clock) in [(Vendor::DingTalk, RefusalKind::Clock), (Vendor::Feishu, RefusalKind::Signature)]
    {
        // Forty signatures of 44 characters each have all that must be encoded.
        for number in 0..40 {
            let secret = format!("SEC{number}+/=");
            let env = RobotEnv::signed(vendor, &secret).await;
            let right = robot(&env).with_secret(secret.into()).unwrap();
            tell(&right).await.unwrap();
        }
        let env = RobotEnv::signed(vendor, "right").await;
        let wrong = robot(&env).with_secret("wrong".to_owned().into()).unwrap();
        assert_eq!(refused(&wrong).await, RefusalKind::Signature);
        assert_eq!(refused(&robot(&env)).await, RefusalKind::Signature);
        env.robots.set_switches(Switches { chinese_guards: true, ..Switches::default() });
        assert_eq!(refused(&wrong).await, RefusalKind::Signature);
        let right = robot(&env).with_secret("right".to_owned().into()).unwrap();
        env.robots.set_clock_ahead(4_000);
        assert_eq!(refused(&right).await, clock);
        env.robots.set_clock_ahead(0);
        tell(&right).await.unwrap();
    }
}

#[tokio::test]
async fn what_the_robots_guards_refuse_has_a_name() {
    for vendor in [Vendor::DingTalk, Vendor::Feishu] {
        let env = RobotEnv::new(vendor, |robot| robot.keywords = vec!["关键词".to_owned()]).await;
        for chinese_guards in [false, true] {
            env.robots.set_switches(Switches { chinese_guards, ..Switches::default() });
            assert_eq!(refused(&robot(&env)).await, RefusalKind::Keyword);
        }
        tell(&robot(&env).with_keyword("关键词").unwrap()).await.unwrap();
        let senders = Some(vec!["10.0.0.1".parse().unwrap()]);
        let env = RobotEnv::new(vendor, |robot| robot.senders = senders).await;
        assert_eq!(refused(&robot(&env)).await, RefusalKind::SenderAddress);
    }
    for vendor in [Vendor::DingTalk, Vendor::Feishu, Vendor::WeCom] {
        let env = RobotEnv::new(vendor, |robot| robot.token = "another".to_owned()).await;
        assert_eq!(refused(&robot(&env)).await, RefusalKind::NoSuchRobot);
    }
}

#[tokio::test]
async fn a_used_up_minute_is_told_with_the_time_to_wait() {
    for (vendor, messages, wait) in
        [(Vendor::DingTalk, 20, 600), (Vendor::WeCom, 20, 60), (Vendor::Feishu, 5, 60)]
    {
        let env = RobotEnv::new(vendor, |_| {}).await;
        let robot = robot(&env);
        let mut refusals = Vec::new();
        // Where five do not fit into a second, a hundred fit into Feishu's minute.
        while refusals.is_empty() && env.codes().len() <= 100 {
            refusals.extend(tell(&robot).await.err());
        }
        assert_eq!(refusals[0].kind, RefusalKind::Limit, "{vendor:?}");
        assert!(env.robots.messages().len() >= messages);
        assert_eq!(refusals[0].retry_after().map(|wait| wait.as_secs()), Some(wait));
    }
}

/// Answers of something in between, lost ones, and a failure that says it succeeded.
#[tokio::test]
async fn what_is_no_answer_of_the_vendors_is_no_success() {
    let status = |status, code: &str| Fault::Status {
        status,
        code: Some(code.to_owned()),
        headers: Default::default(),
        early: false,
    };
    for vendor in [Vendor::DingTalk, Vendor::Feishu, Vendor::WeCom] {
        let env = RobotEnv::new(vendor, |_| {}).await;
        let robot = robot(&env);
        let location = [("location".to_owned(), format!("{}/_sandbox", env.url()))].into();
        let redirect = StatusCode::FOUND;
        for (fault, kind) in [
            (status(StatusCode::INTERNAL_SERVER_ERROR, "0"), RefusalKind::Server),
            (status(StatusCode::OK, "777"), RefusalKind::Unknown),
            (Fault::Empty { status: StatusCode::OK }, RefusalKind::NotTheVendor),
            (Fault::Page { status: StatusCode::OK }, RefusalKind::NotTheVendor),
            (Fault::CutResponse { after: 5 }, RefusalKind::NoAnswer),
            (Fault::Reset { after: None }, RefusalKind::NoAnswer),
            (Fault::DropAnswer, RefusalKind::NoAnswer),
            (
                Fault::Status { status: redirect, code: Some("0".into()), headers: location, early: false },
                RefusalKind::NotTheVendor,
            ),
        ] {
            let rule = env.control.faults.add(Rule::new(vendor.as_str(), fault.clone()));
            assert_eq!(refused(&robot).await, kind, "{vendor:?}: {fault:?}");
            assert_eq!(env.control.faults.state(rule).unwrap().fired, 1);
        }
        tell(&robot).await.unwrap();
    }
}

/// The longest digest that there can be, with ten lines of a thousand characters.
#[tokio::test]
async fn the_longest_digest_is_not_too_long() {
    let long = "视频😀".repeat(1_000);
    let mut digest = Digest::new(&long);
    for _ in 0..47 {
        let line = Line::new(Event::Failed, &long).with_link("https://v.youku.com/v_show/id_X1.html");
        digest.add(line.with_advice(&long, &long));
    }
    for format in Format::ALL {
        let vendor = local_vendor(format);
        let env = RobotEnv::new(vendor, |_| {}).await;
        let robot = robot(&env).with_format(format).unwrap();
        post(&robot, robot.request(&digest, Language::Chinese, SystemTime::now())).await.unwrap();
        let body: Value = env.only_request().body.unwrap();
        let text = body.to_string();
        assert!(text.contains("失败 47") && text.contains("另有 "), "{format:?}: {text}");
    }
}

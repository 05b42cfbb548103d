//! Requests: signatures by known vectors, and what of a secret is shown.

use crate::samples::{TOKEN, address, line, robot, single};
use chat_robots::{
    Address, AddressError, Event, Format, Language, Request, Robot, RobotError, Vendor, sign_dingtalk,
    sign_feishu,
};
use secrecy::ExposeSecret;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

fn at_millis(millis: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(millis)
}

fn request(robot: &Robot, now: SystemTime) -> Request {
    robot.request(&single(line(Event::Published)), Language::English, now)
}

/// DingTalk: milliseconds, secret as the key, encoded once, in the query. The vectors are those on which several public clients agree.
#[test]
fn dingtalks_signature_is_that_of_other_clients() {
    for (secret, millis, sign) in [
        ("this is secret", 1_700_000_000_000, "sSFWELbV2YwjdDQhWZwTcWlX5BWUx5J6TPpsZmuPii0%3D"),
        ("SEC0123", 1_700_000_000_004, "u4kkmE8K%2B4U%2FE1e%2Fh5mRwbei5M9UgrO5dOCPFNUKroo%3D"),
    ] {
        let robot = robot(Vendor::DingTalk).with_secret(secret.to_owned().into()).unwrap();
        let request = request(&robot, at_millis(millis));
        let expected = format!("{}&timestamp={millis}&sign={sign}", address(Vendor::DingTalk));
        assert_eq!(request.url().expose_secret(), expected);
        assert!(!request.body().contains("sign"));
    }
}

/// Feishu: seconds, timestamp and secret as the key over nothing, unencoded, in the body.
#[test]
fn feishus_signature_is_that_of_other_clients() {
    for (seconds, sign) in [
        (1_700_000_000, "8oT2n3SMKFfEnDoiwer8BUM/SjKLwe9SqoEIHlhDTKo="),
        (1_700_000_010, "+YO6mm6a/+zxs+vb3m2ISk3ZUYbKmIUQDM87+MsA1W0="),
    ] {
        let robot = robot(Vendor::Feishu).with_secret("demo".to_owned().into()).unwrap();
        let request = request(&robot, at_millis(seconds * 1_000 + 999));
        let begin = format!("{{\"timestamp\":\"{seconds}\",\"sign\":\"{sign}\",\"msg_type\":\"interactive\"");
        assert!(request.body().starts_with(&begin), "{}", request.body());
        assert_eq!(*request.url().expose_secret(), *address(Vendor::Feishu));
    }
}

/// A key longer than a block is hashed first. The expected values are from Python's `hmac`.
#[test]
fn a_long_secret_signs_by_the_rule_for_long_keys() {
    let secret = "s".repeat(100).into();
    assert_eq!(sign_dingtalk(&secret, 1_700_000_000_000), LONG_DINGTALK);
    assert_eq!(sign_feishu(&secret, 1_700_000_000), LONG_FEISHU);
}

const LONG_DINGTALK: &str = "ZVGlNIsyTOrSpEnC9+zTdBUAD+qVV+RyxBtrfdDpBoo=";
const LONG_FEISHU: &str = "SDtHIsGObfxqRaTpGAnThIT3pRU/H5Wg8SyKNExM5bU=";

#[test]
fn an_unsigned_request_is_the_address_and_the_body() {
    for vendor in [Vendor::DingTalk, Vendor::Feishu, Vendor::WeCom] {
        let request = request(&robot(vendor), at_millis(0));
        assert_eq!(*request.url().expose_secret(), *address(vendor));
        assert!(!request.body().contains("timestamp"));
        assert_eq!(Request::HEADERS, [("content-type", "application/json")]);
    }
}

/// A log or an error shows the host and the token's last four characters.
#[test]
fn nothing_that_is_printed_holds_a_secret() {
    for vendor in [Vendor::DingTalk, Vendor::Feishu, Vendor::WeCom] {
        let robot = match vendor {
            Vendor::WeCom => robot(vendor),
            _ => robot(vendor).with_secret("SECverysecret".to_owned().into()).unwrap(),
        };
        let request = request(&robot, at_millis(1_700_000_000_000));
        assert!(robot.address().to_string().ends_with(" …cafe"), "{}", robot.address());
        for text in [
            format!("{robot:?}"),
            format!("{request:?}"),
            format!("{:?} {}", robot.address(), robot.address()),
        ] {
            assert!(text.contains(robot.address().host()), "{text}");
            let (token, shown) = (&TOKEN[TOKEN.len() - 5..], text.to_lowercase());
            assert!(
                !shown.contains(token) && !shown.contains("verysecret") && !shown.contains("sign="),
                "{text}"
            );
        }
    }
}

#[test]
fn a_setting_that_does_not_fit_is_refused() {
    let secret = || "SEC0123".to_owned().into();
    assert_eq!(robot(Vendor::WeCom).with_secret(secret()).unwrap_err(), RobotError::SecretUnused);
    assert_eq!(robot(Vendor::Feishu).with_secret(String::new().into()).unwrap_err(), RobotError::SecretEmpty);
    let format = robot(Vendor::Feishu).with_format(Format::WeComMarkdown);
    assert_eq!(format.unwrap_err(), RobotError::Format);
    for keyword in ["", "@all", "a\nb", "[x]", &"关".repeat(34)] {
        let refused = robot(Vendor::DingTalk).with_keyword(keyword);
        let error = refused.unwrap_err();
        assert_eq!(error, RobotError::Keyword, "{keyword}");
        assert!(error.to_string().contains("keyword"));
        assert!(error.sentence(Language::Chinese).contains("关键词"));
    }
    robot(Vendor::DingTalk).with_keyword("发布 video").unwrap();
}

/// For tests and local development alone: it reaches no other machine.
#[test]
fn a_robot_on_this_machine_is_reached_over_plain_http() {
    let at = |server: &str| Address::at_loopback(Vendor::Feishu, server.parse().unwrap(), TOKEN.into());
    let robot = Robot::new(at("127.0.0.1:8080").unwrap());
    let request = request(&robot, at_millis(0));
    let expected = format!("http://127.0.0.1:8080/open-apis/bot/v2/hook/{TOKEN}");
    assert_eq!(*request.url().expose_secret(), expected);
    assert_eq!(at("[::1]:8080").unwrap().host(), "[::1]:8080");
    assert_eq!(at("10.0.0.1:80").unwrap_err(), AddressError::NotLoopback);
}

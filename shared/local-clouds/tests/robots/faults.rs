//! Scripted faults at the robots.

use http::StatusCode;
use local_clouds::control::{Fault, Rule};
use local_clouds::robots::Vendor;
use serde_json::Value;

use super::env::{RobotsEnv, VENDORS, code_of, path, text};

fn status(status: StatusCode, code: &str) -> Fault {
    Fault::Status { status, code: Some(code.to_owned()), headers: Default::default(), early: false }
}

#[tokio::test]
async fn any_code_can_be_answered_with_any_status() {
    let env = RobotsEnv::new(|_| {}).await;
    for (vendor, answered, code) in [
        (Vendor::DingTalk, StatusCode::OK, 130_101),
        (Vendor::DingTalk, StatusCode::INTERNAL_SERVER_ERROR, 0),
        (Vendor::Feishu, StatusCode::OK, 11_232),
        (Vendor::Feishu, StatusCode::BAD_REQUEST, 9_499),
        (Vendor::WeCom, StatusCode::FORBIDDEN, 93_000),
        (Vendor::WeCom, StatusCode::OK, 777),
    ] {
        env.control.faults.add(Rule::new(vendor.as_str(), status(answered, &code.to_string())));
        let (got, body) = env.send("POST", &path(vendor), text(vendor, "x").to_string()).await;
        let answer: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!((got, code_of(&answer)), (answered.as_u16(), code), "{answer}");
        assert_eq!(answer.get("punish").is_some(), code == 130_101);
    }
    assert!(env.robots.requests().is_empty(), "the robots saw none of it");
}

#[tokio::test]
async fn an_empty_answer_and_a_page_are_nobodys_answer() {
    let env = RobotsEnv::new(|_| {}).await;
    for vendor in VENDORS {
        env.control.faults.add(Rule::new(vendor.as_str(), Fault::Empty { status: StatusCode::OK }));
        env.control.faults.add(Rule::new(vendor.as_str(), Fault::Page { status: StatusCode::OK }));
        let path = path(vendor);
        let send = || env.send("POST", &path, text(vendor, "x").to_string());
        assert_eq!(send().await, (200, Vec::new()));
        assert!(send().await.1.starts_with(b"<!DOCTYPE html>"));
        assert_eq!(code_of(&serde_json::from_slice(&send().await.1).unwrap()), 0);
    }
    assert_eq!(env.robots.requests().len(), 3);
}

/// A robot that its owner removes while it is in use.
#[tokio::test]
async fn an_expired_robot_is_gone() {
    let env = RobotsEnv::new(|_| {}).await;
    for (vendor, code) in [(Vendor::DingTalk, 300_005), (Vendor::Feishu, 19_001), (Vendor::WeCom, 93_000)] {
        assert_eq!(env.code(vendor, &text(vendor, "x")).await, 0);
        env.control.faults.add(Rule::new(vendor.as_str(), Fault::Expire));
        for _ in 0..2 {
            assert_eq!(env.code(vendor, &text(vendor, "x")).await, code);
        }
    }
}

/// The answer is lost, the message is not.
#[tokio::test]
async fn a_message_whose_answer_is_lost_has_arrived() {
    let env = RobotsEnv::new(|_| {}).await;
    let rule = env.control.faults.add(Rule::new("wecom", Fault::DropAnswer));
    let url = env.url();
    let request = http::Request::builder().method("POST").uri(path(Vendor::WeCom));
    let body = text(Vendor::WeCom, "x").to_string();
    let stream = tokio::net::TcpStream::connect(url.trim_start_matches("http://")).await.unwrap();
    let io = hyper_util::rt::TokioIo::new(stream);
    let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await.unwrap();
    tokio::spawn(connection);
    sender.send_request(request.body(body).unwrap()).await.unwrap_err();
    assert!(env.control.faults.wait_fired(rule, 1).await);
    assert_eq!(env.robots.messages().len(), 1);
}

//! Keywords, signatures, and who may send.

use std::time::{SystemTime, UNIX_EPOCH};

use local_clouds::robots::{Switches, Vendor};
use serde_json::{Value, json};

use super::env::{RobotsEnv, code_of, path, text};

/// Sets the robots' clock to this time.
fn set_clock(env: &RobotsEnv, seconds: i64) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    env.robots.set_clock_ahead(seconds - i64::try_from(now).unwrap());
}

#[tokio::test]
async fn a_message_without_a_keyword_is_refused() {
    let env = RobotsEnv::new(|robot| robot.keywords = vec!["发布".to_owned(), "text".to_owned()]).await;
    for (vendor, code) in [(Vendor::DingTalk, 310_000), (Vendor::Feishu, 19_024)] {
        assert_eq!(env.code(vendor, &text(vendor, "已发布")).await, 0);
        // The kind of the message is no text in it.
        assert_eq!(env.code(vendor, &text(vendor, "nothing")).await, code);
    }
    // WeCom's robots have no keywords.
    assert_eq!(env.code(Vendor::WeCom, &text(Vendor::WeCom, "nothing")).await, 0);
}

#[tokio::test]
async fn a_sender_who_is_not_on_the_list_is_refused() {
    let env = RobotsEnv::new(|robot| robot.senders = Some(vec!["10.0.0.1".parse().unwrap()])).await;
    let answer = env.post(&path(Vendor::DingTalk), &text(Vendor::DingTalk, "x")).await;
    assert_eq!(
        (&answer["errcode"], &answer["errmsg"]),
        (&json!(310_000), &json!("ip 127.0.0.1 not in whitelist"))
    );
    assert_eq!(env.code(Vendor::Feishu, &text(Vendor::Feishu, "x")).await, 19_022);
    let env = RobotsEnv::new(|robot| robot.senders = Some(vec!["127.0.0.1".parse().unwrap()])).await;
    assert_eq!(env.code(Vendor::DingTalk, &text(Vendor::DingTalk, "x")).await, 0);
}

/// The vectors' time is more than an hour ago: the clock goes back to it.
#[tokio::test]
async fn dingtalks_signature_is_good_for_an_hour() {
    let env = RobotsEnv::new(|robot| robot.secret = Some("SEC0123".to_owned())).await;
    let token = path(Vendor::DingTalk).split_once('?').unwrap().1.to_owned();
    let sign = "sign=u4kkmE8K%2B4U%2FE1e%2Fh5mRwbei5M9UgrO5dOCPFNUKroo%3D";
    let paths = [
        format!("/robot/send?{token}&timestamp=1700000000004&{sign}"),
        format!("/robot/send?{sign}&timestamp=1700000000004&{token}"),
    ];
    let body = text(Vendor::DingTalk, "x");
    // The same signature again is good as well.
    for path in paths.iter().chain(&paths) {
        set_clock(&env, 1_700_003_500);
        assert_eq!(code_of(&env.post(path, &body).await), 0, "{path}");
    }
    set_clock(&env, 1_700_003_700);
    let late = env.post(&paths[0], &body).await;
    assert_eq!(late["errmsg"], "invalid timestamp");
    set_clock(&env, 1_700_000_000);
    for (path, chinese, words) in [
        (paths[0].replace("u4kk", "U4kk"), false, "sign not match"),
        (paths[0].replace("%2B", "%252B"), true, "签名不匹配"),
        (path(Vendor::DingTalk), false, "sign not match"),
    ] {
        env.robots.set_switches(Switches { chinese_guards: chinese, ..Switches::default() });
        let refused = env.post(&path, &body).await;
        assert_eq!(refused["errcode"], 310_000);
        assert!(refused["errmsg"].as_str().unwrap().contains(words), "{refused}");
    }
}

#[tokio::test]
async fn feishus_signature_is_good_for_an_hour() {
    let env = RobotsEnv::new(|robot| robot.secret = Some("demo".to_owned())).await;
    let signed = |timestamp: Value, sign: &str| {
        let mut body = text(Vendor::Feishu, "x");
        body["timestamp"] = timestamp;
        body["sign"] = json!(sign);
        body
    };
    let sign = "8oT2n3SMKFfEnDoiwer8BUM/SjKLwe9SqoEIHlhDTKo=";
    let late = "+YO6mm6a/+zxs+vb3m2ISk3ZUYbKmIUQDM87+MsA1W0=";
    set_clock(&env, 1_700_000_000);
    for (body, code) in [
        (signed(json!("1700000000"), sign), 0),
        (signed(json!(1_700_000_000), sign), 0),
        (signed(json!("1700000010"), late), 0),
        (signed(json!("1700000010"), sign), 19_021),
        (text(Vendor::Feishu, "x"), 19_021),
    ] {
        assert_eq!(env.code(Vendor::Feishu, &body).await, code, "{body}");
    }
    set_clock(&env, 1_700_003_700);
    assert_eq!(env.code(Vendor::Feishu, &signed(json!("1700000000"), sign)).await, 19_021);
}

/// As the vendors are: what public clients send too much is no harm.
#[tokio::test]
async fn a_signature_that_nobody_asked_for_is_no_harm() {
    let env = RobotsEnv::new(|_| {}).await;
    let body = text(Vendor::DingTalk, "x");
    for more in ["&timestamp=1&sign=", "&sign=x"] {
        assert_eq!(code_of(&env.post(&(path(Vendor::DingTalk) + more), &body).await), 0, "{more}");
    }
    let slash = path(Vendor::Feishu) + "/";
    assert_eq!(code_of(&env.post(&slash, &text(Vendor::Feishu, "x")).await), 0);
}

//! Messages a minute, and DingTalk's silence. The runtime's clock is paused.

use std::time::Duration;

use local_clouds::robots::{Switches, Vendor};
use tokio::time::{advance, pause};

use super::env::{RobotsEnv, text};

async fn codes(env: &RobotsEnv, vendor: Vendor, times: usize) -> Vec<i64> {
    let mut codes = Vec::new();
    for _ in 0..times {
        codes.push(env.code(vendor, &text(vendor, "x")).await);
    }
    codes
}

#[tokio::test]
async fn dingtalk_silences_who_sends_a_twenty_first() {
    pause();
    let env = RobotsEnv::new(|_| {}).await;
    assert_eq!(codes(&env, Vendor::DingTalk, 20).await, [0; 20]);
    assert!(!env.robots.is_silenced("dingtalk"));
    assert_eq!(codes(&env, Vendor::DingTalk, 2).await, [130_101; 2]);
    assert!(env.robots.is_silenced("dingtalk"));
    // A new minute does not help, and asking does not prolong it.
    for _ in 0..9 {
        advance(Duration::from_secs(66)).await;
        assert_eq!(codes(&env, Vendor::DingTalk, 1).await, [130_101]);
    }
    advance(Duration::from_secs(6)).await;
    assert_eq!(codes(&env, Vendor::DingTalk, 21).await[..20], [0; 20]);
    // The other vendors' robots are others.
    assert_eq!(codes(&env, Vendor::WeCom, 1).await, [0]);
}

#[tokio::test]
async fn wecom_accepts_twenty_within_any_minute() {
    pause();
    let env = RobotsEnv::new(|_| {}).await;
    assert_eq!(codes(&env, Vendor::WeCom, 10).await, [0; 10]);
    advance(Duration::from_secs(30)).await;
    assert_eq!(codes(&env, Vendor::WeCom, 12).await, [&[0; 10][..], &[45_009; 2]].concat());
    advance(Duration::from_secs(30)).await;
    assert_eq!(codes(&env, Vendor::WeCom, 11).await, [&[0; 10][..], &[45_009]].concat());
    assert!(!env.robots.is_silenced("wecom"));
}

#[tokio::test]
async fn feishu_accepts_five_a_second_and_a_hundred_a_minute() {
    pause();
    let env = RobotsEnv::new(|_| {}).await;
    for _ in 0..20 {
        assert_eq!(codes(&env, Vendor::Feishu, 6).await, [0, 0, 0, 0, 0, 11_232]);
        advance(Duration::from_secs(1)).await;
    }
    assert_eq!(codes(&env, Vendor::Feishu, 1).await, [11_232]);
    advance(Duration::from_secs(40)).await;
    assert_eq!(codes(&env, Vendor::Feishu, 6).await, [0, 0, 0, 0, 0, 11_232]);
}

/// Refused for another reason, a message has been sent all the same.
#[tokio::test]
async fn a_refused_message_counts() {
    pause();
    let env = RobotsEnv::new(|robot| robot.keywords = vec!["word".to_owned()]).await;
    assert_eq!(codes(&env, Vendor::DingTalk, 21).await, [&[310_000; 20][..], &[130_101]].concat());
    env.robots.set_switches(Switches { limits: false, ..Switches::default() });
    assert_eq!(codes(&env, Vendor::DingTalk, 1).await, [310_000]);
}

#[tokio::test]
async fn feishu_can_be_busy_at_full_and_half_hours() {
    pause();
    let env = RobotsEnv::new(|_| {}).await;
    env.robots.set_switches(Switches { busy_half_hours: true, ..Switches::default() });
    let mut codes = Vec::new();
    for _ in 0..180 {
        codes.push(env.code(Vendor::Feishu, &text(Vendor::Feishu, "x")).await);
        advance(Duration::from_secs(10)).await;
    }
    assert_eq!(codes.iter().filter(|code| **code == 11_232).count(), 1);
}

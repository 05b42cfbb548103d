//! The endpoints of tests in other processes.

use serde_json::{Value, json};

use super::env::{RobotsEnv, code_of, path, text};
use local_clouds::robots::Vendor;

async fn get(env: &RobotsEnv, path: &str) -> Value {
    serde_json::from_slice(&env.send("GET", path, "").await.1).unwrap()
}

#[tokio::test]
async fn a_robot_is_added_and_its_messages_are_shown() {
    let env = RobotsEnv::new(|_| {}).await;
    let robot = json!({"vendor": "feishu", "name": "team", "token": "fedcba9876543210", "keywords": ["片"]});
    env.post("/_sandbox/robots", &robot).await;
    let robots = get(&env, "/_sandbox").await;
    let path =
        robots.as_array().unwrap().iter().find(|robot| robot["name"] == "team").unwrap()["path"].clone();
    assert_eq!(path, "/open-apis/bot/v2/hook/fedcba9876543210");
    let (path, bodies) = (path.as_str().unwrap(), ["影片", "x"].map(|words| text(Vendor::Feishu, words)));
    for (body, code) in bodies.iter().zip([0, 19_024]) {
        assert_eq!(code_of(&env.post(path, body).await), code);
    }
    let requests = get(&env, "/_sandbox/requests").await;
    assert_eq!(requests.as_array().unwrap().len(), 2);
    assert_eq!((&requests[1]["code"], &requests[1]["robot"]), (&json!(19_024), &json!("team")));
    let messages = get(&env, "/_sandbox/messages").await;
    assert_eq!((messages.as_array().unwrap().len(), &messages[0]["body"]), (1, &bodies[0]));
    // Its owner changes it.
    let changed = json!({"vendor": "feishu", "name": "team", "token": "fedcba9876543210", "keywords": ["x"]});
    env.post("/_sandbox/robots", &changed).await;
    for (body, code) in bodies.iter().zip([19_024, 0]) {
        assert_eq!(code_of(&env.post(path, body).await), code);
    }
}

#[tokio::test]
async fn switches_and_clock_are_set_from_outside() {
    let env = RobotsEnv::new(|robot| robot.secret = Some("demo".to_owned())).await;
    let all = env.post("/_sandbox/switches", &json!({"limits": false})).await;
    assert_eq!(all, json!({"limits": false, "chinese_guards": false, "busy_half_hours": false}));
    assert_eq!(get(&env, "/_sandbox/switches").await, all);
    let (status, answer) = env.send("POST", "/_sandbox/switches", r#"{"limit": false}"#).await;
    assert!(status == 400 && String::from_utf8(answer).unwrap().contains("limit"));
    // An hour ahead, a signature of now is too old.
    let mut body = text(Vendor::Feishu, "x");
    body["timestamp"] = json!("1700000000");
    body["sign"] = json!("8oT2n3SMKFfEnDoiwer8BUM/SjKLwe9SqoEIHlhDTKo=");
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    for (offset, code) in [(0, 0), (3_700, 19_021)] {
        let ahead = 1_700_000_000 + offset - i64::try_from(now).unwrap();
        env.post("/_sandbox/clock", &json!({"ahead_seconds": ahead})).await;
        assert_eq!(code_of(&env.post(&path(Vendor::Feishu), &body).await), code);
    }
    assert_eq!(env.send("GET", "/_sandbox/nothing", "").await.0, 404);
}

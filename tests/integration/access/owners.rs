//! Old clients with an old `ak` keep working; another user's token publishes nothing.

use super::start_env;
use crate::support::{Setup, sample_bytes};
use local_clouds::youku::{Account, YoukuConfig};
use serde_json::{Value, json};

const TRUST: (&str, &str) = ("OSS2YOUKU_HTTP__TRUST_GATEWAY", "true");
const LEGACY: (&str, &str) = ("OSS2YOUKU_LEGACY__BUCKET", "videos");

/// Another user of the same application.
fn with_another_user(youku: &mut YoukuConfig) {
    youku.accounts.push(Account {
        name: "another".into(),
        user_id: 2_000_002,
        access_token: "of-another-user".into(),
        refresh_token: "another-refresh-token".into(),
        ..Account::default()
    });
}

fn task(client: &str, token: &str, key: &str) -> Value {
    json!({"conf": {"clientid": client, "ak": token, "keyname": key}, "youku": {"title": key}})
}

#[tokio::test]
async fn an_old_ak_keeps_working_and_another_users_is_refused() {
    let setup =
        Setup { youku: with_another_user, events: Some(&["oss:ObjectModified:*"]), ..Setup::default() };
    let env = start_env(&[TRUST, LEGACY], setup).await;
    let client = env.variables["OSS2YOUKU_ACCOUNTS__MAIN__CLIENT_ID"].clone();
    let video = sample_bytes(1, 1000);
    env.put("user/dee/foreign.mp4", &video).await;
    let foreign = async || {
        let task = task(&client, "of-another-user", "foreign");
        let (status, report) = env.ask_http_with_token("/uploads", "", Some(&task)).await;
        assert_eq!((status, &report["error"]), (400, &json!("invalid_job")), "{report}");
        assert!(report["msg"].as_str().unwrap().contains("conf.ak"), "{report}");
    };
    foreign().await;
    // Renewed twice, so that the settings' own token and its successor are both old.
    let mut tokens = vec![env.variables["OSS2YOUKU_ACCOUNTS__MAIN__ACCESS_TOKEN"].clone()];
    for number in 0..2 {
        env.clouds.youku.expire_access_token(&client);
        let key = format!("renewed-{number}");
        env.put(&format!("user/dee/{key}.mp4"), &video).await;
        let (status, report) =
            env.ask_http_with_token("/uploads", "", Some(&task(&client, &tokens[0], &key))).await;
        assert_eq!((status, &report["data"]["warning"]), (200, &json!(null)), "{report}");
        tokens.push(env.clouds.youku.tokens(&client).unwrap().access_token);
    }
    for (number, token) in tokens.iter().enumerate() {
        let key = format!("old-{number}");
        env.put(&format!("user/dee/{key}.mp4"), &video).await;
        let (status, report) =
            env.ask_http_with_token("/uploads", "", Some(&task(&client, token, &key))).await;
        assert_eq!((status, &report["data"]["warning"]), (200, &json!(null)), "{report}");
        env.assert_published(&key, &video);
    }
    // An unknown token is taken for the account's, with a warning.
    env.put("user/dee/unknown.mp4", &video).await;
    let (status, report) =
        env.ask_http_with_token("/uploads", "", Some(&task(&client, "forgotten-ak", "unknown"))).await;
    let warning = report["data"]["warning"].as_str().unwrap_or_default();
    assert!(status == 200 && warning.contains("conf.ak") && warning.contains("account main"), "{report}");
    assert!(env.log().contains("whose owner is unknown"), "{}", env.log());
    env.assert_published("unknown", &video);

    // What Youku said of a token is kept although the token has expired since.
    foreign().await;
    assert!(env.clouds.youku.videos().iter().all(|video| video.title != "foreign"));
    let log = env.log();
    for token in tokens.iter().map(String::as_str).chain(["forgotten-ak", "of-another-user"]) {
        assert!(!log.contains(token), "{token} in {log}");
    }
}

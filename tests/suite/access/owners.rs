//! Old clients with an old `ak` go on working; another user's token publishes nothing.

use super::{ask, rig};
use crate::function::{Setup, bytes};
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
async fn an_old_ak_goes_on_working_and_another_users_is_refused() {
    let setup =
        Setup { youku: with_another_user, events: Some(&["oss:ObjectModified:*"]), ..Setup::default() };
    let rig = rig(&[TRUST, LEGACY], setup).await;
    let client = rig.env["OSS2YOUKU_ACCOUNTS__MAIN__CLIENT_ID"].clone();
    let video = bytes(1, 1000);
    rig.put("user/dee/foreign.mp4", &video).await;
    let foreign = async || {
        let task = task(&client, "of-another-user", "foreign");
        let (status, told) = ask(&rig, "/uploads", "", Some(&task)).await;
        assert_eq!((status, &told["error"]), (400, &json!("invalid_job")), "{told}");
        assert!(told["msg"].as_str().unwrap().contains("conf.ak"), "{told}");
    };
    foreign().await;
    // Renewed twice: the settings' own token and the one after it are old then.
    let mut tokens = vec![rig.env["OSS2YOUKU_ACCOUNTS__MAIN__ACCESS_TOKEN"].clone()];
    for number in 0..2 {
        rig.clouds.youku.expire_access_token(&client);
        let key = format!("renewed-{number}");
        rig.put(&format!("user/dee/{key}.mp4"), &video).await;
        let (status, told) = ask(&rig, "/uploads", "", Some(&task(&client, &tokens[0], &key))).await;
        assert_eq!((status, &told["data"]["warning"]), (200, &json!(null)), "{told}");
        tokens.push(rig.clouds.youku.tokens(&client).unwrap().access_token);
    }
    for (number, token) in tokens.iter().enumerate() {
        let key = format!("old-{number}");
        rig.put(&format!("user/dee/{key}.mp4"), &video).await;
        let (status, told) = ask(&rig, "/uploads", "", Some(&task(&client, token, &key))).await;
        assert_eq!((status, &told["data"]["warning"]), (200, &json!(null)), "{told}");
        rig.published(&key, &video);
    }
    // A token of which nobody knows anything: ours, and said so.
    rig.put("user/dee/unknown.mp4", &video).await;
    let (status, told) = ask(&rig, "/uploads", "", Some(&task(&client, "forgotten-ak", "unknown"))).await;
    let warning = told["data"]["warning"].as_str().unwrap_or_default();
    assert!(status == 200 && warning.contains("conf.ak") && warning.contains("account main"), "{told}");
    assert!(rig.log().contains("nobody knows whose it is"), "{}", rig.log());
    rig.published("unknown", &video);

    // What Youku said once is kept, although that token has ended since.
    foreign().await;
    assert!(rig.clouds.youku.videos().iter().all(|video| video.title != "foreign"));
    let log = rig.log();
    for token in tokens.iter().map(String::as_str).chain(["forgotten-ak", "of-another-user"]) {
        assert!(!log.contains(token), "{token} in {log}");
    }
}

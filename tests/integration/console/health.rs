//! What the page says of tokens and sweeps.

use super::{
    browser::{start_with_ledger, walk},
    start_console,
};
use crate::support::{Setup, TestEnv, console::Browser, sample_bytes};
use app::core::ledger::Timestamp;
use serde_json::json;
use std::time::{Duration, SystemTime};

/// The page says when the last sweep ended, and, once a token was renewed, until when it is good.
#[tokio::test]
async fn health_tells_of_the_last_sweep_and_each_token() {
    let env = TestEnv::start(Setup::default()).await;
    let folder = tempfile::tempdir().unwrap();
    let console = start_console(&env, folder.path());
    let browser = Browser::open(&console.url).await;
    let health = browser.get("/console/health").await;
    assert_eq!((health.get("last_sweep"), &health["tokens"][0]["account"]), (None, &json!("main")));
    let before = health["tokens"][0]["state"].clone();

    let account = env.clouds.endpoints.youku_accounts[0].clone();
    env.clouds.youku.expire_access_token(&account.client_id);
    env.put("film.mp4", &sample_bytes(1, 1000)).await;
    env.wait_for_deliveries().await;
    env.call_with_timer().await;
    let health = browser.get("/console/health?lang=zh").await;
    let time = |value: &serde_json::Value| value.as_str().unwrap().parse::<Timestamp>().unwrap().get();
    let ago = SystemTime::now().duration_since(time(&health["last_sweep"])).unwrap();
    assert!(ago < Duration::from_secs(60), "{ago:?}");
    let token = &health["tokens"][0];
    assert_eq!((&before, &token["state"]), (&json!("from_settings"), &json!("valid")), "{health}");
    assert!(time(&token["until"]) > SystemTime::now() + Duration::from_secs(3600), "{token}");
    let told = health.to_string();
    assert!(!told.contains(&account.access_token) && !told.contains(&account.refresh_token), "{told}");
}

/// The page shows tokens where robots cannot be read, and robots where tokens cannot; and says which cannot, in both languages.
#[tokio::test]
async fn a_part_that_cannot_be_read_hides_no_other() {
    let folder = tempfile::tempdir().unwrap();
    walk(&start_with_ledger(folder.path()), "parts", json!({})).await;
}

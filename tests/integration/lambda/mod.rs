//! The function as Lambda runs it: under AWS's own emulator, between an S3 server by another author and a local Youku.
//!
//! The tests check what comes of an event: what Youku has, what the function answers.

mod carried_events;
mod concurrency;
mod developing;
mod emulator;
mod events;
mod http_senders;
mod interruptions;
mod keys;
mod package;
mod probe;
mod role;
mod runtime_api;
mod start;
mod streaming;
mod template;
mod traces;

use crate::support::{
    assert_one_video,
    ledger_bucket::SEAL_KEY,
    s3::{KEY, REGION, S3},
};
use bytes::Bytes;
use emulator::Emulator;
use local_clouds::{
    clouds::{CloudsConfig, LocalClouds},
    fc::FunctionConfig,
    youku::VideoView,
};
use serde_json::Value;
use std::collections::BTreeMap;
use tempfile::TempDir;

const RULES: &str = r#"[{bucket="videos",account="main",public_type="all",sidecar="off"},{bucket="films",account="main",public_type="all",sidecar="off"}]"#;

/// S3, OSS, Youku, and the function's settings for them.
struct LambdaEnv {
    clouds: LocalClouds,
    s3: S3,
    variables: BTreeMap<String, String>,
    folder: TempDir,
}

impl LambdaEnv {
    async fn start(more: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let s3 = S3::start(&folder.path().join("s3"), &["videos", "ledger"]).await;
        let config = CloudsConfig::new(folder.path().join("clouds"));
        // The local function host has nothing to do.
        let clouds =
            LocalClouds::start(config.clone(), |_| FunctionConfig::new("none", ["false"])).await.unwrap();
        clouds.oss.create_bucket("films");
        let account = &config.youku.accounts[0];
        let usual = [
            ("AWS_REGION", REGION),
            ("AWS_ACCESS_KEY_ID", KEY.0),
            ("AWS_SECRET_ACCESS_KEY", KEY.1),
            ("AWS_SESSION_TOKEN", "a role's token"),
            ("OSS2YOUKU_SOURCE__S3_ENDPOINT", &s3.endpoint),
            ("OSS2YOUKU_SOURCE__ENDPOINT", &clouds.endpoints.oss),
            ("OSS2YOUKU_SOURCE__ACCESS_KEY_ID", &config.access_key.0),
            ("OSS2YOUKU_SOURCE__ACCESS_KEY_SECRET", &config.access_key.1),
            ("OSS2YOUKU_YOUKU__API", &clouds.endpoints.youku),
            ("OSS2YOUKU_YOUKU__BUCKET_REGION", &config.youku.region),
            ("OSS2YOUKU_RULES", RULES),
            ("OSS2YOUKU_LEDGER__LOCATION", "s3://ledger/oss2youku/"),
            ("OSS2YOUKU_LEDGER__SEAL_KEY", SEAL_KEY),
            ("OSS2YOUKU_LEDGER__LEASE_SECONDS", "3"),
            ("OSS2YOUKU_LEGACY__BUCKET", "films"),
            ("OSS2YOUKU_HTTP__TRUST_GATEWAY", "true"),
            ("OSS2YOUKU_ACCOUNTS__MAIN__CLIENT_ID", &account.client_id),
            ("OSS2YOUKU_ACCOUNTS__MAIN__ACCESS_TOKEN", &account.access_token),
            ("OSS2YOUKU_ACCOUNTS__MAIN__REFRESH_TOKEN", &account.refresh_token),
        ];
        let all = usual.iter().chain(more);
        let variables = all.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { clouds, s3, variables, folder }
    }

    /// A host of the function with a time-out in seconds; `name` is its log's.
    async fn host(&self, name: &str, seconds: u32) -> Emulator {
        Emulator::start(&self.variables, seconds, self.folder.path().join(name)).await
    }

    /// Asserts that exactly one video has that title, that it was committed once, and that it has exactly these bytes.
    fn assert_published(&self, title: &str, bytes: &Bytes) -> VideoView {
        assert_one_video(self.clouds.youku.videos(), title, bytes, String::new)
    }
}

/// An event of the documentation about the object `in/TITLE (final)+第.mp4`, or `in/第 1 部+TITLE.mp4` of OSS.
fn fixture(name: &str, title: &str) -> Value {
    let path = crate::support::workspace().join(format!("functions/aws-lambda/fixtures/{name}.json"));
    let text = std::fs::read_to_string(path).unwrap();
    let text = text.replace("My+clip", title).replace("My clip", title).replace("a%20b", title);
    serde_json::from_str(&text.replace("in/film.mp4", &format!("in/{title}.mp4"))).unwrap()
}

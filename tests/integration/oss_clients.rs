//! Official OSS clients check the local OSS: whatever they cannot do with it, or are not refused, fails here.

use crate::support::{client_script, run_to_end, sample_bytes, store::put_in_parts, tools};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use local_clouds::control::{Control, Server, serve};
use local_clouds::oss::{AccessKey, Oss, OssConfig};
use object_storage::{Credentials, ErrorKind, PutOptions, Store, StoreConfig};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::process::Command;

/// A local OSS with the keys the scripts are given.
struct ClientEnv {
    server: Server,
    _data: tempfile::TempDir,
}

impl ClientEnv {
    async fn new() -> Self {
        let data = tempfile::tempdir().unwrap();
        let oss = Oss::new(OssConfig::new(data.path())).unwrap();
        oss.create_bucket("suite");
        let hour = Duration::from_secs(3600);
        let now = SystemTime::now();
        oss.add_key(AccessKey::permanent("LTAIpermanent", "permanent-secret"));
        oss.add_key(AccessKey::temporary("STS.live", "live-secret", "live/token+==", now + hour));
        oss.add_key(AccessKey::temporary("STS.stale", "stale-secret", "stale/token+==", now - hour));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self { server: serve(listener, oss, Control::new()), _data: data }
    }

    fn settings(&self) -> String {
        json!({
            "endpoint": format!("http://{}", self.server.addr()),
            "region": "cn-hangzhou",
            "bucket": "suite",
            "permanent": { "id": "LTAIpermanent", "secret": "permanent-secret" },
            "temporary": { "id": "STS.live", "secret": "live-secret", "token": "live/token+==" },
            "stale": { "id": "STS.stale", "secret": "stale-secret", "token": "stale/token+==" },
        })
        .to_string()
    }
}

fn script(name: &str) -> PathBuf {
    client_script("oss").join(name)
}

/// Runs a script; each of its modes must be `ok`, and there must be as many as expected.
async fn check_with(mut client: Command, modes: usize) {
    let env = ClientEnv::new().await;
    let output = run_to_end(client.arg(env.settings())).await;
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    let report: Value =
        stdout.lines().last().and_then(|line| serde_json::from_str(line).ok()).unwrap_or_default();
    let results = report["results"].as_object().cloned().unwrap_or_default();
    let failed = results.iter().filter(|(_, result)| **result != "ok").collect::<Vec<_>>();
    assert!(failed.is_empty() && output.status.success(), "{failed:#?}\n{stdout}\n{stderr}");
    assert_eq!(results.len(), modes, "{stdout}");
}

fn python(name: &str) -> Command {
    let mut command = Command::new(tools().join("venv/bin/python"));
    command.arg("-B").arg(script(name));
    command
}

#[tokio::test]
async fn oss2_works_with_both_signatures_and_is_refused_in_order() {
    check_with(python("oss2_client.py"), 11).await;
}

#[tokio::test]
async fn alibabacloud_oss_v2_works_and_is_refused_where_it_should_be() {
    check_with(python("oss_v2_client.py"), 6).await;
}

/// Clients of S3 use the endpoint as well, as they use the real one.
#[tokio::test]
async fn boto3_works_and_is_refused_as_the_real_oss_refuses_it() {
    let mut command = Command::new(tools().join("moto/bin/python"));
    command.arg("-B").arg(script("boto3_client.py"));
    check_with(command, 9).await;
}

/// The product's own S3 client: objects in one request and in parts, by their keys as they are.
#[tokio::test]
async fn the_products_s3_client_works_with_the_local_oss() {
    let env = ClientEnv::new().await;
    let endpoint = format!("http://{}", env.server.addr());
    let credentials = |secret: &str| Credentials::Static {
        access_key_id: "LTAIpermanent".to_owned(),
        access_key_secret: secret.to_owned().into(),
        security_token: None,
    };
    let open = |secret: &str| {
        let config = StoreConfig::s3("suite").endpoint(&endpoint).region(Some("us-east-1".to_owned()));
        Store::new(config.credentials(credentials(secret)), app::store_client().unwrap()).unwrap()
    };
    let (store, bytes) = (open("permanent-secret"), sample_bytes(1, 700_000));
    let options = PutOptions {
        user_metadata: [("youku-title".to_owned(), "Film".to_owned())].into(),
        ..PutOptions::default()
    };
    store.put("dir/a b+c%20.mp4", bytes.clone(), &options).await.unwrap();
    put_in_parts(&store, "dir/in parts.mp4", &bytes, 300_000, &options).await;
    for key in ["dir/a b+c%20.mp4", "dir/in parts.mp4"] {
        let (object, read) = store.read_all(key, 1 << 20).await.unwrap();
        assert_eq!(object.user_metadata["youku-title"], b"Film", "{key}");
        assert!(read == bytes, "{key}");
    }
    let refused = open("wrong").head("dir/a b+c%20.mp4").await;
    assert!(refused.is_err_and(|error| error.kind() == ErrorKind::AccessDenied));
}

#[tokio::test]
async fn ali_oss_works_and_is_refused_where_it_should_be() {
    let mut command = Command::new("node");
    command.env("NODE_PATH", tools().join("node/node_modules")).arg(script("ali_oss_client.js"));
    check_with(command, 6).await;
}

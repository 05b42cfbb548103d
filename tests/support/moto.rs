//! An S3 that nobody here wrote: `moto`, the mock of AWS that Python programs are tested with, as a process.

use super::{
    port::{free_port, wait_until_listening},
    tools,
};
use bytes::Bytes;
use object_storage::{Credentials, PutOptions, Store, StoreConfig};
use std::process::Stdio;
use tokio::process::{Child, Command};

/// Until it is told to check rights, moto asks for a signature and does not check it.
pub(crate) const KEY: (&str, &str) = ("AKIAEXAMPLE", "a secret");
pub(crate) const REGION: &str = "us-east-1";

/// A running server with one bucket; dropping it ends the server.
pub(crate) struct Moto {
    pub(crate) endpoint: String,
    bucket: String,
    _process: Child,
}

impl Moto {
    pub(crate) async fn start(bucket: &str) -> Self {
        let port = free_port();
        let process = Command::new(tools().join("moto/bin/moto_server"))
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("moto_server, which tests/tools.sh installs");
        assert!(wait_until_listening(port).await, "moto does not listen");
        let endpoint = format!("http://127.0.0.1:{port}");
        let moto = Self { endpoint, bucket: bucket.to_owned(), _process: process };
        moto.create_bucket(bucket).await;
        moto
    }

    /// One more bucket.
    pub(crate) async fn create_bucket(&self, bucket: &str) {
        self.owner_put(bucket, "").await;
    }

    /// Lets the bucket that it began with keep versions.
    pub(crate) async fn keep_versions(&self) {
        let document = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
        self.owner_put(&format!("{}?versioning", self.bucket), document).await;
    }

    /// Asks for a bucket or its setting, without a signature.
    async fn owner_put(&self, path: &str, document: &'static str) {
        let request = app::http_client().unwrap().put(format!("{}/{path}", self.endpoint)).body(document);
        assert_eq!(request.send().await.unwrap().status(), 200, "{path}");
    }

    /// Puts an object with this user metadata.
    pub(crate) async fn put(&self, key: &str, bytes: &Bytes, metadata: &[(&str, &str)]) {
        let config = StoreConfig::s3(&self.bucket).endpoint(&self.endpoint).region(Some(REGION.to_owned()));
        let config = config.credentials(Credentials::Static {
            access_key_id: KEY.0.to_owned(),
            access_key_secret: KEY.1.into(),
            security_token: None,
        });
        let store = Store::new(config, app::store_client().unwrap()).unwrap();
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let options =
            PutOptions { user_metadata: metadata.iter().map(owned).collect(), ..PutOptions::default() };
        store.put(key, bytes.clone(), &options).await.unwrap();
    }
}

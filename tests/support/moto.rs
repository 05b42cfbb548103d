//! An S3 that nobody here wrote: `moto`, the mock of AWS that Python programs are tested with, as a process.

use super::{
    port::{free_port, wait_until_listening},
    tools,
};
use bytes::Bytes;
use object_storage::{Credentials, PutOptions, Store, StoreConfig};
use std::process::Stdio;
use tokio::process::{Child, Command};

/// moto asks for a signature and does not check it.
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
        let created = app::http_client().unwrap().put(format!("{endpoint}/{bucket}")).send().await.unwrap();
        assert_eq!(created.status(), 200, "the bucket");
        Self { endpoint, bucket: bucket.to_owned(), _process: process }
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

//! An S3 server by another author that checks every signature: `s3s-fs`, in this process.

use super::{MIB, slash_keys::SlashKeys, store::put_in_parts};
use bytes::Bytes;
use hyper::{
    Method, Request,
    body::Incoming,
    server::conn::http1,
    service::{Service, service_fn},
};
use hyper_util::rt::TokioIo;
use object_storage::{Credentials, PutOptions, Store, StoreConfig};
use s3s::{
    auth::SimpleAuth,
    service::{S3Service, S3ServiceBuilder},
};
use s3s_fs::FileSystem;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::{net::TcpListener, sync::Mutex, task::JoinHandle};

pub(crate) const REGION: &str = "eu-west-1";
pub(crate) const KEY: (&str, &str) = ("AKIAEXAMPLE", "the function's secret");

/// A running server; dropping it ends the server.
pub(crate) struct S3 {
    pub(crate) endpoint: String,
    folder: PathBuf,
    accepting: JoinHandle<()>,
}

impl S3 {
    /// Serves the folders in `folder` as buckets.
    pub(crate) async fn start(folder: &Path, buckets: &[&str]) -> Self {
        Self::start_with(folder, buckets, false).await
    }

    /// Starts a server that ignores `If-None-Match` where it `replaces`: it replaces what it was asked to create.
    pub(crate) async fn start_with(folder: &Path, buckets: &[&str], replaces: bool) -> Self {
        let files = open_buckets(folder, buckets);
        Self::serve(folder, S3ServiceBuilder::new(files), replaces).await
    }

    async fn serve(folder: &Path, mut builder: S3ServiceBuilder, replaces: bool) -> Self {
        builder.set_auth(SimpleAuth::from_single(KEY.0, KEY.1));
        let service = builder.build();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let accepting = tokio::spawn(accept(listener, service, replaces));
        Self { endpoint, folder: folder.to_owned(), accepting }
    }

    /// Starts a server that also has keys which begin with a slash, and neither parts nor lists of the prefix `/`.
    pub(crate) async fn start_with_slashes(folder: &Path, buckets: &[&str]) -> Self {
        let files = SlashKeys(open_buckets(folder, buckets));
        Self::serve(folder, S3ServiceBuilder::new(files), false).await
    }

    /// A bucket of it, as its owner sees it.
    pub(crate) fn bucket(&self, name: &str) -> Store {
        let config = StoreConfig::s3(name).endpoint(&self.endpoint).region(Some(REGION.to_owned()));
        let config = config.credentials(Credentials::Static {
            access_key_id: KEY.0.to_owned(),
            access_key_secret: KEY.1.into(),
            security_token: None,
        });
        Store::new(config, app::store_client().unwrap()).unwrap()
    }

    /// Puts an object, a large one in parts.
    pub(crate) async fn put(&self, bucket: &str, key: &str, bytes: &Bytes) {
        let store = self.bucket(bucket);
        if bytes.len() <= 64 * MIB {
            store.put(key, bytes.clone(), &PutOptions::default()).await.unwrap();
            return;
        }
        put_in_parts(&store, key, bytes, 64 * MIB, &PutOptions::default()).await;
    }

    /// Whether a bucket has something below a prefix.
    pub(crate) fn has(&self, bucket: &str, prefix: &str) -> bool {
        let entries = std::fs::read_dir(self.folder.join(bucket).join(prefix));
        entries.is_ok_and(|mut entries| entries.next().is_some())
    }
}

fn open_buckets(folder: &Path, buckets: &[&str]) -> FileSystem {
    for bucket in buckets {
        std::fs::create_dir_all(folder.join(bucket)).unwrap();
    }
    FileSystem::new(folder).unwrap()
}

impl Drop for S3 {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, service: S3Service, replaces: bool) {
    // This server checks whether an object exists and then writes it; S3 does both atomically.
    let writing = Arc::new(Mutex::new(()));
    while let Ok((socket, _)) = listener.accept().await {
        let (service, writing) = (service.clone(), writing.clone());
        let handler = service_fn(move |mut request: Request<Incoming>| {
            if replaces {
                request.headers_mut().remove("if-none-match");
            }
            let (service, writing) = (service.clone(), writing.clone());
            async move {
                let _lock = match *request.method() {
                    Method::PUT => Some(writing.lock().await),
                    _ => None,
                };
                Service::call(&service, request).await
            }
        });
        // A client that goes away ends its connection with an error.
        tokio::spawn(async move {
            http1::Builder::new().serve_connection(TokioIo::new(socket), handler).await.ok()
        });
    }
}

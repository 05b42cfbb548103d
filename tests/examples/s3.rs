//! Serves folders as S3 endpoints of a server by another author (`s3s-fs`) until standard input ends: `s3 FOLDER...`, each folder's own
//! folders being its buckets. Prints one line of JSON: the addresses and the key.

use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use s3s::{
    auth::SimpleAuth,
    service::{S3Service, S3ServiceBuilder},
};
use s3s_fs::FileSystem;
use serde_json::json;
use std::{
    error::Error,
    io::{Read, Write, stdin, stdout},
};
use tokio::net::TcpListener;

const KEY: (&str, &str) = ("AKIAEXAMPLE", "secret");

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut endpoints = Vec::new();
    for folder in std::env::args_os().skip(1) {
        let store = FileSystem::new(folder).map_err(|error| format!("{error:?}"))?;
        let mut builder = S3ServiceBuilder::new(store);
        builder.set_auth(SimpleAuth::from_single(KEY.0, KEY.1));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        endpoints.push(format!("http://{}", listener.local_addr()?));
        tokio::spawn(serve(listener, builder.build()));
    }
    writeln!(stdout(), "{}", json!({"endpoints": endpoints, "region": "eu-west-1", "access_key": KEY}))?;
    stdout().flush()?;
    // The servers run on other threads.
    stdin().lock().read_to_end(&mut Vec::new())?;
    Ok(())
}

async fn serve(listener: TcpListener, service: S3Service) {
    while let Ok((socket, _)) = listener.accept().await {
        // A client that goes away ends its connection with an error.
        let connection = http1::Builder::new().serve_connection(TokioIo::new(socket), service.clone());
        tokio::spawn(async move { connection.await.ok() });
    }
}

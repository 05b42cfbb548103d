//! A server in this process, spoken to without a socket.

use axum::body::{Body, to_bytes};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::signing::sign_v1;
use local_clouds::control::Cloud;
use local_clouds::oss::{AccessKey, Oss, OssConfig};

pub(crate) struct OssEnv {
    pub(crate) oss: Oss,
    pub(crate) dir: tempfile::TempDir,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    /// The first element of that name.
    pub(crate) fn element(&self, name: &str) -> String {
        self.elements(name).into_iter().next().unwrap_or_default()
    }

    pub(crate) fn elements(&self, name: &str) -> Vec<String> {
        let text = self.text();
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        text.split(&open).skip(1).filter_map(|rest| rest.split(&close).next()).map(str::to_owned).collect()
    }

    /// Status and error code.
    pub(crate) fn refusal(&self) -> (u16, String) {
        (self.status, self.element("Code"))
    }
}

impl OssEnv {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self { oss: open(&dir), dir }
    }

    /// The same data folder after a restart.
    pub(crate) fn restart(self) -> Self {
        drop(self.oss);
        Self { oss: open(&self.dir), dir: self.dir }
    }

    pub(crate) async fn call(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
        self.call_with_bytes(method, path, &headers, body).await
    }

    /// A call whose headers hold any bytes.
    pub(crate) async fn call_with_bytes(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &[u8])],
        body: impl Into<Body>,
    ) -> Answer {
        let mut parts = http::Request::builder()
            .method(method)
            .uri(format!("/bucket{path}"))
            .body(())
            .unwrap()
            .into_parts()
            .0;
        parts.headers.insert("host", HeaderValue::from_static("127.0.0.1:9000"));
        parts.headers.insert("transfer-encoding", HeaderValue::from_static("chunked"));
        for (name, value) in headers {
            parts.headers.insert(
                HeaderName::from_bytes(name.as_bytes()).unwrap(),
                HeaderValue::from_bytes(value).unwrap(),
            );
        }
        sign_v1(&mut parts, "AK", "secret");
        let answer = self.oss.handle(http::Request::from_parts(parts, body.into())).await;
        let (parts, body) = answer.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    pub(crate) async fn put(&self, path: &str, body: impl Into<Body>) -> Answer {
        self.call("PUT", path, &[], body).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, &[], "").await
    }

    /// The id of a new multipart upload.
    pub(crate) async fn initiate(&self, path: &str) -> String {
        let answer = self.call("POST", &format!("{path}?uploads"), &[("x-oss-meta-title", "t")], "").await;
        answer.element("UploadId")
    }

    pub(crate) async fn part(&self, path: &str, id: &str, number: u32, body: Vec<u8>) -> Answer {
        self.put(&format!("{path}?partNumber={number}&uploadId={id}"), body).await
    }

    /// Completes from these parts: number and quoted ETag.
    pub(crate) async fn complete(&self, path: &str, id: &str, parts: &[(u32, &str)]) -> Answer {
        let parts = parts.iter().map(|(number, etag)| {
            format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>")
        });
        let xml = format!("<CompleteMultipartUpload>{}</CompleteMultipartUpload>", parts.collect::<String>());
        self.call("POST", &format!("{path}?uploadId={id}"), &[], xml).await
    }

    /// Files of content in the data folder.
    pub(crate) fn segments(&self) -> usize {
        std::fs::read_dir(self.dir.path().join("data")).unwrap().count()
    }
}

fn open(dir: &tempfile::TempDir) -> Oss {
    let oss = Oss::new(OssConfig::new(dir.path())).unwrap();
    oss.create_bucket("bucket");
    oss.add_key(AccessKey::permanent("AK", "secret"));
    oss
}

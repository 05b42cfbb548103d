//! The calls to a slice server.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use secrecy::{ExposeSecret, SecretString};

use crate::answer::Answer;
use crate::call::{self, CALL_TIME, Fields};
use crate::{Check, Error, ErrorKind, Invalid, Slice};

/// The longest slice a server may be asked for, in KiB.
pub const MAX_SLICE_LENGTH_KIB: u32 = 10_240;

/// Time for one slice, up to 10 MiB, to go out and be answered.
const SLICE_TIME: Duration = Duration::from_secs(120);

const HTTP_PORT: u16 = 80;

/// The one address that takes the slices of an upload.
#[derive(Debug, Clone)]
pub struct SliceServer {
    http: reqwest::Client,
    address: String,
}

impl SliceServer {
    /// IP address, with a port where it is not 80: what [`Client::slice_server_at`](crate::Client::slice_server_at) takes.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Announces the file. `extension` has no dot; `slice_length_kib` is 1 to [`MAX_SLICE_LENGTH_KIB`], Youku's own default is 2048.
    ///
    /// # Errors
    /// `Invalid` for a slice length out of range, then any kind.
    pub async fn create_file(
        &self,
        upload_token: &SecretString,
        file_size: u64,
        extension: &str,
        slice_length_kib: u32,
    ) -> Result<(), Error> {
        if !(1..=MAX_SLICE_LENGTH_KIB).contains(&slice_length_kib) {
            let invalid = Invalid::new("slice_length", "1 to 10240 KiB", slice_length_kib);
            return Err(Error::from_invalid("create_file", invalid));
        }
        let form = [
            ("upload_token", upload_token.expose_secret()),
            ("file_size", &file_size.to_string()),
            ("ext", extension),
            ("slice_length", &slice_length_kib.to_string()),
        ];
        let url = self.url("create_file");
        call::post_form(&self.http, "create_file", &url, &form).await?;
        Ok(())
    }

    /// Asks for a slice to send. Several workers may each hold one.
    ///
    /// # Errors
    /// Any kind but `Invalid`.
    pub async fn new_slice(&self, upload_token: &SecretString) -> Result<Slice, Error> {
        let query = [("upload_token", upload_token.expose_secret())];
        read_slice(&self.get("new_slice", &query).await?)
    }

    /// Sends a slice's bytes with their MD5 (32 hex digits) and answers the next slice to send.
    ///
    /// # Errors
    /// `HashMismatch` means the bytes were spoilt on the way: send them again. Any kind but `Invalid`.
    pub async fn upload_slice(
        &self,
        upload_token: &SecretString,
        slice: &Slice,
        bytes: Bytes,
        md5: &str,
    ) -> Result<Slice, Error> {
        let query = [
            ("upload_token", upload_token.expose_secret()),
            ("slice_task_id", &slice.id.to_string()),
            ("offset", &slice.offset.to_string()),
            ("length", &slice.length.to_string()),
            ("hash", md5),
        ];
        let query = call::encode("upload_slice", &query)?;
        let request = self.http.post(format!("{}?{query}", self.url("upload_slice"))).body(bytes);
        read_slice(&call::send("upload_slice", request, SLICE_TIME).await?)
    }

    /// Asks how far the upload has come.
    ///
    /// # Errors
    /// Any kind but `Invalid`.
    pub async fn check(&self, upload_token: &SecretString) -> Result<Check, Error> {
        let query = [("upload_token", upload_token.expose_secret())];
        Check::from_answer(&self.get("check", &query).await?)
    }

    pub(crate) fn from_address(http: reqwest::Client, address: &str) -> Result<Self, Error> {
        if !is_address(address) {
            return Err(Error::new(ErrorKind::Config, "resolve").with("field", "address"));
        }
        Ok(Self { http, address: address.to_owned() })
    }

    pub(crate) async fn resolve(http: reqwest::Client, uri: &str) -> Result<Self, Error> {
        let host = uri.trim_start_matches("http://").trim_start_matches("https://");
        let host = host.split('/').next().unwrap_or_default();
        if is_address(host) {
            return Self::from_address(http, host);
        }
        let (name, port) = match host.rsplit_once(':').map(|(n, p)| (n, p.parse())) {
            Some((name, Ok(port))) => (name, port),
            _ => (host, HTTP_PORT),
        };
        let found = tokio::time::timeout(CALL_TIME, tokio::net::lookup_host((name, port)))
            .await
            .map_err(|_| Error::new(ErrorKind::TimedOut, "resolve"))?
            .map_err(|error| Error::new(ErrorKind::Connection, "resolve").source(error))?;
        let mut found: Vec<SocketAddr> = found.collect();
        // Every known client talks to these servers by IPv4; the sort keeps the resolver's order otherwise.
        found.sort_by_key(SocketAddr::is_ipv6);
        let Some(address) = found.first() else {
            return Err(Error::new(ErrorKind::Connection, "resolve"));
        };
        let address = match (address.port(), address.ip()) {
            (HTTP_PORT, IpAddr::V4(ip)) => ip.to_string(),
            _ => address.to_string(),
        };
        Self::from_address(http, &address)
    }

    async fn get(&self, operation: &'static str, query: &Fields<'_>) -> Result<Answer, Error> {
        call::get(&self.http, operation, &self.url(operation), query).await
    }

    fn url(&self, call: &str) -> String {
        format!("http://{}/gupload/{call}", self.address)
    }
}

/// An IPv4 address with or without a port, or an IPv6 one in brackets with a port.
fn is_address(text: &str) -> bool {
    text.parse::<SocketAddr>().is_ok() || text.parse::<std::net::Ipv4Addr>().is_ok()
}

fn read_slice(answer: &Answer) -> Result<Slice, Error> {
    Slice::from_answer(answer, u64::from(MAX_SLICE_LENGTH_KIB) * 1024)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use wiremock::matchers::{method, path};
    use wiremock::{Mock, MockServer, ResponseTemplate};

    use super::*;
    use crate::testing::{UPLOAD_TOKEN, client, form_of, http, json, only_request, pairs, query_of};
    use crate::{CheckStatus, Client, Config, Verdict};

    const FIRST: &str = r#"{"slice_task_id":1,"offset":0,"length":2097152,"transferred":0,"finished":false}"#;
    const NONE_LEFT: &str =
        r#"{"slice_task_id":0,"offset":"0","length":0,"transferred":"2097152","finished":true}"#;

    async fn serving(verb: &str, call: &str, answer: ResponseTemplate) -> (MockServer, SliceServer) {
        let server = MockServer::start().await;
        let at = format!("/gupload/{call}");
        Mock::given(method(verb)).and(path(at)).respond_with(answer).mount(&server).await;
        let slices = client("http://unused").slice_server_at(&server.address().to_string()).unwrap();
        (server, slices)
    }

    #[tokio::test]
    async fn a_file_is_announced_in_a_form() {
        let (server, slices) = serving("POST", "create_file", json(201, "{}")).await;
        slices.create_file(&UPLOAD_TOKEN.into(), 3_000_000, "mp4", 2048).await.unwrap();
        let request = only_request(&server).await;
        assert_eq!(request.url.query(), None);
        let form = [
            ("upload_token", UPLOAD_TOKEN),
            ("file_size", "3000000"),
            ("ext", "mp4"),
            ("slice_length", "2048"),
        ];
        assert_eq!(form_of(&request), pairs(&form));
    }

    #[tokio::test]
    async fn a_slice_length_out_of_range_is_refused_before_anything_is_sent() {
        let (server, slices) = serving("POST", "create_file", json(201, "{}")).await;
        for length in [0, 10_241] {
            let error = slices.create_file(&UPLOAD_TOKEN.into(), 1, "mp4", length).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Invalid);
        }
        assert!(server.received_requests().await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn the_server_hands_out_slices() {
        let (server, slices) = serving("GET", "new_slice", json(201, FIRST)).await;
        let slice = slices.new_slice(&UPLOAD_TOKEN.into()).await.unwrap();
        let first = Slice { id: 1, offset: 0, length: 2_097_152, transferred: 0, finished: false };
        assert_eq!(slice, first);
        assert!(!slice.is_none_left());
        assert_eq!(query_of(&only_request(&server).await), pairs(&[("upload_token", UPLOAD_TOKEN)]));
    }

    #[tokio::test]
    async fn a_sent_slice_carries_its_hash_and_is_answered_with_the_next() {
        let (server, slices) = serving("POST", "upload_slice", json(201, NONE_LEFT)).await;
        let slice = Slice { id: 7, offset: 10, length: 3, transferred: 0, finished: false };
        let md5 = "900150983cd24fb0d6963f7d28e17f72";
        let bytes = Bytes::from_static(b"abc");
        let next = slices.upload_slice(&UPLOAD_TOKEN.into(), &slice, bytes, md5).await.unwrap();
        assert!(next.is_none_left() && next.finished);
        assert_eq!(next.transferred, 2_097_152);
        let request = only_request(&server).await;
        assert_eq!(request.body, b"abc");
        let query = [
            ("upload_token", UPLOAD_TOKEN),
            ("slice_task_id", "7"),
            ("offset", "10"),
            ("length", "3"),
            ("hash", md5),
        ];
        assert_eq!(query_of(&request), pairs(&query));
    }

    #[tokio::test]
    async fn a_slice_too_long_to_hold_in_memory_is_not_accepted() {
        for (offset, length) in [(0, 10_485_761), (u64::MAX, 2)] {
            let answer = format!(r#"{{"slice_task_id":1,"offset":{offset},"length":{length}}}"#);
            let (_server, slices) = serving("GET", "new_slice", json(201, &answer)).await;
            let error = slices.new_slice(&UPLOAD_TOKEN.into()).await.unwrap_err();
            assert_eq!(error.context(), [("field", "length".to_owned())]);
        }
    }

    #[tokio::test]
    async fn a_spoilt_slice_may_be_sent_again() {
        let body =
            r#"{"error":{"code":120010225,"type":"UploadsException","description":"Hash check error"}}"#;
        let (_server, slices) = serving("POST", "upload_slice", json(400, body)).await;
        let slice = Slice { id: 1, offset: 0, length: 1, transferred: 0, finished: false };
        let bytes = Bytes::from_static(b"x");
        let error = slices.upload_slice(&UPLOAD_TOKEN.into(), &slice, bytes, "00").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::HashMismatch);
        assert_eq!(error.verdict(), Verdict::Retry { not_before: None });
    }

    #[tokio::test]
    async fn a_check_tells_each_state() {
        let states = [
            (1, CheckStatus::Written),
            (2, CheckStatus::Transferring),
            (3, CheckStatus::Writing),
            (4, CheckStatus::SlicesLeft),
        ];
        for (number, status) in states {
            let body = format!(
                r#"{{"status":{number},"upload_server_ip":"10.30.88.156","transferred_percent":50.5,
                "confirmed_percent":"25","empty_tasks":2,"finished":false}}"#
            );
            let (_server, slices) = serving("GET", "check", json(200, &body)).await;
            let check = slices.check(&UPLOAD_TOKEN.into()).await.unwrap();
            let expected = Check {
                status,
                upload_server_ip: Some("10.30.88.156".to_owned()),
                transferred_percent: 50.5,
                confirmed_percent: 25.0,
                empty_tasks: 2,
                finished: false,
            };
            assert_eq!(check, expected);
        }
        let (_server, slices) = serving("GET", "check", json(200, r#"{"status":5}"#)).await;
        let error = slices.check(&UPLOAD_TOKEN.into()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Protocol);
    }

    #[tokio::test]
    async fn an_address_is_kept_and_a_name_becomes_one() {
        let resolved = [
            ("127.0.0.1:8080", "127.0.0.1:8080"),
            ("10.30.88.156", "10.30.88.156"),
            ("http://127.0.0.1:81/gupload", "127.0.0.1:81"),
            ("[::1]:82", "[::1]:82"),
            ("localhost:83", "127.0.0.1:83"),
            ("localhost", "127.0.0.1"),
        ];
        for (uri, address) in resolved {
            let server = client("http://unused").slice_server(uri).await.unwrap();
            assert_eq!(server.address(), address);
            let resumed = client("http://unused").slice_server_at(address).unwrap();
            assert_eq!(resumed.address(), address);
        }
    }

    #[tokio::test]
    async fn the_settings_can_put_another_server_in_the_place_of_youkus() {
        let mut config = Config::new("client-id", "token".into());
        config.upload_server = Some("127.0.0.1:9000".to_owned());
        let client = Client::new(config, http());
        let server = client.slice_server("g01.upload.youku.com").await.unwrap();
        assert_eq!(server.address(), "127.0.0.1:9000");
    }

    #[test]
    fn what_is_no_address_is_refused_on_resume() {
        for address in ["", "g01.upload.youku.com", "10.0.0.1@example.org", "10.0.0.1/x", "10.0.0.1:99999"] {
            let error = client("http://unused").slice_server_at(address).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
        }
    }
}

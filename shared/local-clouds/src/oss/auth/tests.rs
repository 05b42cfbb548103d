//! Signatures of the official client, checked by this server.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use http::HeaderValue;
use http::request::Parts;

use crate::oss::auth::access_key::{AccessKey, Grant};
use crate::oss::auth::authenticate::{authenticate, presented_key_id};
use crate::oss::auth::keyring::Keyring;
use crate::oss::config::OssConfig;
use crate::oss::operation::Operation;
use crate::oss::request::Request;
use crate::time_format::parse_http_date;

// The signatures below were made by the official client oss2 2.19.1 for this moment, bucket and object.
const NOW: &str = "Sun, 22 Nov 2026 15:02:00 GMT";
const HOST: &str = "examplebucket.oss-cn-hangzhou.aliyuncs.com";
const OBJECT: &str = "/dir/a%20b%2Bc%25%26%3D%3F.mp4";
const PART_HEADERS: [(&str, &str); 3] =
    [("content-type", "video/mp4"), ("content-md5", "abc="), ("x-oss-meta-a", "b")];
const V1: &str = "OSS AK:ochNMgMq9RuK/AE/s5cADM2tQb0=";
const V1_STS: &str = "OSS STS.id:5oCSLVreRgZBww5/0mx0bfzqkHU=";
const V4_STS: &str = "OSS4-HMAC-SHA256 Credential=STS.id/20261122/cn-hangzhou/oss/aliyun_v4_request, \
    Signature=220d2e0636e7613b62f012997ea36ea76c95df94ad916cbd79009a586fd15637";
const V4_LIST: &str = "OSS4-HMAC-SHA256 Credential=AK/20261122/cn-hangzhou/oss/aliyun_v4_request, \
    Signature=44154fdbf07ddbc9d49d0ee6a10bcd2c20e234fc0ea483fdcf6b13f56c18dfc2, AdditionalHeaders=range";

/// A request as it arrives, the clock it meets, and the server's settings.
struct Case {
    parts: Parts,
    now: SystemTime,
    config: OssConfig,
    keys: Keyring,
}

impl Case {
    fn new(method: &str, path: &str, headers: &[(&str, &str)]) -> Self {
        let mut request = http::Request::builder().method(method).uri(path).header("host", HOST);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let now = parse_http_date(NOW).unwrap();
        let keys = Keyring::default();
        keys.add(AccessKey::permanent("AK", "secret"));
        keys.add(AccessKey::temporary("STS.id", "secret", "token", now + Duration::from_secs(60)));
        Self { parts: request.body(()).unwrap().into_parts().0, now, config: OssConfig::new("unused"), keys }
    }

    /// An upload of part 3 with these headers more.
    fn part(headers: &[(&str, &str)]) -> Self {
        let path = format!("{OBJECT}?partNumber=3&uploadId=A%2FB");
        Self::new("PUT", &path, &[&PART_HEADERS, headers].concat())
    }

    fn v1() -> Self {
        Self::part(&[("date", NOW), ("authorization", V1)])
    }

    fn v4() -> Self {
        Self::part(&[
            ("x-oss-date", "20261122T150200Z"),
            ("x-oss-content-sha256", "UNSIGNED-PAYLOAD"),
            ("x-oss-security-token", "token"),
            ("authorization", V4_STS),
        ])
    }

    fn v4_list() -> Self {
        // Spaces as the older Python client sends them, and an empty parameter.
        Self::new(
            "GET",
            "/?list-type=2&prefix=a+b%2F&delimiter=",
            &[
                ("range", "bytes=0-1"),
                ("x-oss-date", "20261122T150200Z"),
                ("x-oss-content-sha256", "UNSIGNED-PAYLOAD"),
                ("authorization", V4_LIST),
            ],
        )
    }

    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.parts.headers.insert(name, HeaderValue::from_str(value).unwrap());
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.parts.headers.remove(name);
        self
    }

    fn later(mut self, seconds: u64) -> Self {
        self.now += Duration::from_secs(seconds);
        self
    }

    fn earlier(mut self, seconds: u64) -> Self {
        self.now -= Duration::from_secs(seconds);
        self
    }

    /// The key id, or the error's code.
    fn judge(&self) -> Result<String, String> {
        let request =
            Request::parse(&self.parts, &HashMap::new()).map_err(|error| error.code().to_owned())?;
        authenticate(&request, Operation::GetObject, &self.keys, &self.config, self.now, self.now)
            .map_err(|error| error.code().to_owned())
    }
}

fn ok(id: &str) -> Result<String, String> {
    Ok(id.to_owned())
}

fn refused(code: &str) -> Result<String, String> {
    Err(code.to_owned())
}

#[test]
fn header_signatures_of_the_official_client_pass() {
    assert_eq!(Case::v1().judge(), ok("AK"));
    let sts = Case::part(&[("date", NOW), ("authorization", V1_STS), ("x-oss-security-token", "token")]);
    assert_eq!(sts.judge(), ok("STS.id"));
    assert_eq!(Case::v4().judge(), ok("STS.id"));
    assert_eq!(Case::v4_list().judge(), ok("AK"));
}

/// Signed URLs of both versions pass until their expiry, and only for the method they were signed for.
#[test]
fn url_signatures_of_the_official_client_pass_until_they_expire() {
    let v1 = format!(
        "{OBJECT}?versionId=v1&OSSAccessKeyId=AK&Expires=1795359780&Signature=rTVbqS9VKi536TpTnY2mDLA00BQ%3D"
    );
    let v4 = format!(
        "{OBJECT}?versionId=v1&x-oss-security-token=token&x-oss-date=20261122T150200Z&x-oss-expires=60\
         &x-oss-signature-version=OSS4-HMAC-SHA256\
         &x-oss-credential=STS.id%2F20261122%2Fcn-hangzhou%2Foss%2Faliyun_v4_request\
         &x-oss-signature=f7323a0b67bbe23a63b6ec6e0193b4811f683b66b89a0e92b53b486e0188b682"
    );
    for (url, id) in [(&v1, "AK"), (&v4, "STS.id")] {
        assert_eq!(Case::new("GET", url, &[]).later(59).judge(), ok(id));
        assert_eq!(Case::new("GET", url, &[]).later(61).judge(), refused("AccessDenied"));
        assert_eq!(Case::new("HEAD", url, &[]).judge(), refused("SignatureDoesNotMatch"));
        assert_eq!(presented_key_id(&Case::new("GET", url, &[]).parts).as_deref(), Some(id));
    }
}

#[test]
fn the_key_a_request_presents_is_found_in_either_header() {
    assert_eq!(presented_key_id(&Case::v1().parts).as_deref(), Some("AK"));
    assert_eq!(presented_key_id(&Case::v4().parts).as_deref(), Some("STS.id"));
    assert_eq!(presented_key_id(&Case::v1().without("authorization").parts), None);
}

#[test]
fn whatever_is_signed_cannot_be_changed() {
    for case in [Case::v1(), Case::v4()] {
        assert_eq!(case.with("x-oss-meta-a", "c").judge(), refused("SignatureDoesNotMatch"));
    }
    assert_eq!(Case::v1().with("content-type", "text/plain").judge(), refused("SignatureDoesNotMatch"));
    assert_eq!(Case::v4().with("content-md5", "abd=").judge(), refused("SignatureDoesNotMatch"));
    assert_eq!(Case::v4_list().with("range", "bytes=0-2").judge(), refused("SignatureDoesNotMatch"));
    // A header that the V4 signature does not cover may change.
    assert_eq!(Case::v4().with("range", "bytes=0-2").judge(), ok("STS.id"));
}

#[test]
fn a_clock_off_by_more_than_a_quarter_of_an_hour_is_refused() {
    assert_eq!(Case::v1().later(900).judge(), ok("AK"));
    assert_eq!(Case::v1().later(901).judge(), refused("RequestTimeTooSkewed"));
    assert_eq!(Case::v4_list().later(901).judge(), refused("RequestTimeTooSkewed"));
}

#[test]
fn a_temporary_key_needs_its_own_live_token_under_either_name() {
    let renamed = Case::part(&[
        ("x-oss-date", "20261122T150200Z"),
        ("authorization", V4_STS),
        ("security-token", "token"),
        ("x-oss-content-sha256", "UNSIGNED-PAYLOAD"),
    ]);
    // The token is found; it is the signature that covered it under the other name.
    assert_eq!(renamed.judge(), refused("SignatureDoesNotMatch"));
    assert_eq!(Case::v4().without("x-oss-security-token").judge(), refused("InvalidAccessKeyId"));
    assert_eq!(Case::v4().with("x-oss-security-token", "other").judge(), refused("InvalidSecurityToken"));
    assert_eq!(
        Case::v1().with("x-oss-security-token", "token").judge(),
        refused("AccessKeyIdAndSecurityTokenNotMatch")
    );
    assert_eq!(Case::v4().later(60).judge(), refused("SecurityTokenExpired"));
    let case = Case::v4();
    case.keys.expire("STS.id", case.now);
    assert_eq!(case.judge(), refused("SecurityTokenExpired"));
}

#[test]
fn the_scope_of_v4_must_be_this_server_and_day() {
    for (own, other) in [
        ("cn-hangzhou", "cn-beijing"),
        ("/oss/", "/ecs/"),
        ("20261122/", "20261121/"),
        ("aliyun_v4_request", "aws4_request"),
    ] {
        let case = Case::v4().with("authorization", &V4_STS.replace(own, other));
        assert_eq!(case.judge(), refused("InvalidArgument"), "{other}");
    }
    assert_eq!(Case::v4().with("x-oss-content-sha256", "e3b0").judge(), refused("InvalidArgument"));
    assert_eq!(Case::v4_list().without("range").judge(), refused("InvalidArgument"));
}

#[test]
fn a_signature_version_that_is_switched_off_is_refused() {
    let (mut v1, mut v4) = (Case::v1(), Case::v4());
    v1.config.allow_v1 = false;
    v4.config.allow_v4 = false;
    assert_eq!(v1.judge(), refused("InvalidArgument"));
    assert_eq!(v4.judge(), refused("InvalidArgument"));
    assert_eq!(Case::v1().without("authorization").judge(), refused("AccessDenied"));
}

#[test]
fn a_granted_key_reaches_only_what_it_was_granted() {
    let grant = |bucket: &str, prefix: &str| {
        let case = Case::v1();
        let grants =
            Some(Grant { bucket: bucket.to_owned(), key_prefix: prefix.to_owned(), parts_only: false });
        case.keys.add(AccessKey { grants, ..AccessKey::permanent("AK", "secret") });
        case.judge()
    };
    assert_eq!(grant("examplebucket", "dir/a b+c%&=?.mp4"), ok("AK"));
    assert_eq!(grant("examplebucket", "other/"), refused("AccessDenied"));
    assert_eq!(grant("otherbucket", "dir/"), refused("AccessDenied"));
}

#[test]
fn a_key_shows_no_secret_when_debugged() {
    let key = AccessKey::temporary("id", "hush", "silent", SystemTime::now());
    let shown = format!("{key:?}");
    assert!(shown.contains("id") && !shown.contains("hush") && !shown.contains("silent"), "{shown}");
}

/// A request of AWS's own examples (S3 API reference, "Signature calculations"), and the clock of that day.
fn s3_example(path: &str, headers: &[(&str, &str)]) -> Case {
    let mut case = Case::new("GET", path, headers).with("host", "examplebucket.s3.amazonaws.com");
    case.now = parse_http_date("Fri, 24 May 2013 00:00:00 GMT").unwrap();
    case.keys.add(AccessKey::permanent("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"));
    case
}

/// What AWS documents as the signature of a header and of a URL passes, and nothing of it may change.
#[test]
fn signatures_of_the_s3_reference_pass() {
    let header = || {
        s3_example(
            "/test.txt",
            &[
                ("range", "bytes=0-9"),
                ("x-amz-date", "20130524T000000Z"),
                ("x-amz-content-sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
                (
                    "authorization",
                    "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,\
                     SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,\
                     Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
                ),
            ],
        )
    };
    assert_eq!(header().judge(), ok("AKIAIOSFODNN7EXAMPLE"));
    assert_eq!(header().later(901).judge(), refused("RequestTimeTooSkewed"));
    assert_eq!(header().with("range", "bytes=0-8").judge(), refused("SignatureDoesNotMatch"));
    assert_eq!(header().with("x-amz-meta-a", "b").judge(), refused("AccessDenied"));
    assert_eq!(header().without("x-amz-content-sha256").judge(), refused("InvalidArgument"));
    assert_eq!(header().with("x-amz-content-sha256", "no hash").judge(), refused("InvalidArgument"));
    assert_eq!(header().earlier(901).judge(), refused("RequestTimeTooSkewed"));
    let without_host = header().parts.headers["authorization"].to_str().unwrap().replace("host;", "");
    assert_eq!(header().with("authorization", &without_host).judge(), refused("AccessDenied"));
    assert_eq!(presented_key_id(&header().parts).as_deref(), Some("AKIAIOSFODNN7EXAMPLE"));

    let url = "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256\
        &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z\
        &X-Amz-Expires=86400&X-Amz-SignedHeaders=host\
        &X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";
    assert_eq!(s3_example(url, &[]).later(86_399).judge(), ok("AKIAIOSFODNN7EXAMPLE"));
    assert_eq!(s3_example(url, &[]).later(86_401).judge(), refused("AccessDenied"));
    assert_eq!(s3_example(url, &[]).earlier(900).judge(), ok("AKIAIOSFODNN7EXAMPLE"));
    assert_eq!(s3_example(url, &[]).earlier(901).judge(), refused("RequestTimeTooSkewed"));
    let without_host = url.replace("SignedHeaders=host", "SignedHeaders=range");
    assert_eq!(s3_example(&without_host, &[]).judge(), refused("AccessDenied"));
    assert_eq!(s3_example(&url.replace("test", "other"), &[]).judge(), refused("SignatureDoesNotMatch"));
    assert_eq!(presented_key_id(&s3_example(url, &[]).parts).as_deref(), Some("AKIAIOSFODNN7EXAMPLE"));
}

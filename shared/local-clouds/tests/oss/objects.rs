use axum::body::{Body, Bytes};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::env::OssEnv;
use local_clouds::oss::{MetadataValue, ObjectKind, Quirk};

#[tokio::test]
async fn a_simple_object_shows_its_md5_its_crc_and_its_metadata() {
    let env = OssEnv::new();
    let headers = [("content-type", "video/mp4"), ("x-oss-meta-title", "a"), ("cache-control", "no-cache")];
    let put = env.call("PUT", "/a%20b", &headers, "123456789").await;
    for answer in [&put, &env.get("/a%20b").await, &env.call("HEAD", "/a%20b", &[], "").await] {
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("etag"), "\"25F9E794323B453885F5181F1B624D0B\"");
        assert_eq!(answer.header("content-md5"), "JfnnlDI7RTiF9RgfG2JNCw==");
        // The check value of CRC-64/XZ.
        assert_eq!(answer.header("x-oss-hash-crc64ecma"), 0x995d_c9bb_df19_39fa_u64.to_string());
        assert_eq!(answer.header("x-oss-request-id").len(), 24);
    }
    let get = env.get("/a%20b").await;
    assert_eq!(get.text(), "123456789");
    assert_eq!(get.header("x-oss-object-type"), "Normal");
    assert_eq!(
        (get.header("x-oss-meta-title"), get.header("content-type"), get.header("cache-control")),
        ("a", "video/mp4", "no-cache")
    );
    assert!(get.header("last-modified").ends_with(" GMT"));
    let record = env.oss.object("bucket", "a b").unwrap();
    assert_eq!((record.size, record.kind), (9, ObjectKind::Normal));
    assert_eq!(env.oss.md5("bucket", "a b").await.unwrap().unwrap(), "25f9e794323b453885f5181f1b624d0b");
}

/// Metadata in another character set than UTF-8 comes back byte for byte, over a restart as well.
#[tokio::test]
async fn metadata_that_is_not_utf_8_is_kept_byte_for_byte() {
    let env = OssEnv::new();
    let sent: [(&str, &[u8]); 2] =
        [("x-oss-meta-latin", b"caf\xe9"), ("x-oss-meta-chinese", "春晚".as_bytes())];
    assert_eq!(env.call_with_bytes("PUT", "/o", &sent, "1").await.status, 200);
    let env = env.restart();
    for method in ["GET", "HEAD"] {
        let answer = env.call(method, "/o", &[], "").await;
        for (name, bytes) in sent {
            assert_eq!(answer.headers[name].as_bytes(), bytes, "{method}");
        }
    }
    let record = env.oss.object("bucket", "o").unwrap();
    assert_eq!(record.metadata["latin"].as_bytes(), b"caf\xe9");
    assert_eq!(record.metadata["chinese"], MetadataValue::Text("春晚".to_owned()));
}

#[tokio::test]
async fn ranges_answer_with_the_part_and_the_crc_of_the_whole() {
    let env = OssEnv::new();
    env.put("/o", "0123456789").await;
    let part = env.call("GET", "/o", &[("range", "bytes=2-4")], "").await;
    assert_eq!(
        (part.status, part.text().as_str(), part.header("content-range")),
        (206, "234", "bytes 2-4/10")
    );
    assert_eq!(part.header("x-oss-hash-crc64ecma"), env.oss.object("bucket", "o").unwrap().crc64.to_string());
    let beyond = env.call("GET", "/o", &[("range", "bytes=10-")], "").await;
    assert_eq!((beyond.status, beyond.text().as_str()), (200, "0123456789"));
    let standard = [("range", "bytes=10-"), ("x-oss-range-behavior", "standard")];
    assert_eq!(env.call("GET", "/o", &standard, "").await.refusal(), (416, "InvalidRange".to_owned()));
}

#[tokio::test]
async fn conditions_are_judged_by_etag_and_date() {
    let env = OssEnv::new();
    let put = env.put("/o", "x").await;
    let (etag, date) = (put.header("etag"), "Sun, 22 Nov 2020 15:02:00 GMT");
    let modified = env.get("/o").await.header("last-modified").to_owned();
    for (name, value, status) in [
        ("if-match", etag, 200),
        ("if-match", "\"other\"", 412),
        ("if-none-match", etag, 304),
        ("if-none-match", "*", 304),
        ("if-modified-since", date, 200),
        ("if-modified-since", &modified, 304),
        ("if-unmodified-since", date, 412),
        ("if-unmodified-since", &modified, 200),
    ] {
        for method in ["GET", "HEAD"] {
            let answer = env.call(method, "/o", &[(name, value)], "").await;
            assert_eq!(answer.status, status, "{method} {name}: {value}");
        }
    }
}

#[tokio::test]
async fn a_refused_head_carries_its_error_in_a_header() {
    let env = OssEnv::new();
    let answer = env.call("HEAD", "/none", &[], "").await;
    assert_eq!((answer.status, answer.body.len()), (404, 0));
    let error = String::from_utf8(STANDARD.decode(answer.header("x-oss-err")).unwrap()).unwrap();
    assert!(error.contains("<Code>NoSuchKey</Code>"), "{error}");
    assert!(error.contains(answer.header("x-oss-request-id")), "{error}");
}

#[tokio::test]
async fn a_damaged_body_is_refused_and_leaves_nothing_but_its_count() {
    let env = OssEnv::new();
    let answer = env.call("PUT", "/o", &[("content-md5", "JfnnlDI7RTiF9RgfG2JNCw==")], "123456780").await;
    assert_eq!(answer.refusal(), (400, "InvalidDigest".to_owned()));
    let reset = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    let broken = futures_util::stream::iter([Ok(Bytes::from("12345")), Err(reset)]);
    env.put("/o", Body::from_stream(broken)).await;
    assert!(env.oss.object("bucket", "o").is_none());
    assert_eq!((env.segments(), env.oss.received_bytes("bucket", "o")), (0, 14));
}

#[tokio::test]
async fn create_only_is_kept_on_every_way_to_write() {
    let env = OssEnv::new();
    let create = [("x-oss-forbid-overwrite", "true")];
    assert_eq!(env.call("PUT", "/o", &create, "1").await.status, 200);
    let exists = (409, "FileAlreadyExists".to_owned());
    assert_eq!(env.call("PUT", "/o", &create, "2").await.refusal(), exists);
    assert_eq!(env.call("POST", "/o?uploads", &create, "").await.refusal(), exists);
    let copy = [("x-oss-copy-source", "/bucket/o"), create[0]];
    assert_eq!(env.call("PUT", "/o", &copy, "").await.refusal(), exists);
    let id = env.initiate("/o").await;
    env.part("/o", &id, 1, b"part".to_vec()).await;
    let all = [("x-oss-complete-all", "yes"), create[0]];
    assert_eq!(env.call("POST", &format!("/o?uploadId={id}"), &all, "").await.refusal(), exists);
    assert_eq!(env.get("/o").await.text(), "1");
    // The upload is still there for a completion that may overwrite.
    assert_eq!(env.call("POST", &format!("/o?uploadId={id}"), &all[..1], "").await.status, 200);
    assert_eq!(env.get("/o").await.text(), "part");
}

#[tokio::test]
async fn a_versioned_bucket_keeps_versions_and_ignores_create_only() {
    let env = OssEnv::new();
    env.oss.set_versioning("bucket", true);
    assert_eq!(env.get("?versioning").await.element("Status"), "Enabled");
    let create = [("x-oss-forbid-overwrite", "true")];
    let first = env.call("PUT", "/o", &create, "1").await;
    let second = env.call("PUT", "/o", &create, "2").await;
    assert_eq!((first.status, second.status), (200, 200));
    let id = first.header("x-oss-version-id");
    assert_ne!(id, second.header("x-oss-version-id"));
    assert_eq!(env.get(&format!("/o?versionId={id}")).await.text(), "1");
    let deleted = env.call("DELETE", "/o", &[], "").await;
    assert_eq!((deleted.status, deleted.header("x-oss-delete-marker")), (204, "true"));
    assert_eq!(env.get("/o").await.refusal(), (404, "NoSuchKey".to_owned()));
    assert_eq!(env.get(&format!("/o?versionId={id}")).await.text(), "1");
}

#[tokio::test]
async fn a_copy_outlives_its_source() {
    let env = OssEnv::new();
    env.call("PUT", "/%E6%BA%90", &[("x-oss-meta-a", "1")], "content").await;
    let headers = [
        ("x-oss-copy-source", "/bucket/%E6%BA%90"),
        ("x-oss-metadata-directive", "REPLACE"),
        ("x-oss-meta-b", "2"),
    ];
    assert_eq!(env.call("PUT", "/copy", &headers, "").await.status, 200);
    env.call("DELETE", "/%E6%BA%90", &[], "").await;
    let copy = env.get("/copy").await;
    assert_eq!(
        (copy.text().as_str(), copy.header("x-oss-meta-b"), copy.header("x-oss-meta-a")),
        ("content", "2", "")
    );
    env.call("DELETE", "/copy", &[], "").await;
    assert_eq!(env.segments(), 0);
}

#[tokio::test]
async fn appending_continues_at_the_end_only() {
    let env = OssEnv::new();
    assert_eq!(
        env.call("POST", "/log?append&position=0", &[], "123").await.header("x-oss-next-append-position"),
        "3"
    );
    let wrong = env.call("POST", "/log?append&position=2", &[], "x").await;
    assert_eq!(wrong.refusal(), (409, "PositionNotEqualToLength".to_owned()));
    let second = env.call("POST", "/log?append&position=3", &[], "456789").await;
    assert_eq!(second.header("x-oss-hash-crc64ecma"), 0x995d_c9bb_df19_39fa_u64.to_string());
    let whole = env.get("/log").await;
    assert_eq!(
        (whole.text().as_str(), whole.header("x-oss-object-type"), whole.header("content-md5")),
        ("123456789", "Appendable", "")
    );
    assert_eq!(env.put("/plain", "x").await.status, 200);
    let plain = env.call("POST", "/plain?append&position=1", &[], "x").await;
    assert_eq!(plain.refusal(), (409, "ObjectNotAppendable".to_owned()));
}

#[tokio::test]
async fn quirks_hide_the_crc_and_refuse_archived_reads() {
    let env = OssEnv::new();
    env.put("/o", "x").await;
    assert!(env.oss.set_quirk("bucket", "o", Quirk::WithoutCrc64));
    assert!(!env.get("/o").await.headers.contains_key("x-oss-hash-crc64ecma"));
    env.oss.set_quirk("bucket", "o", Quirk::Archived);
    assert_eq!(env.get("/o").await.refusal(), (403, "InvalidObjectState".to_owned()));
    assert_eq!(env.call("HEAD", "/o", &[], "").await.header("x-oss-storage-class"), "Archive");
    assert!(!env.oss.set_quirk("bucket", "none", Quirk::Archived));
}

#[tokio::test]
async fn lists_are_paged_and_folded_at_the_delimiter() {
    let env = OssEnv::new();
    for key in ["/a/1", "/a/2", "/a/b/3", "/c", "/d%26%3C"] {
        env.put(key, "x").await;
    }
    let mut seen = Vec::new();
    let mut path = "?delimiter=%2F&max-keys=1".to_owned();
    loop {
        let page = env.get(&path).await;
        seen.extend(page.elements("Key"));
        seen.extend(page.elements("CommonPrefixes"));
        if page.element("IsTruncated") == "false" {
            break;
        }
        path = format!(
            "?delimiter=%2F&max-keys=1&marker={}",
            utf8_percent_encode(&page.element("NextMarker"), NON_ALPHANUMERIC)
        );
    }
    assert_eq!(seen, ["<Prefix>a/</Prefix>", "c", "d&amp;&lt;"]);
    let v2 = env.get("?list-type=2&prefix=a%2F&start-after=a%2F1&encoding-type=url").await;
    assert_eq!(
        (v2.elements("Key"), v2.element("KeyCount")),
        (vec!["a%2F2".to_owned(), "a%2Fb%2F3".to_owned()], "2".to_owned())
    );
    assert_eq!(env.get("?max-keys=1001").await.refusal(), (400, "InvalidArgument".to_owned()));
}

#[tokio::test]
async fn what_the_server_cannot_do_is_said_and_not_done() {
    let env = OssEnv::new();
    env.put("/o", "x").await;
    for path in ["/o?acl", "/o?tagging", "?lifecycle"] {
        assert_eq!(env.get(path).await.refusal(), (501, "NotImplemented".to_owned()), "{path}");
    }
    assert_eq!(env.put("/o?acl", "y").await.status, 501);
    assert_eq!(env.get("/o").await.text(), "x");
}

/// Real OSS has no such names: they cannot be written, and reading them is refused in the same way.
#[tokio::test]
async fn names_that_oss_does_not_have_are_refused() {
    let env = OssEnv::new();
    let long = format!("/{}", "k".repeat(1024));
    for (path, code) in
        [("//film.mp4", "0016-00000005"), ("/%2Ffilm.mp4", "0016-00000005"), (&long, "0016-00000002")]
    {
        for method in ["PUT", "GET"] {
            let answer = env.call(method, path, &[], "x").await;
            assert_eq!(answer.refusal(), (400, "InvalidObjectName".to_owned()), "{method} {path}");
            assert_eq!(answer.element("EC"), code, "{method} {path}");
        }
        assert_eq!(env.call("HEAD", path, &[], "").await.status, 400);
        assert_eq!(env.call("POST", &format!("{path}?uploads"), &[], "").await.status, 400);
    }
    assert_eq!(env.put(&long[..1024], "x").await.status, 200);
    assert_eq!(env.put("/a//b", "x").await.status, 200);
}

//! Object types, symlinks, and versions that change the answers of a bucket in use.

use super::env::OssEnv;
use local_clouds::oss::{ObjectKind, Quirk};

const ENABLED: &str = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
const SUSPENDED: &str = "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>";

#[tokio::test]
async fn each_way_to_write_gives_its_object_type_to_get_head_and_list() {
    let env = OssEnv::new();
    env.put("/normal", "x").await;
    env.call("POST", "/appended?append&position=0", &[], "x").await;
    let id = env.initiate("/parts").await;
    env.part("/parts", &id, 1, b"x".to_vec()).await;
    env.call("POST", &format!("/parts?uploadId={id}"), &[("x-oss-complete-all", "yes")], "").await;
    env.call("PUT", "/zlink?symlink", &[("x-oss-symlink-target", "normal")], "").await;
    let types = ["Appendable", "Normal", "Multipart", "Symlink"];
    for (path, wanted) in ["/appended", "/normal", "/parts", "/zlink"].into_iter().zip(types) {
        for method in ["GET", "HEAD"] {
            let answer = env.call(method, path, &[], "").await;
            assert_eq!(answer.header("x-oss-object-type"), wanted, "{method} {path}");
        }
    }
    assert_eq!(env.get("?list-type=2").await.elements("Type"), types);
}

#[tokio::test]
async fn a_symlink_answers_its_targets_content_and_its_own_metadata() {
    let env = OssEnv::new();
    env.call("PUT", "/%E6%BA%90%20+", &[("x-oss-meta-title", "target's")], "123456789").await;
    let headers = [("x-oss-symlink-target", "%E6%BA%90%20%2B"), ("x-oss-meta-title", "its own")];
    let put = env.call("PUT", "/link?symlink", &headers, "").await;
    assert_eq!((put.status, put.header("x-oss-hash-crc64ecma")), (200, ""));
    for method in ["GET", "HEAD"] {
        let answer = env.call(method, "/link", &[], "").await;
        assert_eq!((answer.status, answer.header("content-length")), (200, "9"), "{method}");
        assert_eq!(answer.header("etag"), "\"25F9E794323B453885F5181F1B624D0B\"");
        assert_eq!(answer.header("content-md5"), "JfnnlDI7RTiF9RgfG2JNCw==");
        assert_eq!(answer.header("x-oss-hash-crc64ecma"), 0x995d_c9bb_df19_39fa_u64.to_string());
        assert_eq!(answer.header("x-oss-meta-title"), "its own");
    }
    let part = env.call("GET", "/link", &[("range", "bytes=2-4")], "").await;
    assert_eq!((part.status, part.text().as_str()), (206, "345"));
    let link = env.get("/link?symlink").await;
    assert_eq!((link.status, link.body.len()), (200, 0));
    assert_eq!(link.header("x-oss-symlink-target"), "%E6%BA%90%20%2B");
    assert_eq!(link.header("etag"), put.header("etag"));
    let record = env.oss.object("bucket", "link").unwrap();
    assert_eq!((record.kind, record.symlink_target.as_deref()), (ObjectKind::Symlink, Some("源 +")));

    let env = env.restart();
    assert_eq!(env.get("/link").await.text(), "123456789");
    // The link follows its target: a new content, then its removal.
    env.put("/%E6%BA%90%20+", "new").await;
    assert_eq!(env.get("/link").await.text(), "new");
    env.call("DELETE", "/%E6%BA%90%20+", &[], "").await;
    assert_eq!(env.get("/link").await.refusal(), (404, "SymlinkTargetNotExist".to_owned()));
    assert_eq!(env.get("/link?symlink").await.status, 200);
}

#[tokio::test]
async fn a_symlink_is_as_new_as_the_newer_of_link_and_target() {
    let env = OssEnv::new();
    env.put("/o", "x").await;
    env.call("PUT", "/link?symlink", &[("x-oss-symlink-target", "o")], "").await;
    let at = |seconds| Quirk::ModifiedAt(std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds));
    env.oss.set_quirk("bucket", "o", at(1_600_000_000));
    env.oss.set_quirk("bucket", "link", at(1_600_000_060));
    let head = async || env.call("HEAD", "/link", &[], "").await.header("last-modified").to_owned();
    assert_eq!(head().await, "Sun, 13 Sep 2020 12:27:40 GMT");
    env.oss.set_quirk("bucket", "o", at(1_600_000_120));
    assert_eq!(head().await, "Sun, 13 Sep 2020 12:28:40 GMT");
}

#[tokio::test]
async fn what_is_no_symlink_or_no_target_is_refused() {
    let env = OssEnv::new();
    let link =
        async |path: &str, target: &str| env.call("PUT", path, &[("x-oss-symlink-target", target)], "").await;
    env.put("/o", "x").await;
    assert_eq!(env.put("/link?symlink", "").await.refusal(), (400, "InvalidArgument".to_owned()));
    assert_eq!(link("/one?symlink", "o").await.status, 200);
    assert_eq!(link("/two?symlink", "one").await.status, 200);
    assert_eq!(env.get("/two").await.refusal(), (400, "InvalidTargetType".to_owned()));
    assert_eq!(env.get("/o?symlink").await.refusal(), (400, "NotSymlink".to_owned()));
    let headers = [("x-oss-symlink-target", "o"), ("x-oss-forbid-overwrite", "true")];
    let exists = env.call("PUT", "/o?symlink", &headers, "").await;
    assert_eq!(exists.refusal(), (409, "FileAlreadyExists".to_owned()));
    let append = env.call("POST", "/one?append&position=1", &[], "x").await;
    assert_eq!(append.refusal(), (409, "ObjectNotAppendable".to_owned()));
}

#[tokio::test]
async fn versioning_switched_on_in_use_shows_and_ends_create_only() {
    let env = OssEnv::new();
    let create = [("x-oss-forbid-overwrite", "true")];
    let version = "x-oss-version-id";
    let before = env.call("PUT", "/o", &create, "1").await;
    assert!(!before.headers.contains_key(version) && !env.get("/o").await.headers.contains_key(version));

    assert_eq!(env.put("?versioning", ENABLED).await.status, 200);
    for method in ["GET", "HEAD"] {
        assert_eq!(env.call(method, "/o", &[], "").await.header(version), "null", "{method}");
    }
    let second = env.call("PUT", "/o", &create, "2").await;
    let id = second.header(version).to_owned();
    assert!(second.status == 200 && !id.is_empty() && id != "null");
    for method in ["GET", "HEAD"] {
        assert_eq!(env.call(method, "/o", &[], "").await.header(version), id, "{method}");
        for (named, content) in [("null", "1"), (id.as_str(), "2")] {
            let answer = env.call(method, &format!("/o?versionId={named}"), &[], "").await;
            assert_eq!((answer.status, answer.header(version)), (200, named), "{method}");
            assert!(method == "HEAD" || answer.text() == content);
        }
    }
    assert_eq!(env.get("/o?versionId=other").await.refusal(), (404, "NoSuchVersion".to_owned()));

    assert_eq!(env.put("?versioning", SUSPENDED).await.status, 200);
    let third = env.call("PUT", "/o", &create, "3").await;
    assert_eq!((third.status, third.header(version)), (200, "null"));
    for method in ["GET", "HEAD"] {
        assert_eq!(env.call(method, "/o", &[], "").await.header(version), "null", "{method}");
    }
    assert_eq!(env.get("/o?versionId=null").await.text(), "3");
    assert_eq!(env.get(&format!("/o?versionId={id}")).await.text(), "2");
}

#[tokio::test]
async fn what_the_owner_does_without_a_request_is_what_requests_do() {
    let env = OssEnv::new();
    let append = async |bytes: &'static str| env.oss.append("bucket", "log", bytes.into()).await.unwrap();
    assert_eq!((append("123").await.size, append("456789").await.crc64), (3, 0x995d_c9bb_df19_39fa));
    assert_eq!(env.call("HEAD", "/log", &[], "").await.header("x-oss-object-type"), "Appendable");
    assert_eq!(env.oss.symlink("bucket", "link", "log").unwrap().kind, ObjectKind::Symlink);
    assert_eq!(env.get("/link").await.text(), "123456789");

    env.oss.set_versioning("bucket", true);
    env.put("/o", "x").await;
    let before = env.oss.object("bucket", "o").unwrap();
    let after = env.oss.copy("bucket", "o", "o").unwrap();
    assert_eq!((&after.etag, after.crc64), (&before.etag, before.crc64));
    assert_ne!(after.version_id, before.version_id);
    assert!(env.oss.copy("bucket", "none", "o").is_err());
    assert!(env.oss.append("bucket", "o", "x".into()).await.is_err());
}

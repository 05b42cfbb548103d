//! Object types, symlinks, and versions that change the answers of a bucket in use.

use super::rig::Rig;
use crate::oss::{ObjectKind, Quirk};

const ENABLED: &str = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
const SUSPENDED: &str = "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>";

#[tokio::test]
async fn each_way_to_write_gives_its_object_type_to_get_head_and_list() {
    let rig = Rig::new();
    rig.put("/normal", "x").await;
    rig.call("POST", "/appended?append&position=0", &[], "x").await;
    let id = rig.initiate("/parts").await;
    rig.part("/parts", &id, 1, b"x".to_vec()).await;
    rig.call("POST", &format!("/parts?uploadId={id}"), &[("x-oss-complete-all", "yes")], "").await;
    rig.call("PUT", "/zlink?symlink", &[("x-oss-symlink-target", "normal")], "").await;
    let types = ["Appendable", "Normal", "Multipart", "Symlink"];
    for (path, wanted) in ["/appended", "/normal", "/parts", "/zlink"].into_iter().zip(types) {
        for method in ["GET", "HEAD"] {
            let answer = rig.call(method, path, &[], "").await;
            assert_eq!(answer.header("x-oss-object-type"), wanted, "{method} {path}");
        }
    }
    assert_eq!(rig.get("?list-type=2").await.elements("Type"), types);
}

#[tokio::test]
async fn a_symlink_answers_its_targets_content_and_its_own_metadata() {
    let rig = Rig::new();
    rig.call("PUT", "/%E6%BA%90%20+", &[("x-oss-meta-title", "target's")], "123456789").await;
    let headers = [("x-oss-symlink-target", "%E6%BA%90%20%2B"), ("x-oss-meta-title", "its own")];
    let put = rig.call("PUT", "/link?symlink", &headers, "").await;
    assert_eq!((put.status, put.header("x-oss-hash-crc64ecma")), (200, ""));
    for method in ["GET", "HEAD"] {
        let answer = rig.call(method, "/link", &[], "").await;
        assert_eq!((answer.status, answer.header("content-length")), (200, "9"), "{method}");
        assert_eq!(answer.header("etag"), "\"25F9E794323B453885F5181F1B624D0B\"");
        assert_eq!(answer.header("content-md5"), "JfnnlDI7RTiF9RgfG2JNCw==");
        assert_eq!(answer.header("x-oss-hash-crc64ecma"), 0x995d_c9bb_df19_39fa_u64.to_string());
        assert_eq!(answer.header("x-oss-meta-title"), "its own");
    }
    let part = rig.call("GET", "/link", &[("range", "bytes=2-4")], "").await;
    assert_eq!((part.status, part.text().as_str()), (206, "345"));
    let link = rig.get("/link?symlink").await;
    assert_eq!((link.status, link.body.len()), (200, 0));
    assert_eq!(link.header("x-oss-symlink-target"), "%E6%BA%90%20%2B");
    assert_eq!(link.header("etag"), put.header("etag"));
    let record = rig.oss.object("bucket", "link").unwrap();
    assert_eq!((record.kind, record.symlink_target.as_deref()), (ObjectKind::Symlink, Some("源 +")));

    let rig = rig.restart();
    assert_eq!(rig.get("/link").await.text(), "123456789");
    // The link follows what its target becomes, and its target's end.
    rig.put("/%E6%BA%90%20+", "new").await;
    assert_eq!(rig.get("/link").await.text(), "new");
    rig.call("DELETE", "/%E6%BA%90%20+", &[], "").await;
    assert_eq!(rig.get("/link").await.refusal(), (404, "SymlinkTargetNotExist".to_owned()));
    assert_eq!(rig.get("/link?symlink").await.status, 200);
}

#[tokio::test]
async fn a_symlink_is_as_new_as_the_newer_of_link_and_target() {
    let rig = Rig::new();
    rig.put("/o", "x").await;
    rig.call("PUT", "/link?symlink", &[("x-oss-symlink-target", "o")], "").await;
    let at = |seconds| Quirk::ModifiedAt(std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds));
    rig.oss.set_quirk("bucket", "o", at(1_600_000_000));
    rig.oss.set_quirk("bucket", "link", at(1_600_000_060));
    let head = async || rig.call("HEAD", "/link", &[], "").await.header("last-modified").to_owned();
    assert_eq!(head().await, "Sun, 13 Sep 2020 12:27:40 GMT");
    rig.oss.set_quirk("bucket", "o", at(1_600_000_120));
    assert_eq!(head().await, "Sun, 13 Sep 2020 12:28:40 GMT");
}

#[tokio::test]
async fn what_is_no_symlink_or_no_target_is_refused() {
    let rig = Rig::new();
    let link =
        async |path: &str, target: &str| rig.call("PUT", path, &[("x-oss-symlink-target", target)], "").await;
    rig.put("/o", "x").await;
    assert_eq!(rig.put("/link?symlink", "").await.refusal(), (400, "InvalidArgument".to_owned()));
    assert_eq!(link("/one?symlink", "o").await.status, 200);
    assert_eq!(link("/two?symlink", "one").await.status, 200);
    assert_eq!(rig.get("/two").await.refusal(), (400, "InvalidTargetType".to_owned()));
    assert_eq!(rig.get("/o?symlink").await.refusal(), (400, "NotSymlink".to_owned()));
    let headers = [("x-oss-symlink-target", "o"), ("x-oss-forbid-overwrite", "true")];
    let exists = rig.call("PUT", "/o?symlink", &headers, "").await;
    assert_eq!(exists.refusal(), (409, "FileAlreadyExists".to_owned()));
    let append = rig.call("POST", "/one?append&position=1", &[], "x").await;
    assert_eq!(append.refusal(), (409, "ObjectNotAppendable".to_owned()));
}

#[tokio::test]
async fn versioning_switched_on_in_use_shows_and_ends_create_only() {
    let rig = Rig::new();
    let create = [("x-oss-forbid-overwrite", "true")];
    let version = "x-oss-version-id";
    let before = rig.call("PUT", "/o", &create, "1").await;
    assert!(!before.headers.contains_key(version) && !rig.get("/o").await.headers.contains_key(version));

    assert_eq!(rig.put("?versioning", ENABLED).await.status, 200);
    for method in ["GET", "HEAD"] {
        assert_eq!(rig.call(method, "/o", &[], "").await.header(version), "null", "{method}");
    }
    let second = rig.call("PUT", "/o", &create, "2").await;
    let id = second.header(version).to_owned();
    assert!(second.status == 200 && !id.is_empty() && id != "null");
    for method in ["GET", "HEAD"] {
        assert_eq!(rig.call(method, "/o", &[], "").await.header(version), id, "{method}");
        for (named, content) in [("null", "1"), (id.as_str(), "2")] {
            let answer = rig.call(method, &format!("/o?versionId={named}"), &[], "").await;
            assert_eq!((answer.status, answer.header(version)), (200, named), "{method}");
            assert!(method == "HEAD" || answer.text() == content);
        }
    }
    assert_eq!(rig.get("/o?versionId=other").await.refusal(), (404, "NoSuchVersion".to_owned()));

    assert_eq!(rig.put("?versioning", SUSPENDED).await.status, 200);
    let third = rig.call("PUT", "/o", &create, "3").await;
    assert_eq!((third.status, third.header(version)), (200, "null"));
    for method in ["GET", "HEAD"] {
        assert_eq!(rig.call(method, "/o", &[], "").await.header(version), "null", "{method}");
    }
    assert_eq!(rig.get("/o?versionId=null").await.text(), "3");
    assert_eq!(rig.get(&format!("/o?versionId={id}")).await.text(), "2");
}

#[tokio::test]
async fn what_the_owner_does_without_a_request_is_what_requests_do() {
    let rig = Rig::new();
    let append = async |bytes: &'static str| rig.oss.append("bucket", "log", bytes.into()).await.unwrap();
    assert_eq!((append("123").await.size, append("456789").await.crc64), (3, 0x995d_c9bb_df19_39fa));
    assert_eq!(rig.call("HEAD", "/log", &[], "").await.header("x-oss-object-type"), "Appendable");
    assert_eq!(rig.oss.symlink("bucket", "link", "log").unwrap().kind, ObjectKind::Symlink);
    assert_eq!(rig.get("/link").await.text(), "123456789");

    rig.oss.set_versioning("bucket", true);
    rig.put("/o", "x").await;
    let before = rig.oss.object("bucket", "o").unwrap();
    let after = rig.oss.copy("bucket", "o", "o").unwrap();
    assert_eq!((&after.etag, after.crc64), (&before.etag, before.crc64));
    assert_ne!(after.version_id, before.version_id);
    assert!(rig.oss.copy("bucket", "none", "o").is_err());
    assert!(rig.oss.append("bucket", "o", "x".into()).await.is_err());
}

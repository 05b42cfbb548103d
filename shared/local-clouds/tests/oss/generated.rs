use axum::body::{Body, to_bytes};
use crc_fast::{CrcAlgorithm::Crc64Xz, checksum};
use md5::{Digest, Md5};
use serde_json::{Value, json};

use super::env::OssEnv;
use local_clouds::control::Cloud;

const MIB: usize = 1 << 20;

async fn generate(env: &OssEnv, path: &str, wanted: Value) -> (u16, Value) {
    let request =
        http::Request::put(format!("/_sandbox/objects/{path}")).body(Body::from(wanted.to_string()));
    let answer = env.oss.handle(request.unwrap()).await;
    let status = answer.status().as_u16();
    (status, serde_json::from_slice(&to_bytes(answer.into_body(), MIB).await.unwrap()).unwrap())
}

/// Size and CRC-64 of the answer are those of the content; no file is written, and the content is the same
/// after a restart, also by range.
#[tokio::test]
async fn a_generated_object_reads_as_described_and_takes_no_disk() {
    let env = OssEnv::new();
    let size = 2 * MIB + 12_345;
    let (status, made) = generate(&env, "bucket/a%2F%E8%A7%86", json!({"size": size, "seed": 3})).await;
    assert_eq!((status, &made["size"], &made["md5"]), (200, &size.into(), &Value::Null));
    let whole = env.get("/a%2F%E8%A7%86").await;
    assert_eq!((whole.body.len(), env.segments()), (size, 0));
    let crc64 = checksum(Crc64Xz, &whole.body).to_string();
    assert_eq!(
        (made["crc64"].as_str(), whole.header("x-oss-hash-crc64ecma")),
        (Some(crc64.as_str()), crc64.as_str())
    );
    assert_eq!((whole.header("content-md5"), whole.header("x-oss-object-type")), ("", "Multipart"));
    assert_eq!(whole.header("etag"), format!("\"{}\"", made["etag"].as_str().unwrap()));

    let env = env.restart();
    let range = [("range", "bytes=1048570-2097170")];
    let part = env.call("GET", "/a%2F%E8%A7%86", &range, "").await;
    assert_eq!((part.status, &part.body[..]), (206, &whole.body[1_048_570..=2_097_170]));
    assert_eq!(
        env.oss.md5("bucket", "a/视").await.unwrap(),
        Some(base16ct::lower::encode_string(&Md5::digest(&whole.body)))
    );
}

/// With `computed` the object has the MD5 of its content and looks as if put in one request. Malformed
/// requests are refused with the field that does not fit.
#[tokio::test]
async fn a_generated_md5_is_computed_only_on_demand() {
    let env = OssEnv::new();
    let wanted = json!({"size": 5000, "md5": "computed", "metadata": {"title": "t"}});
    let (_, made) = generate(&env, "bucket/o", wanted).await;
    let whole = env.get("/o").await;
    let md5 = base16ct::lower::encode_string(&Md5::digest(&whole.body));
    assert_eq!(
        (made["md5"].as_str(), made["etag"].as_str().map(str::to_lowercase)),
        (Some(&*md5), Some(md5.clone()))
    );
    assert_eq!((whole.header("x-oss-object-type"), whole.header("x-oss-meta-title")), ("Normal", "t"));
    assert_ne!(whole.header("content-md5"), "");
    for (path, wanted, named) in [
        ("bucket/o", json!({"size": "x"}), "size"),
        ("bucket/o", json!({"size": 1, "sead": 1}), "sead"),
        ("missing/o", json!({"size": 1}), "NoSuchBucket"),
    ] {
        let (status, refused) = generate(&env, path, wanted).await;
        assert!(status == 400 && refused["error"].as_str().unwrap().contains(named), "{refused}");
    }
    assert_eq!(generate(&env, "bucket", json!({"size": 1})).await.0, 404);
}

#[tokio::test]
async fn discarded_parts_have_their_hashes_and_cannot_be_read() {
    let env = OssEnv::new();
    env.oss.set_discard(true);
    let id = env.initiate("/o").await;
    let parts = [vec![1; 102_400], vec![2; 10]];
    let mut etags = Vec::new();
    for (number, part) in (1..).zip(&parts) {
        let answer = env.part("/o", &id, number, part.clone()).await;
        assert_eq!(
            answer.header("etag"),
            format!("\"{}\"", base16ct::lower::encode_string(&Md5::digest(part)).to_uppercase())
        );
        etags.push((number, answer.header("etag").to_owned()));
    }
    let selected = etags.iter().map(|(number, etag)| (*number, etag.as_str())).collect::<Vec<_>>();
    let completed = env.complete("/o", &id, &selected).await;
    assert_eq!(completed.header("x-oss-hash-crc64ecma"), checksum(Crc64Xz, &parts.concat()).to_string());
    let env = env.restart();
    assert_eq!((env.segments(), env.oss.object("bucket", "o").unwrap().size), (0, 102_410));
    assert!(env.oss.is_discarded("bucket", "o") && env.oss.md5("bucket", "o").await.is_err());
    assert_eq!(env.get("/o").await.refusal(), (403, "InvalidObjectState".to_owned()));
}

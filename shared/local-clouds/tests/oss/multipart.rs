use super::env::OssEnv;

const MIN: usize = 100 * 1024;

/// The object completed from three parts has their content, the CRC-64 of the whole, an opaque ETag and no
/// MD5; the upload no longer exists.
#[tokio::test]
async fn a_completed_object_has_the_crc_of_the_whole() {
    let env = OssEnv::new();
    let content = (0..=250).cycle().take(2 * MIN + 5).collect::<Vec<u8>>();
    let id = env.initiate("/%E8%A7%86%E9%A2%91").await;
    let mut etags = Vec::new();
    for (number, part) in [(1, &content[..MIN]), (4, &content[MIN..2 * MIN]), (9, &content[2 * MIN..])] {
        let answer = env.part("/%E8%A7%86%E9%A2%91", &id, number, part.to_vec()).await;
        etags.push((number, answer.header("etag").to_owned()));
    }
    let listed = env.get(&format!("/%E8%A7%86%E9%A2%91?uploadId={id}")).await;
    assert_eq!(listed.elements("PartNumber"), ["1", "4", "9"]);
    let parts = etags.iter().map(|(number, etag)| (*number, etag.as_str())).collect::<Vec<_>>();
    let completed = env.complete("/%E8%A7%86%E9%A2%91", &id, &parts).await;
    assert_eq!(completed.status, 200);
    let get = env.get("/%E8%A7%86%E9%A2%91").await;
    assert_eq!(get.body, content);
    let whole = crc_fast::checksum(crc_fast::CrcAlgorithm::Crc64Xz, &content).to_string();
    assert_eq!(
        (completed.header("x-oss-hash-crc64ecma"), get.header("x-oss-hash-crc64ecma")),
        (whole.as_str(), whole.as_str())
    );
    assert_eq!(
        (get.header("x-oss-object-type"), get.header("content-md5"), get.header("x-oss-meta-title")),
        ("Multipart", "", "t")
    );
    assert!(get.header("etag").ends_with("-3\""));
    let across = env.call("GET", "/%E8%A7%86%E9%A2%91", &[("range", "bytes=102399-204801")], "").await;
    assert_eq!(across.body, content[102_399..204_802]);
    let again = env.complete("/%E8%A7%86%E9%A2%91", &id, &parts).await;
    assert_eq!(again.refusal(), (404, "NoSuchUpload".to_owned()));
}

#[tokio::test]
async fn a_wrong_list_of_parts_is_refused_and_the_upload_stays() {
    let env = OssEnv::new();
    let id = env.initiate("/o").await;
    let one = env.part("/o", &id, 1, vec![1; MIN - 1]).await.header("etag").to_owned();
    let two = env.part("/o", &id, 2, vec![2; 10]).await.header("etag").to_owned();
    for (parts, code) in [
        (vec![(2, two.as_str()), (1, one.as_str())], "InvalidPartOrder"),
        (vec![(1, two.as_str())], "InvalidPart"),
        (vec![(3, one.as_str())], "InvalidPart"),
        (vec![(1, one.as_str()), (2, two.as_str())], "EntityTooSmall"),
        (vec![], "MalformedXML"),
    ] {
        assert_eq!(env.complete("/o", &id, &parts).await.refusal(), (400, code.to_owned()));
    }
    let wrong_key = env.complete("/other", &id, &[(1, &one)]).await;
    assert_eq!(wrong_key.refusal(), (404, "NoSuchUpload".to_owned()));
    // A part sent again takes the place of the first.
    let one = env.part("/o", &id, 1, vec![3; MIN]).await.header("etag").to_owned();
    assert_eq!(env.complete("/o", &id, &[(1, &one), (2, &two)]).await.status, 200);
    assert_eq!((env.oss.object("bucket", "o").unwrap().size, env.segments()), (MIN as u64 + 10, 2));
    assert_eq!(env.oss.received_bytes("bucket", "o"), 2 * MIN as u64 + 9);
}

#[tokio::test]
async fn list_parts_comes_in_pages() {
    let env = OssEnv::new();
    let id = env.initiate("/o").await;
    for number in 1..=5 {
        env.part("/o", &id, number, vec![0; 10]).await;
    }
    let first = env.get(&format!("/o?uploadId={id}&max-parts=2")).await;
    assert_eq!(
        (first.element("IsTruncated"), first.element("NextPartNumberMarker")),
        ("true".to_owned(), "2".to_owned())
    );
    let last = env.get(&format!("/o?uploadId={id}&max-parts=2&part-number-marker=4")).await;
    assert_eq!(
        (last.elements("PartNumber"), last.element("IsTruncated")),
        (vec!["5".to_owned()], "false".to_owned())
    );
    assert_eq!(last.element("HashCrc64ecma"), first.element("HashCrc64ecma"));
}

#[tokio::test]
async fn an_aborted_upload_leaves_no_content() {
    let env = OssEnv::new();
    let id = env.initiate("/o").await;
    env.part("/o", &id, 1, vec![0; 10]).await;
    assert_eq!(env.get("?uploads&prefix=o").await.elements("UploadId"), [id.as_str()]);
    let path = format!("/o?uploadId={id}");
    assert_eq!(env.call("DELETE", &path, &[], "").await.status, 204);
    assert_eq!(env.call("DELETE", &path, &[], "").await.refusal(), (404, "NoSuchUpload".to_owned()));
    assert_eq!((env.segments(), env.get("?uploads").await.elements("UploadId").len()), (0, 0));
}

#[tokio::test]
async fn a_sequential_upload_takes_each_part_once_and_in_order() {
    let env = OssEnv::new();
    let id = env.call("POST", "/o?uploads&sequential", &[], "").await.element("UploadId");
    assert_eq!(env.part("/o", &id, 1, vec![0; MIN]).await.status, 200);
    assert_eq!(env.part("/o", &id, 1, vec![0; MIN]).await.refusal(), (409, "PartAlreadyExist".to_owned()));
    assert_eq!(env.part("/o", &id, 3, vec![0; MIN]).await.refusal(), (409, "PartNotSequential".to_owned()));
    assert_eq!(env.part("/o", &id, 2, vec![0; MIN]).await.status, 200);
}

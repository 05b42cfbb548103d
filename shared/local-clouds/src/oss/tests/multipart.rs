use md5::{Digest, Md5};

use super::rig::Rig;
use crate::oss::encode::hex;

const MIN: usize = 100 * 1024;

fn md5_of(parts: &[u8]) -> Option<String> {
    Some(hex(&Md5::digest(parts.iter().flat_map(|part| vec![*part; MIN]).collect::<Vec<_>>())))
}

#[tokio::test]
async fn a_completed_object_has_the_crc_of_the_whole_and_an_opaque_etag() {
    let rig = Rig::new();
    let content = (0..=250).cycle().take(2 * MIN + 5).collect::<Vec<u8>>();
    let id = rig.initiate("/%E8%A7%86%E9%A2%91").await;
    let mut etags = Vec::new();
    for (number, part) in [(1, &content[..MIN]), (4, &content[MIN..2 * MIN]), (9, &content[2 * MIN..])] {
        let answer = rig.part("/%E8%A7%86%E9%A2%91", &id, number, part.to_vec()).await;
        etags.push((number, answer.header("etag").to_owned()));
    }
    let listed = rig.get(&format!("/%E8%A7%86%E9%A2%91?uploadId={id}")).await;
    assert_eq!(listed.elements("PartNumber"), ["1", "4", "9"]);
    let parts = etags.iter().map(|(number, etag)| (*number, etag.as_str())).collect::<Vec<_>>();
    let completed = rig.complete("/%E8%A7%86%E9%A2%91", &id, &parts).await;
    assert_eq!(completed.status, 200);
    let get = rig.get("/%E8%A7%86%E9%A2%91").await;
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
    let across = rig.call("GET", "/%E8%A7%86%E9%A2%91", &[("range", "bytes=102399-204801")], "").await;
    assert_eq!(across.body, content[102_399..204_802]);
    let again = rig.complete("/%E8%A7%86%E9%A2%91", &id, &parts).await;
    assert_eq!(again.refusal(), (404, "NoSuchUpload".to_owned()));
}

#[tokio::test]
async fn a_wrong_list_of_parts_is_refused_and_the_upload_stays() {
    let rig = Rig::new();
    let id = rig.initiate("/o").await;
    let one = rig.part("/o", &id, 1, vec![1; MIN - 1]).await.header("etag").to_owned();
    let two = rig.part("/o", &id, 2, vec![2; 10]).await.header("etag").to_owned();
    for (parts, code) in [
        (vec![(2, two.as_str()), (1, one.as_str())], "InvalidPartOrder"),
        (vec![(1, two.as_str())], "InvalidPart"),
        (vec![(3, one.as_str())], "InvalidPart"),
        (vec![(1, one.as_str()), (2, two.as_str())], "EntityTooSmall"),
        (vec![], "MalformedXML"),
    ] {
        assert_eq!(rig.complete("/o", &id, &parts).await.refusal(), (400, code.to_owned()));
    }
    let wrong_key = rig.complete("/other", &id, &[(1, &one)]).await;
    assert_eq!(wrong_key.refusal(), (404, "NoSuchUpload".to_owned()));
    // A part sent again takes the place of the first.
    let one = rig.part("/o", &id, 1, vec![3; MIN]).await.header("etag").to_owned();
    assert_eq!(rig.complete("/o", &id, &[(1, &one), (2, &two)]).await.status, 200);
    assert_eq!((rig.oss.object("bucket", "o").unwrap().size, rig.segments()), (MIN as u64 + 10, 2));
    assert_eq!(rig.oss.received("bucket", "o"), 2 * MIN as u64 + 9);
}

#[tokio::test]
async fn list_parts_comes_in_pages() {
    let rig = Rig::new();
    let id = rig.initiate("/o").await;
    for number in 1..=5 {
        rig.part("/o", &id, number, vec![0; 10]).await;
    }
    let first = rig.get(&format!("/o?uploadId={id}&max-parts=2")).await;
    assert_eq!(
        (first.element("IsTruncated"), first.element("NextPartNumberMarker")),
        ("true".to_owned(), "2".to_owned())
    );
    let last = rig.get(&format!("/o?uploadId={id}&max-parts=2&part-number-marker=4")).await;
    assert_eq!(
        (last.elements("PartNumber"), last.element("IsTruncated")),
        (vec!["5".to_owned()], "false".to_owned())
    );
    assert_eq!(last.element("HashCrc64ecma"), first.element("HashCrc64ecma"));
}

#[tokio::test]
async fn an_aborted_upload_leaves_no_content() {
    let rig = Rig::new();
    let id = rig.initiate("/o").await;
    rig.part("/o", &id, 1, vec![0; 10]).await;
    assert_eq!(rig.get("?uploads&prefix=o").await.elements("UploadId"), [id.as_str()]);
    let path = format!("/o?uploadId={id}");
    assert_eq!(rig.call("DELETE", &path, &[], "").await.status, 204);
    assert_eq!(rig.call("DELETE", &path, &[], "").await.refusal(), (404, "NoSuchUpload".to_owned()));
    assert_eq!((rig.segments(), rig.get("?uploads").await.elements("UploadId").len()), (0, 0));
}

#[tokio::test]
async fn a_sequential_upload_takes_each_part_once_and_in_order() {
    let rig = Rig::new();
    let id = rig.call("POST", "/o?uploads&sequential", &[], "").await.element("UploadId");
    assert_eq!(rig.part("/o", &id, 1, vec![0; MIN]).await.status, 200);
    assert_eq!(rig.part("/o", &id, 1, vec![0; MIN]).await.refusal(), (409, "PartAlreadyExist".to_owned()));
    assert_eq!(rig.part("/o", &id, 3, vec![0; MIN]).await.refusal(), (409, "PartNotSequential".to_owned()));
    assert_eq!(rig.part("/o", &id, 2, vec![0; MIN]).await.status, 200);
}

#[tokio::test]
async fn parts_hashed_ahead_are_not_read_again_for_the_md5_of_the_whole() {
    let rig = Rig::new();
    let id = rig.initiate("/o").await;
    let mut etags = Vec::new();
    for number in [2, 1, 3] {
        etags.push((
            number,
            rig.part("/o", &id, number.into(), vec![number; MIN]).await.header("etag").to_owned(),
        ));
        if number == 1 {
            rig.oss.0.store.hash_here("bucket", &id);
            for file in std::fs::read_dir(rig.dir.path().join("data")).unwrap() {
                std::fs::write(file.unwrap().path(), vec![0; MIN]).unwrap();
            }
        }
    }
    etags.sort();
    let parts = etags.iter().map(|(number, etag)| ((*number).into(), etag.as_str())).collect::<Vec<_>>();
    assert_eq!(rig.complete("/o", &id, &parts).await.status, 200);
    assert_eq!(rig.oss.md5("bucket", "o").await.unwrap(), md5_of(&[1, 2, 3]));
    assert_eq!(rig.oss.md5("bucket", "missing").await.unwrap(), None);
}

#[tokio::test]
async fn a_part_that_came_again_or_was_left_out_does_not_spoil_the_md5() {
    let rig = Rig::new();
    let id = rig.initiate("/o").await;
    let mut etags = Vec::new();
    for (number, byte) in [(1, 9), (2, 2), (3, 3), (1, 1), (4, 4)] {
        etags.push(rig.part("/o", &id, number, vec![byte; MIN]).await.header("etag").to_owned());
        rig.oss.0.store.hash_here("bucket", &id);
    }
    // As many parts as were hashed, but others: the third was hashed as well, the fifth was not.
    let last = rig.part("/o", &id, 5, vec![5; MIN]).await.header("etag").to_owned();
    let parts = [(1, etags[3].as_str()), (2, &etags[1]), (4, &etags[4]), (5, &last)];
    assert_eq!(rig.complete("/o", &id, &parts).await.status, 200);
    for _ in 0..2 {
        assert_eq!(rig.oss.md5("bucket", "o").await.unwrap(), md5_of(&[1, 2, 4, 5]));
    }
}

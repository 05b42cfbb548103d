//! Which checksums OSS states of an object, by how it was written.

use super::{announce, open_to_write};
use crate::commands::rehearse::{
    fact::{Fact, Found, Makes},
    obstacle::Obstacle,
    record::Entry,
    stage::Stage,
    text::text,
};
use app::storage::{ErrorKind, ObjectHead, PutOptions};
use crc64fast::Digest as Digest64;
use http_body_util::Full;

const BODY: &str = "the body of a rehearsal";

pub(in super::super) const FACT: Fact = Fact {
    name: "oss.checksums",
    question: || {
        text!(
            "which checksums OSS states of objects that were put, made of parts, copied and appended to",
            "OSS 对直接写入、分片写入、复制和追加写入的对象给出哪些校验值"
        )
    },
    expected: "md5+crc64,crc64,md5+crc64,crc64",
    calls: 0,
    requests: 19,
    makes: Makes::Objects,
    tries: |stage| Box::pin(find(stage)),
    meaning: |word| match word {
        word if word.starts_with("md5+crc64,") && word.split(',').all(|one| one.contains("crc64")) => text!(
            "objects put in one request need no pass for their MD5",
            "一次写入的对象无需为 MD5 再读一遍"
        ),
        _ => text!("objects are read once for what is not stated", "缺少的校验值需要读一遍对象"),
    },
};

async fn find(stage: &mut Stage) -> Result<Found, Obstacle> {
    let (store, prefix) = open_to_write(stage).await?;
    let keys = announce(stage, &store, &prefix, 5)?;
    let md5 = fast_md5::digest(BODY.as_bytes());
    let put = |content_md5| PutOptions { content_md5: Some(content_md5), ..PutOptions::default() };
    store.put(&keys[0], BODY, &put(md5)).await?;
    let single = store.head(&keys[0]).await?;
    let id = store.initiate_multipart(&keys[1], &PutOptions::default()).await?;
    let n = stage.record.next_number();
    let (bucket, key) = (store.bucket().to_owned(), keys[1].clone());
    stage.record.append(Entry::Opened { n, bucket, key, multipart: id.to_string() })?;
    let part = store.upload_part(&keys[1], &id, 1, Full::new(BODY.into()), BODY.len() as u64).await?;
    store.complete_multipart(&keys[1], &id, &[(1, part.etag)], false).await?;
    let parts = store.head(&keys[1]).await?;
    let refused = match store.put(&keys[2], BODY, &put([0xa5; 16])).await {
        Err(error) if error.kind() == ErrorKind::InvalidDigest => "refused",
        Err(error) => return Err(error.into()),
        Ok(_) => "taken",
    };
    store.copy(&keys[0], &keys[3]).await?;
    let copied = store.head(&keys[3]).await?;
    let (begin, rest) = BODY.split_at(BODY.len() / 2);
    store.append(&keys[4], 0, begin.into()).await?;
    store.append(&keys[4], begin.len() as u64, rest.into()).await?;
    let appended = store.head(&keys[4]).await?;
    let all = [&single, &parts, &copied, &appended];
    if all.into_iter().any(|head| !states_truth(head, md5)) {
        return Err(Obstacle::Other(text!(
            "a checksum that OSS states is not that of the bytes",
            "OSS 给出的校验值与数据不符"
        )));
    }
    let word = all.map(name_checksums).join(",");
    let [one, other, copy, append] = all.map(|head| name_etag(head, md5));
    let evidence = text!(
        "ETag of a put object: {one}, of parts: {other}, copied: {copy}, appended: {append}; a wrong Content-MD5 is {refused}",
        "直接写入的 ETag：{one}，分片写入的：{other}，复制的：{copy}，追加写入的：{append}；错误的 Content-MD5：{refused}"
    );
    Ok(Found::new(word, evidence)
        .with_oss("copy_crc64", copied.crc64.is_some())
        .with_oss("copy_content_md5", copied.content_md5.is_some()))
}

/// Whether every checksum that OSS states is that of the bytes.
fn states_truth(head: &ObjectHead, md5: [u8; 16]) -> bool {
    let mut crc64 = Digest64::new();
    crc64.write(BODY.as_bytes());
    head.crc64.is_none_or(|stated| stated == crc64.sum64())
        && head.content_md5.is_none_or(|stated| stated == md5)
}

fn name_checksums(head: &ObjectHead) -> &'static str {
    match (head.content_md5.is_some(), head.crc64.is_some()) {
        (true, true) => "md5+crc64",
        (true, false) => "md5",
        (false, true) => "crc64",
        (false, false) => "none",
    }
}

/// What an ETag is.
fn name_etag(head: &ObjectHead, md5: [u8; 16]) -> &'static str {
    let hex: String = md5.iter().map(|byte| format!("{byte:02x}")).collect();
    match head.etag.rsplit_once('-') {
        Some((_, count)) if count.parse::<u32>().is_ok() => "HASH-PARTS",
        _ if head.etag.eq_ignore_ascii_case(&hex) => "MD5",
        _ => "opaque",
    }
}

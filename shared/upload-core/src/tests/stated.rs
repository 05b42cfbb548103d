//! MD5s that somebody stated: each spares the pass that reads the object for its MD5 alone.

use super::*;

/// How often the source was read for an object of which `known` is known, and published.
async fn reads(known: impl FnOnce(&mut UploadRequest)) -> usize {
    let memory = Memory::holding(content());
    memory.world().tells_md5 = false;
    let mut work = work(&memory, Mode::Oss).await.expect("it is there");
    known(&mut work);
    let published = memory.uploader().upload(&work, &RunContext::default()).await.expect("published");
    let video_id = published.video_id.expect("Youku told it");
    assert!(memory.world().videos[&video_id] == content());
    calls(&memory, "read")
}

#[tokio::test(start_paused = true)]
async fn each_statement_and_each_fact_spares_the_reading_pass() {
    let md5 = work(&Memory::holding(content()), Mode::Oss).await.expect("there").object.md5.expect("told");
    let (parts, pass) = (SIZE.div_ceil(1 << 20), SIZE.div_ceil(1 << 20));
    assert!(reads(|_| {}).await >= parts + pass, "nobody knows the MD5");
    for place in ["metadata md5", "metadata md5chksum", "metadata s3cmd-attrs"] {
        let hinted = reads(|work| work.object.stated_md5 = Some(StatedMd5::new(md5, place))).await;
        assert_eq!(hinted, parts, "{place}");
    }
    assert_eq!(reads(|work| work.job.md5 = Some(StatedMd5::new(md5, "field md5"))).await, parts);
    assert_eq!(reads(|work| work.object.md5 = Some(md5)).await, parts, "a fact");
}

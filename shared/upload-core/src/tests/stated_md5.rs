//! Stated MD5s: each spares the pass that reads the object for its MD5 alone.

use super::*;

/// Uploads an object of which `known` is known. Returns how often the source was read.
async fn count_reads(known: impl FnOnce(&mut UploadRequest)) -> usize {
    let memory = Memory::holding(content());
    memory.world().quirks.hides_md5 = true;
    let mut request = request_for(&memory, Mode::Oss).await.expect("it is there");
    known(&mut request);
    let published = memory.uploader().upload(&request, &RunContext::default()).await.expect("published");
    let video_id = published.video_id.expect("Youku named it");
    assert!(memory.world().videos[&video_id] == content());
    count_calls(&memory, "read")
}

#[tokio::test(start_paused = true)]
async fn each_statement_and_each_fact_spares_the_reading_pass() {
    let md5 =
        request_for(&Memory::holding(content()), Mode::Oss).await.expect("there").object.md5.expect("stated");
    // The preflight reads once, then each part is read.
    let (reads, pass) = (SIZE.div_ceil(1 << 20) + 1, SIZE.div_ceil(1 << 20));
    assert!(count_reads(|_| {}).await >= reads + pass, "nobody knows the MD5");
    for place in ["metadata md5", "metadata md5chksum", "metadata s3cmd-attrs"] {
        let hinted =
            count_reads(|request| request.object.stated_md5 = Some(StatedMd5::new(md5, place))).await;
        assert_eq!(hinted, reads, "{place}");
    }
    assert_eq!(count_reads(|request| request.job.md5 = Some(StatedMd5::new(md5, "field md5"))).await, reads);
    assert_eq!(count_reads(|request| request.object.md5 = Some(md5)).await, reads, "a fact");
}

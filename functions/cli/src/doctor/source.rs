//! Whether the rules' buckets can be listed and read with the key of the settings.

use super::{Finding, Patient};
use crate::lang::{say, word};
use app::core::{Error, ErrorKind, Location};
use futures_util::TryStreamExt;
use std::collections::BTreeSet;

/// Bytes that are read of one object.
const READ: u64 = 1024;

pub(super) async fn check(patient: &Patient) -> Vec<Finding> {
    let provider = patient.app.settings().source.provider;
    let rules = patient.app.settings().rules.iter();
    let places: BTreeSet<_> = rules.map(|rule| (rule.bucket.clone(), rule.prefix.clone())).collect();
    let mut findings = Vec::new();
    for (bucket, key) in places {
        let place = Location { provider, bucket, key, region: None };
        findings.push(one(patient, &place).await);
    }
    findings
}

async fn one(patient: &Patient, place: &Location) -> Finding {
    let finding = Finding::of(
        say!("source {place}", "来源 {place}"),
        word!("list it; look at one object, and read its beginning", "列出对象；查看其中一个并读取开头"),
    );
    let source = patient.app.source(None);
    let tried = async {
        let page = source.list(place, None).await?;
        let Some(entry) = page.entries.into_iter().find(|entry| entry.size > 0) else { return Ok(None) };
        let object = source.head(&Location { key: entry.key, ..place.clone() }).await?;
        let mut bytes = source.read(&object, 0..object.size.min(READ)).await?;
        while bytes.try_next().await?.is_some() {}
        Ok::<_, Error>(Some(object.location))
    };
    match tried.await {
        Ok(Some(object)) => finding.well(say!("{object} could be read", "{object} 可以读取")),
        Ok(None) => finding
            .well(word!("it can be listed; there is no object to read", "可以列出；没有可供读取的对象")),
        Err(error) => finding.advise(advice(&error)).failed(error),
    }
}

fn advice(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::SourceDenied => word!(
            "check source.access_key_id and source.access_key_secret (or ALIBABA_CLOUD_ACCESS_KEY_ID and _SECRET), its rights to list and \
             read the bucket (oss:ListObjects, oss:GetObject), and this machine's clock",
            "请检查 source.access_key_id 与 source.access_key_secret（或 ALIBABA_CLOUD_ACCESS_KEY_ID 与 _SECRET）、其列出和读取 bucket 的权限（oss:ListObjects、oss:GetObject），以及本机时钟"
        ),
        ErrorKind::Config => word!(
            "correct what it names: this machine's key, the rule's bucket, source.region or source.endpoint",
            "请按提示修改：本机的密钥、规则的 bucket、source.region 或 source.endpoint"
        ),
        _ => word!(
            "check source.endpoint or source.region, and that it can be reached from here",
            "请检查 source.endpoint 或 source.region，以及能否从这里访问"
        ),
    }
}

//! Whether the rules' buckets can be listed and read with the key of the settings.

use super::{context::CheckContext, finding::Finding};
use crate::ui::{
    i18n::{tr, tr_static},
    messages::way_out::Callee,
};
use app::core::{Error, ErrorKind, Location};
use futures_util::TryStreamExt;
use std::collections::BTreeSet;

/// Bytes that are read of one object.
const READ: u64 = 1024;

pub(super) async fn check(context: &CheckContext) -> Vec<Finding> {
    let provider = context.app.settings().source.provider;
    let rules = context.app.settings().rules.iter();
    let prefixes: BTreeSet<_> = rules.map(|rule| (rule.bucket.clone(), rule.prefix.clone())).collect();
    let mut findings = Vec::new();
    for (bucket, key) in prefixes {
        let location = Location { provider, bucket, key, region: None };
        findings.push(check_prefix(context, &location).await);
    }
    findings
}

async fn check_prefix(context: &CheckContext, location: &Location) -> Finding {
    let finding = Finding::new(
        tr!("source {location}", "来源 {location}"),
        tr_static!(
            "list it, then read the metadata and the first bytes of one object",
            "列出对象，读取其中一个的元数据和开头"
        ),
    );
    let source = context.app.source(None);
    let read = async {
        let page = source.list(location, None).await?;
        let Some(entry) = page.entries.into_iter().find(|entry| entry.size > 0) else { return Ok(None) };
        let object = source.head(&Location { key: entry.key, ..location.clone() }).await?;
        let mut bytes = source.read(&object, 0..object.size.min(READ)).await?;
        while bytes.try_next().await?.is_some() {}
        Ok::<_, Error>(Some(object.location))
    };
    match read.await {
        Ok(Some(object)) => finding.pass(tr!("{object} can be read", "{object} 可以读取")),
        Ok(None) => finding
            .pass(tr_static!("it can be listed; there is no object to read", "可以列出；没有可供读取的对象")),
        Err(error) => finding.fail_for(&error, Callee::Source, advise(&error)),
    }
}

fn advise(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::Config => tr_static!(
            "correct what it names: this machine's key, the rule's bucket, source.region or source.endpoint",
            "请按提示修改：本机的密钥、规则的 bucket、source.region 或 source.endpoint"
        ),
        _ => tr_static!(
            "check source.endpoint or source.region, and that it can be reached from here",
            "请检查 source.endpoint 或 source.region，以及能否从这里访问"
        ),
    }
}

//! Whether the ledger can be opened and used, whether the seal key opens its secrets, and how far this machine's clock is off.

use super::{bucket, context::CheckContext, finding::Finding, marks};
use crate::commands::missing_ledger;
use crate::ui::{
    i18n::{tr, tr_static},
    messages::way_out::Callee,
};
use app::{
    ListQuery,
    core::{Error, ErrorKind, ledger::Ledger},
};
use std::time::{Duration, SystemTime};

/// Largest difference of clocks that is well. Stores refuse signatures from 15 minutes on, and a clock that is this far off keeps drifting.
const MAX_SKEW: Duration = Duration::from_secs(60);

pub(super) async fn check(context: &CheckContext) -> Vec<Finding> {
    let settings = context.app.settings();
    let location = settings.ledger.location.as_deref().unwrap_or(tr_static!("no location", "未设置"));
    let finding = Finding::new(
        tr_static!("ledger", "台账"),
        tr!(
            "open {location}; write, list, read and delete an entry under trial/",
            "打开 {location}；在 trial/ 下写入、列出、读取并删除一个条目"
        ),
    );
    let missing = missing_ledger::describe(&context.app);
    let opened = async {
        let ledger = context.app.ledger(None).await?;
        ledger.test_store().await.map(|()| ledger)
    };
    let mut findings: Vec<Finding> = check_rules(context).into_iter().collect();
    match opened.await {
        Err(error) => findings.push(finding.fail_for(&error, Callee::Ledger, advise(&error))),
        Ok(ledger) => {
            let result = tr_static!("it stores entries, and none is overwritten", "可以保存，且不会被覆盖");
            findings.push(match missing {
                None => finding.pass(result),
                // Made by this check: a user who expects uploads in it named another place.
                Some(why) => finding.warn(result, why),
            });
            findings.extend(bucket::check(context).await);
            findings.extend(marks::check(&ledger).await);
            findings.push(check_seal_key(context, &ledger).await);
            findings.push(check_clock(ledger.times().await.map(|times| times.now), SystemTime::now()));
        }
    }
    findings
}

/// Checks that the ledger lies outside every rule's prefix: inside, each of its entries would call the function.
fn check_rules(context: &CheckContext) -> Option<Finding> {
    let settings = context.app.settings();
    let location = settings.ledger.location.as_deref().filter(|location| location.contains("://"))?;
    let finding = Finding::new(
        tr_static!("ledger's place", "台账位置"),
        tr_static!("compare it with the buckets and prefixes of the rules", "与规则的 bucket 和前缀比较"),
    );
    let overlaps = |rule: &&app::core::rules::Rule| {
        app::ledger::overlaps_rule(location, settings.source.provider, &rule.bucket, &rule.prefix)
    };
    Some(match settings.rules.iter().find(overlaps) {
        None => finding.pass(tr_static!("it lies outside every rule's prefix", "位于所有规则的前缀之外")),
        Some(rule) => finding
            .fail(tr!(
                "it overlaps the rule for bucket {}, prefix {:?}: each entry would call the function",
                "与 bucket {}、前缀 {:?} 的规则重叠：每个条目都会触发函数",
                rule.bucket,
                rule.prefix
            ))
            .advise(tr_static!(
                "keep the ledger in a bucket of its own, or outside the trigger's prefix",
                "请把台账放在单独的 bucket，或触发器前缀之外"
            )),
    })
}

/// Checks that the secrets in the ledger were sealed with the key of these settings.
async fn check_seal_key(context: &CheckContext, ledger: &Ledger) -> Finding {
    let finding = Finding::new(
        tr_static!("seal key", "密封密钥"),
        tr_static!("decrypt the secrets of the latest uploads", "解密最近几个上传的密文"),
    );
    let opened = async {
        let latest = context.app.list(&ListQuery { state: None, limit: 5, after: None }, None).await?;
        for upload in &latest.uploads {
            if let Some(record) = ledger.read(&upload.upload_id).await? {
                ledger.test_seal(&record)?;
            }
        }
        Ok::<_, Error>(latest.uploads.len())
    };
    match opened.await {
        Ok(0) => finding.pass(tr_static!("there are none yet", "尚无上传")),
        Ok(number) => finding.pass(tr!("all {number} decrypt", "{number} 个均可解密")),
        Err(error) => finding.fail_for(&error, Callee::Ledger, advise(&error)),
    }
}

fn check_clock(theirs: Result<SystemTime, Error>, ours: SystemTime) -> Finding {
    let finding = Finding::new(
        tr_static!("clock", "时钟"),
        tr_static!("compare this machine's clock with the ledger's store", "与台账所在存储的时钟比较"),
    );
    let theirs = match theirs {
        Ok(theirs) => theirs,
        Err(error) => return finding.fail_for(&error, Callee::Ledger, advise(&error)),
    };
    let apart = theirs.duration_since(ours).unwrap_or_else(|earlier| earlier.duration());
    let seconds = apart.as_secs();
    let result = tr!("{seconds} s apart", "相差 {seconds} 秒");
    if apart <= MAX_SKEW {
        return finding.pass(result);
    }
    finding.fail(result).advise(tr_static!(
        "set this machine's clock (NTP): stores refuse signatures that are 15 minutes off",
        "请校准本机时钟（NTP）：相差 15 分钟时存储会拒绝签名"
    ))
}

fn advise(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::Config => tr_static!(
            "correct what it names: ledger.location, ledger.seal_key, or this machine's key",
            "请按提示修改 ledger.location、ledger.seal_key 或本机的密钥"
        ),
        _ => tr_static!(
            "check that the place exists and holds nothing but the ledger",
            "请检查该位置是否存在，且其中只有台账"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_well_within_a_minute_to_either_side() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        for (seconds, well) in [(0, true), (60, true), (62, false), (900, false)] {
            let apart = Duration::from_secs(seconds);
            assert_eq!(check_clock(Ok(now + apart), now).is_well(), well);
            assert_eq!(check_clock(Ok(now), now + apart).is_well(), well);
        }
    }
}

//! Whether the ledger can be opened and used, whether the seal key opens its secrets, and how far this machine's clock is off.

use super::{bucket, context::CheckContext, finding::Finding, marks};
use crate::ui::i18n::{tr, tr_static};
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
    let opened = async {
        let ledger = context.app.ledger(None).await?;
        ledger.test_store().await.map(|()| ledger)
    };
    let mut findings: Vec<Finding> = check_rules(context).into_iter().collect();
    match opened.await {
        Err(error) => findings.push(finding.advise(advise(&error)).fail(error)),
        Ok(ledger) => {
            let result = tr_static!("it stores entries, and none is overwritten", "可以保存，且不会被覆盖");
            findings.push(finding.pass(result));
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
    let (scheme, rest) = settings.ledger.location.as_deref()?.split_once("://")?;
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let finding = Finding::new(
        tr_static!("ledger's place", "台账位置"),
        tr_static!("compare it with the buckets and prefixes of the rules", "与规则的 bucket 和前缀比较"),
    );
    let overlaps = |rule: &&app::core::rules::Rule| {
        rule.bucket == bucket
            && scheme == settings.source.provider.as_str()
            && (prefix.starts_with(&rule.prefix) || rule.prefix.starts_with(prefix))
    };
    Some(match settings.rules.iter().find(overlaps) {
        None => finding.pass(tr_static!("it lies outside every rule's prefix", "位于所有规则的前缀之外")),
        Some(rule) => finding
            .fail(tr!(
                "it overlaps the rule for bucket {bucket}, prefix {:?}: each entry would call the function",
                "与 bucket {bucket}、前缀 {:?} 的规则重叠：每个条目都会触发函数",
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
        Err(error) => finding.fail(error).advise(tr_static!(
            "set ledger.seal_key to the key that this ledger began with",
            "请把 ledger.seal_key 设为这个台账最初使用的密钥"
        )),
    }
}

fn check_clock(theirs: Result<SystemTime, Error>, ours: SystemTime) -> Finding {
    let finding = Finding::new(
        tr_static!("clock", "时钟"),
        tr_static!("compare this machine's clock with the ledger's store", "与台账所在存储的时钟比较"),
    );
    let theirs = match theirs {
        Ok(theirs) => theirs,
        Err(error) => return finding.advise(advise(&error)).fail(error),
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
            "check that the place exists and can be reached from here, that the key of the source has permission to get, put, list and \
             delete objects there, and this machine's clock",
            "请检查该位置是否存在、能否从这里访问、来源的密钥是否有读、写、列出、删除的权限，以及本机时钟"
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

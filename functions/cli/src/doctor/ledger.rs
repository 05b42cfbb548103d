//! Whether the ledger can be opened and used, by whom its secrets were sealed, and whether its clock is ours.

use super::{Finding, Patient, bucket, marks};
use crate::lang::{say, word};
use app::{
    ListQuery,
    core::{Error, ErrorKind, ledger::Ledger},
};
use std::time::{Duration, SystemTime};

/// Signatures are refused from 15 minutes on; a clock that is this far off will be soon.
const SKEW: Duration = Duration::from_secs(60);

pub(super) async fn check(patient: &Patient) -> Vec<Finding> {
    let settings = patient.app.settings();
    let place = settings.ledger.location.as_deref().unwrap_or(word!("no place", "未设置"));
    let finding = Finding::of(
        word!("ledger", "台账"),
        say!(
            "open {place}; write, list, read and delete an entry under trial/",
            "打开 {place}；在 trial/ 下写入、列出、读取、删除一项"
        ),
    );
    let opened = async {
        let ledger = patient.app.ledger(None).await?;
        ledger.test_store().await.map(|()| ledger)
    };
    let mut findings: Vec<Finding> = inside_a_rule(patient).into_iter().collect();
    match opened.await {
        Err(error) => findings.push(finding.advise(advice(&error)).failed(error)),
        Ok(ledger) => {
            let well = word!("it keeps entries, and none is replaced", "可以保存，且不会被覆盖");
            findings.push(finding.well(well));
            findings.extend(bucket::check(patient).await);
            findings.extend(marks::check(&ledger).await);
            findings.push(sealed(patient, &ledger).await);
            findings.push(clock(ledger.times().await.map(|times| times.now), SystemTime::now()));
        }
    }
    findings
}

/// A ledger inside a rule's prefix would call the function with each of its entries.
fn inside_a_rule(patient: &Patient) -> Option<Finding> {
    let settings = patient.app.settings();
    let (scheme, rest) = settings.ledger.location.as_deref()?.split_once("://")?;
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let finding = Finding::of(
        word!("ledger's place", "台账位置"),
        word!("compare it with the rules' buckets and prefixes", "与规则的 bucket 和前缀比较"),
    );
    let same = |rule: &&app::core::rules::Rule| {
        rule.bucket == bucket
            && scheme == settings.source.provider.as_str()
            && (prefix.starts_with(&rule.prefix) || rule.prefix.starts_with(prefix))
    };
    Some(match settings.rules.iter().find(same) {
        None => finding.well(word!("it lies outside every rule's prefix", "位于所有规则的前缀之外")),
        Some(rule) => finding
            .failed(say!(
                "it overlaps with the rule for bucket {bucket}, prefix {:?}: each entry would call the function",
                "与 bucket {bucket}、前缀 {:?} 的规则重叠：每一项都会触发函数",
                rule.prefix
            ))
            .advise(word!(
                "keep the ledger in a bucket of its own, or outside the trigger's prefix",
                "请把台账放在单独的 bucket，或触发器前缀之外"
            )),
    })
}

/// Whether what is in the ledger was sealed with the key of these settings.
async fn sealed(patient: &Patient, ledger: &Ledger) -> Finding {
    let finding = Finding::of(
        word!("seal key", "密封密钥"),
        word!("open the secrets of the latest uploads", "打开最近上传的密文"),
    );
    let opened = async {
        let latest = patient.app.list(&ListQuery { state: None, limit: 5, after: None }, None).await?;
        for upload in &latest.uploads {
            if let Some(record) = ledger.read(&upload.upload_id).await? {
                ledger.test_seal(&record)?;
            }
        }
        Ok::<_, Error>(latest.uploads.len())
    };
    match opened.await {
        Ok(0) => finding.well(word!("there is none yet", "尚无上传")),
        Ok(number) => finding.well(say!("all {number} open", "{number} 个都能打开")),
        Err(error) => finding.failed(error).advise(word!(
            "set ledger.seal_key to the key that this ledger began with",
            "请把 ledger.seal_key 设为这个台账最初使用的密钥"
        )),
    }
}

fn clock(theirs: Result<SystemTime, Error>, ours: SystemTime) -> Finding {
    let finding = Finding::of(
        word!("clock", "时钟"),
        word!("compare this machine's clock with the ledger's store", "与台账所在存储的时钟比较"),
    );
    let theirs = match theirs {
        Ok(theirs) => theirs,
        Err(error) => return finding.advise(advice(&error)).failed(error),
    };
    let apart = theirs.duration_since(ours).unwrap_or_else(|behind| behind.duration());
    let seconds = apart.as_secs();
    let told = say!("{seconds} s apart", "相差 {seconds} 秒");
    if apart <= SKEW {
        return finding.well(told);
    }
    finding.failed(told).advise(word!(
        "set this machine's clock (NTP): stores refuse signatures that are 15 minutes off",
        "请校准本机时钟（NTP）：相差 15 分钟时存储会拒绝签名"
    ))
}

fn advice(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::Config => word!(
            "correct as it says: ledger.location, ledger.seal_key, or this machine's key",
            "请按提示修改 ledger.location、ledger.seal_key 或本机的密钥"
        ),
        _ => word!(
            "check that the place exists, that it can be reached from here, that the key of the source may get, put, list and \
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
            assert_eq!(clock(Ok(now + apart), now).is_well(), well);
            assert_eq!(clock(Ok(now), now + apart).is_well(), well);
        }
    }
}

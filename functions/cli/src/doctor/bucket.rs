//! What the ledger's bucket does to entries by itself: versions that it keeps, and rules of its lifecycle that delete.

use super::{Finding, Patient};
use crate::lang::{say, word};
use app::{LedgerBucket, Readable, core::Error, storage};

/// Nothing is said of a folder.
pub(super) async fn check(patient: &Patient) -> Vec<Finding> {
    match patient.app.ledger_bucket(None).await {
        Ok(bucket) if bucket.provider == storage::Provider::Folder => Vec::new(),
        Ok(bucket) => {
            let lifecycle = lifecycle(&bucket);
            versions(&bucket).into_iter().chain([lifecycle]).collect()
        }
        Err(error) => vec![unreached(&error)],
    }
}

fn unreached(error: &Error) -> Finding {
    Finding::of(word!("ledger's bucket", "台账的 bucket"), word!("ask for its settings", "询问其设置"))
        .failed(error)
        .advise(word!("run doctor again once the bucket can be reached", "恢复访问后请重新运行 doctor"))
}

/// Of S3 alone: on OSS a ledger does not open where the bucket keeps versions.
fn versions(bucket: &LedgerBucket) -> Option<Finding> {
    if bucket.provider != storage::Provider::S3 {
        return None;
    }
    let finding = Finding::of(
        word!("ledger's versions", "台账的版本"),
        word!("ask whether its bucket keeps versions", "询问其 bucket 是否保留版本"),
    );
    Some(match bucket.versions {
        Readable::Known(false) => finding.well(word!("it keeps none", "不保留")),
        Readable::Known(true) => finding.warn(
            word!(
                "it keeps them: create-only holds all the same, and each renewed lease and each deleted entry leaves a version or a \
                 delete marker",
                "保留：只创建的写入仍然有效，但每次续租、每次删除都会留下一个版本或删除标记"
            ),
            word!(
                "let a lifecycle rule remove noncurrent versions and expired delete markers below the ledger's prefix, and nothing else there",
                "请用生命周期规则清除台账前缀下的非当前版本和过期删除标记，且不要清除其他内容"
            ),
        ),
        Readable::Denied => finding.warn(
            word!("the key may not ask", "密钥无权查询"),
            word!("grant s3:GetBucketVersioning on the bucket to see it", "如需查看，请授予该 bucket 的 s3:GetBucketVersioning"),
        ),
        Readable::Unknown => finding.well(word!("the store does not tell", "存储不提供此信息")),
    })
}

fn lifecycle(bucket: &LedgerBucket) -> Finding {
    let finding = Finding::of(
        word!("ledger's lifecycle", "台账的生命周期"),
        word!("look for lifecycle rules that delete its entries", "查找会删除其内容的生命周期规则"),
    );
    match &bucket.deleting_rules {
        Readable::Known(rules) if rules.is_empty() => finding.well(word!("there is none", "没有")),
        Readable::Known(rules) => {
            let named = rules.iter().map(|rule| say!("{:?} for prefix {:?}", "{:?}（前缀 {:?}）", rule.id, rule.prefix));
            let named = named.collect::<Vec<_>>().join(", ");
            finding
                .failed(say!(
                    "{named} deletes steps: a late event then makes a second video",
                    "{named} 会删除步骤：迟到的事件会生成第二个视频"
                ))
                .advise(word!(
                    "limit the rule to other prefixes, or move the ledger to a bucket of its own without such rules",
                    "请把该规则限定到其他前缀，或把台账移到没有这类规则的单独 bucket"
                ))
        }
        Readable::Denied => finding.warn(
            word!("the key may not ask", "密钥无权查询"),
            match bucket.provider {
                storage::Provider::S3 => word!(
                    "grant s3:GetLifecycleConfiguration on the bucket to see it, or make sure that no rule deletes below the ledger's prefix",
                    "如需查看，请授予该 bucket 的 s3:GetLifecycleConfiguration；或自行确认没有规则删除台账前缀下的对象"
                ),
                _ => word!(
                    "grant oss:GetBucketLifecycle on the bucket to see it, or make sure that no rule deletes below the ledger's prefix",
                    "如需查看，请授予该 bucket 的 oss:GetBucketLifecycle；或自行确认没有规则删除台账前缀下的对象"
                ),
            },
        ),
        Readable::Unknown => finding.well(word!("the store does not tell", "存储不提供此信息")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use storage::{LifecycleRule, Provider};

    fn told(bucket: &LedgerBucket) -> Vec<String> {
        versions(bucket).iter().chain([&lifecycle(bucket)]).map(Finding::line).collect()
    }

    #[test]
    fn a_rule_that_deletes_steps_is_a_failure_and_what_may_not_be_seen_a_warning() {
        let rule = LifecycleRule {
            id: "tidy".into(),
            prefix: "oss2".into(),
            expires: true,
            ..LifecycleRule::default()
        };
        let oss = |deleting_rules| LedgerBucket {
            provider: Provider::Oss,
            versions: Readable::Known(false),
            deleting_rules,
        };
        let cases = [
            (
                Readable::Known(vec![]),
                "ok ledger's lifecycle: look for lifecycle rules that delete its entries: there is none",
            ),
            (
                Readable::Known(vec![rule]),
                "FAILED ledger's lifecycle: look for lifecycle rules that delete its entries: \"tidy\" for prefix \"oss2\" deletes steps: \
                 a late event then makes a second video => limit the rule to other prefixes, or move the ledger to a bucket of its own \
                 without such rules",
            ),
            (
                Readable::Denied,
                "warn ledger's lifecycle: look for lifecycle rules that delete its entries: the key may not ask => grant \
                 oss:GetBucketLifecycle on the bucket to see it, or make sure that no rule deletes below the ledger's prefix",
            ),
            (
                Readable::Unknown,
                "ok ledger's lifecycle: look for lifecycle rules that delete its entries: the store does not tell",
            ),
        ];
        for (rules, line) in cases {
            assert_eq!(told(&oss(rules)), [line]);
        }
    }

    #[test]
    fn an_s3_bucket_that_keeps_versions_is_a_warning() {
        let s3 = |versions| LedgerBucket {
            provider: Provider::S3,
            versions,
            deleting_rules: Readable::Known(vec![]),
        };
        for (seen, begins) in [
            (
                Readable::Known(false),
                "ok ledger's versions: ask whether its bucket keeps versions: it keeps none",
            ),
            (
                Readable::Known(true),
                "warn ledger's versions: ask whether its bucket keeps versions: it keeps them: create-only holds",
            ),
            (
                Readable::Denied,
                "warn ledger's versions: ask whether its bucket keeps versions: the key may not ask => grant s3:",
            ),
            (
                Readable::Unknown,
                "ok ledger's versions: ask whether its bucket keeps versions: the store does not tell",
            ),
        ] {
            let lines = told(&s3(seen));
            assert!(lines.len() == 2 && lines[0].starts_with(begins), "{lines:?}");
        }
    }
}

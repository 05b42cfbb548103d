//! What the ledger's bucket does to entries on its own: versions that it keeps, and lifecycle rules that delete.

use super::{context::CheckContext, finding::Finding};
use crate::ui::{
    i18n::{tr, tr_static},
    messages::way_out::Callee,
};
use app::{LedgerBucket, Readable, core::Error, storage};

/// A folder has no such settings: no finding.
pub(super) async fn check(context: &CheckContext) -> Vec<Finding> {
    match context.app.ledger_bucket(None).await {
        Ok(bucket) if bucket.provider == storage::Provider::Folder => Vec::new(),
        Ok(bucket) => {
            let lifecycle = check_lifecycle(&bucket);
            check_versions(&bucket).into_iter().chain([lifecycle]).collect()
        }
        Err(error) => vec![describe_unreachable(&error)],
    }
}

fn describe_unreachable(error: &Error) -> Finding {
    Finding::new(
        tr_static!("ledger's bucket", "台账的 bucket"),
        tr_static!("read its settings", "读取其设置"),
    )
    .fail_for(
        error,
        Callee::Ledger,
        tr_static!("run doctor again once the bucket can be reached", "恢复访问后请重新运行 doctor"),
    )
}

/// Checks S3 only: on OSS a ledger does not open where the bucket keeps versions.
fn check_versions(bucket: &LedgerBucket) -> Option<Finding> {
    if bucket.provider != storage::Provider::S3 {
        return None;
    }
    let finding = Finding::new(
        tr_static!("ledger's versions", "台账的版本"),
        tr_static!("check whether its bucket keeps versions", "检查其 bucket 是否保留版本"),
    );
    Some(match bucket.versions {
        Readable::Known(false) => finding.pass(tr_static!("it keeps none", "不保留")),
        Readable::Known(true) => finding.warn(
            tr_static!(
                "it keeps them: create-only still holds, and each renewed lease and each deleted entry leaves a version or a \
                 delete marker",
                "保留：仅创建的写入仍然有效，但每次续租、每次删除都会留下一个版本或删除标记"
            ),
            tr_static!(
                "let a lifecycle rule remove noncurrent versions and expired delete markers below the ledger's prefix, and nothing else there",
                "请用生命周期规则清除台账前缀下的非当前版本和过期删除标记，且不要清除其他内容"
            ),
        ),
        Readable::Denied => finding.warn(
            tr_static!("the key has no permission to read it", "密钥无权查询"),
            tr_static!("grant s3:GetBucketVersioning on the bucket to see it", "如需查看，请授予该 bucket 的 s3:GetBucketVersioning"),
        ),
        Readable::Unknown => finding.pass(tr_static!("the store does not say", "存储不提供此信息")),
    })
}

fn check_lifecycle(bucket: &LedgerBucket) -> Finding {
    let finding = Finding::new(
        tr_static!("ledger's lifecycle", "台账的生命周期"),
        tr_static!("look for lifecycle rules that delete its entries", "查找会删除其内容的生命周期规则"),
    );
    match &bucket.deleting_rules {
        Readable::Known(rules) if rules.is_empty() => finding.pass(tr_static!("there is none", "没有")),
        Readable::Known(rules) => {
            let named = rules.iter().map(|rule| tr!("{:?} for prefix {:?}", "{:?}（前缀 {:?}）", rule.id, rule.prefix));
            let named = named.collect::<Vec<_>>().join(", ");
            finding
                .fail(tr!(
                    "{named} deletes steps: a late event then creates a second video",
                    "{named} 会删除步骤：迟到的事件会生成第二个视频"
                ))
                .advise(tr_static!(
                    "limit the rule to other prefixes, or move the ledger to a bucket of its own without such rules",
                    "请把该规则限定到其他前缀，或把台账移到没有这类规则的单独 bucket"
                ))
        }
        Readable::Denied => finding.warn(
            tr_static!("the key has no permission to read it", "密钥无权查询"),
            match bucket.provider {
                storage::Provider::S3 => tr_static!(
                    "grant s3:GetLifecycleConfiguration on the bucket to see it, or make sure that no rule deletes below the ledger's prefix",
                    "如需查看，请授予该 bucket 的 s3:GetLifecycleConfiguration；或自行确认没有规则删除台账前缀下的对象"
                ),
                _ => tr_static!(
                    "grant oss:GetBucketLifecycle on the bucket to see it, or make sure that no rule deletes below the ledger's prefix",
                    "如需查看，请授予该 bucket 的 oss:GetBucketLifecycle；或自行确认没有规则删除台账前缀下的对象"
                ),
            },
        ),
        Readable::Unknown => finding.pass(tr_static!("the store does not say", "存储不提供此信息")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use storage::{LifecycleRule, Provider};

    fn check_lines(bucket: &LedgerBucket) -> Vec<String> {
        check_versions(bucket).iter().chain([&check_lifecycle(bucket)]).map(Finding::to_line).collect()
    }

    /// A lifecycle rule that deletes steps is a failure; rules that the key may not read are a warning.
    #[test]
    fn a_rule_that_deletes_steps_is_a_failure() {
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
                 a late event then creates a second video => limit the rule to other prefixes, or move the ledger to a bucket of its own \
                 without such rules",
            ),
            (
                Readable::Denied,
                "warn ledger's lifecycle: look for lifecycle rules that delete its entries: the key has no permission to read it => grant \
                 oss:GetBucketLifecycle on the bucket to see it, or make sure that no rule deletes below the ledger's prefix",
            ),
            (
                Readable::Unknown,
                "ok ledger's lifecycle: look for lifecycle rules that delete its entries: the store does not say",
            ),
        ];
        for (rules, line) in cases {
            assert_eq!(check_lines(&oss(rules)), [line]);
        }
    }

    #[test]
    fn an_s3_bucket_that_keeps_versions_is_a_warning() {
        let s3 = |versions| LedgerBucket {
            provider: Provider::S3,
            versions,
            deleting_rules: Readable::Known(vec![]),
        };
        for (versions, begins) in [
            (
                Readable::Known(false),
                "ok ledger's versions: check whether its bucket keeps versions: it keeps none",
            ),
            (
                Readable::Known(true),
                "warn ledger's versions: check whether its bucket keeps versions: it keeps them: create-only still holds",
            ),
            (
                Readable::Denied,
                "warn ledger's versions: check whether its bucket keeps versions: the key has no permission to read it => grant s3:",
            ),
            (
                Readable::Unknown,
                "ok ledger's versions: check whether its bucket keeps versions: the store does not say",
            ),
        ] {
            let lines = check_lines(&s3(versions));
            assert!(lines.len() == 2 && lines[0].starts_with(begins), "{lines:?}");
        }
    }
}

//! Which rights a refused call of a store needs, by the names that the store's policies have for them.

use crate::ui::i18n::tr;
use app::storage::Provider;

/// Names the right that the call needs, and all that are needed there: in the ledger's bucket, or to read objects. A refusal without a
/// reason is not certain to be about rights.
pub(super) fn describe(
    operation: &str,
    provider: Option<Provider>,
    is_certain: bool,
    is_ledger: bool,
) -> String {
    let all = name_all(provider, is_ledger);
    match (name_missing(operation, provider, is_ledger), is_certain) {
        (Some(missing), true) => tr!(
            "the key is not allowed to call {operation} there: grant {missing} on the bucket (all that is needed there: {all})",
            "该密钥无权调用 {operation}：请在 bucket 上授予 {missing}（该处所需的全部权限：{all}）"
        ),
        (Some(missing), false) => tr!(
            "the store refuses {operation} without a reason: check the key, and grant {missing} on the bucket (all that is needed there: \
             {all})",
            "存储拒绝了 {operation} 且未说明原因：请检查密钥，并在 bucket 上授予 {missing}（该处所需的全部权限：{all}）"
        ),
        (None, true) => tr!(
            "the key is not allowed to call {operation} there: grant it on the bucket ({all})",
            "该密钥无权调用 {operation}：请在 bucket 上授权（{all}）"
        ),
        (None, false) => tr!(
            "the store refuses {operation} without a reason: check the key, and grant it on the bucket ({all})",
            "存储拒绝了 {operation} 且未说明原因：请检查密钥，并在 bucket 上授权（{all}）"
        ),
    }
}

/// The right that a call needs; `None` where the store or the call is not known.
fn name_missing(operation: &str, provider: Option<Provider>, is_ledger: bool) -> Option<String> {
    let is_s3 = match provider? {
        Provider::S3 => true,
        Provider::Oss => false,
        Provider::Folder => return None,
    };
    let store = if is_s3 { "s3" } else { "oss" };
    let action = match operation {
        // The ledger reads no versions.
        "GetObject" if !is_ledger => {
            return Some(tr!(
                "{store}:GetObject, and {store}:GetObjectVersion where it keeps versions,",
                "{store}:GetObject（保留版本时还需 {store}:GetObjectVersion）"
            ));
        }
        "HeadObject" => "GetObject",
        "ListObjectsV2" if is_s3 => "ListBucket",
        "ListObjectsV2" => "ListObjects",
        "GetBucketLifecycle" if is_s3 => "GetLifecycleConfiguration",
        "GetObject" | "PutObject" | "DeleteObject" | "GetBucketVersioning" | "GetBucketLifecycle" => {
            operation
        }
        _ => return None,
    };
    Some(format!("{store}:{action}"))
}

/// All that is needed there: of both stores, where it is not known which.
fn name_all(provider: Option<Provider>, is_ledger: bool) -> String {
    let (oss, s3) = if is_ledger {
        (
            "oss:GetObject, oss:PutObject, oss:DeleteObject, oss:ListObjects, oss:GetBucketVersioning",
            "s3:GetObject, s3:PutObject, s3:DeleteObject, s3:ListBucket",
        )
    } else {
        // Reading a version, which is what a bucket with versioning has, needs a right of its own.
        (
            "oss:GetObject, oss:GetObjectVersion, oss:ListObjects",
            "s3:GetObject, s3:GetObjectVersion, s3:ListBucket",
        )
    };
    match provider {
        Some(Provider::Oss) => oss.to_owned(),
        Some(Provider::S3) => s3.to_owned(),
        Some(Provider::Folder) | None => format!("{oss}; S3: {s3}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same call has another right's name on each cloud, and the other cloud's names are left out.
    #[test]
    fn the_missing_right_has_its_clouds_name() {
        let cases = [
            (Provider::S3, "ListObjectsV2", true, "grant s3:ListBucket on"),
            (Provider::Oss, "ListObjectsV2", false, "grant oss:ListObjects on"),
            (Provider::S3, "HeadObject", false, "grant s3:GetObject on"),
            (Provider::Oss, "GetObject", false, "and oss:GetObjectVersion where"),
            (Provider::S3, "GetObject", true, "grant s3:GetObject on"),
            (Provider::S3, "GetBucketLifecycle", true, "grant s3:GetLifecycleConfiguration on"),
            (Provider::Oss, "UploadPart", false, "grant it on the bucket"),
        ];
        for (provider, operation, is_ledger, words) in cases {
            let said = describe(operation, Some(provider), true, is_ledger);
            assert!(said.contains(words), "{words}: {said}");
            let other = if provider == Provider::S3 { "oss:" } else { "s3:" };
            assert!(!said.to_lowercase().contains(other), "{other}: {said}");
        }
        let unknown = describe("PutObject", None, false, true);
        assert!(unknown.contains("oss:PutObject") && unknown.contains("s3:PutObject"), "{unknown}");
    }
}

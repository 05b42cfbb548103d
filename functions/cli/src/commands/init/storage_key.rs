//! The key with which objects, and a ledger in a bucket, are reached.

use crate::{args::InitArgs, ui::i18n::tr};
use std::env;

/// Where the key comes from.
pub(super) enum KeyOrigin {
    /// A flag, or the legacy worker's settings.
    Flags,
    /// Variables that are set here, or that S3 alone knows; what to say about them.
    Variables(String),
    /// Nobody said yet.
    Unknown,
}

/// Finds out where the key comes from.
pub(super) fn find_origin(args: &InitArgs) -> KeyOrigin {
    if args.access_key_id.is_some() {
        return KeyOrigin::Flags;
    }
    let is_set = |name| env::var(name).is_ok_and(|value| !value.trim().is_empty());
    if is_set("ALIBABA_CLOUD_ACCESS_KEY_ID") && is_set("ALIBABA_CLOUD_ACCESS_KEY_SECRET") {
        return KeyOrigin::Variables(tr!(
            "the key for OSS is taken from ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, which are set here: every \
             command needs them",
            "OSS 的密钥取自已设置的 ALIBABA_CLOUD_ACCESS_KEY_ID 与 ALIBABA_CLOUD_ACCESS_KEY_SECRET：每个命令都需要它们"
        ));
    }
    let ledger_in_s3 = args.ledger.as_deref().is_some_and(|place| place.starts_with("s3://"));
    if ledger_in_s3 && args.bucket.is_none() {
        return KeyOrigin::Variables(tr!(
            "the key for S3 is taken from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a role: every command needs them",
            "S3 的密钥取自 AWS_ACCESS_KEY_ID 与 AWS_SECRET_ACCESS_KEY，或角色：每个命令都需要它们"
        ));
    }
    KeyOrigin::Unknown
}

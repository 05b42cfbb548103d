//! What a person can do about an error, by what is behind it.

use super::permissions;
use crate::ui::{
    i18n::{tr, tr_static},
    output::escape,
    shell_text::{quote, write_command},
};
use app::{
    Cause,
    core::{Error, ErrorKind},
    find_cause,
    storage::Provider,
};

/// What was called, as far as the way out depends on it: each has settings of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Callee {
    /// The store of the objects.
    Source,
    /// The store of the ledger.
    Ledger,
    /// Youku, and where it lets bytes be sent.
    Youku,
    /// Not known.
    Unknown,
}

impl Callee {
    fn from_kind(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Source | ErrorKind::SourceDenied | ErrorKind::SourceMissing => Self::Source,
            ErrorKind::Ledger => Self::Ledger,
            ErrorKind::Youku | ErrorKind::Target => Self::Youku,
            _ => Self::Unknown,
        }
    }
}

/// The way out of an error, where its cause has one of its own.
pub(crate) fn find(error: &Error) -> Option<String> {
    find_for(error, Callee::from_kind(error.kind()))
}

/// The same for an error of which it is known what was called.
pub(crate) fn find_for(error: &Error, callee: Callee) -> Option<String> {
    Some(describe(&find_cause(error)?, callee))
}

fn describe(cause: &Cause, callee: Callee) -> String {
    match cause {
        Cause::NoCredential { provider } => {
            let names = name_credentials(*provider);
            tr!(
                "no key is set for the store: set {names}, or give this machine a role",
                "没有设置存储的密钥：请设置 {names}，或为本机授予角色"
            )
        }
        Cause::CredentialExpired { provider } => {
            let names = name_credentials(*provider);
            tr!(
                "the temporary key has expired: get a new one with its security token, or set a permanent one ({names})",
                "临时密钥已过期：请换新的密钥及其安全令牌，或设置长期密钥（{names}）"
            )
        }
        Cause::KeyRefused { provider } => {
            let names = name_credentials(*provider);
            tr!(
                "the store does not accept the key: check that key id and secret belong together, and that the key is enabled ({names})",
                "存储不接受该密钥：请检查密钥 ID 与 Secret 是否配对、密钥是否启用（{names}）"
            )
        }
        Cause::NotPermitted { provider, operation, is_certain } => {
            permissions::describe(operation, *provider, *is_certain, callee == Callee::Ledger)
        }
        Cause::FileDenied => tr!(
            "give this user permission to read and write it (ls -l shows who may)",
            "请授予当前用户读写权限（ls -l 可查看）"
        ),
        Cause::WrongClock => tr!(
            "set this machine's clock (NTP; `date -u` shows it): signatures and certificates depend on it",
            "请校准本机时钟（NTP；`date -u` 可查看）：签名和证书都依赖它"
        ),
        Cause::Archived { provider, bucket, key } => describe_restore(*provider, bucket, key),
        Cause::NoSuchBucket { bucket } => {
            let bucket = escape(bucket);
            tr!(
                "check the bucket's name ({bucket}) and its region or endpoint (source.region, source.endpoint), or create it",
                "请检查 bucket 名（{bucket}）及其地域或 endpoint（source.region、source.endpoint），或创建它"
            )
        }
        Cause::WrongAddress => tr!(
            "set source.region to the bucket's region, such as cn-hangzhou, or source.endpoint to its endpoint (S3: AWS_REGION or source.s3_endpoint)",
            "请把 source.region 设为 bucket 所在地域（如 cn-hangzhou），或把 source.endpoint 设为其 endpoint（S3：AWS_REGION 或 source.s3_endpoint）"
        ),
        Cause::Unreachable { host } => describe_unreachable(host.as_deref(), callee),
        Cause::Overloaded => {
            tr!("it is overloaded or fails for now: try again later", "对方繁忙或暂时故障：请稍后重试")
        }
        Cause::DiskFull => tr!(
            "the disk is full: make room (`df -h` shows how much is left), then run the same command again; what Youku has accepted is kept",
            "磁盘已满：请腾出空间（`df -h` 可查看剩余空间）后重新运行同一命令；优酷已接收的部分会保留"
        ),
        Cause::ReadOnlyDisk => tr!(
            "the file system is read-only: keep the ledger elsewhere (ledger.location)",
            "文件系统只读：请把台账放到别处（ledger.location）"
        ),
        Cause::NoLedger => {
            let init = write_command("init");
            tr!(
                "set ledger.location in oss2youku.toml (or OSS2YOUKU_LEDGER__LOCATION) to oss://bucket/prefix/, s3://bucket/prefix/ or a \
                 folder; `{init}` writes such a file",
                "请在 oss2youku.toml 中把 ledger.location（或变量 OSS2YOUKU_LEDGER__LOCATION）设为 oss://bucket/prefix/、s3://bucket/prefix/ 或目录；`{init}` 可生成该文件"
            )
        }
        Cause::NoSealKey => tr!(
            "set ledger.seal_key (OSS2YOUKU_LEDGER__SEAL_KEY): the key of the ledger if it is in use already, else a new one from \
             `openssl rand -base64 32`",
            "请设置 ledger.seal_key（OSS2YOUKU_LEDGER__SEAL_KEY）：台账已在使用时填它的密钥，否则用 `openssl rand -base64 32` 生成"
        ),
        Cause::MalformedSealKey => tr!(
            "set ledger.seal_key to 32 bytes in base64, as `openssl rand -base64 32` prints them; a ledger in use keeps its key",
            "请把 ledger.seal_key 设为 base64 编码的 32 字节（`openssl rand -base64 32` 的输出）；已在使用的台账须沿用原密钥"
        ),
        Cause::WrongSealKey => tr!(
            "set ledger.seal_key to the key that this ledger began with: that of the function or machine which used it first \
             (OSS2YOUKU_LEDGER__SEAL_KEY); a folder keeps its own in seal.key",
            "请把 ledger.seal_key 设为这个台账最初使用的密钥，即最先使用它的函数或机器的密钥（OSS2YOUKU_LEDGER__SEAL_KEY）；目录中的台账则保存在 seal.key"
        ),
        Cause::VersionedBucket => tr!(
            "create a bucket that has never had versioning and set ledger.location to it: suspending versioning is not enough",
            "请新建一个从未开启过版本控制的 bucket，并把 ledger.location 指向它：仅暂停版本控制不够"
        ),
        Cause::VersioningHidden => tr!(
            "grant oss:GetBucketVersioning on the ledger's bucket to the key",
            "请授予该密钥对台账 bucket 的 oss:GetBucketVersioning 权限"
        ),
        Cause::NoAccount => {
            let init = write_command("init");
            tr!(
                "`{init}` writes a settings file with an account; or set OSS2YOUKU_ACCOUNTS__MAIN__CLIENT_ID and \
                 OSS2YOUKU_ACCOUNTS__MAIN__ACCESS_TOKEN (cloud.youku.com/tools)",
                "`{init}` 可生成含账号的设置文件；或设置 OSS2YOUKU_ACCOUNTS__MAIN__CLIENT_ID 与 OSS2YOUKU_ACCOUNTS__MAIN__ACCESS_TOKEN（cloud.youku.com/tools）"
            )
        }
        // A cause that is newer than this table.
        _ => {
            let doctor = write_command("doctor");
            tr!("{doctor} finds what is wrong", "{doctor} 可协助排查")
        }
    }
}

/// Where a key for the store is set.
fn name_credentials(provider: Option<Provider>) -> &'static str {
    match provider {
        Some(Provider::S3) => tr_static!(
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
            "AWS_ACCESS_KEY_ID 与 AWS_SECRET_ACCESS_KEY"
        ),
        _ => tr_static!(
            "source.access_key_id and source.access_key_secret, or ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET",
            "source.access_key_id 与 source.access_key_secret，或 ALIBABA_CLOUD_ACCESS_KEY_ID 与 ALIBABA_CLOUD_ACCESS_KEY_SECRET"
        ),
    }
}

/// How the object is made readable again. A restore takes from minutes to two days, by the kind of archive.
fn describe_restore(provider: Option<Provider>, bucket: &str, key: &str) -> String {
    let command = match provider {
        Some(Provider::S3) => format!(
            "aws s3api restore-object --bucket {} --key {} --restore-request Days=3",
            quote(bucket),
            quote(key)
        ),
        _ => format!("ossutil restore {}", quote(&format!("oss://{bucket}/{key}"))),
    };
    tr!(
        "restore the object ({command}); once it can be read, run the same command again, or let the next sweep resume",
        "请先解冻该对象（{command}）；可以读取后重新运行同一命令，或由下一次巡检继续"
    )
}

fn describe_unreachable(host: Option<&str>, callee: Callee) -> String {
    let setting = match callee {
        Callee::Source => "source.endpoint, source.region",
        Callee::Ledger => "ledger.location, source.endpoint, source.region",
        Callee::Youku => "youku.api",
        Callee::Unknown => "source.endpoint, youku.api",
    };
    let host = escape(host.unwrap_or(tr_static!("the host", "该主机")));
    tr!(
        "{host} cannot be reached from here: check the network, the firewall and the address ({setting}), then run the same command again",
        "无法从本机访问 {host}：请检查网络、防火墙和地址设置（{setting}），然后重新运行同一命令"
    )
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn find_way_out(kind: ErrorKind, cause: Cause) -> String {
        find(&Error::new(kind, "x", "why").with_source(cause)).unwrap()
    }

    /// What is to be done follows the cause, and the settings it names follow what was called.
    #[test]
    fn the_way_out_follows_the_cause() {
        let archived =
            |provider| Cause::Archived { provider, bucket: "films".into(), key: "md/a b.mp4".into() };
        let unreachable = || Cause::Unreachable { host: Some("h:1".into()) };
        let denied = || Cause::NotPermitted { provider: None, operation: "PutObject", is_certain: true };
        let cases = [
            (ErrorKind::SourceDenied, archived(Some(Provider::S3)), "--bucket films --key 'md/a b.mp4'"),
            (
                ErrorKind::SourceDenied,
                archived(Some(Provider::Oss)),
                "ossutil restore 'oss://films/md/a b.mp4'",
            ),
            (ErrorKind::Ledger, Cause::DiskFull, "df -h"),
            (ErrorKind::Source, unreachable(), "h:1 cannot be reached from here"),
            (ErrorKind::Youku, unreachable(), "youku.api"),
            (ErrorKind::Ledger, denied(), "oss:DeleteObject"),
            (ErrorKind::Config, Cause::NoCredential { provider: Some(Provider::S3) }, "AWS_ACCESS_KEY_ID"),
            (ErrorKind::Config, Cause::NoCredential { provider: None }, "source.access_key_id"),
            (ErrorKind::Ledger, Cause::WrongSealKey, "ledger.seal_key"),
            (ErrorKind::Source, Cause::WrongClock, "clock"),
        ];
        for (kind, cause, word) in cases {
            let way = find_way_out(kind, cause);
            assert!(way.contains(word), "{word}: {way}");
        }
        assert_eq!(
            find(&Error::new(ErrorKind::SourceDenied, "x", "the object is archived; restore it first")),
            None
        );
    }
}

//! What kind of thing went wrong, in a few words.

use crate::ui::i18n::tr_static;
use app::core::ErrorKind;

/// The kind of an error, in a few words.
pub(crate) fn describe(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::InvalidJob | ErrorKind::Usage => {
            tr_static!("its file or metadata breaks a limit", "请求不符合要求")
        }
        ErrorKind::NotPublishable => {
            tr_static!("the file cannot become a video", "文件无法成为视频")
        }
        ErrorKind::NoSuchUpload => tr_static!("no such upload", "没有这个上传"),
        ErrorKind::WrongState => {
            tr_static!("the upload's state does not allow it", "上传当前的状态不允许此操作")
        }
        ErrorKind::SourceMissing => tr_static!("the source is gone", "来源不存在"),
        ErrorKind::SourceChanged => tr_static!("the source has changed", "来源已改变"),
        ErrorKind::SourceDenied => tr_static!("the source refuses access", "来源拒绝访问"),
        ErrorKind::Source => tr_static!("the source failed", "来源出错"),
        ErrorKind::Target => tr_static!("Youku's storage failed", "优酷的存储出错"),
        ErrorKind::CredentialExpired => {
            tr_static!("the temporary key of Youku's storage has expired", "优酷存储的临时凭证已过期")
        }
        ErrorKind::NoSuchMultipart => {
            tr_static!("Youku's storage does not know the multipart upload", "优酷的存储不认识这个分片上传")
        }
        ErrorKind::PartExists => tr_static!("Youku's storage has the part already", "优酷的存储已有这个分片"),
        ErrorKind::Unauthorized => tr_static!("Youku refuses the access token", "优酷拒绝访问令牌"),
        ErrorKind::ClientRefused => {
            tr_static!("Youku does not know the account's client_id", "优酷不认识账号的 client_id")
        }
        ErrorKind::Reauthorize => tr_static!("a new authorization is needed", "需要重新授权"),
        ErrorKind::SessionOver => tr_static!("the upload session is over", "上传会话已结束"),
        ErrorKind::RateLimited => tr_static!("Youku accepts no more calls for now", "优酷暂时限制调用"),
        ErrorKind::Youku => tr_static!("Youku refused, or failed", "优酷出错"),
        ErrorKind::Integrity | ErrorKind::VerificationFailed => {
            tr_static!("the checksums differ", "数据校验不一致")
        }
        ErrorKind::HashRefused => {
            tr_static!("the file does not have the stated MD5", "优酷收到的文件与声明的 MD5 不符")
        }
        ErrorKind::CommitUnknown => tr_static!("the result of the commit is unknown", "提交结果未知"),
        ErrorKind::Deadline => tr_static!("the time was over", "时间不够"),
        ErrorKind::Cancelled => tr_static!("cancelled", "已取消"),
        ErrorKind::InProgress => tr_static!("in progress elsewhere", "正在别处进行"),
        ErrorKind::Superseded => tr_static!("taken over elsewhere", "已由别处接手"),
        ErrorKind::Ledger => tr_static!("the ledger failed", "台账出错"),
        ErrorKind::Config => tr_static!("the settings do not fit", "设置有误"),
        ErrorKind::Failed => tr_static!("failed", "失败"),
        // A kind that is newer than this table.
        _ => tr_static!("an error", "出错"),
    }
}

/// A failure by its stable code, with the code.
pub(crate) fn describe_code(code: &str) -> String {
    match ErrorKind::from_code(code) {
        Some(kind) => format!("{} [{code}]", describe(kind)),
        None => format!("[{code}]"),
    }
}

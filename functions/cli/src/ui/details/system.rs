//! Words of the operating system. A failed call of it reads `Permission denied (os error 13)`: the number says what failed, and stays.

use nix::errno::Errno;
use std::io::{Error, ErrorKind};

/// What stands between the system's words and the number.
const NUMBER: &str = " (os error ";

/// Translates a text that ends with the system's words, or that is nothing but Rust's name of a kind. `None`: it is none of the system's.
pub(super) fn translate(text: &str, translate_subject: fn(&str) -> String) -> Option<String> {
    let Some(number) = text.strip_suffix(')').and_then(|text| Some(text.rsplit_once(NUMBER)?.1)) else {
        return find_kind(text).map(Into::into);
    };
    let number: i32 = number.parse().ok()?;
    let error = Error::from_raw_os_error(number);
    let words = describe(error.kind()).or_else(|| describe_number(number))?;
    let words = format!("{words}（系统错误 {number}）");
    // What the call was about may stand in front.
    match text.strip_suffix(&error.to_string())? {
        "" => Some(words),
        subject => Some(format!("{}：{words}", translate_subject(subject.strip_suffix(": ")?))),
    }
}

/// The kind whose name the text is: an error that no call of the system gave has no number.
fn find_kind(text: &str) -> Option<&'static str> {
    KINDS.iter().find(|(kind, _)| kind.to_string() == text).map(|(_, words)| *words)
}

fn describe(kind: ErrorKind) -> Option<&'static str> {
    KINDS.iter().find(|(known, _)| *known == kind).map(|(_, words)| *words)
}

/// Failures that Rust puts into no kind of its own.
fn describe_number(number: i32) -> Option<&'static str> {
    Some(match Errno::from_raw(number) {
        Errno::EMFILE | Errno::ENFILE => "打开的文件过多",
        Errno::EIO => "读写设备出错",
        Errno::ENXIO | Errno::ENODEV => "没有这个设备",
        Errno::ELOOP => "符号链接层数过多",
        Errno::ENOTTY => "不是终端",
        _ => return None,
    })
}

/// Every kind that a file, a process or a socket of this program can meet.
const KINDS: [(ErrorKind, &str); 37] = [
    (ErrorKind::NotFound, "没有这个文件或目录"),
    (ErrorKind::PermissionDenied, "没有权限"),
    (ErrorKind::ConnectionRefused, "连接被拒绝"),
    (ErrorKind::ConnectionReset, "连接被对方重置"),
    (ErrorKind::HostUnreachable, "无法到达主机"),
    (ErrorKind::NetworkUnreachable, "无法到达网络"),
    (ErrorKind::ConnectionAborted, "连接中止"),
    (ErrorKind::NotConnected, "没有连接"),
    (ErrorKind::AddrInUse, "地址已被占用"),
    (ErrorKind::AddrNotAvailable, "本机没有这个地址"),
    (ErrorKind::NetworkDown, "网络未启用"),
    (ErrorKind::BrokenPipe, "对方已关闭连接或管道"),
    (ErrorKind::AlreadyExists, "文件已存在"),
    (ErrorKind::WouldBlock, "资源暂时不可用"),
    (ErrorKind::NotADirectory, "不是目录"),
    (ErrorKind::IsADirectory, "是目录"),
    (ErrorKind::DirectoryNotEmpty, "目录不为空"),
    (ErrorKind::ReadOnlyFilesystem, "文件系统是只读的"),
    (ErrorKind::StaleNetworkFileHandle, "网络文件系统的句柄已失效"),
    (ErrorKind::InvalidInput, "参数无效"),
    (ErrorKind::InvalidData, "数据无效"),
    (ErrorKind::TimedOut, "超时"),
    (ErrorKind::WriteZero, "无法写入数据"),
    (ErrorKind::StorageFull, "磁盘已满"),
    (ErrorKind::NotSeekable, "不支持定位"),
    (ErrorKind::QuotaExceeded, "磁盘配额已用完"),
    (ErrorKind::FileTooLarge, "文件过大"),
    (ErrorKind::ResourceBusy, "资源正被使用"),
    (ErrorKind::ExecutableFileBusy, "程序文件正被使用"),
    (ErrorKind::CrossesDevices, "不能跨文件系统链接"),
    (ErrorKind::TooManyLinks, "链接过多"),
    (ErrorKind::InvalidFilename, "文件名无效"),
    (ErrorKind::ArgumentListTooLong, "命令行过长"),
    (ErrorKind::Interrupted, "操作被中断"),
    (ErrorKind::Unsupported, "不支持此操作"),
    (ErrorKind::UnexpectedEof, "数据提前结束"),
    (ErrorKind::OutOfMemory, "内存不足"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn keep(text: &str) -> String {
        text.to_owned()
    }

    /// The number stays, and so does what the call was about.
    #[test]
    fn the_systems_words_are_translated_by_their_kind() {
        for (english, chinese) in [
            ("No such file or directory (os error 2)", "没有这个文件或目录（系统错误 2）"),
            ("Permission denied (os error 13)", "没有权限（系统错误 13）"),
            ("Too many open files (os error 24)", "打开的文件过多（系统错误 24）"),
            ("No space left on device (os error 28)", "磁盘已满（系统错误 28）"),
            ("Read-only file system (os error 30)", "文件系统是只读的（系统错误 30）"),
            (
                "127.0.0.1:80: Address already in use (os error 98)",
                "127.0.0.1:80：地址已被占用（系统错误 98）",
            ),
            ("unexpected end of file", "数据提前结束"),
            ("permission denied", "没有权限"),
        ] {
            assert_eq!(translate(english, keep).as_deref(), Some(chinese));
        }
        for other in ["", "denied (os error 13)", "Permission denied (os error 13", "x (os error y)"] {
            assert_eq!(translate(other, keep), None, "{other}");
        }
    }
}

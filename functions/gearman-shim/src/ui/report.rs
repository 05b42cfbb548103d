//! Reports what keeps the program from starting.

use super::{language::Lang, mistake};
use crate::{
    config::ConfigError, protocol::tls::TlsError, start_error::StartError, token_file::TokenFileError,
};
use std::{
    io::{self, IsTerminal, Write, stderr},
    process::ExitCode,
};

/// The exit code of a program that cannot start.
const CANNOT_START: u8 = 2;

/// Prints what is wrong with the command line, or the help that it asks for.
pub(crate) fn report_mistake(error: &clap::Error, lang: Lang) -> ExitCode {
    // The stream may be closed.
    let _ = match lang {
        Lang::Zh if error.use_stderr() => writeln!(stderr(), "{}", mistake::describe(error)),
        _ => error.print(),
    };
    ExitCode::from(if error.use_stderr() { CANNOT_START } else { 0 })
}

/// Says why the program cannot start: to a person on a terminal in the language in use, else in the log.
pub(crate) fn report_failure(error: &StartError, lang: Lang) -> ExitCode {
    if stderr().is_terminal() {
        let text = match lang {
            Lang::En => format!("oss2youku-gearman: cannot start: {error}"),
            Lang::Zh => format!("oss2youku-gearman：无法启动：{}", describe_zh(error)),
        };
        let _ = writeln!(stderr(), "{text}");
    } else {
        tracing::error!(%error, "cannot start");
    }
    ExitCode::from(CANNOT_START)
}

fn describe_zh(error: &StartError) -> String {
    match error {
        StartError::Config(ConfigError::TokenFile { path, problem }) => {
            let why = match problem {
                TokenFileError::Io(error) => describe_io(error),
                TokenFileError::NotOneToken => "应为一个令牌：一行可见的 ASCII 字符".into(),
            };
            format!("--token-file {}：{why}", path.display())
        }
        StartError::Config(ConfigError::TlsCa { path, problem }) => {
            let why = match problem {
                TlsError::NoCertificate => "其中没有证书".into(),
                TlsError::Pem(rustls::pki_types::pem::Error::Io(error)) => describe_io(error),
                other => other.to_string(),
            };
            format!("--tls-ca {}：{why}", path.display())
        }
        StartError::Health { address, source } => format!("--health {address}：{}", describe_io(source)),
        other => other.to_string(),
    }
}

/// What a flag's file or address meets; the system's own words where it is rare.
fn describe_io(error: &io::Error) -> String {
    let words = match error.kind() {
        io::ErrorKind::NotFound => "没有这个文件",
        io::ErrorKind::PermissionDenied => "没有权限",
        io::ErrorKind::IsADirectory => "是目录",
        io::ErrorKind::InvalidData => "不是文本",
        io::ErrorKind::AddrInUse => "地址已被占用",
        io::ErrorKind::AddrNotAvailable => "本机没有这个地址",
        _ => return error.to_string(),
    };
    match error.raw_os_error() {
        Some(number) => format!("{words}（系统错误 {number}）"),
        None => words.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each flag that can keep the program from starting is named, with what it meets.
    #[test]
    fn what_keeps_it_from_starting_is_said_in_chinese() {
        let file = |problem| StartError::Config(ConfigError::TokenFile { path: "t".into(), problem });
        let health = |number| {
            let address = std::net::SocketAddr::from(([127, 0, 0, 1], 80));
            StartError::Health { address, source: io::Error::from_raw_os_error(number) }
        };
        for (error, chinese) in [
            (file(io::Error::from_raw_os_error(2).into()), "--token-file t：没有这个文件（系统错误 2）"),
            (file(TokenFileError::NotOneToken), "--token-file t：应为一个令牌：一行可见的 ASCII 字符"),
            (health(98), "--health 127.0.0.1:80：地址已被占用（系统错误 98）"),
            (
                ConfigError::TlsCa { path: "c".into(), problem: TlsError::NoCertificate }.into(),
                "--tls-ca c：其中没有证书",
            ),
        ] {
            assert_eq!(describe_zh(&error), chinese);
        }
    }
}

//! The sentences that people read, in both languages.

use crate::finding::{Finding, Language, OtherKind, Problem, Severity};

impl Finding {
    /// A sentence that says what is wrong. It holds no bytes of the file but a codec's name in printable ASCII.
    #[must_use]
    pub fn sentence(&self, language: Language) -> String {
        match language {
            Language::English => english(&self.problem, self.severity),
            Language::Chinese => chinese(&self.problem, self.severity),
        }
    }

    /// A sentence that says what to do about it.
    #[must_use]
    pub fn advice(&self, language: Language) -> &'static str {
        let (english, chinese) = advice(&self.problem, self.severity);
        match language {
            Language::English => english,
            Language::Chinese => chinese,
        }
    }
}

fn english(problem: &Problem, severity: Severity) -> String {
    let is_certain = severity == Severity::Refuse;
    let text = match problem {
        Problem::NoIndex if is_certain => {
            "The file has no index (moov box): the program that wrote it did not finish."
        }
        Problem::NoIndex => {
            "The file is a fragment without its index (moov box); it plays only together with one."
        }
        Problem::Truncated if is_certain => {
            "The file is cut short: its headers promise more bytes than it has."
        }
        Problem::Truncated => "The file seems to be cut short: its end is not what its headers promise.",
        Problem::NoVideoTrack if is_certain => "The file has no video track.",
        Problem::NoVideoTrack => "No video track was found in the part of the file that was read.",
        Problem::Encrypted if is_certain => "The video or its sound is encrypted.",
        Problem::Encrypted => "A part of the video or of its sound seems to be encrypted.",
        Problem::NotAVideo(other) => return format!("This is no video: {}.", english_kind(*other)),
        Problem::Unrecognized => "No known video format begins like this file.",
        Problem::WrongExtension { container } => {
            return format!(
                "The file's extension is that of another format: its content is {}.",
                container.name()
            );
        }
        Problem::ZeroDuration => "The file states a duration of zero.",
        Problem::UnusualCodec { codec: Some(codec) } => {
            return format!("The video codec is unusual: {codec}.");
        }
        Problem::UnusualCodec { codec: None } => "The video codec is not known.",
        Problem::IndexAtEnd => "The index (moov box) stands at the end of the file.",
        Problem::TooLong => "The video is longer than allowed.",
        Problem::TooLarge => "The file is larger than allowed.",
        Problem::Unchecked => {
            "The file was checked in part: its structure takes more reads than are allowed."
        }
    };
    text.to_owned()
}

fn english_kind(other: OtherKind) -> &'static str {
    match other {
        OtherKind::Empty => "the file is empty",
        OtherKind::Html => "it is a web page (HTML)",
        OtherKind::Xml => "it is an XML document",
        OtherKind::Zip => "it is a zip archive",
        OtherKind::Zeros => "it consists of zeros",
        OtherKind::StillPicture => "it is a still picture",
        OtherKind::ReferenceMovie => "it only refers to pictures and sound in other files",
    }
}

fn chinese(problem: &Problem, severity: Severity) -> String {
    let is_certain = severity == Severity::Refuse;
    let text = match problem {
        Problem::NoIndex if is_certain => "文件缺少索引（moov box）：写入文件的程序没有正常结束。",
        Problem::NoIndex => "文件只是分片，缺少索引（moov box），无法单独播放。",
        Problem::Truncated if is_certain => "文件不完整：实际字节数少于文件头声明的大小。",
        Problem::Truncated => "文件可能不完整：结尾与文件头的声明不符。",
        Problem::NoVideoTrack if is_certain => "文件中没有视频轨。",
        Problem::NoVideoTrack => "在已读取的部分中没有找到视频轨。",
        Problem::Encrypted if is_certain => "视频或音频已加密。",
        Problem::Encrypted => "部分视频或音频可能已加密。",
        Problem::NotAVideo(other) => return format!("这不是视频：{}。", chinese_kind(*other)),
        Problem::Unrecognized => "无法识别文件格式：文件开头不属于任何已知的视频格式。",
        Problem::WrongExtension { container } => {
            return format!("扩展名与内容不符：文件内容是 {}。", container.name());
        }
        Problem::ZeroDuration => "文件声明的时长为零。",
        Problem::UnusualCodec { codec: Some(codec) } => return format!("视频编码不常见：{codec}。"),
        Problem::UnusualCodec { codec: None } => "无法识别视频编码。",
        Problem::IndexAtEnd => "索引（moov box）位于文件末尾。",
        Problem::TooLong => "视频时长超出上限。",
        Problem::TooLarge => "文件大小超出上限。",
        Problem::Unchecked => "文件只检查了一部分：检查完整结构所需的读取次数超出上限。",
    };
    text.to_owned()
}

fn chinese_kind(other: OtherKind) -> &'static str {
    match other {
        OtherKind::Empty => "文件为空",
        OtherKind::Html => "内容是网页（HTML）",
        OtherKind::Xml => "内容是 XML 文档",
        OtherKind::Zip => "内容是 zip 压缩包",
        OtherKind::Zeros => "内容全是零",
        OtherKind::StillPicture => "内容是静态图片",
        OtherKind::ReferenceMovie => "文件只引用其他文件中的画面和声音，自身不含内容",
    }
}

/// What to do about it, in English and Chinese.
fn advice(problem: &Problem, severity: Severity) -> (&'static str, &'static str) {
    match problem {
        Problem::NoIndex => (
            "Wait until the recording or encoding has ended and upload the finished file; an aborted recording may be repaired with untrunc.",
            "请等录制或转码结束后上传完整的文件；录制中断的文件可以尝试用 untrunc 修复。",
        ),
        // Recorders that crashed leave such a file behind, and no copy is any longer.
        Problem::Truncated if severity == Severity::Warn => (
            "Play the file to its end; if the end is missing, copy or download it once more.",
            "请播放到结尾确认；如结尾缺失，请重新复制或下载文件。",
        ),
        Problem::Truncated => (
            "Copy or download the file once more, and compare its size with the original's.",
            "请重新复制或下载文件，并与原文件核对大小。",
        ),
        Problem::NoVideoTrack => (
            "Export the file with pictures, or add a still picture to the sound.",
            "请导出带画面的文件，或为音频配上静态画面。",
        ),
        Problem::Encrypted => {
            ("Upload a copy without encryption (DRM).", "请上传未加密（无 DRM 保护）的版本。")
        }
        Problem::NotAVideo(OtherKind::Zip) => {
            ("Unpack the archive and upload the video in it.", "请解压后上传其中的视频。")
        }
        Problem::NotAVideo(OtherKind::ReferenceMovie) => {
            ("Export it as a file of its own (self-contained).", "请导出为独立的（自包含）文件。")
        }
        Problem::NotAVideo(_) => (
            "Open the file to see what it is, and fetch the video once more.",
            "请打开文件确认内容，然后重新获取视频。",
        ),
        Problem::Unrecognized => (
            "Play the file; if it does not play, export it as MP4 (H.264 and AAC).",
            "请先试播；如无法播放，请导出为 MP4（H.264 与 AAC）。",
        ),
        Problem::WrongExtension { .. } => {
            ("Give the file the extension of its format.", "请将扩展名改为与内容相符的格式。")
        }
        Problem::ZeroDuration => (
            "Play the file; if it shows nothing, record or export it once more.",
            "请先试播；如没有画面，请重新录制或导出。",
        ),
        Problem::UnusualCodec { .. } => (
            "If the video is rejected, export it with H.264 or H.265.",
            "如视频未能通过，请用 H.264 或 H.265 重新导出。",
        ),
        Problem::IndexAtEnd => (
            "Nothing needs to be done; `ffmpeg -i in.mp4 -c copy -movflags +faststart out.mp4` moves the index to the front.",
            "无需处理；如需将索引移到开头，可执行 `ffmpeg -i in.mp4 -c copy -movflags +faststart out.mp4`。",
        ),
        Problem::TooLong => ("Divide the video into parts.", "请将视频分成几段。"),
        Problem::TooLarge => (
            "Divide the video into parts, or export it at a lower bit rate.",
            "请将视频分成几段，或降低码率后重新导出。",
        ),
        Problem::Unchecked => (
            "Play the file from its first to its last minute before you upload it.",
            "请在上传前从头到尾试播一遍。",
        ),
    }
}

//! Transfer and commit, metadata of a video and where it stands, rules.

use super::template::Text;

pub(super) const TEXTS: &[Text] = &[
    ("{~}; gave up after trying for a while", "{}；重试一段时间后放弃"),
    // Transfer.
    ("what landed in Youku's bucket is not the object", "到达优酷 bucket 的数据与对象不一致"),
    ("the object was replaced during the upload", "上传过程中对象被替换"),
    ("the bytes read do not have the object's CRC-64", "读取的数据与对象的 CRC-64 不符"),
    (
        "the bytes read do not have the object's CRC-64, though read several times",
        "多次读取的数据都与对象的 CRC-64 不符",
    ),
    ("the source did not send the bytes asked for", "来源没有发送所请求的数据"),
    ("the source's bytes ended early", "来源的数据提前结束"),
    ("the source sent more than was asked for", "来源发送的数据多于请求的"),
    ("the source ended early", "来源的数据提前结束"),
    ("a part arrived damaged", "有一个分片在传输中损坏"),
    ("a part's answer has no CRC-64", "分片的应答中没有 CRC-64"),
    (
        "Youku's upload server neither wants slices nor finishes writing",
        "优酷的上传服务器既不要分片，也没有写完",
    ),
    (
        "Youku's upload server asked for bytes that the object does not have",
        "优酷的上传服务器请求了对象没有的数据",
    ),
    (
        "a slice was read twice with different bytes, and either may have arrived",
        "同一分片两次读到的内容不同，无法确定优酷收到的是哪一份",
    ),
    ("the slices sent do not have the object's CRC-64", "已发送的分片与对象的 CRC-64 不符"),
    ("the target took no byte and gave no answer", "目标没有接收数据，也没有应答"),
    // Where an MD5 is stated.
    ("metadata md5", "元数据 md5"),
    ("metadata md5chksum", "元数据 md5chksum"),
    ("metadata s3cmd-attrs", "元数据 s3cmd-attrs"),
    ("field md5", "字段 md5"),
    ("stopped while it was tried again", "重试途中被停止"),
    // Session and commit.
    ("the session has no bucket", "会话没有给出 bucket"),
    ("the object does not have the MD5 that Youku was told", "对象的 MD5 与告诉优酷的不同"),
    (
        "the session is over, and Youku does not show yet whether the video was committed",
        "会话已结束，优酷尚未显示视频是否已提交",
    ),
    ("the object is empty", "对象是空的"),
    ("the object is larger than OSS keeps", "对象超过 OSS 的上限"),
    ("the time allowed for this run was over before the upload was", "本次运行的时间用完，上传尚未完成"),
    (
        "whether the object's content is published already cannot be asked now",
        "暂时无法询问对象的内容是否已发布",
    ),
    ("the object was read and has no MD5", "对象已读取，但没有得到 MD5"),
    ("Youku refuses the object's hash, which is the right one", "优酷拒绝了对象的哈希，而该哈希是正确的"),
    ("{~} states the MD5 {}, and the object's is {}", "{} 声明的 MD5 是 {}，而对象的是 {}"),
    (
        "the title is the start of the file's name, which is longer than the 60 characters that Youku takes",
        "文件名超过优酷允许的 60 个字符，标题取其开头部分",
    ),
    // How an upload failed, and what to do.
    ("the file cannot become a video", "文件无法成为视频"),
    (
        "{~} To publish it as it is, ask with `preflight` set to `off`, or by `oss2youku upload --force`",
        "{} 如要原样发布，请把 `preflight` 设为 `off` 后再次请求，或使用 `oss2youku upload --force`",
    ),
    ("is not refuse, warn or off", "不是 refuse、warn 或 off"),
    ("the object arrived damaged", "对象在传输中损坏"),
    ("no single PutObject is allowed any more", "不再允许用一次 PutObject 发送"),
    ("the session has no multipart id", "会话没有给出分片上传的编号"),
    (
        "Youku may have refused the session's shorter way: take {} out of the settings, then ask with `again`",
        "优酷可能拒绝了该会话的简化方式：请从设置中去掉 {}，然后用 again 另行请求",
    ),
    (
        "the object is the video {~} of an earlier request, so what is stated now is not used: {}; ask with `again` for another video",
        "该对象是此前请求的视频{}，因此这次写明的内容没有使用：{}；需要另一个视频时请用 `again` 请求",
    ),
    ("of an unknown id", "（编号未知）"),
    (
        "the session ended and Youku did not show for three days whether the video was committed: look before uploading again",
        "会话已结束，三天内优酷没有显示视频是否已提交：请先查找，再决定是否重新上传",
    ),
    ("send the task again with a valid access token", "请带有效的访问令牌重新发送任务"),
    (
        "look for the video on Youku; if it is not there, `oss2youku retry {} --new-session` uploads it anew, and so does {~}",
        "请到优酷查找该视频；若不存在，`oss2youku retry {} --new-session` 会重新上传，{}也可以",
    ),
    ("`oss2youku upload {} --again once-more`", "命令 `oss2youku upload {} --again once-more`"),
    (
        "`oss2youku upload {} --again once-more`, or a task with `again`",
        "命令 `oss2youku upload {} --again once-more` 或带 `again` 的任务",
    ),
    (
        "correct the video's metadata and upload the object again, or ask with `again`",
        "请修改视频信息后重新上传对象，或用 `again` 另行请求",
    ),
    ("put the object back, then retry the upload", "请放回对象，然后重试上传"),
    ("upload the file again once nothing writes to it any more", "请等文件不再写入后重新上传"),
    (
        "nothing: the newer version of the object is an upload of its own",
        "无需处理：对象的新版本是另一个上传",
    ),
    (
        "ask with `again`: several runs sent its slices, and one of those was damaged on its way, unless a stated MD5 is wrong",
        "请用 `again` 另行请求：它的分片由多次运行发送，其中一片在途中损坏；否则就是声明的 MD5 有误",
    ),
    (
        "correct the stated MD5, then ask with `again`; where it is right, ask Youku about it",
        "请改正声明的 MD5，再用 `again` 另行请求；若声明无误，请联系优酷",
    ),
    (
        "check the object: its bytes do not have the checksum its store states",
        "请检查对象：其数据与存储给出的校验和不一致",
    ),
    ("see the log for the cause, then retry the upload", "请查看日志了解原因，然后重试上传"),
    // What a caller reads of a failure.
    ("the job does not fit", "任务不符合要求"),
    ("the request does not fit", "请求不符合要求"),
    ("the upload's state does not permit it", "上传当前的状态不允许此操作"),
    ("oss key not found", "对象不存在"),
    ("the object was changed or replaced after its upload had begun", "上传开始后对象被修改或替换"),
    ("the credentials in use do not allow reading the object", "所用的凭证无权读取对象"),
    ("the object could not be read", "对象无法读取"),
    ("Youku's storage did not take the object's bytes", "优酷的存储没有接收对象的数据"),
    ("Youku refuses the access token of the account", "优酷拒绝该账号的访问令牌"),
    (
        "Youku does not know the client_id of the account: correct it in the settings",
        "优酷不认识该账号的 client_id：请在设置中修改",
    ),
    (
        "Youku refuses the access token, and it cannot be renewed: put a new access_token and refresh_token into the settings",
        "优酷拒绝访问令牌，且无法续期：请把新的 access_token 和 refresh_token 写入设置",
    ),
    ("Youku ended the upload's session", "优酷结束了上传会话"),
    ("Youku takes no more calls for now", "优酷暂时不接受更多调用"),
    ("Youku refused the call or failed", "优酷拒绝调用或出错"),
    ("the bytes do not have the checksum that was stated for them", "数据与声明的校验和不一致"),
    ("Youku refused the file for its MD5", "优酷因 MD5 拒绝该文件"),
    ("it is not known whether Youku made a video of it", "无法确认优酷是否已生成视频"),
    (
        "the time allowed for this run is over: the upload is left to the next one",
        "本次运行的时间已用完：上传由下一次运行继续",
    ),
    ("{~}; the last error was {}", "{}；最后的错误是 {}"),
    ("another run has taken the upload over", "上传已由另一次运行接手"),
    ("the record of uploads could not be used", "上传的记录无法使用"),
    ("a setting is missing or wrong: the log names it", "有一项设置缺失或有误：见日志"),
    ("the upload failed: the log names the reason", "上传失败：原因见日志"),
    // Metadata of a video, where the object or its sidecar states it.
    ("is not a JSON object", "不是 JSON 对象"),
    ("is not JSON", "不是 JSON"),
    ("is not UTF-8: write it as UTF-8", "不是 UTF-8：请写成 UTF-8"),
    ("goes on after its end", "结尾之后还有内容"),
    ("states a field twice", "同一字段出现两次"),
    ("is UTF-16: write it as UTF-8", "是 UTF-16：请写成 UTF-8"),
    ("is not {!}", "应为{}"),
    ("is not a known name", "不是已知的名称"),
    ("holds bytes that are not UTF-8: percent-encode it", "含有不是 UTF-8 的字节：请用百分号编码"),
    (
        "holds an encoded word (RFC 2047) that cannot be decoded as base64 or Q of UTF-8",
        "含有无法按 UTF-8 的 base64 或 Q 解码的编码词（RFC 2047）",
    ),
    ("is not percent-encoded UTF-8", "不是百分号编码的 UTF-8"),
    ("lacks {}", "缺少 {}"),
    ("is not one of the accepted words", "不是可用的值"),
    ("has the wrong type", "类型不对"),
    ("does not fit", "不符合要求"),
    ("it has the wrong form", "格式不对"),
    (
        "the store could not return all of the object's metadata, which may say who may watch: state public_type in a task",
        "存储未能返回对象的全部元数据，其中可能写明谁可以观看：请在任务中写明 public_type",
    ),
    (
        "the rule requires a sidecar, and there is none: write it, or state public_type in a task",
        "规则要求对象旁边有文件，而没有找到：请写上，或在任务中写明 public_type",
    ),
    ("sidecar watch_password", "旁边的文件 watch_password"),
    ("the sidecar is too large", "旁边的文件过大"),
    // Rules.
    ("watch_password needs public_type password", "watch_password 需要 public_type 为 password"),
    (
        "the rule requires a sidecar, and no object can have its key: give the video a shorter one",
        "规则要求对象旁边有文件，而该文件的 key 过长：请为视频换一个较短的 key",
    ),
    (
        "holds an encoded word (RFC 2047) in the character set {}, which is not known here: write it in UTF-8",
        "含有字符集为 {} 的编码词（RFC 2047），此处不支持：请用 UTF-8",
    ),
    ("rule for bucket {}, prefix {}: {~}", "bucket {}、前缀 {} 的规则：{}"),
    ("automatic uploads must state public_type", "自动上传必须写明 public_type"),
    ("public_type password needs a watch_password", "public_type 为 password 时需要 watch_password"),
    ("callback_events needs a callback", "callback_events 需要 callback"),
    ("extensions has one that Youku does not accept", "extensions 中有优酷不接受的扩展名"),
    ("unfinished_after_seconds is not 1 to 31536000", "unfinished_after_seconds 不在 1 到 31536000 之间"),
    ("another rule has the same bucket and prefix", "另一条规则有相同的 bucket 和前缀"),
];

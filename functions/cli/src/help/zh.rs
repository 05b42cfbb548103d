//! The help in Chinese: one line for each command and argument. A test holds the table against the commands.

/// The end of every help.
pub(super) const EXIT_CODES: &str = "\
退出码：0 完成；1 有失败；2 命令行或设置有误；3 没有这个上传、对象或文件；4 暂时不行：有人正在处理，或需要等待；\
5 视频不符合要求：文件或其信息有误；6 凭证被拒绝；7 无法连接，或暂时失败；130 被信号终止。
设置来自当前目录的 oss2youku.toml 或 OSS2YOUKU_CONFIG 指定的文件，以及 OSS2YOUKU_... 变量。
未设置台账时，台账保存在 $XDG_STATE_HOME/oss2youku/ledger，否则在 ~/.local/state/oss2youku/ledger。";

/// Words for a command; the whole program's have no path.
pub(super) fn about(path: &str, command: &str) -> Option<&'static str> {
    find(if path.is_empty() { "-" } else { command }, "")
}

/// Words for an argument: its command's own, else those that it has everywhere.
pub(super) fn argument(command: &str, id: &str) -> Option<&'static str> {
    find(command, id).or_else(|| find("*", id))
}

fn find(command: &str, id: &str) -> Option<&'static str> {
    ALL.iter().find(|(one, other, _)| *one == command && *other == id).map(|(_, _, words)| *words)
}

/// Every entry's command and argument.
#[cfg(test)]
pub(super) fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    ALL.iter().map(|(command, id, _)| (*command, *id))
}

/// Command, argument (none: the command itself), words. `*` is every command, `-` the program.
const ALL: &[(&str, &str, &str)] = &[
    ("-", "", "从对象存储到优酷。"),
    ("*", "lang", "输出语言；默认按 LC_ALL、LC_MESSAGES 或 LANG，否则为英文"),
    ("*", "json", "标准输出只打印 JSON 行，内容为英文"),
    ("*", "id", "上传编号，见 `list`、`explain`、应答和日志"),
    ("upload", "", "立即上传文件和对象；中断后重新运行即从断点继续，换到使用同一台账的别处也可以"),
    ("upload", "sources", "文件、oss://bucket/key 或 s3://bucket/key；加 --recursive 时为目录或 key 的前缀"),
    ("upload", "recursive", "上传每个 SOURCE 之下的所有视频"),
    (
        "upload",
        "title",
        "标题，1 到 60 个字符，或含 {stem}（不带扩展名的文件名）、{date}（当天，UTC）、花括号中的 n（1、2……）的模板；默认为文件名",
    ),
    ("upload", "tags", "标签，最多 10 个，每个 2 到 20 个字符，用逗号分隔"),
    ("upload", "description", "简介，最多 1999 个字符"),
    ("upload", "category", "优酷的分类，如 Tech 或 News"),
    ("upload", "copyright_type", "版权；优酷默认 original"),
    ("upload", "public_type", "谁可以观看；默认为对象、旁边的文件或规则所写，否则为 all"),
    ("upload", "watch_password", "--public-type password 时的观看密码；本机其他用户能看到它，可改用 --meta"),
    ("upload", "thumbnail", "封面，原样传给优酷"),
    ("upload", "meta", "写有 title、tags、description 等的 TOML 文件；命令行参数优先"),
    ("upload", "account", "设置中的账号；默认为对象的规则所指的账号，或唯一的账号"),
    ("upload", "mode", "优酷的协议；默认为对象的规则所写，其次为设置的 transfer.mode，否则为 oss"),
    ("upload", "callback", "每个结果都通知这个 URL"),
    ("upload", "again", "为已上传过的内容再要一个视频，文本不同即为不同的视频"),
    ("upload", "retry", "重试已失败或已取消的上传"),
    ("upload", "limit_rate", "所有上传合计的每秒字节数，至少 16K：500K、20M、1G（以 1024 计）"),
    ("upload", "parallel", "同时上传的个数，1 到 16"),
    ("upload", "wait", "等到每个视频可以播放，最多一小时"),
    ("upload", "dry_run", "检查所有内容，说明将发送什么，但不发送"),
    ("sweep", "", "继续所有无人持有的未完成上传，并查找没有事件通知的对象"),
    (
        "sweep",
        "since",
        "上传自该时间起写入的对象，即使早于台账：`24h`、`90m`、`7d`、`30s` 或 2026-11-22T08:00:00Z",
    ),
    ("sweep", "limit", "最多继续或开始的上传个数；默认为设置的 sweep.limit，否则 100"),
    ("retry", "", "重试已失败或已取消的上传"),
    ("retry", "new_session", "我已查看：优酷没有该视频。将以 `commit_unknown` 失败的上传用新的会话重新开始"),
    ("cancel", "", "彻底放弃一个未完成的上传"),
    ("replay-callback", "", "再次发送已结束的上传的回调"),
    ("explain", "", "说明一个上传的经过、接下来会怎样、可以做什么"),
    ("explain", "upload", "上传编号，或其对象：oss://bucket/key、s3://bucket/key 或文件"),
    ("explain", "account", "对象的上传所属账号；默认为对象的规则所指的账号，或唯一的账号"),
    ("list", "", "列出未完成的上传，然后是最近结束的上传"),
    ("list", "open", "只列未完成的"),
    ("list", "finished", "只列最近 30 天内结束的"),
    ("list", "limit", "最多列出的个数，1 到 1000"),
    ("list", "after", "从这个位置之后开始：之前的列表结尾给出的位置"),
    ("doctor", "", "逐项检查上传所需的一切，并说明如何解决问题；全部正常时退出码为 0"),
    ("doctor", "account", "只检查这个账号；默认检查设置中的所有账号"),
    ("doctor", "function_url", "同时检查部署在这个 URL 的函数"),
    ("doctor", "token_file", "保存函数所接受令牌的文件"),
    ("doctor", "callback", "同时检查是否允许回调这个 URL"),
    ("invoke", "", "调用已部署的或本地的函数，并显示进度"),
    ("invoke", "source", "函数所见的 oss://bucket/key 或 s3://bucket/key"),
    ("invoke", "event", "像平台那样把这个事件发给本机的函数进程（其 /invoke）"),
    ("invoke", "function_url", "函数的 HTTP 触发器；用 --event 时为进程本身，如 http://127.0.0.1:9000"),
    ("invoke", "token_file", "保存函数所接受令牌（http.tokens）的文件"),
    ("invoke", "account", "函数设置中的账号；默认为对象的规则所指的账号，或唯一的账号"),
    ("init", "", "写出设置文件：根据命令行参数、旧 worker 的设置，或在终端上询问"),
    ("init", "out", "要写的文件"),
    ("init", "force", "文件已存在时覆盖"),
    ("init", "from_legacy", "旧 worker 的 conf_oss.py、conf_youku.py、conf_gearman.py 所在目录，沿用其设置"),
    ("init", "client_id", "优酷应用的 client_id"),
    ("init", "access_token", "账号的访问令牌（cloud.youku.com/tools）"),
    ("init", "refresh_token", "随访问令牌得到的刷新令牌；有了它访问令牌会自动续期"),
    ("init", "bucket", "自动发布其中视频的 bucket；不指定则不自动发布"),
    ("init", "prefix", "这些视频的 key 的前缀"),
    ("init", "public_type", "谁可以观看：all 或 friend；指定 bucket 时必须写明"),
    ("init", "region", "bucket 所在地域，如 cn-hangzhou"),
    ("init", "ledger", "每个上传的记录保存在哪里：oss://bucket/prefix/、s3://bucket/prefix/ 或目录"),
    ("init", "seal_key", "台账密文所用的密钥，沿用已有的台账时指定；否则 bucket 台账会得到新密钥"),
    (
        "init",
        "with_function",
        "已有函数或其他机器用这个账号发布：使用它的台账（--ledger 与 --seal-key，或 template.yml 的 shell 变量），因为刷新令牌只能用一次",
    ),
    ("completions", "", "打印 shell 的自动补全脚本"),
    ("completions", "shell", "哪种 shell"),
    ("demo", "", "看它如何工作：文件进入本地 OSS，事件启动函数，视频出现在本地优酷"),
    ("demo", "files", "要上传的视频；默认为程序自带的一个小视频"),
    ("*", "mode", "优酷的协议"),
    ("*", "function", "代替本程序的函数程序，例如解压后的 `bootstrap`"),
    ("dev", "", "运行本地 OSS、优酷和函数计算，直到 Ctrl-C；放入 bucket 的内容会被上传"),
    ("dev", "data", "把各服务的数据保存在这个目录；默认为临时目录"),
    ("dev", "port_base", "各服务依次监听的第一个端口；0：空闲端口"),
];

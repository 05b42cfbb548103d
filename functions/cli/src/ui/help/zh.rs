//! The help in Chinese: one line for each command and argument. A test compares the table with the commands.

/// Last lines of every help.
pub(super) const EXIT_CODES: &str = "\
退出码：0 成功；1 有失败；2 命令行或设置有误；3 上传、对象或文件不存在；4 稍后再试：上传正由别处处理，或需要等待；\
5 视频不符合要求：文件或其信息有误；6 凭证被拒绝；7 服务无法连接或暂时出错；130 被信号停止。
设置来自当前目录的 oss2youku.toml，或由 --config 或 OSS2YOUKU_CONFIG 指定的文件，以及 OSS2YOUKU_... 变量。
未设置台账时，台账保存在 $XDG_STATE_HOME/oss2youku/ledger 或 ~/.local/state/oss2youku/ledger。";

/// Finds the help of a command, which is named with the one above it where that is not the program: `video list`.
pub(super) fn find_about(command: &str) -> Option<&'static str> {
    find_own(command, "")
}

/// Finds the help of an argument: its command's own, else that of every command.
pub(super) fn find_argument(command: &str, id: &str) -> Option<&'static str> {
    find_own(command, id).or_else(|| find("*", id))
}

/// By the whole name, else by its last word.
fn find_own(command: &str, id: &str) -> Option<&'static str> {
    find(command, id).or_else(|| find(command.rsplit_once(' ')?.1, id))
}

fn find(command: &str, id: &str) -> Option<&'static str> {
    ALL.iter().find(|(one, other, _)| *one == command && *other == id).map(|(_, _, help)| *help)
}

/// Finds the meaning of a value of an argument, which is the same in every command.
pub(super) fn find_value(argument: &str, value: &str) -> Option<&'static str> {
    VALUES.iter().find(|(one, other, _)| *one == argument && *other == value).map(|(.., meaning)| *meaning)
}

/// Iterates over the argument and name of every explained value.
#[cfg(test)]
pub(super) fn values() -> impl Iterator<Item = (&'static str, &'static str)> {
    VALUES.iter().map(|(argument, value, _)| (*argument, *value))
}

/// Argument, value, meaning.
const VALUES: &[(&str, &str, &str)] = &[
    ("lang", "zh", "中文"),
    ("lang", "en", "英文"),
    ("mode", "oss", "分片上传到优酷指定的 bucket"),
    ("mode", "slice", "按优酷上传服务器的要求逐片上传"),
    ("copyright_type", "original", "上传者的作品"),
    ("copyright_type", "reproduced", "他人的作品"),
    ("public_type", "all", "所有人"),
    ("public_type", "friend", "账号的好友"),
    ("public_type", "password", "知道观看密码的人"),
];

/// Iterates over the command and argument of every entry.
#[cfg(test)]
pub(super) fn entries() -> impl Iterator<Item = (&'static str, &'static str)> {
    ALL.iter().map(|(command, id, _)| (*command, *id))
}

/// Command, argument (empty: the command itself), help. `*` is every command, `-` the program.
const ALL: &[(&str, &str, &str)] = &[
    ("-", "", "把对象存储中的视频上传到优酷。"),
    ("*", "lang", "输出语言；默认取自 LC_ALL、LC_MESSAGES 或 LANG，否则为英文"),
    ("*", "config", "设置文件；优先于 OSS2YOUKU_CONFIG，默认为当前目录的 oss2youku.toml"),
    ("*", "json", "输出 JSON 行而非文本，内容为英文"),
    ("*", "id", "上传编号，见 `list`、`explain`、应答和日志"),
    ("upload", "", "立即上传文件和对象；中断后再次运行即可续传，换一台共用台账的机器也可以"),
    (
        "upload",
        "sources",
        "文件、oss://bucket/key 或 s3://bucket/key；加 --recursive 时为目录或 key 的前缀。扩展名须在优酷的列表中：\
         wmv, avi, dat, asf, rm, rmvb, ram, mpg, mpeg, 3gp, mov, mp4, m4v, dvix, dv, mkv, flv, vob, qt, divx, cpk, fli, flc, mod",
    ),
    (
        "upload",
        "recursive",
        "上传每个 SOURCE 之下的所有视频；无法处理的会逐一列出，若其中可能有视频，退出码为 1",
    ),
    (
        "upload",
        "include_junk",
        "与 --recursive 同用：也上传系统遗留的文件（资源分支、回收站、以点开头的文件和目录、以 ~$ 开头的文件）",
    ),
    (
        "upload",
        "title",
        "标题，1 到 60 个字符；可用占位符 {stem}（不带扩展名的文件名）、{date}（当天，UTC）和花括号中的 n（1、2……）；默认为文件名",
    ),
    ("upload", "tags", "标签，最多 10 个，每个 2 到 20 个字符，用逗号或分号分隔"),
    ("upload", "description", "简介，最多 1999 个字符"),
    ("upload", "category", "优酷的分类，如 Tech 或 News"),
    ("upload", "copyright_type", "版权；优酷默认 original"),
    ("upload", "public_type", "谁可以观看；默认按对象、旁边的文件或规则的设定，否则为 all"),
    (
        "upload",
        "watch_password",
        "--public-type password 时的观看密码；本机其他用户可在进程列表中看到，建议改用 --meta",
    ),
    (
        "upload",
        "publish_at",
        "在该时间公开视频，须带时区，如 2026-12-01T20:00:00+08:00；此前隐藏。需要 manage.enabled 和巡检",
    ),
    ("upload", "thumbnail", "封面，原样传给优酷"),
    ("upload", "meta", "写有 title、tags、description 等的 TOML 或 JSON 文件；命令行参数优先"),
    ("upload", "account", "设置中的账号；默认为对象所属规则的账号，或唯一的账号"),
    ("upload", "mode", "上传协议；默认按对象所属规则，其次按设置的 transfer.mode，否则为 oss"),
    ("upload", "callback", "把每个结果通知到这个 URL"),
    ("upload", "again", "再次上传已上传过的内容，每个不同的文本生成一个新视频"),
    ("upload", "force", "预检拒绝的文件也照样发布：不完整、缺少索引、没有画面或不是视频的文件"),
    ("upload", "wait_stable", "文件缺少索引时，等到多少秒内没有写入再判断，0 到 3600；0 表示立即判断"),
    ("upload", "retry", "重试已失败或已取消的上传"),
    ("upload", "limit_rate", "所有上传合计的速率上限（字节/秒），至少 16K，如 500K、20M、1G（以 1024 计）"),
    ("upload", "parallel", "同时上传的数量，1 到 16"),
    ("upload", "wait", "等待每个视频可以播放，最长一小时"),
    ("upload", "dry_run", "只检查并显示将要发送的内容，不实际发送"),
    ("inspect", "", "显示文件或对象的内容，以及能否成为视频，不上传"),
    ("inspect", "source", "文件、oss://bucket/key 或 s3://bucket/key"),
    ("sweep", "", "续传中断的上传，并补传漏掉事件的对象"),
    (
        "sweep",
        "since",
        "上传该时间之后写入的对象，即使早于台账：`24h`、`90m`、`7d`、`30s` 或 2026-11-22T08:00:00Z",
    ),
    ("sweep", "limit", "最多继续或开始多少个上传；默认为设置的 sweep.limit，否则为 100"),
    ("sweep", "dry_run", "只显示将要续传、补发回调和上传的内容，不实际执行"),
    ("retry", "", "重试已失败或已取消的上传"),
    ("retry", "new_session", "确认优酷没有该视频后，用新会话重新开始以 `commit_unknown` 失败的上传"),
    ("cancel", "", "取消一个未完成的上传，不再继续"),
    ("replay-callback", "", "重新发送已结束上传的回调"),
    ("explain", "", "显示一个上传的经过、接下来会怎样，以及可以做什么"),
    ("explain", "upload", "上传编号，或其对象：oss://bucket/key、s3://bucket/key 或文件"),
    ("explain", "account", "对象的上传所属的账号；默认为对象所属规则的账号，或唯一的账号"),
    ("list", "", "列出未完成的上传，然后是最近结束的上传"),
    ("list", "open", "只列未完成的"),
    ("list", "finished", "只列最近 30 天内结束的"),
    ("list", "limit", "最多列出多少个，1 到 1000"),
    ("list", "after", "从这个位置之后开始，即此前列表结尾给出的位置"),
    ("console", "", "在浏览器的本地页面中显示每个上传：为何停在当前状态，以及可用的操作"),
    ("console", "port", "页面使用的 127.0.0.1 端口；0 表示使用空闲端口"),
    (
        "console",
        "metrics_port",
        "在 127.0.0.1 的这个端口的 /metrics 提供 Prometheus 指标，不需要页面的令牌；0 表示使用空闲端口",
    ),
    ("console", "open", "在浏览器中打开页面"),
    ("console", "function_url", "显示这个 HTTP 触发器的函数的上传，而非设置中台账的上传"),
    ("console", "token_file", "保存函数所接受令牌的文件；要更改上传，它须有 manage 权限"),
    (
        "console",
        "spool",
        "拖到页面上的文件在上传前存放的目录；默认为 $XDG_STATE_HOME/oss2youku/spool，或 ~/.local/state/oss2youku/spool",
    ),
    ("console", "spool_limit", "这些文件合计的最大字节数：500M、20G、1T（1024 的幂）"),
    ("doctor", "", "检查上传所依赖的各项条件，并说明失败项如何修复"),
    ("doctor", "account", "只检查这个账号；默认检查设置中的所有账号"),
    ("doctor", "function_url", "同时检查这个 HTTP 触发器的函数"),
    ("doctor", "token_file", "保存函数所接受令牌的文件"),
    ("doctor", "callback", "同时检查是否允许回调这个 URL"),
    ("doctor", "robots", "同时向设置中的每个群机器人发送测试消息"),
    ("rehearse", "", "用带密码的小片段试用真实的云服务，说明其文档未写明之处，并删除所产生的内容"),
    ("rehearse", "plan", "只列出将测试的内容、所需调用次数，以及他人能看到什么；不做任何改动"),
    ("rehearse", "only", "只测试这些项目；名称见 --plan，也可只写点号之前的部分，如 oss"),
    ("rehearse", "long", "也测试需要一小时的内容：等待 1、10、60 分钟的上传，以及到期的密钥"),
    ("rehearse", "refresh", "也续期账号的访问令牌，并试用旧令牌；新的令牌只保存在台账中"),
    ("rehearse", "keep", "保留已发布的视频；之后不加此选项运行时会将其删除"),
    ("rehearse", "report", "另将报告以 JSON 写入此文件；`oss2youku dev --like FILE` 可以使用"),
    ("rehearse", "internal_endpoint", "要测试的 OSS 内网 endpoint，无法按阿里云的规则得出时使用"),
    (
        "rehearse",
        "function_url",
        "已部署函数的 HTTP 触发器地址或函数 URL：函数设置了 http.probe 时，一并测试其平台的表现",
    ),
    ("rehearse", "token_file", "存有函数令牌的文件；令牌须有 manage 权限"),
    ("rehearse", "account", "以此账号预演；默认为设置中唯一的账号"),
    ("robots", "", "测试群机器人，并查看发给它们的消息"),
    ("video", "", "查看、修改、隐藏已发布的视频，或设定公开时间；修改需要 manage.enabled"),
    ("video show", "", "向优酷查询视频的状态"),
    ("video list", "", "列出账号在优酷的视频，包括各种状态"),
    ("video list", "account", "设置中的账号；默认为唯一的账号"),
    ("video list", "page", "页码，从 1 开始"),
    ("video update", "", "修改写明的内容，其余不变"),
    ("video update", "title", "标题，1 至 60 个字符"),
    ("video update", "tags", "至多十个标签，每个 2 至 20 个字符，用逗号或分号分隔"),
    ("video update", "description", "简介，1 至 1999 个字符"),
    ("video update", "category", "优酷的分类之一，如 Tech 或 News"),
    ("video update", "copyright_type", "视频的版权类型"),
    ("video update", "public_type", "谁可以观看；定时公开的视频自该时刻起"),
    ("video update", "watch_password", "用于 --public-type password 的密码；本机其他用户可在进程列表中看到"),
    ("video hide", "", "隐藏视频：使用生成的观看密码，或按 manage.hiding；已设定的公开时间随之取消"),
    ("video schedule", "", "设定视频的公开时间，或取消"),
    ("video schedule", "at", "带时区的时间，如 2026-12-01T20:00:00+08:00；已过去的时间视为立即"),
    ("video schedule", "cancel", "取消定时，视频保持隐藏"),
    ("video schedule", "public_type", "到点后谁可以观看；默认为此前写明的范围"),
    (
        "video schedule",
        "watch_password",
        "用于 --public-type password 的密码；本机其他用户可在进程列表中看到",
    ),
    ("test", "", "向设置中的机器人发送消息，并显示服务方的应答"),
    ("test", "name", "某个机器人的名称；默认为全部"),
    ("preview", "", "输出机器人会收到的消息，不发送"),
    ("preview", "kind", "只输出这家服务方的消息；默认为全部"),
    ("preview", "event", "只含这种事件；默认在一条消息中包含全部"),
    ("invoke", "", "调用已部署的或本地的函数，并显示进度"),
    ("invoke", "source", "函数所见的 oss://bucket/key 或 s3://bucket/key"),
    ("invoke", "event", "像平台那样把这个事件发给本机的函数进程（其 /invoke）"),
    (
        "invoke",
        "function_url",
        "函数的 HTTP 触发器地址；用 --event 时为函数进程的地址，如 http://127.0.0.1:9000",
    ),
    ("invoke", "token_file", "保存函数所接受令牌（http.tokens）的文件"),
    ("invoke", "account", "函数设置中的账号；默认为对象所属规则的账号，或唯一的账号"),
    ("init", "", "生成设置文件：根据命令行参数、旧 worker 的设置，或在终端上询问"),
    ("init", "out", "要写的文件；没有写明时为 --config 指定的文件"),
    ("init", "force", "文件已存在时覆盖"),
    ("init", "from_legacy", "旧 worker 的 conf_oss.py、conf_youku.py、conf_gearman.py 所在目录，沿用其设置"),
    ("init", "client_id", "优酷应用的 client_id"),
    ("init", "access_token", "账号的访问令牌（cloud.youku.com/tools）"),
    ("init", "refresh_token", "与访问令牌一同获得的刷新令牌；有了它，访问令牌会自动续期"),
    ("init", "bucket", "自动发布其中视频的 bucket；不指定则不自动发布"),
    ("init", "prefix", "这些视频的 key 的前缀"),
    ("init", "public_type", "谁可以观看；用 --bucket 时必须写明"),
    ("init", "region", "bucket 所在地域，如 cn-hangzhou"),
    ("init", "ledger", "保存上传记录的位置：oss://bucket/prefix/、s3://bucket/prefix/ 或目录"),
    ("init", "seal_key", "沿用已有台账时，指定它的密封密钥；bucket 中的新台账会生成新密钥"),
    ("init", "new_seal_key", "无法查询台账是否已在使用时，仍生成新的密封密钥"),
    (
        "init",
        "access_key_id",
        "访问对象和 OSS 中台账的 AccessKey ID；默认在运行时取自 ALIBABA_CLOUD_ACCESS_KEY_ID",
    ),
    ("init", "access_key_secret", "该密钥的 AccessKey Secret"),
    (
        "init",
        "with_function",
        "已有函数或其他机器用这个账号发布时，共用它的台账（--ledger 与 --seal-key，或 shell 中 template.yml 的变量）：刷新令牌只能用一次",
    ),
    ("completions", "", "打印 shell 的自动补全脚本"),
    ("completions", "shell", "shell 类型"),
    ("demo", "", "演示一次完整的上传：文件写入本地 OSS，事件触发函数，视频出现在本地优酷"),
    ("demo", "files", "要上传的视频；默认为程序自带的一个小视频"),
    ("*", "mode", "上传协议；默认 oss"),
    ("*", "function", "改用这个函数程序而非内置的，例如解压后的 `bootstrap`"),
    ("dev", "", "运行本地 OSS、优酷和函数计算，直到按下 Ctrl-C；放入 bucket 的视频都会上传"),
    ("dev", "data", "本地服务的数据目录；默认为临时目录"),
    ("dev", "config", "沿用该设置文件中的规则、回调、限制和上传协议；账号、地址、凭证和台账换成本地的"),
    ("dev", "like", "让本地服务的表现与 `oss2youku rehearse` 的这份报告中的真实服务一致"),
    ("dev", "verbose", "在标准错误输出函数的全部日志和每个事件的结果"),
    ("dev", "port_base", "本地服务依次监听的起始端口；0 表示使用空闲端口"),
];

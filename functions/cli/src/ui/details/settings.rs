//! Settings, tasks, and what the application does with both.

use super::template::Text;

pub(super) const TEXTS: &[Text] = &[
    // The settings as a whole.
    ("the settings file cannot be read", "设置文件无法读取"),
    ("the settings file is not TOML", "设置文件不是有效的 TOML"),
    ("a setting does not fit", "有一项设置不符合要求"),
    ("this variable names no setting", "该变量没有对应的设置"),
    ("this variable is not TOML", "该变量的值不是有效的 TOML"),
    ("a rule names an account that is not in the settings", "规则引用的账号不在设置中"),
    ("a rule's callback cannot be called", "规则的回调地址不可用"),
    ("the settings have no such account", "设置中没有这个账号"),
    ("the settings have no account: `oss2youku init` writes one", "设置中没有账号：`oss2youku init` 可生成"),
    // Single settings.
    (
        "must not begin with /uploads, /videos, /probe or /healthz, which are paths of the HTTP API itself",
        "不能以 /uploads、/videos、/probe 或 /healthz 开头，它们是 HTTP 接口自身的路径",
    ),
    ("must be a URL's path that begins with a slash, like /video", "应为以 / 开头的 URL 路径，如 /video"),
    ("must be the SHA-256 of a token: 64 hexadecimal digits", "应为令牌的 SHA-256：64 位十六进制"),
    (
        "the SHA-256 of a token, or a table with sha256 and rights",
        "令牌的 SHA-256，或带 sha256 和 rights 的表",
    ),
    ("expected a network such as 10.0.0.0/8", "应为网段，如 10.0.0.0/8"),
    ("must be oss://bucket/prefix or s3://bucket/prefix", "应为 oss://bucket/prefix 或 s3://bucket/prefix"),
    ("must be 1 to 32 lower-case letters, digits and -", "应为 1 到 32 个小写字母、数字或 -"),
    ("must name at least one event", "应至少写明一种事件"),
    ("must be 5 to 3600, not {}", "应为 5 到 3600，现为 {}"),
    ("is the name of another robot", "与另一个机器人同名"),
    (
        "must be markdown or action_card for dingtalk, card or post for feishu, markdown or markdown_v2 for wecom",
        "dingtalk 应为 markdown 或 action_card，feishu 应为 card 或 post，wecom 应为 markdown 或 markdown_v2",
    ),
    ("from and to must be times such as 22:00", "from 和 to 应为 22:00 这样的时间"),
    ("from and to must differ", "from 和 to 不能相同"),
    (
        "zone must be a known zone such as Asia/Shanghai, or an offset such as +08:00",
        "zone 应为已知时区（如 Asia/Shanghai）或偏移（如 +08:00）",
    ),
    (
        "the robot's address must be {}, or the same on open.larksuite.com",
        "机器人地址应为 {}，或 open.larksuite.com 上的同类地址",
    ),
    ("the robot's address must be {}", "机器人地址应为 {}"),
    (
        "the token in the robot's address must have 16 to 128 letters, digits, - and _",
        "机器人地址中的令牌应为 16 到 128 个字母、数字、- 或 _",
    ),
    ("a robot of WeCom has no signing secret: leave it out", "企业微信机器人没有签名密钥：请删除该设置"),
    (
        "the signing secret is empty: copy it from the robot's settings, or leave it out",
        "签名密钥为空：请从机器人设置中复制，或删除该设置",
    ),
    (
        "the keyword must be 1 to 100 bytes on one line, without < > @ [ ] * ` ~ | \\ and other marks of Markdown",
        "关键词须为一行内的 1 到 100 个字节，不含 < > @ [ ] * ` ~ | \\ 等 Markdown 标记",
    ),
    ("callback.pause_seconds must be 1 to 3600, not {}", "callback.pause_seconds 应为 1 到 3600，现为 {}"),
    ("http.body_limit_kib must be 1 to 4095, not {}", "http.body_limit_kib 应为 1 到 4095，现为 {}"),
    ("ledger.lease_seconds must be 3 to 3600, not {}", "ledger.lease_seconds 应为 3 到 3600，现为 {}"),
    ("ledger.window_ms must be 0 to 60000, not {}", "ledger.window_ms 应为 0 到 60000，现为 {}"),
    (
        "youku.calls_per_hour must be 10 to 1000000, not {}",
        "youku.calls_per_hour 应为 10 到 1000000，现为 {}",
    ),
    ("sweep.requests must be 2 to 100000, not {}", "sweep.requests 应为 2 到 100000，现为 {}"),
    ("sweep.grace_seconds must be 0 to 86400, not {}", "sweep.grace_seconds 应为 0 到 86400，现为 {}"),
    ("youku.{} must be 1 to {}, not {}", "youku.{} 应为 1 到 {}，现为 {}"),
    ("transfer.{} must be 1 to {}, not {}", "transfer.{} 应为 1 到 {}，现为 {}"),
    (
        "source.access_key_id is set and source.access_key_secret is missing",
        "设置了 source.access_key_id，缺少 source.access_key_secret",
    ),
    (
        "source.access_key_secret is set and source.access_key_id is missing",
        "设置了 source.access_key_secret，缺少 source.access_key_id",
    ),
    ("the HTTP client cannot be set up", "HTTP 客户端无法建立"),
    ("HMAC has no key", "HMAC 没有密钥"),
    ("legacy tasks need the setting legacy.bucket", "旧格式的任务需要设置 legacy.bucket"),
    // Sources.
    (
        "the file's folder is not known here: upload the file itself",
        "本机不知道该文件所在的目录：请直接上传该文件",
    ),
    (
        "the bucket's region is not known: set source.region or source.endpoint",
        "不知道 bucket 所在的地域：请设置 source.region 或 source.endpoint",
    ),
    ("the source does not tell when its objects were written", "来源没有给出对象的写入时间"),
    // Tasks.
    ("the task does not fit", "任务不符合要求"),
    ("is missing", "缺失"),
    ("is not a number", "不是数字"),
    ("is not true or false", "不是 true 或 false"),
    ("does not say which of the client's accounts is meant", "没有说明指的是该 client 的哪个账号"),
    ("is not a client id of the settings' accounts", "不是设置中任何账号的 client id"),
    (
        "is missing, no rule matches the object, and the settings do not have exactly one account",
        "缺失：没有规则匹配该对象，设置中也不是恰好一个账号",
    ),
    ("is not JSON alone: it goes on after its end", "不只是 JSON：结尾之后还有内容"),
    (
        "is not in a place from which tasks may have objects published: see the setting http.sources",
        "不在任务可以指名的位置之内：见设置 http.sources",
    ),
    (
        "is true, and no Idempotency-Key names the request: send one, or a text in place of true",
        "为 true，但请求没有 Idempotency-Key：请带上，或把 true 换成一段文本",
    ),
    (
        "is not true or a text of 1 to 64 visible ASCII characters",
        "应为 true，或 1 到 64 个可见 ASCII 字符的文本",
    ),
    ("is not oss://bucket/key or s3://bucket/key", "应为 oss://bucket/key 或 s3://bucket/key"),
    ("is not an account of the settings", "不是设置中的账号"),
    ("is not 32 hexadecimal digits", "不是 32 位十六进制"),
    (
        "{} is not known as a token of account {}, and Youku does not tell whose it is: the video is account {}'s",
        "{} 不是账号 {} 已知的令牌，优酷也没有说明它属于谁：视频归账号 {}",
    ),
    (
        "is a token of another user than the client id's account",
        "这个令牌属于另一用户，而不是该 client id 的账号",
    ),
    // Uploads.
    (
        "the upload's account is no longer in the settings: put it back, and a sweep resumes the upload",
        "该上传的账号已不在设置中：放回后巡检会继续",
    ),
    (
        "the upload's file lies on the machine where it began: upload it there again to resume it",
        "文件在开始上传的那台机器上：请在那里再次上传以继续",
    ),
    ("name the account", "请指明账号"),
    (
        "the time allowed for this run was over before the object was found",
        "本次运行的时间用完，尚未找到对象",
    ),
];

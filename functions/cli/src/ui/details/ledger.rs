//! The ledger, its leases, and the access tokens that it keeps.

use super::template::Text;

pub(super) const TEXTS: &[Text] = &[
    // Uploads and leases.
    ("the ledger knows no such upload", "台账中没有这个上传"),
    ("the upload is in progress elsewhere", "上传正在别处进行"),
    (
        "another holder has taken the upload over: this run must stop",
        "上传已由另一持有者接手：本次运行必须停止",
    ),
    ("the upload was cancelled", "上传已取消"),
    (
        "the lease ran out because the ledger could not be written: this run must stop",
        "台账无法写入，租约已到期：本次运行必须停止",
    ),
    ("the ledger's store gave no answer", "台账所在的存储没有应答"),
    ("expected a traceparent", "应为 traceparent"),
    ("the upload waits until Youku takes calls again", "上传在等待优酷恢复接受调用"),
    (
        "the upload waits until its object is measured: Youku refused its hash",
        "优酷拒绝了声明的哈希，上传在等待计算对象的 MD5",
    ),
    ("the upload waits until Youku shows whether the video is there", "上传在等待优酷显示视频是否已生成"),
    (
        "the upload waits for a second run: the source refused the first one",
        "来源拒绝了第一次运行，上传在等待第二次运行",
    ),
    (
        "the upload waits for a second run: Youku's bucket or server refused the first one",
        "优酷的 bucket 或服务器拒绝了第一次运行，上传在等待第二次运行",
    ),
    ("the upload waits for its next run", "上传在等待下一次运行"),
    ("the upload waits for new tokens in the settings", "上传在等待设置中换上新的令牌"),
    (
        "the upload waits for a client_id that Youku knows in the settings",
        "上传在等待设置中换上优酷认识的 client_id",
    ),
    ("the upload waits for a valid access token", "上传在等待有效的访问令牌"),
    (
        "only an upload that failed or was cancelled can be tried again; ask with `again` for another video",
        "只有失败或已取消的上传可以重试；需要另一个视频时请用 `again` 请求",
    ),
    ("the upload has ended: there is nothing to cancel", "上传已结束，无可取消"),
    (
        "its object is measured after Youku refused the hash: cancel it once bytes move again",
        "优酷拒绝了哈希，正在计算对象的 MD5：请在重新开始传输后再取消",
    ),
    (
        "all bytes are stored, so that it may be a video already: let it finish",
        "数据已全部到达，可能已经成为视频：请等待它完成",
    ),
    (
        "another session is opened only for an upload that failed as commit_unknown, by a person who has looked and found no video: retry \
         without it, or ask with `again` for another video",
        "只有以 commit_unknown 失败、且经人工确认没有视频的上传才能开新会话：请去掉该参数重试，或用 `again` 请求另一个视频",
    ),
    ("the upload has not ended", "上传尚未结束"),
    ("another session is opened only for an upload that has failed", "只有已失败的上传才能另开会话"),
    ("only someone who has the file can resume this upload", "只有持有该文件的人才能续传此上传"),
    ("the upload has no callback", "该上传没有回调"),
    ("the upload has no step yet", "该上传还没有步骤"),
    // Entries.
    ("the ledger's store: {~}", "台账所在的存储：{}"),
    ("the step `{}` does not follow the state `{}`", "步骤 `{}` 不能接在状态 `{}` 之后"),
    ("a step was written that does not follow", "写入了不衔接的步骤"),
    ("no RFC 3339 time", "不是 RFC 3339 格式的时间"),
    ("the steps of the ledger vanished: restore them", "台账的步骤消失了：请恢复"),
    (
        "a step of the ledger does not follow from those before it: restore it from a copy",
        "台账中有一个步骤与之前的不衔接：请从备份恢复",
    ),
    (
        "a step of the ledger vanished while it was read: steps are never deleted by this program",
        "读取台账时有一个步骤消失了：本程序从不删除步骤",
    ),
    (
        "a step of the ledger is missing: restore it, or ask with `again` for another upload",
        "台账缺少一个步骤：请恢复，或用 `again` 请求另一个上传",
    ),
    ("a foreign entry stands among the steps of the ledger: remove it", "台账的步骤中有外来的条目：请删除"),
    ("a foreign entry stands among the finished uploads: remove it", "已结束的上传中有外来的条目：请删除"),
    ("a foreign entry stands among the leases: remove it", "租约中有外来的条目：请删除"),
    ("a foreign entry stands among the open marks: remove it", "未完成标记中有外来的条目：请删除"),
    ("a foreign entry stands among the tokens: remove it", "令牌中有外来的条目：请删除"),
    ("an upload starts once", "一个上传只能开始一次"),
    ("the first step does not say what the upload is about", "第一个步骤没有说明上传的内容"),
    ("a ledger entry could not be written", "台账的条目无法写入"),
    (
        "a ledger entry is damaged or was written by another program: restore it, or remove it if it is not the ledger's",
        "台账中有损坏或由其他程序写入的条目：请恢复；若不属于台账，请删除",
    ),
    (
        "a ledger entry was written by a newer version of this program: update this installation",
        "台账中有更新版本写入的条目：请升级本程序",
    ),
    ("the ledger's birth mark vanished", "台账的创建标记消失了"),
    (
        "the store replaces entries that it was asked to create: it cannot keep a ledger",
        "该存储会覆盖要求只创建的条目，不能保存台账",
    ),
    (
        "the store does not list what was just written: it cannot keep a ledger",
        "该存储列不出刚写入的内容，不能保存台账",
    ),
    (
        "the store does not read back what was just written: it cannot keep a ledger",
        "该存储读不回刚写入的内容，不能保存台账",
    ),
    ("the ledger says that the upload ended, and not how", "台账只记录了上传已结束，没有记录结果"),
    ("the ledger names no session", "台账中没有会话"),
    // Access tokens.
    ("the access token is replaced on purpose", "有意更换访问令牌"),
    ("the refresh of the access token ended early", "访问令牌的续期中途结束"),
    ("the answer to its last refresh was lost", "上次续期的应答丢失"),
    ("its refresh token is used up or invalid", "其刷新令牌已用过或无效"),
    ("it cannot be refreshed", "无法续期"),
    (
        "another process has been renewing the access token for a while",
        "另一个进程正在续期访问令牌，已有一段时间",
    ),
    (
        "Youku did not process the last refresh of the access token: it is retried later",
        "优酷没有处理上次的访问令牌续期：稍后会重试",
    ),
    (
        "Youku refuses the access token, and {~}: put a new access_token and refresh_token for account {} into the settings",
        "优酷拒绝访问令牌，且{}：请把账号 {} 新的 access_token 和 refresh_token 写入设置",
    ),
    ("the newest tokens vanish whenever they are read", "最新的令牌每次读取时都会消失"),
    // The store that keeps it, and its key.
    (
        "the ledger's key is not 32 bytes in base64; `openssl rand -base64 32` makes one",
        "台账的密钥不是 32 字节的 base64；可用 `openssl rand -base64 32` 生成",
    ),
    ("the ledger's key file cannot be read or made", "台账的密钥文件无法读取或创建"),
    ("a secret could not be sealed", "机密无法加密"),
    (
        "a secret in the ledger was sealed with another key, or is damaged: set the key that this ledger began with",
        "台账中有一项机密由另一把密钥加密，或已损坏：请设置这个台账最初使用的密钥",
    ),
    ("the machine has no randomness for a key", "本机没有可用于生成密钥的随机数"),
    ("no randomness", "没有随机数"),
    (
        "the ledger is in use, and its key file is not there: its secrets are sealed with another key",
        "台账已在使用，但密钥文件不存在：其中的机密由另一把密钥加密",
    ),
    ("the ledger's store does not accept the key", "台账所在的存储不接受该密钥"),
    ("the ledger's folder does not tell times of writing", "台账目录没有写入时间"),
    (
        "the ledger's folder is not there, or is no folder: nothing can be listed in it",
        "台账目录不存在或不是目录：无法列出",
    ),
    (
        "no ledger is set, and without it nothing is uploaded: set ledger.location to oss://bucket/prefix/ or a folder",
        "没有设置台账，没有台账就不会上传：请把 ledger.location 设为 oss://bucket/prefix/ 或目录",
    ),
    (
        "ledger.seal_key is not set: a ledger in a bucket needs 32 random bytes in base64",
        "没有设置 ledger.seal_key：保存在 bucket 中的台账需要 32 个随机字节的 base64",
    ),
    (
        "ledger.location must be oss://bucket/prefix/, s3://bucket/prefix/ or a folder",
        "ledger.location 应为 oss://bucket/prefix/、s3://bucket/prefix/ 或目录",
    ),
    ("ledger.location names no bucket", "ledger.location 没有写明 bucket"),
    (
        "whether the ledger's bucket has versioning cannot be seen: grant oss:GetBucketVersioning on it to the key that keeps the ledger",
        "无法查看台账所在的 bucket 是否有版本控制：请为保存台账的密钥授予该 bucket 的 oss:GetBucketVersioning",
    ),
    (
        "the ledger's bucket has versioning enabled or suspended, where OSS lets steps be overwritten: keep the ledger in a bucket that never had \
         versioning",
        "台账所在的 bucket 开启过版本控制，OSS 会允许步骤被覆盖：请把台账保存在从未有过版本控制的 bucket",
    ),
    (
        "the ledger's store does not tell its time (Date, Last-Modified): leases need it",
        "台账所在的存储不给出时间（Date、Last-Modified），而租约需要它",
    ),
    ("the ledger's store refuses to replace an entry", "台账所在的存储拒绝替换条目"),
    ("the account that the task carries cannot be read", "无法读取任务自带的账号"),
];

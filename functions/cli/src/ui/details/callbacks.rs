//! Callbacks.

use super::template::Text;

pub(super) const TEXTS: &[Text] = &[
    ("the callback settings do not fit", "回调的设置不符合要求"),
    ("the callback cannot be sent", "回调无法发送"),
    ("callbacks are not allowed there", "不允许回调该地址"),
    ("the receiver wants no more", "接收方不再接收"),
    ("the receiver did not accept it", "接收方没有接受"),
    ("a callback's message could not be written", "回调的内容无法生成"),
    ("is not allowed by the settings of callbacks", "回调的设置不允许该地址"),
    ("is not an https or http URL without a user name", "应为不带用户名的 https 或 http URL"),
    ("this is not a URL", "这不是 URL"),
    ("a URL of scheme {} is neither https nor http", "URL 的协议 {} 既不是 https 也不是 http"),
    ("a URL must not hold a user or a password", "URL 中不能有用户名或密码"),
    ("http is not allowed by the settings", "设置不允许 http"),
    ("port {} is not allowed by the settings", "设置不允许端口 {}"),
    ("the host is not among those that the settings allow", "主机不在设置允许的范围内"),
    ("a host name must have a dot", "主机名中必须有点"),
    ("the host has no address", "主机没有地址"),
    ("the host's address is {~}", "主机的地址属于：{}"),
    ("private", "私有网络"),
    ("reserved", "保留地址"),
    ("loopback", "本机回环"),
    ("multicast", "组播"),
    ("unspecified", "未指定地址"),
    ("link-local", "链路本地"),
    ("shared by carriers and clouds", "运营商和云共用的网络"),
    ("for documentation", "文档专用"),
    ("a relay's", "中继"),
    ("for benchmarks", "性能测试专用"),
    ("an embedded IPv4 address", "内嵌的 IPv4 地址"),
    ("{} is not a host", "{} 不是主机"),
    (
        "a signing secret must begin with whsec_, followed by the base64 of 24 to 64 bytes",
        "签名密钥应以 whsec_ 开头，后接 24 到 64 字节的 base64",
    ),
    (
        "a signing secret must be whsec_ and base64 with + and /, not with the - and _ of URLs",
        "签名密钥应为 whsec_ 加 base64，使用 + 和 /，而不是 URL 形式的 - 和 _",
    ),
    (
        "a signing secret must be whsec_ and the base64 of 24 to 64 bytes: this is not base64",
        "签名密钥应为 whsec_ 加 24 到 64 字节的 base64：这不是 base64",
    ),
    (
        "a signing secret must be whsec_ and the base64 of 24 to 64 bytes: this has {}",
        "签名密钥应为 whsec_ 加 24 到 64 字节的 base64，现为 {} 字节",
    ),
    ("the signing secret does not make a key", "签名密钥无法使用"),
    ("callback.secrets[{}]: {~}", "callback.secrets[{}]：{}"),
    ("callback.allowed, only_hosts: {~}", "callback.allowed、only_hosts：{}"),
];

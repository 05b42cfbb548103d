//! Youku's API, its upload server and its limits for metadata.

use super::template::Text;

pub(super) const TEXTS: &[Text] = &[
    // Kinds of failure; those that object storage words alike stand there.
    ("the metadata is not acceptable", "视频信息不符合要求"),
    ("the settings do not make a request", "设置无法组成请求"),
    ("the connection failed", "连接失败"),
    ("the host cannot be reached", "无法连接主机"),
    ("no answer in time", "没有及时应答"),
    ("the service is temporarily unavailable", "服务暂时不可用"),
    ("the call limit is used up", "调用次数已用完"),
    ("the client id is not accepted", "client_id 不被接受"),
    ("the access token is invalid or expired", "访问令牌无效或已过期"),
    ("the upload token is expired", "上传令牌已过期"),
    ("the bytes do not have the announced hash", "数据与声明的哈希不符"),
    ("Youku does not know it", "优酷没有这项内容"),
    ("Youku refused", "优酷拒绝"),
    ("something in between answered instead of Youku", "应答不是来自优酷，而是来自中间的设备"),
    ("Youku does not know the client id", "优酷不认识这个 client_id"),
    (
        "{~}: the server's certificate is not valid at this machine's time; its clock may be wrong",
        "{}：按本机时间，服务器的证书无效；本机时钟可能不准",
    ),
    // Limits: what a field must be, and what it is.
    ("{} must be {~}, not {~}", "{} 应为{}，现为{}"),
    ("{} must be {!}", "{} 应为{}"),
    ("{} has {~}, {~} are allowed", "{} 有 {}，允许 {}"),
    ("1 to 60", "1 到 60"),
    ("more than white space", "非空白的文字"),
    (
        "free of line breaks, control characters and invisible characters",
        "不含换行、控制字符和不可见字符的文字",
    ),
    (
        "free of invisible characters and of control characters other than line breaks and tabs",
        "不含不可见字符，且除换行和制表符外不含控制字符的文字",
    ),
    (
        "one of Youku's categories to the letter (TV, Movies, Variety, Anime, Music, Education, Documentary, News, Entertainment, Sports, Autos, \
         Tech, Games, LifeStyle, Fashion, Travel, Parenting, Humor, Wdyg, Wgju, Pker, Chyi, Zpai, Ads, Others)",
        "优酷的分类之一，大小写须一致（TV、Movies、Variety、Anime、Music、Education、Documentary、News、Entertainment、Sports、Autos、Tech、Games、\
         LifeStyle、Fashion、Travel、Parenting、Humor、Wdyg、Wgju、Pker、Chyi、Zpai、Ads、Others）",
    ),
    ("another text", "其他文字"),
    ("another word", "其他词"),
    ("an unknown one", "未知的分类"),
    ("with public_type {}", "在 public_type 为 {} 时给出的值"),
    ("stated with public_type password", "在 public_type 为 password 时给出的值"),
    ("1 to 10", "1 到 10"),
    ("free of commas", "不含逗号的文字"),
    ("2 to 20", "2 到 20"),
    ("at most 1999", "最多 1999"),
    ("given with public_type password", "非空的密码（public_type 为 password 时必须给出）"),
    ("-90 to 90 degrees", "-90 到 90 度"),
    ("-180 to 180 degrees", "-180 到 180 度"),
    ("at least 1 byte", "至少 1 字节"),
    ("1 to 10240 KiB", "1 到 10240 KiB"),
    (
        "a name with the extension of a video on Youku's list (wmv, avi, dat, asf, rm, rmvb, ram, mpg, mpeg, 3gp, mov, mp4, m4v, dvix, dv, mkv, \
         flv, vob, qt, divx, cpk, fli, flc, mod)",
        "扩展名在优酷列表中的文件名（wmv、avi、dat、asf、rm、rmvb、ram、mpg、mpeg、3gp、mov、mp4、m4v、dvix、dv、mkv、flv、vob、qt、divx、cpk、fli、\
         flc、mod）",
    ),
    ("original or reproduced", "original 或 reproduced"),
    ("all, friend or password", "all、friend 或 password"),
    ("a number", "数字"),
    ("true or false", "true 或 false"),
    ("0 bytes", "0 字节"),
    ("{} character", "{} 个字符"),
    ("{} characters", "{} 个字符"),
    ("{} entry", "{} 项"),
    ("{} entries", "{} 项"),
    ("a text with U+{}", "含有 U+{} 的文字"),
    ("a name without one", "没有扩展名的文件名"),
    ("an extension of {} characters", "有 {} 个字符的扩展名"),
    ("expected an MD5 as 32 hexadecimal digits", "应为 32 位十六进制的 MD5"),
];

//! The function's HTTP API, as `invoke`, `doctor` and `console` meet it.

use super::template::Text;

pub(super) const TEXTS: &[Text] = &[
    ("a valid bearer token is needed", "需要有效的令牌"),
    (
        "nobody may come in: neither http.tokens nor http.trust_gateway is set",
        "拒绝所有调用：http.tokens 和 http.trust_gateway 均未设置",
    ),
    ("no bearer token", "没有令牌"),
    ("not an accepted token", "令牌不被接受"),
    ("the token lacks the right submit", "令牌没有 submit 权限"),
    ("the token lacks the right read", "令牌没有 read 权限"),
    ("the token lacks the right manage", "令牌没有 manage 权限"),
    ("is not one text of 1 to 128 visible ASCII characters", "应为一个 1 到 128 个可见 ASCII 字符的文本"),
    ("this path has other methods", "该路径不支持此方法"),
    ("there is no such path", "没有这个路径"),
    ("the body did not arrive in time", "请求体没有及时到达"),
    ("the body is too large", "请求体过大"),
    ("the ledger did not answer in time", "台账没有及时应答"),
    ("an upload id has 32 digits, 0 to 9 and a to f", "上传编号应为 32 位十六进制（0 到 9、a 到 f）"),
    ("the query is not in the form of a URL's", "查询参数不符合 URL 的格式"),
    ("after must be the next of an earlier answer to the same query", "after 应为同一查询此前应答中的 next"),
    ("limit must be 1 to 100", "limit 应为 1 到 100"),
    ("state must be open or finished", "state 应为 open 或 finished"),
    ("there is state, limit and after, and nothing else", "只有 state、limit 和 after"),
    ("new_session must be true or false", "new_session 应为 true 或 false"),
    ("there is new_session, and nothing else", "只有 new_session"),
    ("the receiver accepted the callback", "接收方已接收回调"),
    ("the receiver did not accept the callback: {}", "接收方未接收回调：{}"),
    ("the settings do not allow the address of the callback", "设置不允许该回调地址"),
    ("the token is not one line of visible ASCII characters", "令牌应为一行可见 ASCII 字符"),
    ("the answer is not that of a function of oss2youku", "应答不是 oss2youku 函数返回的"),
    (
        "the function does not accept the token, or it lacks the right read",
        "函数不接受该令牌，或令牌没有 read 权限",
    ),
    ("the function cannot be reached, or fails for now", "无法连接函数，或函数暂时出错"),
];

//! Whether the deployed function answers, and lets this token in.

use super::{Finding, Patient};
use crate::{
    invoke::{read_token, unreachable},
    lang::{say, word},
};
use app::core::Error;

pub(super) async fn check(patient: &Patient) -> Vec<Finding> {
    let Some(url) = &patient.function_url else { return Vec::new() };
    let url = url.trim_end_matches('/');
    let alive = Finding::of(word!("function", "函数"), "GET /healthz");
    let there = word!(
        "check --function-url (the HTTP trigger), and that the function is deployed and its settings are read: see its log",
        "请检查 --function-url（HTTP 触发器）、函数是否已部署、设置能否读取：见函数日志"
    );
    let mut findings = vec![match status(url, "/healthz", None).await {
        Ok(200) => alive.well(word!("it answers", "有应答")),
        Ok(status) => alive.failed(say!("status {status}", "状态码 {status}")).advise(there),
        Err(error) => alive.failed(error).advise(there),
    }];
    if let Some(file) = &patient.token_file {
        let let_in = Finding::of(word!("function's token", "函数令牌"), "GET /uploads?limit=1");
        let token = match read_token(file) {
            Ok(token) => token,
            Err(error) => {
                let advice = word!("name a file that holds the token alone", "请指定只含令牌的文件");
                findings.push(let_in.failed(error).advise(advice));
                return findings;
            }
        };
        findings.push(match status(url, "/uploads?limit=1", Some(token.as_str())).await {
            Ok(200) => let_in.well(word!("it is accepted", "令牌有效")),
            Ok(401) => let_in.failed(word!("it is refused", "令牌被拒绝")).advise(word!(
                "put the token's SHA-256 into the function's http.tokens: printf %s TOKEN | sha256sum",
                "请把令牌的 SHA-256 写入函数的 http.tokens：printf %s TOKEN | sha256sum"
            )),
            Ok(403) => let_in.failed(word!("it may not read", "它没有读取权限")).advise(word!(
                "give it the right read in the function's http.tokens, or name another",
                "请在函数的 http.tokens 中给它 read 权限，或换一个令牌"
            )),
            Ok(status) => let_in.failed(say!("status {status}", "状态码 {status}")).advise(there),
            Err(error) => let_in.failed(error).advise(there),
        });
    }
    findings
}

async fn status(url: &str, path: &str, token: Option<&str>) -> Result<u16, Error> {
    let mut request = app::http_client()?.get(format!("{url}{path}"));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    Ok(request.send().await.map_err(|_| unreachable(url))?.status().as_u16())
}

//! Whether the deployed function responds, and accepts this token.

use super::{context::CheckContext, finding::Finding};
use crate::{
    commands::function_client::{describe_unanswered, describe_unreachable, read_token},
    error::CliError,
    ui::{
        i18n::{tr, tr_static},
        messages::errors::describe,
    },
};
use std::time::Duration;
use tokio::time::timeout;

/// Longest wait for a status: a cold start takes seconds.
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) async fn check(context: &CheckContext) -> Vec<Finding> {
    let Some(url) = &context.function_url else { return Vec::new() };
    let url = url.trim_end_matches('/');
    let health = Finding::new(tr_static!("function", "函数"), "GET /healthz");
    let advice = tr_static!(
        "check --function-url (the HTTP trigger), that the function is deployed, and that its settings can be read: see its log",
        "请检查 --function-url（HTTP 触发器）、函数是否已部署、设置能否读取：见函数日志"
    );
    let mut findings = vec![match get_status(url, "/healthz", None).await {
        Ok(200) => health.pass(tr_static!("it responds", "有应答")),
        Ok(status) => health.fail(tr!("status {status}", "状态码 {status}")).advise(advice),
        Err(error) => health.fail(describe(&error)).advise(advice),
    }];
    if let Some(file) = &context.token_file {
        let access = Finding::new(tr_static!("function's token", "函数令牌"), "GET /uploads?limit=1");
        let token = match read_token(file) {
            Ok(token) => token,
            Err(error) => {
                let advice = tr_static!("name a file that holds the token alone", "请指定只含令牌的文件");
                findings.push(access.fail(describe(&error)).advise(advice));
                return findings;
            }
        };
        findings.push(match get_status(url, "/uploads?limit=1", Some(token.as_str())).await {
            Ok(200) => access.pass(tr_static!("it is accepted", "令牌有效")),
            Ok(401) => access.fail(tr_static!("it is refused", "令牌被拒绝")).advise(tr_static!(
                "put the token's SHA-256 into the function's http.tokens: printf %s TOKEN | sha256sum",
                "请把令牌的 SHA-256 写入函数的 http.tokens：printf %s TOKEN | sha256sum"
            )),
            Ok(403) => {
                access.fail(tr_static!("it has no permission to read", "它没有读取权限")).advise(tr_static!(
                    "grant it the right read in the function's http.tokens, or use another token",
                    "请在函数的 http.tokens 中授予它 read 权限，或换一个令牌"
                ))
            }
            Ok(status) => access.fail(tr!("status {status}", "状态码 {status}")).advise(advice),
            Err(error) => access.fail(describe(&error)).advise(advice),
        });
    }
    findings
}

async fn get_status(url: &str, path: &str, token: Option<&str>) -> Result<u16, CliError> {
    get_status_within(PATIENCE, url, path, token).await
}

async fn get_status_within(
    patience: Duration,
    url: &str,
    path: &str,
    token: Option<&str>,
) -> Result<u16, CliError> {
    let mut request = app::http_client()?.get(format!("{url}{path}"));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let answered = timeout(patience, request.send()).await.map_err(|_| describe_unanswered(patience, url))?;
    Ok(answered.map_err(|_| describe_unreachable(url))?.status().as_u16())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    /// A server that takes the connection and says nothing does not hold the command up.
    #[tokio::test]
    async fn a_function_that_never_answers_is_named() {
        // The kernel takes the connection; nobody reads it.
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asking = get_status_within(Duration::from_millis(100), &url, "/healthz", None);
        let error = timeout(PATIENCE, asking).await.unwrap().unwrap_err();
        assert!(describe(&error).contains("did not answer within"), "{error:?}");
    }
}

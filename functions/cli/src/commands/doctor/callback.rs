//! Which callbacks the settings allow.

use super::{context::CheckContext, finding::Finding};
use crate::ui::i18n::{tr, tr_static};

pub(super) async fn check(context: &CheckContext) -> Vec<Finding> {
    let settings = &context.app.settings().callback;
    let all = Finding::new(
        tr_static!("callbacks", "回调"),
        tr_static!(
            "read which addresses are allowed, and how requests are signed",
            "读取允许回调的地址和签名方式"
        ),
    );
    let schemes = if settings.allow_http { "https, http" } else { "https" };
    let secrets = settings.secrets.len();
    let mut findings = vec![all.pass(tr!(
        "{schemes}; ports {:?}; {secrets} signing secrets; {} hosts with private addresses",
        "{schemes}；端口 {:?}；签名密钥 {secrets} 个；允许内网地址的主机 {} 个",
        settings.ports,
        settings.allowed.len()
    ))];
    if let Some(url) = &context.callback {
        let finding = Finding::new("--callback", tr_static!("compare it with the settings", "与设置比较"));
        findings.push(match context.app.accepts_callback(&url.as_str().into()) {
            Ok(()) => finding.pass(tr_static!("it is allowed", "允许回调")),
            Err(why) => finding.fail(why).advise(tr_static!(
                "use https on port 443, or allow more in section [callback] of the settings (allow_http, ports, allowed, only_hosts)",
                "请用 443 端口的 https，或在设置的 [callback] 一节放开（allow_http、ports、allowed、only_hosts）"
            )),
        });
    }
    findings
}

//! What the guard of callbacks says.

use super::{Finding, Patient};
use crate::lang::{say, word};

pub(super) async fn check(patient: &Patient) -> Vec<Finding> {
    let settings = &patient.app.settings().callback;
    let all = Finding::of(
        word!("callbacks", "回调"),
        word!("read what may be called, and how requests are signed", "读取允许调用的地址和签名方式"),
    );
    let schemes = if settings.allow_http { "https, http" } else { "https" };
    let secrets = settings.secrets.len();
    let mut findings = vec![all.well(say!(
        "{schemes}; ports {:?}; {secrets} signing secrets; {} hosts with private addresses",
        "{schemes}；端口 {:?}；签名密钥 {secrets} 个；允许内网地址的主机 {} 个",
        settings.ports,
        settings.allowed.len()
    ))];
    if let Some(url) = &patient.callback {
        let finding = Finding::of("--callback", word!("ask the guard", "询问守卫规则"));
        findings.push(match patient.app.accepts_callback(&url.as_str().into()) {
            Ok(()) => finding.well(word!("it may be called", "允许调用")),
            Err(why) => finding.failed(why).advise(word!(
                "use https on port 443, or say in section [callback] of the settings what else may be called (allow_http, ports, \
                 allowed, only_hosts)",
                "请用 443 端口的 https，或在设置的 [callback] 一节放开（allow_http、ports、allowed、only_hosts）"
            )),
        });
    }
    findings
}

//! Which callbacks the settings allow.

use super::{context::CheckContext, finding::Finding};
use crate::ui::{
    i18n::{tr, tr_static},
    output::escape,
};
use app::AllowedHost;

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
    let ports = describe_ports(&settings.ports);
    let mut findings = vec![all.pass(tr!(
        "{schemes}; ports {ports}; {secrets} signing secrets; {} hosts with private addresses{}",
        "{schemes}；端口 {ports}；签名密钥 {secrets} 个；允许内网地址的主机 {} 个{}",
        settings.allowed.len(),
        describe_allowed(&settings.allowed, &ports)
    ))];
    if let Some(url) = &context.callback {
        let finding = Finding::new("--callback", tr_static!("compare it with the settings", "与设置比较"));
        findings.push(match context.app.explain_callback_refusal(&url.as_str().into()) {
            None => finding.pass(tr_static!("it is allowed", "允许回调")),
            Some(why) => finding.fail(why).advise(tr_static!(
                "use https on port 443, or allow more in section [callback] of the settings: allow_http, only_hosts, ports, or for one host \
                 any_port = true in its entry of allowed",
                "请用 443 端口的 https，或在设置的 [callback] 一节放开：allow_http、only_hosts、ports，或仅对某个主机在 allowed 的条目中设 any_port = true"
            )),
        });
    }
    findings
}

fn describe_ports(ports: &[u16]) -> String {
    ports.iter().map(u16::to_string).collect::<Vec<_>>().join(", ")
}

/// The hosts with private addresses, each with its ports: those of every host, unless its entry has `any_port`.
fn describe_allowed(allowed: &[AllowedHost], ports: &str) -> String {
    let describe = |one: &AllowedHost| {
        let host = escape(&one.host);
        match one.any_port {
            true => tr!("{host} on any port", "{host} 的任意端口"),
            false => tr!("{host} on ports {ports}", "{host} 的端口 {ports}"),
        }
    };
    let hosts: Vec<_> = allowed.iter().map(describe).collect();
    if hosts.is_empty() { String::new() } else { tr!(" ({})", "（{}）", hosts.join("; ")) }
}

//! Whether this machine reaches OSS by its region's internal endpoint, which is free of traffic fees.
//!
//! The request is not signed, and names neither key nor bucket: a server that poses as OSS learns nothing. The address is the one
//! that Alibaba's rule makes of the public one (`oss-REGION.aliyuncs.com`, `oss-REGION-internal.aliyuncs.com`), or the one of
//! `--internal-endpoint`.

use super::open_bucket;
use crate::commands::rehearse::{
    fact::{Fact, Found, Makes},
    obstacle::Obstacle,
    stage::Stage,
    text::text,
};
use std::time::Duration;

/// From inside the region it answers within milliseconds; from outside the name leads nowhere.
const PATIENCE: Duration = Duration::from_secs(5);
/// Every answer of OSS names its request, and what only stands in its place does not.
const REQUEST_ID: &str = "x-oss-request-id";

pub(in super::super) const FACT: Fact = Fact {
    name: "oss.internal_endpoint",
    question: || {
        text!(
            "whether this machine reaches the internal endpoint of its region",
            "本机能否访问所在地域的内网 endpoint"
        )
    },
    expected: "unreached",
    calls: 0,
    requests: 1,
    makes: Makes::Nothing,
    tries: |stage| Box::pin(find(stage)),
    meaning: |word| match word {
        "reached" => text!(
            "source.internal = true, or the internal source.endpoint, saves traffic fees here",
            "在此设置 source.internal = true 或内网的 source.endpoint 可免流量费"
        ),
        _ => text!(
            "this machine needs the public endpoint; a function of the region reaches the internal one all the same",
            "本机须使用公网 endpoint；该地域内的函数仍可访问内网 endpoint"
        ),
    },
};

async fn find(stage: &mut Stage) -> Result<Found, Obstacle> {
    let (store, _) = open_bucket(stage)?;
    let used = store.endpoint().unwrap_or_default();
    let used = used.strip_prefix(store.bucket()).and_then(|rest| rest.strip_prefix('.')).unwrap_or(used);
    let address = match stage.targets.internal_endpoint.clone().or_else(|| derive_internal(used)) {
        Some(address) => address,
        None => {
            return Err(Obstacle::NotHere(text!(
                "{used} is none of Alibaba's public endpoints, of which the internal one's name follows; --internal-endpoint names it",
                "{used} 不是阿里云的公网 endpoint，无法得知内网名称；可用 --internal-endpoint 指定"
            )));
        }
    };
    let url = if address.contains("://") { address.clone() } else { format!("https://{address}") };
    let sending = app::http_client()?.get(url).timeout(PATIENCE).send();
    let answer = tokio::select! {
        answer = sending => answer,
        () = stage.shutdown.wait() => return Err(Obstacle::Stopped),
    };
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) if error.is_builder() => {
            return Err(Obstacle::Other(text!(
                "--internal-endpoint {address} is no address",
                "--internal-endpoint {address} 不是有效的地址"
            )));
        }
        Err(_) => {
            let evidence = text!("OSS does not answer at {address}", "OSS 未在 {address} 应答");
            return Ok(Found::new("unreached", evidence));
        }
    };
    if !answer.headers().contains_key(REQUEST_ID) {
        return Err(Obstacle::Other(text!(
            "something else than OSS answered at {address}",
            "{address} 的应答并非来自 OSS"
        )));
    }
    let status = answer.status().as_u16();
    let found = Found::new("reached", text!("{address}: {status}", "{address}：{status}"));
    let source = &stage.app.settings().source;
    if used == address || source.internal && source.endpoint.is_none() {
        return Ok(found);
    }
    let variable = match source.endpoint {
        None => "OSS2YOUKU_SOURCE__INTERNAL=true".to_owned(),
        Some(_) => format!("OSS2YOUKU_SOURCE__ENDPOINT={address}"),
    };
    let seen = text!(
        "it answered this machine; other machines might not reach it",
        "它应答了本机；其他机器未必能访问"
    );
    Ok(found.with_proposal(&variable, &seen))
}

/// The internal endpoint of a public one of Alibaba's; an internal one is itself. `None` of any other host.
fn derive_internal(host: &str) -> Option<String> {
    let name = host.strip_suffix(".aliyuncs.com")?;
    let region = name.strip_prefix("oss-")?;
    let is_region =
        region.contains('-') && region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !is_region || region.starts_with("accelerate") {
        return None;
    }
    Some(if region.ends_with("-internal") {
        host.to_owned()
    } else {
        format!("{name}-internal.aliyuncs.com")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Only a name of Alibaba's own form leads to another, and that to a host of Alibaba's.
    #[test]
    fn the_internal_name_follows_from_a_public_one_alone() {
        for (host, internal) in [
            ("oss-cn-hangzhou.aliyuncs.com", Some("oss-cn-hangzhou-internal.aliyuncs.com")),
            ("oss-cn-north-2-gov-1.aliyuncs.com", Some("oss-cn-north-2-gov-1-internal.aliyuncs.com")),
            ("oss-cn-hangzhou-internal.aliyuncs.com", Some("oss-cn-hangzhou-internal.aliyuncs.com")),
            ("oss-accelerate-overseas.aliyuncs.com", None),
            ("oss-accelerate.aliyuncs.com", None),
            ("oss-cn-hangzhou.aliyuncs.com.example.com", None),
            ("oss-cn-hangzhou.aliyuncs.com:8080", None),
            ("oss-x.example-.aliyuncs.com", None),
            ("videos.example.com", None),
            ("127.0.0.1:4000", None),
            ("", None),
        ] {
            assert_eq!(derive_internal(host).as_deref(), internal, "{host}");
        }
    }
}

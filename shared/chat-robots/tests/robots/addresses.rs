//! Addresses: only the vendors' own, as they show them.

use crate::samples::{TOKEN, address};
use chat_robots::{Address, AddressError, Language, Vendor};

fn refused(vendor: Vendor, text: &str) -> AddressError {
    Address::parse(vendor, &text.to_owned().into()).expect_err(text)
}

#[test]
fn the_vendors_addresses_are_read_as_people_paste_them() {
    for (vendor, pasted, host) in [
        (Vendor::DingTalk, format!("  {}\n", address(Vendor::DingTalk)), "oapi.dingtalk.com"),
        (Vendor::DingTalk, format!("{}&timestamp=1&sign=x", address(Vendor::DingTalk)), "oapi.dingtalk.com"),
        (Vendor::Feishu, format!("{}/", address(Vendor::Feishu)), "open.feishu.cn"),
        (
            Vendor::Feishu,
            format!("https://open.larksuite.com/open-apis/bot/v2/hook/{TOKEN}"),
            "open.larksuite.com",
        ),
        (Vendor::WeCom, address(Vendor::WeCom).replace("https", "HTTPS"), "qyapi.weixin.qq.com"),
    ] {
        let read = Address::parse(vendor, &pasted.into()).unwrap();
        assert_eq!((read.vendor(), read.host()), (vendor, host));
    }
}

/// A message goes nowhere but to the vendor: no other host, port or scheme.
#[test]
fn any_other_address_is_refused() {
    let good = address(Vendor::DingTalk);
    for bad in [
        good.replace("https", "http"),
        good.replace("oapi.dingtalk.com", "oapi.dingtalk.com.evil.example"),
        good.replace("oapi.dingtalk.com", "oapi.dingtalk.com:8443"),
        good.replace("oapi.dingtalk.com", "oapi.dingtalk.com@127.0.0.1"),
        good.replace("oapi", "user:word@oapi"),
        good.replace("/robot/send", "/robot"),
        good.replace("access_token", "token"),
        "not an address".to_owned(),
        String::new(),
    ] {
        assert_eq!(refused(Vendor::DingTalk, &bad), AddressError::Form(Vendor::DingTalk), "{bad}");
    }
    assert_eq!(refused(Vendor::WeCom, &good), AddressError::Form(Vendor::WeCom));
    for token in ["", "short", "0123456789abcdef%0d%0a", "0123456789abcdef/../x"] {
        let bad = format!("https://open.feishu.cn/open-apis/bot/v2/hook/{token}");
        let error = refused(Vendor::Feishu, &bad);
        assert!(!error.to_string().contains("0123456789abcdef"), "{error}");
    }
}

/// In both languages, and without a word of the address.
#[test]
fn an_error_says_what_an_address_looks_like() {
    for vendor in [Vendor::DingTalk, Vendor::Feishu, Vendor::WeCom] {
        let error = refused(vendor, "https://example.com/");
        for text in [error.to_string(), error.sentence(Language::English), error.sentence(Language::Chinese)]
        {
            let shown = address(vendor).replace(TOKEN, "TOKEN");
            assert!(text.contains(&shown) && !text.contains("example"), "{text}");
        }
        assert!(error.sentence(Language::Chinese).contains("机器人地址"));
    }
}

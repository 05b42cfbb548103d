//! Settings, and what they let callbacks reach.

use app::{
    Settings,
    core::{ErrorKind, UploadError as _},
};
use arbitrary::{Arbitrary, Unstructured};
use secrecy::SecretString;
use std::net::{IpAddr, Ipv4Addr};
use url::{Host, Url};
use webhook::GuardConfig;

/// What no error may repeat.
const SECRET: &str = "the-token-of-an-account";

/// Settings that do not fit are `config`, and the error repeats no secret of the file, whatever stands around it.
///
/// # Panics
/// Where this does not hold.
pub fn read_settings(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    let (head, tail) = text.split_once('\u{0}').unwrap_or((text, ""));
    let account = format!("\n[accounts.main]\nclient_id = 'app'\naccess_token = '{SECRET}'{tail}\n");
    for file in [format!("{head}{account}"), format!("{account}{head}"), head.to_owned()] {
        match Settings::from_parts("fuzz.toml", &file, []) {
            Ok(settings) => assert!(!format!("{settings:?}").contains(SECRET) || head.contains(SECRET)),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Config, "{error:?}");
                let texts = [error.to_string(), format!("{error:?}"), error.sentence().into_owned()];
                assert!(!texts.concat().contains(SECRET) || head.contains(SECRET), "{texts:?}");
            }
        }
    }
}

/// The host of a callback's URL, in one of the ways in which it can be written.
#[derive(Debug, Arbitrary)]
enum WrittenHost {
    Dotted([u8; 4]),
    Number(u32),
    Hexadecimal(u32),
    Octal([u8; 4]),
    Short(u8, u16),
    Six([u16; 8]),
    Embedded([u8; 4]),
    Text(String),
}

impl WrittenHost {
    fn write(&self) -> String {
        match self {
            Self::Dotted([a, b, c, d]) => format!("{a}.{b}.{c}.{d}"),
            Self::Number(number) => number.to_string(),
            Self::Hexadecimal(number) => format!("0x{number:x}"),
            Self::Octal([a, b, c, d]) => format!("0{a:o}.0{b:o}.{c}.{d}"),
            Self::Short(a, b) => format!("{a}.{b}"),
            Self::Six(groups) => {
                let groups: Vec<_> = groups.iter().map(|group| format!("{group:x}")).collect();
                format!("[{}]", groups.join(":"))
            }
            Self::Embedded([a, b, c, d]) => format!("[::ffff:{a}.{b}.{c}.{d}]"),
            Self::Text(text) => text.clone(),
        }
    }
}

/// What the guard lets through is HTTPS without user information to a port of the list, and where it names an address, a public one.
///
/// # Panics
/// Where this does not hold.
pub fn check_callback(data: &[u8]) {
    let Ok((scheme, host, rest)) = <(String, WrittenHost, String)>::arbitrary(&mut Unstructured::new(data))
    else {
        return;
    };
    let guard = GuardConfig::default();
    let host = host.write();
    for text in
        [format!("https://{host}{rest}"), format!("http://{host}{rest}"), format!("{scheme}{host}{rest}")]
    {
        if guard.check(&SecretString::from(text.as_str())).is_err() {
            continue;
        }
        let url = Url::parse(&text).expect("the guard has read it");
        assert_eq!(url.scheme(), "https", "{text}");
        assert!(url.username().is_empty() && url.password().is_none(), "{text}");
        assert!([80, 443].contains(&url.port_or_known_default().expect("a port")), "{text}");
        match url.host().expect("a host") {
            Host::Domain(name) => assert!(name.contains('.') && name.parse::<IpAddr>().is_err(), "{text}"),
            Host::Ipv4(address) => assert!(is_public(address), "{text}"),
            Host::Ipv6(address) => {
                let [first, second, ..] = address.segments();
                assert!(first & 0xe000 == 0x2000 && first != 0x2002, "{text}");
                let is_documentation =
                    (first, second) == (0x2001, 0xdb8) || (first, second & 0xf000) == (0x3fff, 0);
                assert!(!is_documentation, "{text}");
            }
        }
    }
}

/// By the standard library's word, and the ranges that it has none for.
fn is_public(address: Ipv4Addr) -> bool {
    let [a, b, ..] = address.octets();
    let is_special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || address.is_broadcast();
    !(is_special || a == 0 || a >= 240 || (a, b & 0xc0) == (100, 64) || (a, b & 0xfe) == (198, 18))
}

//! A robot's address. With it alone anyone can write into the group, so it is a secret.

use crate::vendor::Vendor;
use secrecy::{ExposeSecret, SecretString};
use std::{
    fmt,
    net::{IpAddr, SocketAddr},
};
use url::{Host, Url};

/// Characters of a token. DingTalk's have 64, the others' 36; a shorter one than this would show too much by its last four.
const TOKEN_LENGTH: std::ops::RangeInclusive<usize> = 16..=128;

/// Where a robot takes messages. `Display` and `Debug` show the host and the token's last four characters.
#[derive(Clone)]
pub struct Address {
    vendor: Vendor,
    /// Scheme, host and port.
    origin: String,
    token: SecretString,
}

/// An address that is none of the vendor's. No text repeats it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AddressError {
    /// Not the form in which the vendor shows it.
    Form(Vendor),
    /// The token in it is no token.
    Token,
    /// Only for [`Address::at_loopback`].
    NotLoopback,
}

fn hosts(vendor: Vendor) -> &'static [&'static str] {
    match vendor {
        Vendor::DingTalk => &["oapi.dingtalk.com"],
        Vendor::Feishu => &["open.feishu.cn", "open.larksuite.com"],
        Vendor::WeCom => &["qyapi.weixin.qq.com"],
    }
}

impl Address {
    /// Reads an address as the vendor shows it. Other parameters, as a pasted signature, are dropped.
    ///
    /// # Errors
    /// The scheme is not `https`, the host or path is not the vendor's, or the token is missing or malformed.
    pub fn parse(vendor: Vendor, address: &SecretString) -> Result<Self, AddressError> {
        let form = AddressError::Form(vendor);
        let url = Url::parse(address.expose_secret().trim()).map_err(|_| form)?;
        let host = url.host_str().unwrap_or_default();
        let is_plain = url.scheme() == "https" && url.port().is_none() && url.username().is_empty();
        if !is_plain || url.password().is_some() || !hosts(vendor).contains(&host) {
            return Err(form);
        }
        let token = token_of(vendor, &url).ok_or(form)?;
        Self::with_token(vendor, format!("https://{host}"), token.into())
    }

    /// The same robot at a server on this machine, for tests and local development. Plain `http`.
    ///
    /// # Errors
    /// `server` is not a loopback address, or the token is malformed.
    pub fn at_loopback(
        vendor: Vendor,
        server: SocketAddr,
        token: SecretString,
    ) -> Result<Self, AddressError> {
        if !server.ip().is_loopback() {
            return Err(AddressError::NotLoopback);
        }
        Self::with_token(vendor, format!("http://{server}"), token)
    }

    /// Reads the address of a robot on this machine in the vendor's own form, as `http://127.0.0.1:8080/robot/send?access_token=TOKEN`.
    ///
    /// # Errors
    /// It is not plain `http` to a loopback address with a port, the path is not the vendor's, or the token is missing or malformed.
    pub fn parse_at_loopback(vendor: Vendor, address: &SecretString) -> Result<Self, AddressError> {
        let form = AddressError::Form(vendor);
        let url = Url::parse(address.expose_secret().trim()).map_err(|_| form)?;
        let ip = match url.host() {
            Some(Host::Ipv4(ip)) => IpAddr::from(ip),
            Some(Host::Ipv6(ip)) => IpAddr::from(ip),
            _ => return Err(form),
        };
        let port = url.port().filter(|_| url.scheme() == "http" && url.username().is_empty()).ok_or(form)?;
        let token = token_of(vendor, &url).ok_or(form)?;
        Self::at_loopback(vendor, SocketAddr::new(ip, port), token.into())
    }

    fn with_token(vendor: Vendor, origin: String, token: SecretString) -> Result<Self, AddressError> {
        let is_fit = |text: &str| {
            TOKEN_LENGTH.contains(&text.len())
                && text.bytes().all(|one| one.is_ascii_alphanumeric() || one == b'-' || one == b'_')
        };
        if !is_fit(token.expose_secret()) {
            return Err(AddressError::Token);
        }
        Ok(Self { vendor, origin, token })
    }

    /// Whose robot it is.
    #[must_use]
    pub fn vendor(&self) -> Vendor {
        self.vendor
    }

    /// Host, and port if there is one: no secret.
    #[must_use]
    pub fn host(&self) -> &str {
        self.origin.split_once("://").map_or(&self.origin, |(_, host)| host)
    }

    /// The URL without a signature.
    pub(crate) fn to_url(&self) -> String {
        let (origin, token) = (&self.origin, self.token.expose_secret());
        match self.vendor {
            Vendor::DingTalk => format!("{origin}/robot/send?access_token={token}"),
            Vendor::Feishu => format!("{origin}/open-apis/bot/v2/hook/{token}"),
            Vendor::WeCom => format!("{origin}/cgi-bin/webhook/send?key={token}"),
        }
    }
}

/// The token of a URL with the vendor's path.
fn token_of(vendor: Vendor, url: &Url) -> Option<String> {
    let parameter = |name: &str| {
        let mut found = url.query_pairs().filter(|(key, _)| key == name);
        found.next().map(|(_, value)| value.into_owned())
    };
    let path = url.path().trim_end_matches('/');
    match vendor {
        Vendor::DingTalk => parameter("access_token").filter(|_| path == "/robot/send"),
        Vendor::Feishu => path.strip_prefix("/open-apis/bot/v2/hook/").map(str::to_owned),
        Vendor::WeCom => parameter("key").filter(|_| path == "/cgi-bin/webhook/send"),
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let token = self.token.expose_secret();
        write!(f, "{} …{}", self.host(), &token[token.len() - 4..])
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

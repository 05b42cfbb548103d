//! A robot's settings, and the request that they make of a digest.

use crate::{
    address::Address,
    digest::Digest,
    formats::{Format, body::Signature},
    preview::Preview,
    sign::{sign_dingtalk, sign_feishu},
    text::escape,
    vendor::{Language, Vendor},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};
use std::{
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

const KEYWORD_BYTES: usize = 100;

/// One robot: where it is, how its messages are signed and what they look like.
#[derive(Debug, Clone)]
pub struct Robot {
    address: Address,
    secret: Option<SecretString>,
    keyword: Option<String>,
    format: Format,
}

/// A setting that does not fit the robot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RobotError {
    /// WeCom's robots have none.
    SecretUnused,
    /// It would sign nothing.
    SecretEmpty,
    /// A message cannot contain it as it is.
    Keyword,
    /// Another vendor's.
    Format,
}

impl Robot {
    /// A robot without signature or keyword, whose messages have the vendor's [default format](Format::default_of).
    #[must_use]
    pub fn new(address: Address) -> Self {
        let format = Format::default_of(address.vendor());
        Self { address, secret: None, keyword: None, format }
    }

    /// Signs every message with this secret.
    ///
    /// # Errors
    /// The vendor's robots do not sign, or the secret is empty.
    pub fn with_secret(self, secret: SecretString) -> Result<Self, RobotError> {
        if self.vendor() == Vendor::WeCom {
            return Err(RobotError::SecretUnused);
        }
        if secret.expose_secret().is_empty() {
            return Err(RobotError::SecretEmpty);
        }
        Ok(Self { secret: Some(secret), ..self })
    }

    /// Puts this word at the end of every message, as a robot's owner may demand.
    ///
    /// # Errors
    /// The word is empty, has more than 100 bytes, or characters that escaping replaces.
    pub fn with_keyword(self, keyword: impl Into<String>) -> Result<Self, RobotError> {
        let keyword = keyword.into();
        if keyword.is_empty() || keyword.len() > KEYWORD_BYTES || escape(&keyword) != keyword {
            return Err(RobotError::Keyword);
        }
        Ok(Self { keyword: Some(keyword), ..self })
    }

    /// Gives every message this format.
    ///
    /// # Errors
    /// The format is another vendor's.
    pub fn with_format(self, format: Format) -> Result<Self, RobotError> {
        if format.vendor() != self.vendor() {
            return Err(RobotError::Format);
        }
        Ok(Self { format, ..self })
    }

    /// Whose robot it is.
    #[must_use]
    pub fn vendor(&self) -> Vendor {
        self.address.vendor()
    }

    /// What its messages look like.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// Where it is.
    #[must_use]
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// What to post. `now` is the wall clock's time; a signature is valid for an hour around it.
    #[must_use]
    pub fn request(&self, digest: &Digest, language: Language, now: SystemTime) -> Request {
        let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let message = self.format.message(digest, language, self.keyword.as_deref());
        Request {
            url: self.url(since).into(),
            body: message.to_json(self.body_signature(since)),
            host: self.address.to_string(),
        }
    }

    /// The same message as its chat shows it: no address, no signature, nothing secret.
    #[must_use]
    pub fn preview(&self, digest: &Digest, language: Language) -> Preview {
        let message = self.format.message(digest, language, self.keyword.as_deref());
        Preview { blocks: message.draw(language), body: message.to_json(None) }
    }

    /// DingTalk's signature is a part of the URL, percent-encoded once.
    fn url(&self, since: Duration) -> String {
        let url = self.address.to_url();
        match &self.secret {
            Some(secret) if self.vendor() == Vendor::DingTalk => {
                let timestamp = since.as_millis();
                let sign = sign_dingtalk(secret, timestamp);
                format!("{url}&timestamp={timestamp}&sign={}", utf8_percent_encode(&sign, NON_ALPHANUMERIC))
            }
            _ => url,
        }
    }

    /// Feishu's is a part of the body.
    fn body_signature(&self, since: Duration) -> Option<Signature> {
        let secret = self.secret.as_ref().filter(|_| self.vendor() == Vendor::Feishu)?;
        let seconds = since.as_secs();
        Some(Signature { timestamp: seconds.to_string(), sign: sign_feishu(secret, seconds) })
    }
}

/// A message to post. Redirects must not be followed: the URL is the secret. `Debug` shows neither it nor the body.
#[derive(Clone)]
pub struct Request {
    url: SecretString,
    body: String,
    host: String,
}

impl Request {
    /// The method.
    pub const METHOD: &'static str = "POST";
    /// The headers, names in lower case.
    pub const HEADERS: [(&'static str, &'static str); 1] = [("content-type", "application/json")];

    /// The whole URL.
    #[must_use]
    pub fn url(&self) -> &SecretString {
        &self.url
    }

    /// The JSON.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }

    /// The JSON, without a copy.
    #[must_use]
    pub fn into_body(self) -> String {
        self.body
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({}, {} bytes)", self.host, self.body.len())
    }
}

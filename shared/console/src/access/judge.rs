//! Decides about a request by its method, its address and its headers.

use super::secret::Secret;
use axum::http::{
    HeaderMap, HeaderName, Method, Uri,
    header::{COOKIE, HOST, ORIGIN},
};

use std::sync::{Mutex, PoisonError};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What lets a request in.
#[derive(Debug)]
pub(crate) struct Access {
    /// In the printed address.
    token: Secret,
    /// In the address with which the browser is opened, until it comes.
    single: Mutex<Option<Secret>>,
    /// In the cookie that the browser gets for it.
    session: Secret,
    port: u16,
}

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is answered.
    Allowed,
    /// Its token is exchanged for the cookie.
    Exchanged,
    /// It names another host.
    ForeignHost,
    /// It comes from another site's page, or, where it would change something, does not say from which.
    ForeignOrigin,
    /// It has neither the cookie nor the token.
    Unknown,
}

impl Access {
    /// Draws the secrets of a console that listens on this port of 127.0.0.1.
    pub(crate) fn new(port: u16) -> Self {
        Self { token: Secret::random(), single: Mutex::default(), session: Secret::random(), port }
    }

    /// The address for the user, with the token.
    pub(crate) fn url(&self) -> String {
        self.address(&self.token)
    }

    /// An address that lets in once, in place of the last one: for a command line, which other users of the machine may read.
    pub(crate) fn url_to_open(&self) -> String {
        let single = Secret::random();
        let url = self.address(&single);
        *self.single.lock().unwrap_or_else(PoisonError::into_inner) = Some(single);
        url
    }

    fn address(&self, token: &Secret) -> String {
        format!("http://127.0.0.1:{}/?token={}", self.port, token.expose())
    }

    /// Whether a token lets in. One that lets in once is spent.
    fn takes(&self, token: &str) -> bool {
        let mut single = self.single.lock().unwrap_or_else(PoisonError::into_inner);
        self.token.is(token) || single.take_if(|single| single.is(token)).is_some()
    }

    /// The cookie's name. Browsers send cookies to every port of a host: each console has its own.
    fn cookie_name(&self) -> String {
        format!("oss2youku_console_{}", self.port)
    }

    /// The `Set-Cookie` of the exchange.
    pub(super) fn set_cookie(&self) -> String {
        format!("{}={}; Path=/; HttpOnly; SameSite=Strict", self.cookie_name(), self.session.expose())
    }

    /// Decides about a request.
    pub(super) fn judge(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Verdict {
        let Some(host) = self.find_host(uri, headers) else { return Verdict::ForeignHost };
        if !is_own_origin(method, uri, headers, host) {
            return Verdict::ForeignOrigin;
        }
        let is_page = uri.path() == "/" && *method == Method::GET;
        if is_page && query_token(uri).is_some_and(|token| self.takes(token)) {
            return Verdict::Exchanged;
        }
        if self.has_cookie(headers) { Verdict::Allowed } else { Verdict::Unknown }
    }

    /// The host that the request names, where it is this console.
    fn find_host<'a>(&self, uri: &Uri, headers: &'a HeaderMap) -> Option<&'a str> {
        let mut named = headers.get_all(HOST).iter();
        let (Some(host), None) = (named.next(), named.next()) else { return None };
        let host = host.to_str().ok()?;
        let is_own = |host: &str| {
            ["127.0.0.1", "localhost"].iter().any(|name| host == format!("{name}:{}", self.port))
        };
        let by_address = uri.authority().is_none_or(|authority| is_own(authority.as_str()));
        (is_own(host) && by_address).then_some(host)
    }

    fn has_cookie(&self, headers: &HeaderMap) -> bool {
        let name = self.cookie_name();
        let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
        let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.any(|(one, value)| one == name && self.session.is(value))
    }
}

/// Whether the request comes from this console's page, or from no page at all.
fn is_own_origin(method: &Method, uri: &Uri, headers: &HeaderMap, host: &str) -> bool {
    let own = format!("http://{host}");
    let mut origins = headers.get_all(ORIGIN).iter().peekable();
    let names_origin = origins.peek().is_some();
    if !origins.all(|origin| origin.as_bytes() == own.as_bytes()) {
        return false;
    }
    let site = headers.get(SEC_FETCH_SITE).map(|site| site.as_bytes());
    match *method {
        // A link from elsewhere opens the page: what it does not show without the cookie, which is not sent then.
        Method::GET | Method::HEAD if uri.path() == "/" => true,
        Method::GET | Method::HEAD => matches!(site, None | Some(b"same-origin" | b"none")),
        _ => (names_origin && matches!(site, None | Some(b"same-origin"))) || site == Some(b"same-origin"),
    }
}

fn query_token(uri: &Uri) -> Option<&str> {
    uri.query()?.split('&').find_map(|field| field.strip_prefix("token="))
}

#[cfg(test)]
mod tests;

use super::*;
use Verdict::{Allowed, Exchanged, ForeignHost, ForeignOrigin, Unknown};

const OWN: &str = "http://127.0.0.1:9390";

fn headers(lines: &[(&str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        headers.append(HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
    }
    headers
}

fn judge(access: &Access, method: &str, uri: &str, lines: &[(&str, &str)]) -> Verdict {
    access.judge(&method.parse().unwrap(), &uri.parse().unwrap(), &headers(lines))
}

/// The cookie as the browser sends it after the exchange.
fn cookie(access: &Access) -> String {
    access.set_cookie().split(';').next().unwrap().to_owned()
}

/// The names under which the page is reached, and no other, whatever else the request has.
#[test]
fn only_the_consoles_own_host_is_answered() {
    let access = Access::new(9390);
    let cookie = cookie(&access);
    let with_host = |uri: &str, hosts: &[&str]| {
        let mut lines: Vec<_> = hosts.iter().map(|host| ("host", *host)).collect();
        lines.push(("cookie", &cookie));
        judge(&access, "GET", uri, &lines)
    };
    for (uri, hosts, verdict) in [
        ("/", &["127.0.0.1:9390"][..], Allowed),
        ("/", &["localhost:9390"], Allowed),
        ("http://127.0.0.1:9390/", &["127.0.0.1:9390"], Allowed),
        ("/", &["127.0.0.1"], ForeignHost),
        ("/", &["127.0.0.1:9391"], ForeignHost),
        ("/", &["evil.example"], ForeignHost),
        ("/", &["evil.example:9390"], ForeignHost),
        ("/", &["127.0.0.1:9390.evil.example"], ForeignHost),
        ("/", &["[::1]:9390"], ForeignHost),
        ("/", &[], ForeignHost),
        ("/", &["127.0.0.1:9390", "evil.example"], ForeignHost),
        ("http://evil.example/", &["127.0.0.1:9390"], ForeignHost),
    ] {
        assert_eq!(with_host(uri, hosts), verdict, "{uri} {hosts:?}");
    }
}

/// What changes something comes from the console's own page; what reads, from no other page.
#[test]
fn other_pages_neither_read_nor_change_anything() {
    let access = Access::new(9390);
    let cookie = cookie(&access);
    let (site, origin) = ("sec-fetch-site", "origin");
    for (method, path, more, verdict) in [
        ("GET", "/console/uploads", &[][..], Allowed),
        ("GET", "/console/uploads", &[(site, "same-origin")], Allowed),
        ("GET", "/console/uploads", &[(site, "none")], Allowed),
        ("GET", "/console/uploads", &[(site, "same-site")], ForeignOrigin),
        ("GET", "/console/uploads", &[(site, "cross-site")], ForeignOrigin),
        ("GET", "/console/uploads", &[(origin, "null")], ForeignOrigin),
        ("GET", "/", &[(site, "cross-site")], Allowed),
        ("POST", "/api/uploads", &[], ForeignOrigin),
        ("POST", "/api/uploads", &[(origin, OWN)], Allowed),
        ("POST", "/api/uploads", &[(site, "same-origin")], Allowed),
        ("POST", "/api/uploads", &[(origin, OWN), (site, "same-origin")], Allowed),
        ("POST", "/api/uploads", &[(origin, OWN), (site, "cross-site")], ForeignOrigin),
        ("POST", "/api/uploads", &[(site, "none")], ForeignOrigin),
        ("POST", "/api/uploads", &[(origin, "http://127.0.0.1:8000")], ForeignOrigin),
        ("POST", "/api/uploads", &[(origin, "http://localhost:9390")], ForeignOrigin),
        ("POST", "/api/uploads", &[(origin, "https://127.0.0.1:9390")], ForeignOrigin),
        ("POST", "/", &[(site, "cross-site")], ForeignOrigin),
        ("PUT", "/console/files", &[], ForeignOrigin),
        ("DELETE", "/console/files", &[(origin, "null"), (site, "same-origin")], ForeignOrigin),
    ] {
        let lines = [&[("host", "127.0.0.1:9390"), ("cookie", cookie.as_str())], more].concat();
        assert_eq!(judge(&access, method, path, &lines), verdict, "{method} {path} {more:?}");
    }
}

/// The token of the address lets in for good, that of the opened browser once; without it, only the cookie of this console does.
#[test]
fn the_token_is_exchanged_and_the_cookie_lets_in() {
    let (access, other) = (Access::new(9390), Access::new(9390));
    let get = |uri: &str, cookie: Option<&str>| {
        let mut lines = vec![("host", "127.0.0.1:9390")];
        lines.extend(cookie.map(|cookie| ("cookie", cookie)));
        judge(&access, "GET", uri, &lines)
    };
    let path = |url: &str| url.strip_prefix(OWN).unwrap().to_owned();
    let (printed, opened) = (path(&access.url()), path(&access.url_to_open()));
    let own = cookie(&access);
    let session = own.split_once('=').unwrap().1;
    let longer = format!("{printed}0");
    let elsewhere = printed.replacen('/', "/console/info", 1);
    for (uri, cookie, verdict) in [
        (printed.as_str(), None, Exchanged),
        (&printed, None, Exchanged),
        (&opened, None, Exchanged),
        (&opened, None, Unknown),
        (&path(&other.url()), None, Unknown),
        (&longer, None, Unknown),
        (&elsewhere, None, Unknown),
        ("/?token=", None, Unknown),
        ("/", None, Unknown),
        ("/", Some(own.as_str()), Allowed),
        ("/?token=wrong", Some(&own), Allowed),
        ("/", Some(&format!("other=1; {own}; more=2")), Allowed),
        ("/", Some(&cookie(&other)), Unknown),
        ("/", Some(&format!("oss2youku_console_9391={session}")), Unknown),
        ("/", Some("oss2youku_console_9390="), Unknown),
    ] {
        assert_eq!(get(uri, cookie), verdict, "{uri} {cookie:?}");
    }
    assert_eq!((printed.len(), session.len()), ("/?token=".len() + 32, 32), "128 bits");
    assert!(!format!("{access:?}").contains(session), "secrets are not printed");
    let attributes: Vec<_> = access.set_cookie().split("; ").skip(1).map(str::to_owned).collect();
    assert_eq!(attributes, ["Path=/", "HttpOnly", "SameSite=Strict"]);
}

//! One table of what may be called and what may not.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;
use crate::config::Allowance;

fn guard(change: impl FnOnce(&mut GuardConfig)) -> Guard {
    let mut config = GuardConfig::default();
    change(&mut config);
    Guard::new(config).unwrap()
}

fn allowance(host: &str, network: &str) -> Allowance {
    Allowance { host: host.into(), network: network.parse().unwrap(), any_port: false }
}

/// What the guard says to a URL whose host, if it is a name, has these addresses.
fn judge(guard: &Guard, url: &str, answers: &[&str]) -> Result<(), Refusal> {
    let url = guard.check_url(url)?;
    if let Some(Host::Domain(name)) = url.host() {
        let addresses: Vec<IpAddr> = answers.iter().map(|one| one.parse().unwrap()).collect();
        guard.check_addresses(name, &addresses)?;
    }
    Ok(())
}

const PUBLIC: &[&str] = &["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"];

#[test]
fn the_table_of_urls_holds() {
    use Refusal::*;
    let embedded = || Err(Address("an embedded IPv4 address"));
    let carriers = || Err(Address("shared by carriers and clouds"));
    let table: Vec<(&str, &[&str], Result<(), Refusal>)> = vec![
        ("https://hooks.example.com/a?b=c", PUBLIC, Ok(())),
        ("https://hooks.example.com./", PUBLIC, Ok(())),
        ("https://HOOKS.example.com:80/", PUBLIC, Ok(())),
        ("https://8.8.8.8/", &[], Ok(())),
        ("https://[2606:4700::1111]/", &[], Ok(())),
        // Form.
        ("", &[], Err(NotAUrl)),
        ("hooks.example.com/a", &[], Err(NotAUrl)),
        ("https://", &[], Err(NotAUrl)),
        ("https://[fe80::1%25eth0]/", &[], Err(NotAUrl)),
        ("https://127.0.0.1.5/", &[], Err(NotAUrl)),
        ("ftp://hooks.example.com/", PUBLIC, Err(Scheme("ftp".into()))),
        ("file:///etc/passwd", &[], Err(Scheme("file".into()))),
        ("gopher://hooks.example.com/", PUBLIC, Err(Scheme("gopher".into()))),
        ("http://hooks.example.com/", PUBLIC, Err(PlainHttp)),
        ("https://user@hooks.example.com/", PUBLIC, Err(UserInfo)),
        ("https://user:word@hooks.example.com/", PUBLIC, Err(UserInfo)),
        ("https://8.8.8.8@127.0.0.1/", &[], Err(UserInfo)),
        ("https://hooks.example.com:22/", PUBLIC, Err(Port(22))),
        ("https://hooks.example.com:8443/", PUBLIC, Err(Port(8443))),
        ("https://localhost/", &["127.0.0.1"], Err(BareName)),
        ("https://localhost./", &["127.0.0.1"], Err(BareName)),
        ("https://metadata/", PUBLIC, Err(BareName)),
        // Addresses as they are.
        ("https://0.0.0.0/", &[], Err(Address("unspecified"))),
        ("https://10.1.2.3/", &[], Err(Address("private"))),
        ("https://172.31.255.255/", &[], Err(Address("private"))),
        ("https://192.168.1.1/", &[], Err(Address("private"))),
        ("https://127.8.8.8/", &[], Err(Address("loopback"))),
        ("https://169.254.169.254/", &[], Err(Address("link-local"))),
        ("https://100.100.100.200/", &[], carriers()),
        ("https://192.0.0.192/", &[], Err(Address("reserved"))),
        ("https://192.0.2.1/", &[], Err(Address("for documentation"))),
        ("https://198.51.100.1/", &[], Err(Address("for documentation"))),
        ("https://203.0.113.1/", &[], Err(Address("for documentation"))),
        ("https://198.19.0.1/", &[], Err(Address("for benchmarks"))),
        ("https://192.88.99.1/", &[], Err(Address("a relay's"))),
        ("https://224.0.0.1/", &[], Err(Address("multicast"))),
        ("https://240.0.0.1/", &[], Err(Address("reserved"))),
        ("https://255.255.255.255/", &[], Err(Address("reserved"))),
        ("https://[::]/", &[], Err(Address("unspecified"))),
        ("https://[::1]/", &[], Err(Address("loopback"))),
        ("https://[fd00:ec2::254]/", &[], Err(Address("private"))),
        ("https://[fec0::1]/", &[], Err(Address("private"))),
        ("https://[fe80::1]/", &[], Err(Address("link-local"))),
        ("https://[ff02::1]/", &[], Err(Address("multicast"))),
        ("https://[2001:db8::1]/", &[], Err(Address("for documentation"))),
        ("https://[3fff::1]/", &[], Err(Address("for documentation"))),
        ("https://[2001:20::1]/", &[], Err(Address("reserved"))),
        ("https://[100::1]/", &[], Err(Address("reserved"))),
        ("https://[5f00::1]/", &[], Err(Address("reserved"))),
        // Embedded addresses: mapped, compatible, NAT64 (both prefixes), 6to4, Teredo.
        ("https://[::ffff:127.0.0.1]/", &[], embedded()),
        ("https://[::ffff:8.8.8.8]/", &[], embedded()),
        ("https://[::7f00:1]/", &[], embedded()),
        ("https://[64:ff9b::7f00:1]/", &[], embedded()),
        ("https://[64:ff9b:1::a00:1]/", &[], embedded()),
        ("https://[2002:7f00:1::]/", &[], embedded()),
        ("https://[2001:0:7f00:1::]/", &[], embedded()),
        // Odd spellings.
        ("https://1684301000/", &[], carriers()),
        ("https://0x64.100.100.200/", &[], carriers()),
        ("https://0x646464c8/", &[], carriers()),
        ("https://0144.0144.0144.0310/", &[], carriers()),
        ("https://100.100.25800/", &[], carriers()),
        ("https://127.1/", &[], Err(Address("loopback"))),
        ("https://127.0.0.1./", &[], Err(Address("loopback"))),
        ("https://１００.100.１００.200/", &[], carriers()),
        ("https://①②⑦.0.0.1/", &[], Err(Address("loopback"))),
        ("https://127。0。0。1/", &[], Err(Address("loopback"))),
        ("https://%31%32%37.0.0.1/", &[], Err(Address("loopback"))),
        ("https:\\\\127.0.0.1/", &[], Err(Address("loopback"))),
        ("https://ⓛocalhost/", &["127.0.0.1"], Err(BareName)),
        // What a name resolves to: every answer must pass.
        ("https://hooks.example.com/", &[], Err(NoAddress)),
        ("https://rebind.example.com/", &["100.100.100.200"], carriers()),
        ("https://rebind.example.com./", &["127.0.0.1"], Err(Address("loopback"))),
        ("https://mixed.example.com/", &["93.184.215.14", "10.0.0.1"], Err(Address("private"))),
        ("https://mixed.example.com/", &["93.184.215.14", "::ffff:10.0.0.1"], embedded()),
        ("https://a.localhost/", &["::1"], Err(Address("loopback"))),
    ];
    let guard = guard(|_| {});
    for (url, answers, expected) in table {
        assert_eq!(judge(&guard, url, answers), expected, "{url} {answers:?}");
    }
}

/// A host that is allowed stays outside of every other network.
#[test]
fn settings_open_http_ports_and_one_host_in_one_network() {
    let guard = guard(|config| {
        config.allow_http = true;
        config.ports.push(3000);
        config.allowed = vec![
            allowance("Render01", "10.0.0.0/8"),
            allowance("hooks.corp.example", "192.168.7.0/24"),
            allowance("10.9.9.9", "10.9.9.9/32"),
            allowance("[fd00::9]", "fd00::/64"),
        ];
    });
    let private = || Err(Refusal::Address("private"));
    let table: Vec<(&str, &[&str], Result<(), Refusal>)> = vec![
        ("http://render01:3000/done", &["10.1.1.1"], Ok(())),
        ("http://render01./", &["10.1.1.1"], Ok(())),
        ("http://render01/", &["192.168.1.1"], private()),
        ("http://render01/", &["10.1.1.1", "127.0.0.1"], Err(Refusal::Address("loopback"))),
        ("http://render02/", &["10.1.1.1"], Err(Refusal::BareName)),
        ("https://hooks.corp.example/", &["192.168.7.1", "93.184.215.14"], Ok(())),
        ("https://hooks.corp.example/", &["192.168.8.1"], private()),
        (
            "https://hooks.corp.example/",
            &["::ffff:192.168.7.1"],
            Err(Refusal::Address("an embedded IPv4 address")),
        ),
        ("https://other.corp.example/", &["192.168.7.1"], private()),
        ("https://sub.hooks.corp.example/", &["192.168.7.1"], private()),
        ("http://10.9.9.9/", &[], Ok(())),
        ("http://0x0a.9.9.9/", &[], Ok(())),
        ("http://10.9.9.8/", &[], private()),
        ("http://[fd00:0::9]/", &[], Ok(())),
        ("http://[fd00::8]/", &[], private()),
        ("http://hooks.example.com:3001/", PUBLIC, Err(Refusal::Port(3001))),
    ];
    for (url, answers, expected) in table {
        assert_eq!(judge(&guard, url, answers), expected, "{url} {answers:?}");
    }
}

#[test]
fn a_list_of_hosts_is_exclusive_and_opens_no_network() {
    let guard = guard(|config| config.only_hosts = vec!["hooks.example.com".into(), "Bücher.example".into()]);
    let table: Vec<(&str, &[&str], Result<(), Refusal>)> = vec![
        ("https://hooks.example.com/", PUBLIC, Ok(())),
        ("https://hooks.example.com./", PUBLIC, Ok(())),
        ("https://xn--bcher-kva.example/", PUBLIC, Ok(())),
        ("https://hooks.example.com/", &["10.0.0.1"], Err(Refusal::Address("private"))),
        ("https://www.hooks.example.com/", PUBLIC, Err(Refusal::Host)),
        ("https://8.8.8.8/", &[], Err(Refusal::Host)),
    ];
    for (url, answers, expected) in table {
        assert_eq!(judge(&guard, url, answers), expected, "{url} {answers:?}");
    }
}

#[test]
fn a_host_in_the_settings_that_is_none_is_named() {
    let config = GuardConfig { only_hosts: vec!["a b".into()], ..GuardConfig::default() };
    assert_eq!(Guard::new(config).unwrap_err(), Refusal::HostInSettings("a b".into()));
}

/// A host with leave for any port has it, and no other host.
#[test]
fn any_port_is_one_allowed_hosts_alone() {
    let free = guard(|config| {
        config.allow_http = true;
        config.allowed = vec![Allowance { any_port: true, ..allowance("127.0.0.1", "127.0.0.0/8") }];
    });
    assert_eq!(judge(&free, "http://127.0.0.1:8000/hook", &[]), Ok(()));
    assert_eq!(judge(&free, "http://127.0.0.2:8000/hook", &[]), Err(Refusal::Port(8000)));
    assert_eq!(judge(&free, "http://hooks.example.com:8000/hook", PUBLIC), Err(Refusal::Port(8000)));
    let bound = guard(|config| config.allowed = vec![allowance("127.0.0.1", "127.0.0.0/8")]);
    assert_eq!(judge(&bound, "https://127.0.0.1:8000/hook", &[]), Err(Refusal::Port(8000)));
}

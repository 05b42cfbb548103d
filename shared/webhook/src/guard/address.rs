//! Which addresses are not the public internet's, by IANA's special-purpose registries.

use ipnet::{Ipv4Net, Ipv6Net};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What an address is, if callbacks are not allowed there.
pub(super) fn describe_forbidden(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => V4.iter().find(|(net, _)| net.contains(&address)).map(|(_, what)| *what),
        IpAddr::V6(address) => {
            let listed = V6.iter().find(|(net, _)| net.contains(&address)).map(|(_, what)| *what);
            listed.or((!GLOBAL_V6.contains(&address)).then_some("reserved"))
        }
    }
}

const V4: &[(Ipv4Net, &str)] = &[
    (v4([0, 0, 0, 0], 8), "unspecified"),
    (v4([10, 0, 0, 0], 8), "private"),
    // Alibaba's metadata service and inner services live here.
    (v4([100, 64, 0, 0], 10), "shared by carriers and clouds"),
    (v4([127, 0, 0, 0], 8), "loopback"),
    (v4([169, 254, 0, 0], 16), "link-local"),
    (v4([172, 16, 0, 0], 12), "private"),
    (v4([192, 0, 0, 0], 24), "reserved"),
    (v4([192, 0, 2, 0], 24), "for documentation"),
    (v4([192, 31, 196, 0], 24), "reserved"),
    (v4([192, 52, 193, 0], 24), "reserved"),
    (v4([192, 88, 99, 0], 24), "a relay's"),
    (v4([192, 168, 0, 0], 16), "private"),
    (v4([192, 175, 48, 0], 24), "reserved"),
    (v4([198, 18, 0, 0], 15), "for benchmarks"),
    (v4([198, 51, 100, 0], 24), "for documentation"),
    (v4([203, 0, 113, 0], 24), "for documentation"),
    (v4([224, 0, 0, 0], 4), "multicast"),
    (v4([240, 0, 0, 0], 4), "reserved"),
];

/// All that has been given out as global unicast; the rest is refused as a whole.
const GLOBAL_V6: Ipv6Net = v6([0x2000, 0, 0], 3);

/// Named exceptions in and outside of it. An address that embeds another is refused whatever it embeds.
const V6: &[(Ipv6Net, &str)] = &[
    (Ipv6Net::new_assert(Ipv6Addr::LOCALHOST, 128), "loopback"),
    (Ipv6Net::new_assert(Ipv6Addr::UNSPECIFIED, 128), "unspecified"),
    (Ipv6Net::new_assert(Ipv6Addr::UNSPECIFIED, 96), "an embedded IPv4 address"),
    (Ipv6Net::new_assert(Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96), "an embedded IPv4 address"),
    (v6([0x64, 0xff9b, 0], 32), "an embedded IPv4 address"),
    (v6([0x2001, 0, 0], 32), "an embedded IPv4 address"),
    (v6([0x2001, 0xdb8, 0], 32), "for documentation"),
    (v6([0x2001, 0, 0], 23), "reserved"),
    (v6([0x2002, 0, 0], 16), "an embedded IPv4 address"),
    (v6([0x2620, 0x4f, 0x8000], 48), "reserved"),
    (v6([0x3fff, 0, 0], 20), "for documentation"),
    (v6([0xfc00, 0, 0], 7), "private"),
    (v6([0xfe80, 0, 0], 10), "link-local"),
    (v6([0xfec0, 0, 0], 10), "private"),
    (v6([0xff00, 0, 0], 8), "multicast"),
];

const fn v4(address: [u8; 4], prefix: u8) -> Ipv4Net {
    let [a, b, c, d] = address;
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(start: [u16; 3], prefix: u8) -> Ipv6Net {
    let [a, b, c] = start;
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), prefix)
}

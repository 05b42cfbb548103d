//! Addresses of gearmands.

use gearman_shim::Server;

#[test]
fn servers_are_read_as_people_write_them() {
    for (text, expected) in [
        ("queue", Some("queue:4730")),
        ("queue:1", Some("queue:1")),
        ("127.0.0.1", Some("127.0.0.1:4730")),
        ("[::1]", Some("[::1]:4730")),
        ("[::1]:9", Some("[::1]:9")),
        ("::1", None),
        ("queue:", None),
        ("queue:65536", None),
        (":4730", None),
        ("[]:1", None),
        ("http://queue", None),
        ("", None),
    ] {
        let found = text.parse::<Server>().ok().map(|server| server.to_string());
        assert_eq!(found.as_deref(), expected, "{text:?}");
    }
}

/// The text that was refused is named.
#[test]
fn an_error_repeats_the_address() {
    let error = "a:b".parse::<Server>().err().map(|error| error.to_string());
    assert_eq!(error.as_deref(), Some("\"a:b\" is not HOST, HOST:PORT or [ADDRESS]:PORT"));
}

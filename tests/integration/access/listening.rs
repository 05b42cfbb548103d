//! Where the function listens under the local host, and elsewhere.

use super::start_env;
use crate::support::{Setup, binary, oss_event};
use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader},
    net::TcpStream,
    process::{Command, Stdio},
};

const LISTENING: &str = "0A";

/// The addresses on which a process listens, in the kernel's hexadecimal form, by port.
fn listening(process: u32) -> BTreeMap<u16, String> {
    let sockets: Vec<String> = fs::read_dir(format!("/proc/{process}/fd"))
        .unwrap()
        .filter_map(|file| fs::read_link(file.unwrap().path()).ok()?.to_str().map(str::to_owned))
        .filter_map(|link| Some(link.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned()))
        .collect();
    let table = fs::read_to_string(format!("/proc/{process}/net/tcp")).unwrap();
    let rows = table.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>());
    let ours = rows.filter(|row| row[3] == LISTENING && sockets.iter().any(|socket| socket == row[9]));
    ours.map(|row| {
        let (address, port) = row[1].split_once(':').unwrap();
        (u16::from_str_radix(port, 16).unwrap(), address.to_owned())
    })
    .collect()
}

#[tokio::test]
async fn the_local_host_is_served_on_loopback_alone() {
    let env = start_env(&[], Setup::default()).await;
    env.clouds.fc.invoke(&env.clouds.function, oss_event("ObjectRemoved:DeleteObject", "x", 1)).await;
    let instance = env.clouds.fc.instances(&env.clouds.function).remove(0);
    let listening = listening(instance.pid);
    assert_eq!(listening.values().collect::<Vec<_>>(), ["0100007F"], "127.0.0.1");
    let port = *listening.keys().next().unwrap();
    assert!(TcpStream::connect(("127.0.0.1", port)).is_ok());
    // Another address of this very machine.
    assert!(TcpStream::connect(("127.0.0.2", port)).is_err());
}

/// Away from the local host the function listens on all addresses, whatever name the platform gives it.
#[test]
fn the_platform_is_served_on_all_addresses() {
    let folder = tempfile::tempdir().unwrap();
    let mut function = Command::new(binary("oss2youku-fc"))
        .current_dir(folder.path())
        .env_clear()
        .env("FC_FUNCTION_NAME", "oss2youku")
        .env("FC_CUSTOM_LISTEN_PORT", "0")
        .env("OSS2YOUKU_LEDGER__LOCATION", folder.path())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It warns at its start that nothing bounds what tasks may name.
    let log = BufReader::new(function.stderr.take().unwrap()).lines().next().unwrap().unwrap();
    let looks = std::iter::repeat_with(|| listening(function.id())).take(1_000_000);
    let mut looks = looks;
    let listening = looks.find(|found| !found.is_empty());
    function.kill().unwrap();
    function.wait().unwrap();
    assert_eq!(listening.unwrap().values().collect::<Vec<_>>(), ["00000000"]);
    assert!(log.contains("http.sources"), "{log}");
}

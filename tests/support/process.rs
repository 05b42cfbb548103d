//! What the kernel accounts for a process, and how it ranks one.

use std::{env, path::Path, process::Command};

/// A program that computes for minutes: it takes the cores that the tests beside it leave. It does not learn which package's tests run:
/// build scripts look at these variables, and with them Cargo would compile anew what is there.
pub(crate) fn in_background(program: &Path) -> Command {
    let mut command = Command::new("nice");
    command.args(["-n", "19"]).arg(program);
    test_variables().for_each(|name| _ = command.env_remove(name));
    command
}

/// The variables with which Cargo tells a test of its package.
pub(crate) fn test_variables() -> impl Iterator<Item = String> {
    let names = env::vars().map(|(name, _)| name);
    names.filter(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"))
}

/// A figure of a process from `/proc/PID/FILE`, in the kernel's unit for it.
pub(crate) fn proc_figure(pid: u32, file: &str, name: &str) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/{file}")).unwrap();
    let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{name} in {text}"));
    line.split_whitespace().nth(1).and_then(|value| value.parse().ok()).expect("a number")
}

/// The peak resident memory of a process (VmHWM), in KiB.
pub(crate) fn peak_kib(pid: u32) -> u64 {
    proc_figure(pid, "status", "VmHWM:")
}

/// CPU time of a process that runs, or has ended and was not waited for, in seconds; the kernel counts steps of 10 ms.
pub(crate) fn cpu_seconds(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let (_, fields) = stat.rsplit_once(") ").expect("the name's end");
    let ticks =
        fields.split(' ').skip(11).take(2).map(|ticks| ticks.parse::<u32>().expect("ticks")).sum::<u32>();
    f64::from(ticks) / 100.0
}

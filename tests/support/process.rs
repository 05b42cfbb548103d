//! What the kernel accounts for a process.

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

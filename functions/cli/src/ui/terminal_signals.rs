//! Signals while the terminal's mode is not its own: whatever ends or stops the process, the terminal shows afterwards what is typed.

use super::{key_echo, output::print_error};
use crate::{error::Stopped, exit_code::INTERRUPTED};
use nix::{
    sys::signal::{Signal as Sent, kill},
    unistd::Pid,
};
use std::{fs, future::poll_fn, io, process, sync::Once, task::Poll, thread};
use tokio::{
    runtime::Builder,
    signal::unix::{Signal, SignalKind, signal},
};

/// Signals that end a process that does not handle them.
const ENDING: [SignalKind; 2] = [SignalKind::quit(), SignalKind::hangup()];
/// Those that end a command with bars in its own way: see [`Shutdown`](crate::shutdown::Shutdown).
const ORDERLY: [SignalKind; 2] = [SignalKind::interrupt(), SignalKind::terminate()];

/// Turns the echo of control keys off for bars; best effort. Ctrl-C and SIGTERM stay the command's.
pub(crate) fn guard_bars() {
    static LISTENING: Once = Once::new();
    if key_echo::hide_control_keys() {
        // Without it the terminal is restored at the command's end alone.
        LISTENING.call_once(|| _ = listen(&ENDING));
    }
}

/// Lets every signal that ends the program, or stops it, give the terminal its own mode back: while a secret is typed its echo is off.
///
/// # Errors
/// Where no handler can be installed.
pub(crate) fn guard_questions() -> io::Result<()> {
    listen(&[ENDING, ORDERLY].concat())
}

/// Listens on a thread of its own, because a question blocks the command's. `ends`: what ends the program.
fn listen(ends: &[SignalKind]) -> io::Result<()> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let (mut ends, mut stops, mut resumes) = {
        let _entered = runtime.enter();
        let (stop, resume) = (Sent::SIGTSTP as i32, Sent::SIGCONT as i32);
        (
            Signals::new(ends)?,
            Signals::new(&[SignalKind::from_raw(stop)])?,
            Signals::new(&[SignalKind::from_raw(resume)])?,
        )
    };
    thread::Builder::new().spawn(move || {
        runtime.block_on(async {
            loop {
                tokio::select! {
                    () = ends.next() => end(),
                    () = stops.next() => stop(),
                    () = resumes.next() => key_echo::resume(),
                }
            }
        });
    })?;
    Ok(())
}

/// Ends the program as Ctrl-C does.
fn end() {
    key_echo::restore_finally();
    print_error(format_args!("\n{}", Stopped::describe()));
    process::exit(INTERRUPTED.into());
}

/// Stops the process as Ctrl-Z does where nobody handles it.
fn stop() {
    key_echo::suspend();
    // It cannot fail: the process may signal itself.
    let _ = kill(Pid::this(), Sent::SIGSTOP);
}

/// Several signals, without those that who started the program told it to ignore, as `nohup` does.
struct Signals(Vec<Signal>);

impl Signals {
    fn new(kinds: &[SignalKind]) -> io::Result<Self> {
        let ignored = read_ignored();
        let heard = kinds.iter().filter(|kind| ignored >> (kind.as_raw_value() - 1) & 1 == 0);
        heard.map(|kind| signal(*kind)).collect::<io::Result<_>>().map(Self)
    }

    /// Resolves at the next of them.
    async fn next(&mut self) {
        poll_fn(|context| {
            let received = self.0.iter_mut().any(|signal| signal.poll_recv(context).is_ready());
            if received { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}

/// The set of ignored signals, a bit for each. Linux tells it in this file; elsewhere none counts as ignored.
fn read_ignored() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    line.and_then(|digits| u64::from_str_radix(digits.trim(), 16).ok()).unwrap_or_default()
}

//! The program on a terminal of its own: a real pseudo terminal of a stated size, and an emulator that shows what a person sees there.

use super::{
    TestEnv, binary,
    command_line::{TIMEOUT, operator_variables},
    tools,
};
use std::{path::Path, process::Stdio};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::{Child, ChildStdin, ChildStdout, Command},
    time::timeout,
};
use vt100::{Parser, Screen};

/// Python's pseudo terminal around a command, which begins by stating the terminal's size.
const PTY: &str = r#"
import os, pty, sys
size = """
import fcntl, os, struct, sys, termios
fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', int(sys.argv[1]), int(sys.argv[2]), 0, 0))
os.execv(sys.argv[3], sys.argv[3:])
"""
sys.exit(os.waitstatus_to_exitcode(pty.spawn([sys.executable, '-c', size] + sys.argv[1:])))
"#;
/// Rows of every terminal here; what scrolls out is kept.
const ROWS: u16 = 30;
const SCROLLBACK: usize = 1000;
/// Bytes after which the screen is looked at.
const PIECE: usize = 50;

/// A program that runs on a terminal.
pub(crate) struct Terminal {
    child: Child,
    keys: ChildStdin,
    output: ChildStdout,
    screen: Parser,
    bytes: Vec<u8>,
}

impl Terminal {
    /// Starts the command line, with the function's settings and the user's key, on a terminal of this many columns.
    pub(crate) fn start(env: &TestEnv, folder: &Path, columns: u16, arguments: &[&str]) -> Self {
        Self::start_with(env, folder, columns, arguments, &[])
    }

    /// Starts the command line with more variables.
    pub(crate) fn start_with(
        env: &TestEnv,
        folder: &Path,
        columns: u16,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Self {
        let mut command = Command::new(tools().join("venv/bin/python"));
        command.args(["-c", PTY, &ROWS.to_string(), &columns.to_string()]);
        command.arg(binary("oss2youku")).args(arguments);
        command.env_clear().envs(operator_variables(env)).env("TERM", "xterm");
        command.envs(variables.iter().copied()).current_dir(folder).kill_on_drop(true);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (keys, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Self { child, keys, output, screen: Parser::new(ROWS, columns, SCROLLBACK), bytes: Vec::new() }
    }

    /// Presses keys; `\x03` is Ctrl-C.
    pub(crate) async fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).await.unwrap();
        self.keys.flush().await.unwrap();
    }

    /// Waits until a row of the screen contains `text`.
    pub(crate) async fn wait_for(&mut self, text: &str) {
        let shown = |screen: &Screen| rows(screen).iter().any(|row| row.contains(text));
        let waiting = async {
            while !shown(self.screen.screen()) {
                assert!(self.read().await, "it ended without {text}: {:#?}", rows(self.screen.screen()));
            }
        };
        if timeout(TIMEOUT, waiting).await.is_err() {
            panic!("it never shows {text}");
        }
    }

    /// Waits for the program's end; returns its exit code, the rows that remain on the screen, and every byte that it wrote.
    pub(crate) async fn end(mut self) -> (Option<i32>, Vec<String>, String) {
        let ending = async {
            while self.read().await {}
            self.child.wait().await.unwrap()
        };
        let status = timeout(TIMEOUT, ending).await.expect("it ends");
        let mut left = rows(self.screen.screen());
        left.retain(|row| !row.is_empty());
        (status.code(), left, self.text())
    }

    /// Every byte that it wrote.
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// Reads what the program writes next; returns whether it wrote anything.
    async fn read(&mut self) -> bool {
        let mut buffer = [0; 4096];
        let length = self.output.read(&mut buffer).await.unwrap_or_default();
        self.screen.process(&buffer[..length]);
        self.bytes.extend_from_slice(&buffer[..length]);
        length > 0
    }
}

/// Calls `look` at every state of a screen of this many columns on which a program wrote these bytes.
pub(crate) fn replay(columns: u16, bytes: &str, mut look: impl FnMut(&[String])) {
    let mut screen = Parser::new(ROWS, columns, SCROLLBACK);
    for piece in bytes.as_bytes().chunks(PIECE) {
        screen.process(piece);
        look(&rows(screen.screen()));
    }
}

/// The rows of a screen, without the spaces at their ends.
fn rows(screen: &Screen) -> Vec<String> {
    let (_, columns) = screen.size();
    screen.rows(0, columns).map(|row| row.trim_end().to_owned()).collect()
}

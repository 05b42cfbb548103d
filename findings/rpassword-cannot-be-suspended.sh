#!/usr/bin/env bash
# rpassword 7.5.4 (crates.io): a program that waits at its prompt cannot be suspended with Ctrl-Z, nor ended with Ctrl-\.
#
# Expected: what the README compares it with, C's getpass() and Python's `getpass` module: they switch the echo off and leave the
# terminal's signals on, so that Ctrl-Z suspends the program and `fg` brings it back.
# Instead: since 7.5 it reads key by key with ISIG off. Ctrl-C, Ctrl-D, Ctrl-U and Ctrl-W have code of their own; Ctrl-Z and Ctrl-\ have
# none and are dropped. To look up a secret in the same terminal, the user has to abort the dialogue.
# What this product does: it asks for secrets with the echo off and the terminal's other modes as they were (nix's termios), and puts the
# echo back while it is stopped.
set -euo pipefail

version=7.5.4
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
cat >Cargo.toml <<TOML
[package]
name = "prompt"
version = "0.0.0"
edition = "2021"
[dependencies]
rpassword = "=$version"
TOML
cat >src/main.rs <<'RUST'
fn main() {
    let password = rpassword::prompt_password("Secret: ").expect("a password");
    println!("read {password}.");
}
RUST
cargo build --quiet
cat >getpass_prompt.py <<'PYTHON'
import getpass

print(f"read {getpass.getpass('Secret: ')}.")
PYTHON
cat >type.py <<'PYTHON'
"""Types a secret with Ctrl-Z in it at a program's prompt, as in a shell's job; prints whether it was suspended, or what it read."""

import os
import pty
import signal
import sys

shell, terminal = pty.fork()
if shell == 0:
    # The shell: the job is a process group of its own, in the foreground.
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    job = os.fork()
    if job == 0:
        os.setpgid(0, 0)
        os.tcsetpgrp(0, os.getpid())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        os.execvp(sys.argv[1], sys.argv[1:])
    _, status = os.waitpid(job, os.WUNTRACED)
    if os.WIFSTOPPED(status):
        os.kill(job, signal.SIGKILL)
        os.waitpid(job, 0)
        os.write(1, b"suspended.")
    os._exit(0)


def shown_until(text: bytes) -> bytes:
    shown = b""
    while text not in shown:
        shown += os.read(terminal, 1024)
    return shown


shown_until(b"Secret: ")
os.write(terminal, b"se\x1acret\n")
shown = shown_until(b".")
print("suspended" if b"suspended" in shown else shown.decode().strip())
PYTHON

python=$(python3 type.py python3 getpass_prompt.py)
rust=$(python3 type.py target/debug/prompt)
printf 'getpass of %s: %s\nrpassword %s: %s\n' "$(python3 --version)" "$python" "$version" "$rust"
[ "$python" = suspended ] && [ "$rust" = "read secret." ]

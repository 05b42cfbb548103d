//! The shim's program.

use std::process::ExitCode;

fn main() -> ExitCode {
    gearman_shim::main()
}

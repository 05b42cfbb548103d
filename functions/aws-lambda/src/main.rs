//! The function's program, packaged as `bootstrap`.

use std::process::ExitCode;

fn main() -> ExitCode {
    aws_lambda::main()
}

//! Scripts that stand in for programs.

use std::{fs, path::Path, process::Command};

/// Writes a shell script that may be run.
pub(crate) fn write_script(path: &Path, text: &str) {
    let draft = path.with_extension("draft");
    fs::write(&draft, format!("#!/bin/sh\n{text}\n")).unwrap();
    // What is open for writing cannot be run, and another test's new process may have inherited what was opened here: a process of its own
    // writes the program.
    let installed = Command::new("install").arg("-m755").args([&draft, path]).status().unwrap();
    assert!(installed.success(), "{}", path.display());
    fs::remove_file(draft).unwrap();
}

//! No file of a crate uses a file that uses it.

use super::{analyzer::find_cycles, workspace_files::crate_roots};
use std::{fmt::Write, fs, path::Path};

#[test]
fn no_crate_has_a_cycle_of_modules() {
    let read = |path: &Path| fs::read_to_string(path).ok();
    let mut report = String::new();
    for (name, root) in crate_roots() {
        for (number, cycle) in (1..).zip(find_cycles(&root, &read)) {
            writeln!(report, "{name}, cycle {number}:\n{cycle}").expect("text");
        }
    }
    assert!(report.is_empty(), "files use each other:\n{report}");
}

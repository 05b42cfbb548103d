//! The packages and source files of the workspace.

use crate::support::workspace;
use serde_json::Value;
use std::{path::PathBuf, process::Command};

/// What `cargo metadata` says of the workspace's own packages.
pub(super) fn packages() -> Vec<Value> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .current_dir(workspace())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON");
    let Value::Array(packages) = metadata["packages"].take() else { panic!("packages") };
    packages
}

/// The root files of every library and program, with the package's name.
pub(super) fn crate_roots() -> Vec<(String, PathBuf)> {
    let mut roots = Vec::new();
    for package in packages() {
        let name = package["name"].as_str().expect("a name");
        for target in package["targets"].as_array().expect("targets") {
            let kinds = target["kind"].as_array().expect("kinds");
            if kinds.iter().any(|kind| kind == "lib" || kind == "bin") {
                roots.push((name.to_owned(), target["src_path"].as_str().expect("a path").into()));
            }
        }
    }
    roots
}

/// Every Rust file of the workspace, from its root; what Git ignores is left out.
pub(super) fn rust_files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![workspace()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder").flatten() {
            let (path, name) = (entry.path(), entry.file_name());
            let is_ignored = name == "target" || name.to_string_lossy().starts_with('.');
            if path.is_dir() && !is_ignored && name != "node_modules" {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path.strip_prefix(workspace()).expect("within the workspace").to_owned());
            }
        }
    }
    files.sort();
    files
}

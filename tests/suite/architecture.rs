//! The crates depend on each other as drawn, and on nothing that was ruled out.

use crate::support::workspace;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

/// Every arrow between our crates. Those of the optional feature `local-clouds` are among them.
const ARROWS: &[(&str, &[&str])] = &[
    ("error", &[]),
    ("upload-core", &["error", "youku"]),
    ("object-storage", &["error"]),
    ("youku", &["error"]),
    ("webhook", &["error"]),
    ("aliyun-fc-runtime", &[]),
    ("aliyun-fc-events", &[]),
    ("local-clouds", &["aliyun-fc-events"]),
    ("gearman-shim", &[]),
    ("app", &["upload-core", "object-storage", "youku", "webhook", "error"]),
    ("http-api", &["app"]),
    ("aliyun-fc", &["http-api", "app", "aliyun-fc-runtime", "aliyun-fc-events"]),
    ("aws-lambda", &["http-api", "app", "aliyun-fc-events"]),
    ("oss2youku", &["app", "local-clouds", "aliyun-fc"]),
];

fn metadata() -> Value {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .current_dir(workspace())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON")
}

#[test]
fn crates_depend_on_each_other_as_drawn() {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().expect("packages");
    let ours: BTreeSet<&str> = packages.iter().filter_map(|package| package["name"].as_str()).collect();
    let drawn: BTreeMap<_, _> = ARROWS.iter().copied().collect();
    for package in packages {
        let name = package["name"].as_str().expect("a name");
        if name == "tests" {
            continue;
        }
        let allowed = drawn.get(name).unwrap_or_else(|| panic!("{name} is not drawn"));
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let to = dependency["name"].as_str().expect("a name");
            assert!(!ours.contains(to) || allowed.contains(&to), "{name} -> {to} is not drawn");
        }
    }
}

#[test]
fn the_lists_of_video_extensions_are_the_same_on_both_sides() {
    assert_eq!(upload_core::rules::VIDEO_EXTENSIONS, youku::CONTAINERS);
}

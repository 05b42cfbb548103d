//! The crates depend on each other as drawn, and on nothing else of ours.

use super::workspace_files::packages;
use std::collections::{BTreeMap, BTreeSet};

/// Every arrow between our crates, those of optional features too. A crate that does not exist yet has its arrows drawn already.
const ARROWS: &[(&str, &[&str])] = &[
    ("error", &[]),
    ("upload-core", &["error", "youku", "media-probe"]),
    ("object-storage", &["error"]),
    ("youku", &["error"]),
    ("webhook", &["error"]),
    ("aliyun-fc-runtime", &[]),
    ("aliyun-fc-events", &[]),
    ("media-probe", &[]),
    ("chat-robots", &[]),
    ("local-clouds", &["aliyun-fc-events"]),
    ("app", &["upload-core", "object-storage", "youku", "webhook", "error", "chat-robots"]),
    ("http-api", &["app"]),
    ("web-console", &["app", "http-api"]),
    ("aliyun-fc", &["http-api", "app", "aliyun-fc-runtime", "aliyun-fc-events"]),
    ("aws-lambda", &["http-api", "app", "aliyun-fc-events"]),
    ("gearman-shim", &[]),
    ("oss2youku", &["app", "http-api", "web-console", "local-clouds", "aliyun-fc"]),
];

/// The command line depends on these only where the feature `local-clouds` is on.
const BEHIND_LOCAL_CLOUDS: [&str; 2] = ["local-clouds", "aliyun-fc"];

#[test]
fn crates_depend_on_each_other_as_drawn() {
    let packages = packages();
    let ours: BTreeSet<&str> = packages.iter().filter_map(|package| package["name"].as_str()).collect();
    let drawn: BTreeMap<_, _> = ARROWS.iter().copied().collect();
    for package in &packages {
        let name = package["name"].as_str().expect("a name");
        if name == "tests" {
            continue;
        }
        let allowed = drawn.get(name).unwrap_or_else(|| panic!("{name} is not drawn"));
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let to = dependency["name"].as_str().expect("a name");
            assert!(!ours.contains(to) || allowed.contains(&to), "{name} -> {to} is not drawn");
            if name == "oss2youku" && BEHIND_LOCAL_CLOUDS.contains(&to) {
                assert_eq!(dependency["optional"], true, "{name} -> {to} must be optional");
            }
        }
    }
}

#[test]
fn the_lists_of_video_extensions_are_the_same_on_both_sides() {
    assert_eq!(upload_core::rules::VIDEO_EXTENSIONS, youku::CONTAINERS);
}

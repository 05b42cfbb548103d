//! Keeps the sample of a settings file true: it parses as it stands and with every setting in it, and names all there are.

use super::tree::Settings;
use std::collections::BTreeSet;
use toml::{Table, Value};

const SAMPLE: &str = include_str!("../../sample/oss2youku.toml");
/// Where the settings' variables are named.
const SOURCES: [&str; 12] = [
    include_str!("tree.rs"),
    include_str!("youku.rs"),
    include_str!("source.rs"),
    include_str!("transfer.rs"),
    include_str!("log.rs"),
    include_str!("callback.rs"),
    include_str!("http.rs"),
    include_str!("legacy.rs"),
    include_str!("ledger.rs"),
    include_str!("manage.rs"),
    include_str!("sweep.rs"),
    include_str!("robot.rs"),
];

/// The sample with every setting in it.
fn complete() -> String {
    let setting = |line: &'static str| line.strip_prefix('#').filter(|rest| !rest.starts_with(' '));
    SAMPLE.lines().map(|line| setting(line).unwrap_or(line)).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_sample_parses_as_it_stands_and_with_every_setting_in_it() {
    let untouched = Settings::from_parts("sample", SAMPLE, []).expect("the sample as it stands");
    assert!(untouched.accounts.is_empty() && untouched.rules.iter().next().is_none());
    let all = Settings::from_parts("sample", &complete(), []).expect("the sample with every setting");
    assert_eq!(all.rules.iter().count(), 2);
    assert_eq!(all.robots.len(), 1);
    // What it calls a default is one; but a number of parts that is set is never exceeded.
    let mut default = untouched.transfer.to_transfer().expect("defaults");
    default.most_in_flight = default.in_flight;
    assert_eq!(format!("{:?}", all.transfer.to_transfer().expect("in range")), format!("{default:?}"));
}

#[test]
fn every_setting_that_has_a_variable_is_in_the_sample() {
    let sample: Table = toml::from_str(&complete()).expect("TOML");
    let sample = Value::Table(sample);
    let words =
        SOURCES.iter().flat_map(|source| source.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'));
    let variables: BTreeSet<_> = words.filter_map(|word| word.strip_prefix("OSS2YOUKU_")).collect();
    assert!(variables.len() > 30, "{variables:?}");
    for variable in variables.into_iter().filter(|variable| !["A__B", "YOUKU", ""].contains(variable)) {
        let path = variable.to_ascii_lowercase();
        let found = path.split("__").try_fold(&sample, |table, level| table.get(level));
        assert!(found.is_some(), "{variable}");
    }
}

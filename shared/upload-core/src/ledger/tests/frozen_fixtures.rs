//! The ledger's entries as programs of 0.2.0 wrote them: what they said then they say for ever. A change of the format is a new `v` and a new
//! file.

use sha2::{Digest as _, Sha256};
use std::{fs, path::Path};

/// `sha256sum v1-*.json` of 0.2.0.
const SUMS: &str = include_str!("../fixtures-0.2.0.sha256");

/// Each of them is as it was; [`fixtures`](super::fixtures) reads it.
#[test]
fn the_entries_of_0_2_0_are_what_they_were() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ledger/fixtures");
    let mut names = Vec::new();
    for line in SUMS.lines() {
        let (sum, name) = line.split_once("  ").expect("a sum and a name");
        let bytes = fs::read(folder.join(name)).expect(name);
        let found: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(found, sum, "{name}: leave it as it is, and add another for the new form");
        names.push(name);
    }
    assert!(names.len() > 40 && names.is_sorted(), "{names:?}");
}

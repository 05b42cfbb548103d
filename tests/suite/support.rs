//! What the topics share: where programs and tools lie.

use std::path::PathBuf;

/// A program of this workspace, built beside this test.
pub(crate) fn binary(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("this test is a file");
    let path = test.ancestors().nth(2).expect("target/release/deps").join(name);
    assert!(path.exists(), "{} is not built: run tests/run", path.display());
    path
}

/// The workspace's root.
pub(crate) fn workspace() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the workspace").to_owned()
}

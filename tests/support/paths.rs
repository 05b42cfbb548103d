//! Where programs, tools and files are.

use std::path::{Path, PathBuf};

/// A program of this workspace, built next to this test.
pub(crate) fn binary(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("this test is a file");
    let path = test.ancestors().nth(2).expect("target/release/deps").join(name);
    assert!(path.exists(), "{} is not built: run tests/run", path.display());
    path
}

/// The workspace's root.
pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ is in the workspace").to_owned()
}

/// The folder into which tests/tools.sh installs Python environments, node modules and programs.
pub(crate) fn tools() -> PathBuf {
    std::env::var_os("TEST_TOOLS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join(".tools"), PathBuf::from)
}

/// A file below `tests/clients`.
pub(crate) fn client_script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients").join(name)
}

//! How the page looks: pictures with made-up uploads at a made-up time, compared with golden ones.

use super::{browser::walk, ledger_variables, program, robots::three_robots};
use crate::support::{console::ConsoleProcess, workspace};
use serde_json::{Value, json};
use std::{fs, path::Path};

/// Most bytes of a golden picture, and of all.
const EACH: u64 = 40_000;
const ALL: u64 = 300_000;
/// Most bytes of the picture in the READMEs.
const GUIDE: u64 = 80_000;

/// Walks through a scenario, which is told where the pictures are.
async fn compare(scenario: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mut variables = ledger_variables(&folder.path().join("ledger"));
    variables.push(("OSS2YOUKU_ROBOTS".to_owned(), three_robots()));
    let spool = folder.path().join("spool");
    let console =
        ConsoleProcess::start(program(variables, folder.path()), &["--spool", spool.to_str().unwrap()]);
    let told: Value = json!({
        "folder": workspace().join("tests/golden/console"), "guide": workspace().join("docs/console.png"),
        "failures": env!("CARGO_TARGET_TMPDIR"), "update": std::env::var_os("UPDATE_GOLDEN").is_some(),
    });
    walk(&console, scenario, told).await;
}

fn size(path: &Path) -> u64 {
    fs::metadata(path).unwrap().len()
}

/// Every view, in both languages, light and dark, some at 320 pixels; and the picture of the READMEs. `UPDATE_GOLDEN=1` takes them anew.
#[tokio::test]
async fn the_page_looks_like_its_golden_pictures() {
    compare("goldens").await;
    let entries = fs::read_dir(workspace().join("tests/golden/console")).unwrap();
    let sizes: Vec<_> = entries.map(|entry| size(&entry.unwrap().path())).collect();
    assert!(sizes.iter().all(|size| *size <= EACH) && sizes.iter().sum::<u64>() <= ALL, "{sizes:?}");
    assert!(size(&workspace().join("docs/console.png")) <= GUIDE);
}

/// A button that lacks, a line of another color and the like are refused; letters that another browser draws a little bolder are not.
#[tokio::test]
async fn a_picture_with_a_small_change_is_refused() {
    compare("golden_refuses").await;
}

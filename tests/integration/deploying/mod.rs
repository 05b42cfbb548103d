//! What is deployed: the template and the package, checked without an account.

mod package;
mod schema;
mod template;

use crate::support::{client_script, tools, workspace};
use serde_json::Value;
use std::{
    path::Path,
    process::{Command, Output},
};

/// The variables of a deployer's shell.
pub(super) const SHELL: [(&str, &str); 8] = [
    ("ALIYUN_UID", "1234567890123456"),
    ("OSS_BUCKET", "videos"),
    ("LEDGER_BUCKET", "ledger"),
    ("LEDGER_SEAL_KEY", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="),
    ("YOUKU_CLIENT_ID", "client"),
    ("YOUKU_ACCESS_TOKEN", "access"),
    ("YOUKU_REFRESH_TOKEN", "refresh"),
    ("HTTP_TOKEN_SHA256", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
];

/// Runs `s` on a template, with `home` as its home folder and `more` variables in the shell.
fn serverless_devs(arguments: &[&str], template: &Path, home: &Path, more: &[(&str, &str)]) -> Output {
    Command::new(tools().join("node/node_modules/.bin/s"))
        .args(arguments)
        .arg("-t")
        .arg(template)
        .current_dir(workspace())
        .envs(SHELL)
        .envs(more.iter().copied())
        .env("HOME", home)
        .env("FC3_COMPONENT", client_script("fc3"))
        .env("DEPLOYED", home.join("deployed.json"))
        .output()
        .unwrap()
}

/// What a component is given to deploy; the action that builds the package is left out.
pub(super) fn deployed(template: &str) -> Value {
    deployed_with(template, &[])
}

/// The same, with these variables in the deployer's shell as well.
fn deployed_with(template: &str, more: &[(&str, &str)]) -> Value {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("template.yml");
    let (before, rest) = template.split_once("    actions:\n").unwrap();
    let (_, after) = rest.split_once("    props:\n").unwrap();
    std::fs::write(&path, format!("{before}    props:\n{after}")).unwrap();
    let output = serverless_devs(&["deploy", "-y"], &path, home.path(), more);
    let json = std::fs::read(home.path().join("deployed.json"));
    let json = json.unwrap_or_else(|_| panic!("{output:?}"));
    serde_json::from_slice(&json).unwrap()
}

pub(super) fn template() -> String {
    std::fs::read_to_string(workspace().join("template.yml")).unwrap()
}

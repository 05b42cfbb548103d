//! `template.yml`, as the deployer's own tool reads it.

use super::{deployed, deployed_with, schema, serverless_devs, template};
use crate::support::workspace;
use app::Settings;
use serde_json::Value;
use std::collections::BTreeMap;

#[test]
fn the_deployers_tool_previews_the_template_offline() {
    let home = tempfile::tempdir().unwrap();
    let output = serverless_devs(&["preview"], &workspace().join("template.yml"), home.path(), &[]);
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && printed.contains("oss:ObjectCreated:CopyObject"), "{output:?}");
}

#[test]
fn the_platform_takes_what_the_template_says() {
    let props = deployed(&template());
    assert_eq!(schema::check(&props), Ok(()));
    let variables: Vec<_> = props["environmentVariables"].as_object().unwrap().values().collect();
    assert!(variables.iter().all(|value| !value.as_str().unwrap().contains("${")), "{variables:?}");
}

/// The settings that the function reads from its variables.
fn settings(props: &Value) -> Settings {
    let variables: BTreeMap<String, String> =
        serde_json::from_value(props["environmentVariables"].clone()).unwrap();
    Settings::from_parts("oss2youku.toml", "", variables).unwrap()
}

/// The deployer's shell says the prefix, the whole bucket, and that there is no refresh token; an empty text says nothing.
#[test]
fn the_shell_says_whole_bucket_and_no_refresh_token() {
    for (shell, prefix, has_refresh_token) in [
        (&[("OSS_PREFIX", "/"), ("YOUKU_REFRESH_TOKEN", "none")][..], "", false),
        (&[("OSS_PREFIX", "a/b/")], "a/b/", true),
        (&[("OSS_PREFIX", "")], "videos/", true),
    ] {
        let props = deployed_with(&template(), shell);
        assert_eq!(schema::check(&props), Ok(()), "{shell:?}");
        let filter = &props["triggers"][0]["triggerConfig"]["filter"]["key"];
        assert_eq!(filter["prefix"], prefix, "{shell:?}");
        let settings = settings(&props);
        let rules: Vec<_> = settings.rules.iter().map(|rule| rule.prefix.as_str()).collect();
        let account = &settings.accounts["main"];
        assert_eq!((rules, account.refresh_token.is_some()), (vec![prefix], has_refresh_token), "{shell:?}");
    }
}

/// A refresh token that was forgotten stops the deployment: without one the account would stop after a month.
#[test]
fn a_forgotten_refresh_token_stops_the_deployment() {
    let home = tempfile::tempdir().unwrap();
    let path = workspace().join("template.yml");
    let output = serverless_devs(&["preview"], &path, home.path(), &[("YOUKU_REFRESH_TOKEN", "")]);
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!output.status.success() && said.contains("YOUKU_REFRESH_TOKEN"), "{said}");
}

/// Slips that the platform's own schema accepts: the text that is replaced, its replacement, and what the error must name.
const SLIPS: [(&str, &str, &str); 12] = [
    ("memorySize: 512", "memorySize: 500", "memorySize"),
    ("cpu: 0.35", "cpu: 0.33", "cpu"),
    ("cpu: 0.35", "cpu: 0.1", "cpu to memory"),
    ("timeout: 3600", "timeout: 100000", "timeout"),
    ("instanceConcurrency: 10", "instanceConcurency: 10", "instanceConcurency"),
    ("runtime: custom.debian12", "runtime: custom.debian13", "runtime"),
    ("oss:ObjectCreated:PutObject", "oss:ObjectCreated:*", "arrivals"),
    ("oss:ObjectCreated:PostObject", "oss:ObjectCreated:PostObjects", "arrivals"),
    ("authType: anonymous", "authType: none", "http"),
    ("- POST", "- SEND", "http"),
    ("'@every 5m'", "'every 5 minutes'", "sweep"),
    ("suffix: ''", "sufix: ''", "arrivals"),
];

#[test]
fn slips_in_the_template_are_named() {
    let props = deployed(&template());
    let text = serde_json::to_string(&props).unwrap();
    for (right, wrong, named) in SLIPS {
        let broken = broken(&text, right, wrong);
        let problem = schema::check(&broken).expect_err(wrong);
        assert!(problem.contains(named), "{wrong}: {problem}");
    }
}

/// Makes the slip in the tool's output for the template: starting the tool for each would take a minute.
fn broken(json: &str, right: &str, wrong: &str) -> Value {
    let as_json = |text: &str| match text.split_once(": ") {
        Some((key, value)) if value.parse::<f64>().is_ok() => format!("{key:?}:{value}"),
        Some((key, value)) => format!("{key:?}:{:?}", value.trim_matches('\'')),
        None => format!("{:?}", text.trim_start_matches("- ").trim_matches('\'')),
    };
    let (right, wrong) = (as_json(right), as_json(wrong));
    assert!(json.contains(&right), "{right} is not in {json}");
    serde_json::from_str(&json.replacen(&right, &wrong, 1)).unwrap()
}

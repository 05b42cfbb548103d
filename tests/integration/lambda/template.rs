//! `template.yaml`, as SAM translates it and CloudFormation would read it.

use super::emulator::tool;
use crate::support::{client_script, ledger_bucket::SEAL_KEY, workspace};
use serde_json::{Value, json};
use std::{process::Command, sync::LazyLock};

/// The template's resources as SAM makes them, translated once for all tests.
pub(super) static RESOURCES: LazyLock<Value> = LazyLock::new(|| translate(&[text()])[0]["resources"].clone());

fn text() -> String {
    std::fs::read_to_string(workspace().join("functions/aws-lambda/template.yaml")).unwrap()
}

/// Translates templates in one process, since starting it takes seconds; returns the result of each.
fn translate(templates: &[String]) -> Vec<Value> {
    let folder = tempfile::tempdir().unwrap();
    let path = |number: usize| folder.path().join(format!("{number}.yaml"));
    for (number, template) in templates.iter().enumerate() {
        std::fs::write(path(number), template).unwrap();
    }
    let output = Command::new(tool("python"))
        .arg(client_script("lambda/translate.py"))
        .args((0..templates.len()).map(path))
        .output()
        .unwrap();
    let translated: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    (0..templates.len()).map(|number| translated[path(number).to_str().unwrap()].clone()).collect()
}

/// The text that is replaced, its replacement, and what the error must name.
const SLIPS: [(&str, &str, &str); 6] = [
    ("Runtime: provided.al2023", "Runtime: provided.al2077", "provided.al2077"),
    ("Timeout: 900", "Timeout: 1200", "900"),
    ("BatchSize: 1", "BatchSize: 20000", "20000"),
    ("AuthType: AWS_IAM", "AuthType: ANYBODY", "AuthType"),
    ("MemorySize: 512", "MemorySise: 512", "MemorySise"),
    ("!GetAtt Failed.Arn", "!GetAtt Faild.Arn", "Faild"),
];

/// CloudFormation accepts the template, and slips in it are named.
#[test]
fn the_template_is_valid_and_slips_in_it_are_named() {
    let template = text();
    let broken = SLIPS.iter().map(|(right, wrong, _)| {
        assert!(template.contains(right), "{right}");
        template.replacen(right, wrong, 1)
    });
    let all: Vec<_> = std::iter::once(template.clone()).chain(broken).collect();
    let translated = translate(&all);
    assert_eq!(translated[0]["problems"], json!([]));
    for ((_, wrong, named), translated) in SLIPS.iter().zip(&translated[1..]) {
        assert!(translated["problems"].to_string().contains(named), "{wrong}: {}", translated["problems"]);
    }

    let resources = &translated[0]["resources"];
    let mapping = &resources["FunctionTasks"]["Properties"];
    assert_eq!(mapping["FunctionResponseTypes"], json!(["ReportBatchItemFailures"]));
    // What is deployed is the program for the processor that it is deployed to, whatever a deployer sets.
    assert!(template.contains("CodeUri: ../../target/lambda/code\n      Architectures: [x86_64]\n"));
    assert_eq!(resources["Function"]["Properties"]["Architectures"], json!(["x86_64"]));
    assert_eq!(resources["FunctionUrl"]["Properties"]["AuthType"], "AWS_IAM");
    assert_eq!(resources["FunctionSweep"]["Properties"]["ScheduleExpression"], "rate(5 minutes)");
    assert_eq!(resources["Tasks"]["Properties"]["RedrivePolicy"]["maxReceiveCount"], 5);
    let role = resources["FunctionRole"]["Properties"]["Policies"].to_string();
    assert!(!role.contains("s3:*") && !role.contains(r#""Resource":"*""#), "{role}");
}

#[test]
fn the_templates_variables_are_settings() {
    let variables = RESOURCES["Function"]["Properties"]["Environment"]["Variables"].as_object().unwrap();
    // Parameters as a deployer might set them.
    let set = |name: &str, value: &Value| match (name, value) {
        (_, Value::String(text)) => text.clone(),
        (_, value) => match value["Fn::Sub"].as_str() {
            Some(text) => text
                .replace("${VideoBucketName}", "videos")
                .replace("${VideoPrefix}", "videos/")
                .replace("${PublicType}", "all")
                .replace("${LedgerBucketName}", "ledger"),
            None if name.ends_with("SEAL_KEY") => SEAL_KEY.to_owned(),
            None => "set".to_owned(),
        },
    };
    let variables = variables.iter().map(|(name, value)| (name.clone(), set(name, value)));
    let settings = app::Settings::from_parts("none", "", variables).unwrap();
    assert!(settings.sweep.enabled && settings.http.trust_gateway);
    assert_eq!(settings.rules.iter().count(), 1);
    app::App::from_settings(settings).map(drop).unwrap();
}

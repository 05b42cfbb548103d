//! The package, as it goes to Lambda.

use super::{LambdaEnv, emulator::Emulator, fixture};
use crate::support::{process::in_background, sample_bytes, workspace};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Packs the function where the template looks for it; returns the program and the script's log.
pub(super) fn packaged() -> (PathBuf, String) {
    let output = in_background(&workspace().join("functions/aws-lambda/package")).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    let printed = String::from_utf8(output.stdout).unwrap();
    let zip = PathBuf::from(printed.lines().last().expect("the zip's path"));
    let template = std::fs::read_to_string(workspace().join("functions/aws-lambda/template.yaml")).unwrap();
    assert!(template.contains("CodeUri: ../../target/lambda/code\n"), "{template}");
    (zip.parent().unwrap().join("code/bootstrap"), said)
}

fn readelf(option: &str, program: &Path) -> String {
    let output = Command::new("readelf").args([option, "-W"]).arg(program).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "slow: builds the function for deployment"]
async fn the_packaged_program_is_small_runs_everywhere_and_publishes() {
    let (program, said) = tokio::task::spawn_blocking(packaged).await.unwrap();
    let arm64 = program.parent().unwrap().with_file_name("code-arm64").join("bootstrap");
    assert!(said.contains("SKIPPED arm64") != arm64.exists(), "arm64 is made or loudly left out: {said}");
    let size = program.metadata().unwrap().len();
    // 6 MiB, and the shares of traces, the probe and streamed responses, and of MD5 in assembly.
    assert!(size <= (6 << 20) + ((112 + 16) << 10), "{size} bytes");
    assert!(!readelf("-S", &program).contains(".symtab"));
    let symbols = readelf("-V", &program);
    let versions = symbols.split_whitespace().filter_map(|word| word.strip_prefix("GLIBC_2."));
    let newest = versions.filter_map(|version| version.split('.').next()?.parse::<u32>().ok()).max();
    assert!(newest.is_some_and(|newest| newest <= 17), "glibc 2.{newest:?}");

    let env = LambdaEnv::start(&[]).await;
    let host =
        Emulator::start_program(&program, &env.variables, 60, env.folder.path().join("lambda.log")).await;
    let bytes = sample_bytes(1, 1 << 20);
    env.s3.put("videos", "in/packed (final)+第.mp4", &bytes).await;
    let answer = host.invoke(&fixture("s3", "packed")).await;
    assert_eq!(answer["results"][0]["code"], "200", "{answer}: {}", host.log());
    env.assert_published("packed (final)+第", &bytes);
}

#[test]
fn no_sdk_of_aws_and_no_second_tls_is_in_the_function() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let tree = Command::new(cargo)
        .args(["tree", "--offline", "--edges", "normal", "--prefix", "none", "-p", "aws-lambda"])
        .current_dir(workspace())
        .output()
        .unwrap();
    let tree = String::from_utf8(tree.stdout).unwrap();
    assert!(tree.contains("lambda_runtime v"), "{tree}");
    for unwanted in [
        "aws-sdk",
        "aws-config",
        "aws-smithy",
        "aws-lc",
        "openssl-sys",
        "native-tls",
        "aliyun-fc v",
        "aliyun-fc-runtime",
    ] {
        assert!(!tree.contains(unwanted), "{unwanted}: {tree}");
    }
}

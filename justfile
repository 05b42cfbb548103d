# Short names for the scripts of this repository, for those who have `just`. Nothing here does more than its script.

# Show the recipes.
default:
    @just --list

# See an upload from a local bucket to a local Youku.
demo *arguments:
    cargo run --release -- demo {{ arguments }}

# Run the local clouds until Ctrl-C.
dev *arguments:
    cargo run --release -- dev {{ arguments }}

# Run the tests: `just test --all` for the slow ones too, `just test NAME` for some.
test *arguments:
    tests/run {{ arguments }}

# Check form, spelling, scripts and unused dependencies.
form:
    .ci/run form

# Check lints, documentation, packages, licences and bans.
lints:
    .ci/run lints

# Do all that CI does.
ci:
    .ci/run

# Let objects land for so many minutes while everything fails now and then: `just soak 10 --seed 7`.
soak *arguments:
    tests/soak {{ arguments }}

# Print the changes to the code that no test notices: `just mutants shared/webhook/src/guard/policy.rs`.
mutants *arguments:
    tests/mutants {{ arguments }}

# Measure: `just bench --quick` takes ten minutes.
bench *arguments:
    tests/bench/run {{ arguments }}

# Build the package for Function Compute.
package-fc *arguments:
    functions/aliyun-fc/package {{ arguments }}

# Build the package for AWS Lambda.
package-lambda *arguments:
    functions/aws-lambda/package {{ arguments }}

# Build all that a release consists of.
release *arguments:
    functions/release {{ arguments }}

# Run every finding.
findings:
    findings/run

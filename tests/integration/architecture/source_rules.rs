//! Rules that the source text itself must keep.

use super::workspace_files::rust_files;
use crate::support::workspace;
use std::{fs, path::Path};

/// The most lines of a file.
const MAX_LINES: usize = 350;
/// The most characters of a test's name; its story stands in its doc comment.
const MAX_NAME: usize = 60;

/// What `check` finds in each file, a line each, after the file's name.
fn findings(mut check: impl FnMut(&Path, &str) -> Vec<String>) -> Vec<String> {
    let files = rust_files().into_iter();
    files
        .flat_map(|file| {
            let text = fs::read_to_string(workspace().join(&file)).expect("a source file");
            let found = check(&file, &text).into_iter();
            found.map(|finding| format!("{}: {finding}", file.display())).collect::<Vec<_>>()
        })
        .collect()
}

fn assert_none(findings: &[String]) {
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

#[test]
fn no_file_is_too_long() {
    assert_none(&findings(|_, text| {
        let lines = text.lines().count();
        if lines > MAX_LINES { vec![format!("{lines} lines, at most {MAX_LINES}")] } else { Vec::new() }
    }));
}

/// The name of a function whose attributes end before this line, if the line begins one.
fn function_name(line: &str) -> Option<&str> {
    let rest = line.trim_start().trim_start_matches("pub(crate) ").trim_start_matches("async ");
    rest.strip_prefix("fn ")?.split(['(', '<']).next()
}

/// Names of test functions: the next `fn` after `#[test]` or `#[tokio::test]`.
fn test_names(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut is_test = false;
    for line in text.lines() {
        let line = line.trim_start();
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            is_test = true;
        } else if is_test && let Some(name) = function_name(line) {
            names.push(name.to_owned());
            is_test = false;
        }
    }
    names
}

#[test]
fn names_of_tests_are_short() {
    assert_none(&findings(|_, text| {
        let long = test_names(text).into_iter().filter(|name| name.len() > MAX_NAME);
        long.map(|name| format!("{name} has {} characters, at most {MAX_NAME}", name.len())).collect()
    }));
}

/// Uses of an error's operation that steer code by its name.
fn comparisons_of_operations(text: &str) -> Vec<String> {
    let code: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    // Method chains are written over several lines.
    let code = code.replace(" .", ".").replace("( ", "(").replace(" )", ")");
    let steers = |before: &str, after: &str| {
        let after = after.trim_start();
        let is_compared = after.starts_with("==") || after.starts_with("!=");
        // `match error.operation() {` has nothing but the receiver between the keyword and the call.
        let part_of_receiver = |one: char| one.is_alphanumeric() || "_.&*()".contains(one);
        let is_matched =
            before.trim_end_matches(part_of_receiver).ends_with("match ") && !after.starts_with(';');
        let receiver = before.trim_end_matches(|one: char| one != '(' && part_of_receiver(one));
        let is_matched = is_matched || receiver.ends_with("matches!(");
        let is_compared_with = receiver.ends_with("== ") || receiver.ends_with("!= ");
        let is_looked_for = receiver.ends_with(".contains(") || {
            let call = before.rfind(".contains(").map(|at| &before[at..]);
            call.is_some_and(|call| {
                !call.contains(['{', '}', ';', ',']) && after.starts_with(')') && call.contains('&')
            })
        };
        let is_searched =
            [".starts_with(", ".ends_with(", ".contains(", ".eq("].iter().any(|call| after.starts_with(call));
        is_compared || is_matched || is_compared_with || is_looked_for || is_searched
    };
    let calls: Vec<_> = code.match_indices(".operation()").collect();
    calls
        .into_iter()
        .filter(|(at, call)| steers(&code[..*at], &code[at + call.len()..]))
        .map(|(at, call)| {
            let (from, to) =
                (code[..at].char_indices().rev().nth(40).map_or(0, |(from, _)| from), at + call.len());
            format!(
                "compares an operation's name: ...{}{}",
                &code[from..to],
                &code[to..].chars().take(40).collect::<String>()
            )
        })
        .collect()
}

#[test]
fn no_code_compares_the_name_of_an_operation() {
    // The faults of the local clouds name requests, which are not operations of errors.
    assert_none(&findings(|file, text| {
        if file.ends_with("source_rules.rs") { Vec::new() } else { comparisons_of_operations(text) }
    }));
}

#[test]
fn each_way_to_compare_an_operation_is_found() {
    for code in [
        "if error.operation() == \"lease\" {",
        "if error\n    .operation()\n    != DEADLINE {",
        "match error.operation() {",
        "matches!(error.operation(), \"a\" | \"b\")",
        "[DEADLINE].contains(&error.operation())",
        "NAMES.contains(&error.operation())",
        "if LEASE == error.operation() {",
        "error.operation().starts_with(\"x\")",
    ] {
        assert_eq!(comparisons_of_operations(code).len(), 1, "{code}");
    }
    for code in
        ["let name = error.operation();", "format!(\"{}\", error.operation())", "log(error.operation(), 1)"]
    {
        assert_eq!(comparisons_of_operations(code), [""; 0], "{code}");
    }
}

#[test]
fn long_names_of_tests_are_found() {
    let text = "#[tokio::test]\n#[ignore = \"slow\"]\nasync fn one() {}\nfn helper() {}\n    #[test]\n    fn two() {}\n";
    assert_eq!(test_names(text), ["one", "two"]);
}

/// Whether a file is part of a crate's product: below `src`, and no test's.
fn is_product(file: &Path) -> bool {
    let mut parts = file.components().map(|part| part.as_os_str());
    let is_crate = parts.next().is_some_and(|part| part == "shared" || part == "functions");
    let is_test = |part: &std::ffi::OsStr| part == "tests" || part == "tests.rs";
    is_crate && parts.nth(1).is_some_and(|part| part == "src") && !parts.any(is_test)
}

/// The text without the tests at its end.
fn product_text(text: &str) -> &str {
    text.find("\nmod tests {").map_or(text, |end| &text[..end])
}

/// What a test build replaces or adds within the product: it tests another program then. A module or a function more does no harm.
fn code_swapped_by_tests(text: &str) -> Vec<String> {
    let text = product_text(text);
    let lines = || text.lines().map(str::trim);
    let is_code = |line: &&str| !line.starts_with("//");
    let swaps = |line: &&str| {
        ["not(test)", "cfg!(test)", "cfg!(any(test", "cfg!(all(test"].iter().any(|by| line.contains(by))
    };
    let adds = |(number, _): (usize, &str)| {
        let mut after = lines().skip(number + 1).filter(|line| is_code(line) && !line.starts_with("#["));
        let line = after.next()?;
        let item = line.trim_start_matches("pub ").trim_start_matches("pub(crate) ");
        let item = item.trim_start_matches("pub(super) ").trim_start_matches("async ");
        let is_item = ["mod ", "fn ", "impl ", "impl<", "use "].iter().any(|begin| item.starts_with(begin));
        (!is_item).then(|| line.to_owned())
    };
    let swapped = lines().filter(is_code).filter(swaps).map(str::to_owned);
    let added = lines().enumerate().filter(|(_, line)| *line == "#[cfg(test)]").filter_map(adds);
    let found = swapped.chain(added);
    found.map(|line| format!("behaves otherwise in a test build: {line}")).collect()
}

#[test]
fn no_product_behaves_otherwise_in_a_test_build() {
    assert_none(&findings(
        |file, text| {
            if is_product(file) { code_swapped_by_tests(text) } else { Vec::new() }
        },
    ));
}

#[test]
fn code_that_a_test_build_swaps_is_found() {
    for code in [
        "#[cfg(not(test))]\nfn now() {}",
        "#[cfg(all(unix, not(test)))]\nmod a;",
        "let pause = if cfg!(test) { 1 } else { 2 };",
        "fn f() {\n    #[cfg(test)]\n    count();\n}",
        "struct A {\n    #[cfg(test)]\n    /// Counted.\n    calls: u32,\n}",
    ] {
        assert_eq!(code_swapped_by_tests(code).len(), 1, "{code}");
    }
    for code in [
        "#[cfg(test)]\n#[expect(clippy::panic, reason = \"a test\")]\nmod tests;",
        "    #[cfg(test)]\n    pub(super) fn is_well(&self) -> bool {",
        "// not(test) was here",
        "#[cfg(test)]\nmod tests {\n    fn f() -> bool { cfg!(test) }\n}",
    ] {
        assert_eq!(code_swapped_by_tests(code), [""; 0], "{code}");
    }
}

/// Readings of this machine's wall clock.
fn readings_of_the_clock(text: &str) -> usize {
    let code = product_text(text).lines().filter(|line| !line.trim_start().starts_with("//"));
    code.map(|line| line.matches("SystemTime::now").count()).sum()
}

/// The core and the application read the wall clock through the core's port, so that a test can set it.
#[test]
fn the_wall_clock_is_read_through_its_port() {
    let port = Path::new("shared/upload-core/src/clock.rs");
    let is_bound = |file: &Path| {
        let crates = ["shared/upload-core", "shared/app"];
        is_product(file) && crates.iter().any(|folder| file.starts_with(folder))
    };
    let mut in_port = 0;
    let found = findings(|file, text| {
        let readings = readings_of_the_clock(text);
        if file == port {
            in_port += readings;
            return Vec::new();
        }
        if is_bound(file) && readings > 0 { vec!["reads SystemTime::now".into()] } else { Vec::new() }
    });
    assert_none(&found);
    assert_eq!(in_port, 1, "the port is the one place");
}

/// Fields of the log whose `Debug` form is written for it: errors, and a job without its payload.
const DEBUG_FIELDS: [&str; 2] = ["error", "job"];

/// Other fields of the log that are written as Rust's `Debug` has them: renaming a type would change the log.
fn debug_fields(text: &str) -> Vec<String> {
    let code = product_text(text).split_whitespace().collect::<Vec<_>>().join(" ");
    let calls = code.split("tracing::").skip(1).filter_map(|call| {
        let (macro_name, rest) = call.split_once("!(")?;
        let is_event = ["trace", "debug", "info", "warn", "error"].contains(&macro_name);
        is_event.then(|| rest.split(");").next().unwrap_or(rest))
    });
    let is_of_name = |one: char| one.is_alphanumeric() || one == '_' || one == '.';
    let named = calls.flat_map(|call| {
        call.match_indices('?').filter_map(move |(at, _)| {
            let (before, after) = (&call[..at], &call[at + 1..]);
            match before.strip_suffix("= ") {
                Some(named) => named.split_whitespace().next_back().map(str::to_owned),
                None if before.is_empty() || before.ends_with([' ', '(']) => {
                    Some(after.split(|one| !is_of_name(one)).next()?.to_owned())
                }
                // The operator.
                None => None,
            }
        })
    });
    named.filter(|name| !DEBUG_FIELDS.contains(&name.as_str())).collect()
}

#[test]
fn the_log_has_stable_words_and_no_debug_forms() {
    assert_none(&findings(|file, text| {
        let fields = if is_product(file) { debug_fields(text) } else { Vec::new() };
        fields.into_iter().map(|field| format!("the field {field} is logged as Debug has it")).collect()
    }));
}

#[test]
fn each_form_of_a_debug_field_is_found() {
    for (code, field) in [
        ("tracing::warn!(?delay, \"x\");", "delay"),
        ("tracing::debug!(\n    ?error,\n    state = ?self.state,\n    \"x\"\n);", "state"),
        ("tracing::info!(key, ?result, \"x\");", "result"),
    ] {
        assert_eq!(debug_fields(code), [field], "{code}");
    }
    for code in ["tracing::warn!(error = ?unwritten, \"x\");", "tracing::info!(at = %find()?, \"why?\");"] {
        assert_eq!(debug_fields(code), [""; 0], "{code}");
    }
}

#[test]
fn product_files_are_distinguished_from_tests() {
    for (file, is) in [
        ("shared/upload-core/src/ledger/lease.rs", true),
        ("functions/cli/src/main.rs", true),
        ("shared/upload-core/src/ledger/tests/leases.rs", false),
        ("shared/local-clouds/src/oss/auth/tests.rs", false),
        ("shared/app/tests/api/ledger_store.rs", false),
        ("tests/integration/main.rs", false),
    ] {
        assert_eq!(is_product(Path::new(file)), is, "{file}");
    }
    assert_eq!(
        readings_of_the_clock(
            "use std::time::SystemTime::now;\n// SystemTime::now\nmod tests {\nSystemTime::now"
        ),
        1
    );
}

/// An `async fn` is compiled where it is awaited. A use case holds all of the core, and each adapter awaits it: it returns a boxed future.
#[test]
fn use_cases_are_compiled_once() {
    let mut boxed = 0;
    assert_none(&findings(|file, text| {
        if !file.starts_with("shared/app/src/usecases") && !file.starts_with("shared/app/src/application") {
            return Vec::new();
        }
        boxed += text.matches("-> BoxFuture<'a, ").count();
        let bare = text.lines().filter(|line| line.trim_start().starts_with("pub async fn "));
        bare.map(|line| format!("returns no BoxFuture: {}", line.trim())).collect()
    }));
    assert!(boxed > 20, "{boxed} use cases");
}

//! The lines of a program's log, and the trace that they name.

use serde_json::Value;

/// The JSON lines of a log; other lines are the platform's.
pub(crate) fn log_lines(log: &str) -> Vec<Value> {
    log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()).filter(Value::is_object).collect()
}

/// The trace that a line belongs to: the innermost span's that names one.
pub(crate) fn trace_of(line: &Value) -> Option<&str> {
    let spans = line["spans"].as_array()?;
    spans.iter().rev().find_map(|span| span["trace_id"].as_str())
}

/// Asserts that every line of a run, known by a field of one of its spans, names this trace, and that the run logged `message`.
pub(crate) fn assert_run_traced(log: &str, (field, value): (&str, &str), trace_id: &str, message: &str) {
    let is_of_run = |line: &&Value| {
        line["spans"].as_array().is_some_and(|spans| spans.iter().any(|span| span[field] == value))
    };
    let lines = log_lines(log);
    let lines: Vec<_> = lines.iter().filter(is_of_run).collect();
    assert!(lines.iter().any(|line| line["message"] == message), "{message}: {log}");
    for line in lines {
        assert_eq!(trace_of(line), Some(trace_id), "{line}");
    }
}

//! What a check found, and how it is told.

use crate::lang::word;
use serde::Serialize;
use std::{
    fmt::Display,
    io::{Write, stdout},
};

/// One thing that was tried and what came of it. Its JSON form is stable.
#[derive(Debug, Serialize)]
pub(super) struct Finding {
    /// What was looked at.
    check: String,
    /// What was tried.
    tried: String,
    /// Whether it is well.
    ok: bool,
    /// What came of it.
    result: String,
    /// What a person can do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<String>,
}

impl Finding {
    pub(super) fn of(check: impl Into<String>, tried: impl Into<String>) -> Self {
        Self { check: check.into(), tried: tried.into(), ok: true, result: String::new(), advice: None }
    }

    pub(super) fn well(self, result: impl Display) -> Self {
        Self { result: result.to_string(), ..self }
    }

    /// It works, and something should be looked at: `advice` says what.
    pub(super) fn warn(self, result: impl Display, advice: impl Into<String>) -> Self {
        self.well(result).advise(advice)
    }

    pub(super) fn failed(self, result: impl Display) -> Self {
        Self { ok: false, result: result.to_string(), ..self }
    }

    #[cfg(test)]
    pub(super) fn is_well(&self) -> bool {
        self.ok
    }

    /// The finding as `tell` prints it, on one line.
    #[cfg(test)]
    pub(super) fn line(&self) -> String {
        let advice = self.advice.as_ref().map(|advice| format!(" => {advice}")).unwrap_or_default();
        let mark = match (self.ok, &self.advice) {
            (true, None) => "ok",
            (true, Some(_)) => "warn",
            (false, _) => "FAILED",
        };
        format!("{mark} {}: {}: {}{advice}", self.check, self.tried, self.result)
    }

    pub(super) fn advise(self, advice: impl Into<String>) -> Self {
        Self { advice: Some(advice.into()), ..self }
    }
}

/// Tells it and answers whether it is well. A listener that has gone away changes nothing about that.
pub(super) fn tell(finding: &Finding, json: bool) -> bool {
    let mut out = stdout();
    if json {
        if let Ok(line) = serde_json::to_string(finding) {
            let _ = writeln!(out, "{line}");
        }
        return finding.ok;
    }
    let Finding { check, tried, ok, result, advice } = finding;
    let word = match (ok, advice) {
        (true, None) => word!("ok    ", "正常"),
        (true, Some(_)) => word!("warn  ", "注意"),
        (false, _) => word!("FAILED", "失败"),
    };
    let _ = writeln!(out, "{word}  {check}: {tried}: {result}");
    if let Some(advice) = advice {
        let _ = writeln!(out, "{}{advice}", word!("        what to do: ", "      处理办法："));
    }
    *ok
}

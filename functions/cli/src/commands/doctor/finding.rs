//! What a check found, and how it is printed.

use crate::ui::{
    details::localize,
    i18n::{tr, tr_static},
    messages::{
        errors::describe_app,
        way_out::{self, Callee},
    },
    output::{print_json, print_line},
};
use app::core::Error;
use serde::Serialize;
use std::fmt::Display;

/// One thing that was checked and the result. Its JSON form is stable.
#[derive(Debug, Serialize)]
pub(in crate::commands) struct Finding {
    /// What was checked.
    check: String,
    /// How it was checked.
    tried: String,
    /// Whether it is well.
    ok: bool,
    /// The result.
    result: String,
    /// What a person can do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<String>,
}

impl From<Finding> for web_console::Finding {
    fn from(finding: Finding) -> Self {
        let Finding { check, tried, ok, result, advice } = finding;
        Self { check, tried, ok, result, advice }
    }
}

impl Finding {
    /// A finding that is well so far, without a result.
    pub(super) fn new(check: impl Into<String>, tried: impl Into<String>) -> Self {
        Self { check: check.into(), tried: tried.into(), ok: true, result: String::new(), advice: None }
    }

    /// Passes with this result.
    pub(super) fn pass(self, result: impl Display) -> Self {
        Self { result: result.to_string(), ..self }
    }

    /// Passes, but something should be looked at: `advice` says what.
    pub(super) fn warn(self, result: impl Display, advice: impl Into<String>) -> Self {
        self.pass(result).advise(advice)
    }

    /// Fails with this result.
    pub(super) fn fail(self, result: impl Display) -> Self {
        Self { ok: false, result: localize(&result.to_string()).into_owned(), ..self }
    }

    /// Fails with an error, and says what a person can do: what its cause calls for, else `otherwise`.
    pub(super) fn fail_for(self, error: &Error, callee: Callee, otherwise: &str) -> Self {
        let advice = way_out::find_for(error, callee).unwrap_or_else(|| otherwise.to_owned());
        self.fail(describe_app(error)).advise(advice)
    }

    /// Says what a person can do.
    pub(super) fn advise(self, advice: impl Into<String>) -> Self {
        Self { advice: Some(advice.into()), ..self }
    }

    /// Whether it is well.
    pub(super) fn is_well(&self) -> bool {
        self.ok
    }

    /// The finding as [`print`](Self::print) prints it, on one line.
    #[cfg(test)]
    pub(super) fn to_line(&self) -> String {
        let advice = self.advice.as_ref().map(|advice| format!(" => {advice}")).unwrap_or_default();
        let mark = match (self.ok, &self.advice) {
            (true, None) => "ok",
            (true, Some(_)) => "warn",
            (false, _) => "FAILED",
        };
        format!("{mark} {}: {}: {}{advice}", self.check, self.tried, self.result)
    }

    /// Prints the finding and returns whether it is well.
    pub(in crate::commands) fn print(&self, json: bool) -> bool {
        if json {
            if let Ok(line) = serde_json::to_string(self) {
                print_json(line);
            }
            return self.ok;
        }
        let Self { check, tried, ok, result, advice } = self;
        let mark = match (ok, advice) {
            (true, None) => tr_static!("ok    ", "正常"),
            (true, Some(_)) => tr_static!("warn  ", "注意"),
            (false, _) => tr_static!("FAILED", "失败"),
        };
        print_line(tr!("{mark}  {check}: {tried}: {result}", "{mark}  {check}：{tried}：{result}"));
        if let Some(advice) = advice {
            print_line(format_args!("{}{advice}", tr_static!("        what to do: ", "      处理办法：")));
        }
        *ok
    }
}

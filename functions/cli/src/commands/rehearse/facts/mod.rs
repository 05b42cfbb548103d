//! The open facts, in the order in which they are tried: what makes nothing comes first, and what shows whether videos can be removed
//! before what publishes one.

mod function;
mod oss;
mod youku;

pub(super) use youku::refresh::warning as warn_of_refresh;

use super::fact::Fact;
use crate::{error::CliError, ui::i18n::tr};

/// The fact whose request goes to another host than the ledger's.
pub(super) const INTERNAL_ENDPOINT: &str = oss::internal_endpoint::FACT.name;
/// The fact about the function that the ledger shows.
pub(super) const EVENT_DELAY: &str = function::event_delay::FACT.name;

/// The fact that asks the rules' buckets as well, and the most requests to each rule's.
pub(super) const RIGHTS: &str = oss::rights::FACT.name;
pub(super) const RIGHTS_REQUESTS: u32 = oss::rights::OF_A_RULE;

/// Every fact.
pub(super) const ALL: &[Fact] = &[
    youku::error_form::FACT,
    youku::create_method::FACT,
    youku::read_hosts::FACT,
    youku::destroy_host::FACT,
    youku::uncommitted::FACT,
    youku::cancel_before_commit::FACT,
    youku::list_parts::FACT,
    youku::signature::FACT,
    youku::oss_publish::FACT,
    youku::slice_publish::FACT,
    youku::second_commit::FACT,
    youku::lost_commit::FACT,
    youku::cancel_after_commit::FACT,
    youku::single_put::FACT,
    youku::web_md5::FACT,
    youku::wrong_md5::FACT,
    youku::instant::FACT,
    youku::update_host::FACT,
    youku::title_limit::FACT,
    youku::tag_limit::FACT,
    oss::versioning::FACT,
    oss::clock::FACT,
    oss::if_match::FACT,
    oss::checksums::FACT,
    oss::rights::FACT,
    oss::internal_endpoint::FACT,
    oss::create_only::FACT,
    function::headers::FACT,
    function::credentials::FACT,
    function::deadline::FACT,
    function::freeze::FACT,
    function::answer_size::FACT,
    function::event_delay::FACT,
    youku::session_life::FACT,
    youku::sts_end::FACT,
    youku::refresh::FACT,
];

/// Facts that are tried only where a flag asks for them.
const FLAGGED: [(&Fact, &str); 3] =
    [(&youku::session_life::FACT, LONG), (&youku::sts_end::FACT, LONG), (&youku::refresh::FACT, REFRESH)];
/// The fact whose keys grow old while others wait.
pub(super) const STS_END: &str = youku::sts_end::FACT.name;
/// The flag of facts that take long.
pub(super) const LONG: &str = "--long";
/// The flag of the fact that spends a refresh token.
pub(super) const REFRESH: &str = "--refresh";

/// The flag without which a fact is not tried.
pub(super) fn flag_of(fact: &Fact) -> Option<&'static str> {
    FLAGGED.iter().find(|(flagged, _)| flagged.name == fact.name).map(|(_, flag)| *flag)
}

/// The facts that `--only` names: each by its name, or all of `youku`, `oss` or `function`. Every fact where it names none; of
/// those that need a flag only where it is among `flags`.
///
/// # Errors
/// Where there is no such fact, or the flag of a named one is missing.
pub(super) fn select(only: &[String], flags: &[&str]) -> Result<Vec<&'static Fact>, CliError> {
    let is_named = |fact: &Fact, name: &str| {
        let rest = fact.name.strip_prefix(name);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    if let Some(name) = only.iter().find(|name| !ALL.iter().any(|fact| is_named(fact, name))) {
        let known: Vec<_> = ALL.iter().map(|fact| fact.name).collect();
        let known = known.join(", ");
        return Err(CliError::usage(tr!(
            "--only {name}: there is no such fact; the facts are {known}",
            "--only {name}：没有这一项；可用的有 {known}"
        )));
    }
    let is_allowed = |fact: &Fact| flag_of(fact).is_none_or(|flag| flags.contains(&flag));
    let is_whole = |fact: &Fact| only.iter().any(|name| name == fact.name);
    if let Some(fact) = ALL.iter().find(|fact| is_whole(fact) && !is_allowed(fact)) {
        let (name, flag) = (fact.name, flag_of(fact).unwrap_or_default());
        return Err(CliError::usage(tr!(
            "--only {name}: this fact needs {flag} as well",
            "--only {name}：此项目还需要 {flag}"
        )));
    }
    let is_selected = |fact: &Fact| only.is_empty() || only.iter().any(|name| is_named(fact, name));
    let selected = |fact: &&Fact| is_allowed(fact) && is_selected(fact);
    Ok(ALL.iter().filter(selected).collect())
}

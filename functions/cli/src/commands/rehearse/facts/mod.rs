//! The open facts, in the order in which they are tried: what makes nothing comes first, and what shows whether videos can be removed
//! before what publishes one.

mod function;
mod oss;
mod youku;

use super::fact::Fact;
use crate::{error::CliError, ui::i18n::tr};

/// The fact whose request goes to another host than the ledger's.
pub(super) const INTERNAL_ENDPOINT: &str = oss::internal_endpoint::FACT.name;

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
];

/// The facts that `--only` names: each by its name, or all of `youku`, `oss` or `function`. Every fact where it names none.
///
/// # Errors
/// Where there is no such fact.
pub(super) fn select(only: &[String]) -> Result<Vec<&'static Fact>, CliError> {
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
    let selected = |fact: &&Fact| only.is_empty() || only.iter().any(|name| is_named(fact, name));
    Ok(ALL.iter().filter(selected).collect())
}

//! Stores the facts that a setting depends on in the ledger, where `doctor` of every installation that shares it reads them.

use super::{
    report::Outcome,
    text::{Text, text},
};
use crate::{
    commands::contradiction,
    ui::{details::describe, i18n::tr, output::print_line},
};
use app::App;

/// Stores what was found. A fact replaces what an earlier rehearsal found of it, except that several create-only puts were let in; a fact that
/// could not be tried leaves the earlier one.
///
/// A ledger that cannot be written makes no rehearsal fail: its report says all the same.
pub(super) async fn keep(app: &App, account: &str, outcomes: &[Outcome]) {
    let found = outcomes.iter().filter_map(|Outcome { fact, result, .. }| {
        let found = result.as_ref().ok().filter(|_| contradiction::is_kept(fact.name))?;
        Some((fact.name, found.word.clone(), found.least))
    });
    let (bucket, youku): (Vec<_>, Vec<_>) = found.partition(|(name, ..)| name.starts_with("oss."));
    for (account, facts) in [(Some(account), youku), (None, bucket)] {
        if facts.is_empty() {
            continue;
        }
        let why = match app.keep_rehearsed_facts(account, facts).await {
            Ok(true) => None,
            Ok(false) => Some(text!(
                "the ledger has not been used yet, and a rehearsal does not begin one",
                "台账尚未使用过，而预演不会启用台账"
            )),
            Err(error) => Some(Text::make(|| describe(&error).text)),
        };
        if let Some(Text { en, zh }) = why {
            print_line(tr!(
                "`oss2youku doctor` cannot be told of what was found: {en}",
                "无法把结果告知 `oss2youku doctor`：{zh}"
            ));
        }
    }
}

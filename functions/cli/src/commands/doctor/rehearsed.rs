//! Whether the settings fit what rehearsals found.

use super::{context::CheckContext, finding::Finding};
use crate::{
    commands::contradiction,
    ui::{
        i18n::{tr, tr_static},
        local_time,
        messages::way_out::Callee,
    },
};
use app::core::{Error, ErrorKind, RetryAdvice};
use std::collections::BTreeMap;

/// No finding where no rehearsal was held with this ledger, or the ledger cannot be read, as its own checks say.
pub(super) async fn check(context: &CheckContext) -> Vec<Finding> {
    let settings = context.app.settings();
    let wanted = |name: &&String| context.account.as_ref().is_none_or(|account| account == *name);
    // Accounts of one application share what was found.
    let accounts: BTreeMap<_, _> = settings
        .accounts
        .keys()
        .filter(wanted)
        .map(|name| (&settings.accounts[name].client_id, name))
        .collect();
    let places = accounts.into_values().map(|name| Some(name.as_str()));
    let (mut findings, mut known, mut are_all_read) = (Vec::new(), 0, true);
    for account in places.chain([None]) {
        match context.app.rehearsed_facts(account).await {
            Err(error) => {
                are_all_read = false;
                findings.extend(describe_unreadable(&error, account));
            }
            Ok(facts) => {
                known += facts.len();
                for (name, fact) in &facts {
                    let Some(found) = contradiction::find(settings, name, fact) else { continue };
                    let at = local_time::format(fact.at);
                    let finding = Finding::new(
                        tr!("fact {name}", "事实 {name}"),
                        tr!(
                            "compare the settings with what the rehearsal of {at} found",
                            "将设置与 {at} 的预演结果比较"
                        ),
                    );
                    findings.push(match found.breaks {
                        true => finding.fail(found.result).advise(found.advice),
                        false => finding.warn(found.result, found.advice),
                    });
                }
            }
        }
    }
    if findings.is_empty() && known > 0 && are_all_read {
        let all = new_finding();
        findings.push(all.pass(tr!("they fit all {known} facts", "与全部 {known} 项事实相符")));
    }
    findings
}

fn new_finding() -> Finding {
    Finding::new(
        tr_static!("rehearsal", "预演"),
        tr_static!("compare the settings with what rehearsals found", "将设置与预演结果比较"),
    )
}

/// Only a note that is damaged is told: whatever else keeps the ledger from being read its own checks say. That of the ledger's bucket, which
/// is no account's, may hold what must stay: no rehearsal replaces it.
fn describe_unreadable(error: &Error, account: Option<&str>) -> Option<Finding> {
    let is_damaged = error.kind() == ErrorKind::Ledger && error.advice() == RetryAdvice::Permanent;
    let advice = match account {
        Some(_) => tr_static!(
            "run `oss2youku rehearse` again: it writes the note anew; update this installation if a newer program wrote it",
            "请重新运行 `oss2youku rehearse`：它会重写该记录；若由更新版本写入，请升级本程序"
        ),
        None => tr_static!(
            "update this installation if a newer program wrote it; else do not shorten ledger.window_ms, delete the entry, and run `oss2youku \
             rehearse` again",
            "若由更新版本写入，请升级本程序；否则请勿缩短 ledger.window_ms，删除该条目，再重新运行 `oss2youku rehearse`"
        ),
    };
    is_damaged.then(|| new_finding().fail_for(error, Callee::Ledger, advice))
}

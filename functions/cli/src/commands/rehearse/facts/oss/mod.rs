//! Facts about OSS, tried in the bucket that keeps the ledger: no event of it calls the function.

pub(super) mod checksums;
pub(super) mod clock;
pub(super) mod create_only;
pub(super) mod if_match;
pub(super) mod internal_endpoint;
pub(super) mod rights;
pub(super) mod versioning;

use crate::commands::rehearse::{
    clip::random_word, obstacle::Obstacle, record::Entry, stage::Stage, text::text,
};
use app::{
    core::rules::Rule,
    ledger::overlaps_rule,
    storage::{Provider, Store},
};

/// Opens the ledger's bucket in order to write there: where what is written can be removed for good, and calls no function.
async fn open_to_write(stage: &Stage) -> Result<(Store, String), Obstacle> {
    let (store, prefix) = open_bucket(stage)?;
    check_rules(stage, &store, &prefix)?;
    if store.versioning().await? {
        return Err(Obstacle::Other(text!(
            "the ledger's bucket has versioning, and would keep all that is removed",
            "台账的 bucket 启用了版本控制，删除的内容会全部保留"
        )));
    }
    Ok((store, prefix))
}

/// Checks that what is written below `prefix` calls no function.
fn check_rules(stage: &Stage, store: &Store, prefix: &str) -> Result<(), Obstacle> {
    let settings = stage.app.settings();
    let location = format!("oss://{}/{prefix}", store.bucket());
    let provider = settings.source.provider;
    let overlaps = |rule: &Rule| overlaps_rule(&location, provider, &rule.bucket, &rule.prefix);
    if settings.rules.iter().any(overlaps) {
        return Err(Obstacle::Other(text!(
            "each object would call the function: the ledger lies where a rule looks",
            "每个对象都会触发函数：台账位于规则的范围内"
        )));
    }
    Ok(())
}

/// Opens the ledger's bucket where it is one of OSS.
fn open_bucket(stage: &Stage) -> Result<(Store, String), Obstacle> {
    let (store, prefix) = stage.ledger_bucket()?;
    if store.provider() == Provider::Oss {
        return Ok((store, prefix));
    }
    Err(Obstacle::NotHere(text!("the ledger's bucket is not one of OSS", "台账的 bucket 不在 OSS 上")))
}

/// Writes down that objects are about to be put, and answers their keys.
fn announce(stage: &mut Stage, store: &Store, prefix: &str, count: u32) -> Result<Vec<String>, Obstacle> {
    let run = random_word();
    let keys: Vec<String> = (0..count).map(|at| format!("{prefix}{run}/{at:03}")).collect();
    let n = stage.record.next_number();
    let bucket = store.bucket().to_owned();
    stage.record.append(Entry::Putting { n, bucket, keys: keys.clone() })?;
    Ok(keys)
}

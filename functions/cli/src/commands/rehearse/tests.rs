//! Rules that every fact must keep.

use super::{
    facts::{ALL, LONG, REFRESH, flag_of, select},
    name_record,
    observer::{KEPT_CALLS, LONG_CALLS, MOST_CALLS},
};
use crate::commands::contradiction;
use std::collections::BTreeSet;

/// Calls that find out whether the access token is taken, with another token and a refreshed one.
const TOKEN_CALLS: u32 = 3;

/// Each fact fits into the calls that a rehearsal makes, those that are kept for removing things left aside, and so do all that `--long` adds
/// into the calls that it adds.
#[test]
fn each_fact_fits_into_the_bound() {
    for fact in ALL {
        assert!(fact.calls + TOKEN_CALLS + KEPT_CALLS <= MOST_CALLS, "{}", fact.name);
    }
    let long = ALL.iter().filter(|fact| flag_of(fact) == Some(LONG));
    let calls: u32 = long.map(|fact| fact.calls).sum();
    assert!(calls > 0 && calls <= LONG_CALLS, "{calls}");
    let names: BTreeSet<_> = ALL.iter().map(|fact| fact.name).collect();
    assert_eq!(names.len(), ALL.len());
}

/// Each account keeps a record of its own, also where it shares application and ledger with another.
#[test]
fn every_account_has_a_record_of_its_own() {
    let of = |account| name_record(["api", account, "client", "oss://ledger/"]);
    assert_eq!(of("main"), of("main"));
    assert_ne!(of("main"), of("other"));
}

/// What doctor holds settings against is found by facts that there are.
#[test]
fn every_fact_that_settings_fit_is_there() {
    assert_eq!(ALL.iter().filter(|fact| contradiction::is_kept(fact.name)).count(), 5);
}

/// A fact is named whole, or by what stands before its dot; what is no fact is refused with the names of all.
#[test]
fn facts_are_chosen_by_name() {
    let count = |only: &[&str]| {
        let only: Vec<_> = only.iter().map(ToString::to_string).collect();
        select(&only, &[]).map(|facts| facts.len())
    };
    let flagged = ALL.iter().filter(|fact| flag_of(fact).is_some()).count();
    assert_eq!(count(&[]).ok(), Some(ALL.len() - flagged));
    assert_eq!(select(&[], &[LONG, REFRESH]).map(|facts| facts.len()).ok(), Some(ALL.len()));
    let refresh = ["youku.refresh".to_owned()];
    assert_eq!(select(&refresh, &[REFRESH]).map(|facts| facts.len()).ok(), Some(1));
    assert!(select(&refresh, &[LONG]).is_err(), "it is never done unasked");
    assert_eq!(count(&["oss.clock", "youku.web_md5"]).ok(), Some(2));
    assert_eq!(count(&["oss"]).ok(), Some(ALL.iter().filter(|fact| fact.name.starts_with("oss.")).count()));
    for wrong in ["youku.web", "os", ""] {
        assert!(count(&[wrong]).is_err(), "{wrong}");
    }
}

/// What a person reads of a fact is there in both languages.
#[test]
fn every_fact_asks_in_both_languages() {
    for fact in ALL {
        let question = (fact.question)();
        assert!(question.en.is_ascii() && !question.zh.is_ascii(), "{}", fact.name);
        let meaning = (fact.meaning)(fact.expected);
        assert!(!meaning.en.is_empty() && !meaning.zh.is_empty(), "{}", fact.name);
    }
}

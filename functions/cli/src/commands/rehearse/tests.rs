//! Rules that every fact must keep.

use super::{
    facts::{ALL, select},
    name_record,
    observer::MOST_CALLS,
};
use crate::commands::contradiction;
use std::collections::BTreeSet;

/// Calls that find out whether the access token is taken, with another token and a refreshed one.
const TOKEN_CALLS: u32 = 3;

/// All facts together fit into the calls that a rehearsal makes.
#[test]
fn all_facts_together_fit_into_the_bound() {
    let calls: u32 = ALL.iter().map(|fact| fact.calls).sum();
    assert!(calls + TOKEN_CALLS <= MOST_CALLS, "{calls}");
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
        select(&only).map(|facts| facts.len())
    };
    assert_eq!(count(&[]).ok(), Some(ALL.len()));
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

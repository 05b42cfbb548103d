//! What rehearsals found is kept fact by fact, apart for each client and for the ledger's bucket.

use super::*;
use std::collections::BTreeMap;

/// What is known, without the times.
async fn known(ledger: &Ledger, client: Option<&str>) -> BTreeMap<String, (String, Option<u64>)> {
    let facts = ledger.rehearsed_facts(client).await.expect("readable");
    facts.into_iter().map(|(name, fact)| (name, (fact.found, fact.least))).collect()
}

fn expected(facts: &[(&str, &str, Option<u64>)]) -> BTreeMap<String, (String, Option<u64>)> {
    facts.iter().map(|(name, found, least)| ((*name).to_owned(), ((*found).to_owned(), *least))).collect()
}

#[tokio::test(start_paused = true)]
async fn a_later_rehearsal_replaces_the_facts_that_it_tried() {
    let store = MemoryStore::new();
    let ledger = ledger(&store);
    assert_eq!(known(&ledger, None).await, expected(&[]));
    let keep = async |client, name, found: &str, least| {
        ledger.keep_rehearsed_facts(client, vec![(name, found.to_owned(), least)]).await.expect("written");
    };
    keep(None, "oss.create_only", "several", Some(800)).await;
    keep(Some("client"), "youku.single_put", "taken", None).await;
    keep(Some("client"), "youku.web_md5", "taken", None).await;
    keep(Some("client"), "youku.single_put", "refused_at_commit", None).await;
    let (single_put, web) =
        (("youku.single_put", "refused_at_commit", None), ("youku.web_md5", "taken", None));
    assert_eq!(known(&ledger, Some("client")).await, expected(&[single_put, web]));
    assert_eq!(known(&ledger, Some("other")).await, expected(&[]));
    assert_eq!(known(&ledger, None).await, expected(&[("oss.create_only", "several", Some(800))]));
    keep(None, "oss.create_only", "one", None).await;
    assert_eq!(known(&ledger, None).await, expected(&[("oss.create_only", "one", None)]));
}

/// A note that is damaged is told to who reads it, and written anew by the next rehearsal.
#[tokio::test(start_paused = true)]
async fn a_damaged_note_is_written_anew() {
    let store = MemoryStore::new();
    let ledger = ledger(&store);
    ledger.set_cursor("rehearsed", Some("{")).await.expect("written");
    let error = ledger.rehearsed_facts(None).await.expect_err("damaged");
    assert_eq!(error.kind(), ErrorKind::Ledger);
    let found = vec![("oss.create_only", "one".to_owned(), None)];
    ledger.keep_rehearsed_facts(None, found).await.expect("written");
    assert_eq!(known(&ledger, None).await, expected(&[("oss.create_only", "one", None)]));
}

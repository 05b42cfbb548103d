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

async fn is_kept(
    ledger: &Ledger,
    client: Option<&str>,
    name: &'static str,
    found: &str,
    least: Option<u64>,
) -> bool {
    let kept = ledger.keep_rehearsed_facts(client, vec![(name, found.to_owned(), least)]).await;
    kept.expect("written")
}

#[tokio::test(start_paused = true)]
async fn a_later_rehearsal_replaces_the_facts_that_it_tried() {
    let store = MemoryStore::new();
    let ledger = ledger(&store);
    ledger.record_birth().await.expect("born");
    assert_eq!(known(&ledger, None).await, expected(&[]));
    let keep = async |client, name, found: &str, least| {
        assert!(is_kept(&ledger, client, name, found, least).await);
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
    keep(None, "oss.versioning", "on", None).await;
    keep(None, "oss.versioning", "off", None).await;
    let several = ("oss.create_only", "several", Some(800));
    assert_eq!(known(&ledger, None).await, expected(&[several, ("oss.versioning", "off", None)]));
}

/// That several create-only puts were let in stays on record with the longest time that was seen: tries prove nothing.
#[tokio::test(start_paused = true)]
async fn that_several_were_let_in_stays() {
    let store = MemoryStore::new();
    let ledger = ledger(&store);
    ledger.record_birth().await.expect("born");
    for (found, least, kept) in [
        ("one", None, ("one", None)),
        ("several", Some(800), ("several", Some(800))),
        ("one", None, ("several", Some(800))),
        ("several", Some(300), ("several", Some(800))),
        ("several", Some(1200), ("several", Some(1200))),
        ("several", None, ("several", Some(1200))),
        ("one", None, ("several", Some(1200))),
    ] {
        assert!(is_kept(&ledger, None, "oss.create_only", found, least).await);
        let kept = expected(&[("oss.create_only", kept.0, kept.1)]);
        assert_eq!(known(&ledger, None).await, kept, "{found} {least:?}");
    }
}

/// A note that is damaged is told to who reads it. The next rehearsal writes anew what it finds again, and not what may have to stay.
#[tokio::test(start_paused = true)]
async fn a_damaged_note_is_written_anew_where_nothing_of_it_must_stay() {
    let store = MemoryStore::new();
    let ledger = ledger(&store);
    ledger.record_birth().await.expect("born");
    let client = Some("client");
    let hash = keys::client_hash("client");
    for name in ["rehearsed".to_owned(), format!("rehearsed-{hash}")] {
        ledger.set_cursor(&name, Some("{")).await.expect("written");
    }
    for client in [client, None] {
        let error = ledger.rehearsed_facts(client).await.expect_err("damaged");
        assert_eq!(error.kind(), ErrorKind::Ledger);
    }
    assert!(is_kept(&ledger, client, "youku.web_md5", "taken", None).await);
    assert_eq!(known(&ledger, client).await, expected(&[("youku.web_md5", "taken", None)]));
    let found = vec![("oss.create_only", "one".to_owned(), None)];
    let error = ledger.keep_rehearsed_facts(None, found).await.expect_err("damaged");
    assert_eq!(error.kind(), ErrorKind::Ledger);
    assert_eq!(ledger.cursor("rehearsed").await.expect("readable").as_deref(), Some("{"));
}

/// A rehearsal before a ledger's first use leaves it unborn: else what lands until then would count as new for the first sweep.
#[tokio::test(start_paused = true)]
async fn a_rehearsal_is_no_first_use() {
    let store = MemoryStore::new();
    let ledger = ledger(&store);
    assert!(!is_kept(&ledger, None, "oss.create_only", "several", Some(800)).await);
    assert!(!is_kept(&ledger, Some("client"), "youku.web_md5", "taken", None).await);
    assert!(!ledger.is_born().await.expect("readable"));
    assert!(store.keys("").is_empty(), "nothing was written");
}

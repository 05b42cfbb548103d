use super::*;
use app::ListedUpload;
use serde_json::json;

/// A row as a list of the ledger makes it; `minute` is when it ended or was marked.
fn row(number: u8, state: &str, minute: u8) -> Row {
    let mut listed = json!({
        "upload_id": format!("{number:032x}"), "state": state, "object": format!("oss://videos/dir/{number}.mp4"),
        "account": if number.is_multiple_of(2) { "main" } else { "other" }, "title": format!("Film {number}"),
        "at": format!("2026-11-29T08:{minute:02}:00Z"),
    });
    match state {
        "failed" => listed["error"] = if number == 5 { "source_missing" } else { "hash_refused" }.into(),
        "committed" => listed["videoid"] = format!("X{number}").into(),
        _ => {}
    }
    let listed: ListedUpload = serde_json::from_value(listed).unwrap();
    Row::from_listed(listed, number == 3, number == 4)
}

fn rows() -> Vec<Row> {
    vec![
        row(1, "committed", 50),
        row(2, "open", 10),
        row(3, "open", 11),
        row(4, "open", 12),
        row(5, "failed", 55),
        row(6, "failed", 40),
        row(7, "cancelled", 45),
        row(8, "open", 13),
    ]
}

fn page(query: &[(&str, &str)]) -> Page {
    let fields: Vec<_> =
        query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Page::new(rows().iter(), &RowQuery::parse(&fields).unwrap())
}

/// The numbers of a page's uploads.
fn numbers(query: &[(&str, &str)]) -> Vec<u8> {
    let last = |row: &Row| u8::from_str_radix(&row.upload_id.as_str()[30..], 16).unwrap();
    page(query).rows.iter().map(last).collect()
}

/// What waits for a person comes first, then what moves, then what will, then what ended; the latest first.
#[test]
fn rows_are_in_the_order_of_their_urgency() {
    assert_eq!(numbers(&[]), [4, 3, 8, 2, 5, 1, 7, 6]);
}

#[test]
fn each_filter_picks_its_rows() {
    for (query, expected) in [
        (&[("state", "failed")][..], &[5, 6][..]),
        (&[("state", "needs_you,failed")], &[4, 5, 6]),
        (&[("state", "needs_you"), ("state", "failed")], &[4, 5, 6]),
        (&[("state", "")], &[4, 3, 8, 2, 5, 1, 7, 6]),
        (&[("account", "other")], &[3, 5, 1, 7]),
        (&[("account", "nobody")], &[]),
        (&[("error", "source_missing")], &[5]),
        (&[("text", "FILM 7")], &[7]),
        (&[("text", " /DIR/2.mp ")], &[2]),
        (&[("text", "x1")], &[1]),
        (&[("text", "00000000000000000008")], &[8]),
        (&[("state", "failed"), ("account", "main")], &[6]),
        (&[("text", "film"), ("error", "hash_refused"), ("account", "other")], &[]),
    ] {
        assert_eq!(numbers(query), expected, "{query:?}");
    }
}

/// Counts are of all filters but the state; what a filter can be set to is of all rows.
#[test]
fn counts_are_of_every_state_whatever_state_is_asked_for() {
    let all = page(&[("state", "failed")]);
    assert_eq!((all.total, all.counts.values().sum::<usize>(), all.counts.len()), (2, 8, 9));
    assert_eq!(
        [RowState::Failed, RowState::Queued, RowState::InReview].map(|state| all.counts[&state]),
        [2, 2, 0]
    );
    let main = page(&[("account", "main")]);
    assert_eq!((main.total, main.counts[&RowState::Failed], main.counts[&RowState::Published]), (4, 1, 0));
    assert_eq!(main.accounts, BTreeSet::from(["main".into(), "other".into()]));
    assert_eq!(main.errors, BTreeSet::from(["hash_refused".into(), "source_missing".into()]));
}

#[test]
fn pages_follow_each_other_and_end() {
    let part = |offset: &str, limit: &str| numbers(&[("offset", offset), ("limit", limit)]);
    let pages = [part("0", "3"), part("3", "3"), part("6", "3"), part("9", "3")].concat();
    assert_eq!((pages, page(&[("limit", "1")]).total), (numbers(&[]), 8));
}

/// A field that does not fit is named, and what it may be.
#[test]
fn a_query_that_does_not_fit_names_its_field() {
    for (name, value, words) in [
        ("state", "broken", "state must be needs_you"),
        ("state", "failed,", ""),
        ("limit", "0", "limit must be 1 to 500"),
        ("limit", "501", "limit must be 1 to 500"),
        ("offset", "-1", "offset must be a number"),
        ("sort", "title", "there is state, account"),
    ] {
        let parsed = RowQuery::parse(&[(name.to_owned(), value.to_owned())]);
        let said = parsed.err().unwrap_or_default();
        assert!(said.starts_with(words) && said.is_empty() == words.is_empty(), "{name}={value}: {said}");
    }
}

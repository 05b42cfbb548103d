use super::*;
use app::ListedUpload;
use serde_json::json;
use std::time::{Duration, UNIX_EPOCH};

fn at(second: u64) -> Timestamp {
    (UNIX_EPOCH + Duration::from_secs(1_800_000_000 + second)).into()
}

/// A row as a list of the ledger makes it.
fn row(number: u8, state: &str, error: Option<&str>, second: u64) -> Row {
    let listed = json!({
        "upload_id": format!("{number:032x}"), "state": state, "object": "oss://videos/a.mp4", "account": "main", "error": error,
        "at": at(second),
    });
    let listed: ListedUpload = serde_json::from_value(listed).unwrap();
    Row::from_listed(listed, false, false)
}

/// States and errors are counted, and a state that none is in counts 0. What has ended is not open, whatever it waits for.
#[test]
fn rows_are_counted_by_state_and_error() {
    let rows = [
        row(1, "committed", None, 1),
        row(2, "failed", Some("source_missing"), 2),
        row(3, "failed", Some("source_missing"), 3),
        row(4, "open", Some("source_denied"), 50),
        Row { rate: Some(700), ..row(5, "open", None, 40) },
        Row { rate: Some(300), ..row(6, "open", None, 60) },
    ];
    let figures = Figures::from_rows(rows.iter(), at(100));
    let count = |state| figures.uploads[&state];
    assert_eq!(figures.uploads.len(), RowState::ALL.len());
    assert_eq!(
        [RowState::Published, RowState::Failed, RowState::NeedsYou, RowState::Queued].map(count),
        [1, 2, 1, 2]
    );
    assert_eq!(count(RowState::Cancelled), 0);
    let errors = [(RowState::Failed, "source_missing", 2), (RowState::NeedsYou, "source_denied", 1)]
        .map(|(state, error, count)| ((state, error.to_owned()), count));
    assert_eq!((figures.errors, figures.rate), (BTreeMap::from(errors), 1000));
    assert_eq!(figures.oldest_open, Some(at(40)));
}

/// An upload is open since it was reopened, if it was: what it failed of last week is over. Without open ones there is no age.
#[test]
fn an_upload_is_open_since_it_was_last_reopened() {
    let reopened = Row { begun: Some(at(1)), opened: Some(at(70)), ..row(1, "open", None, 90) };
    let figures = Figures::from_rows([&reopened, &row(2, "failed", None, 2)].into_iter(), at(100));
    assert_eq!(figures.oldest_open, Some(at(70)));
    // A clock that is behind makes no age of it.
    assert_eq!(Figures::from_rows([&reopened].into_iter(), at(50)).oldest_open, Some(at(50)));
    assert_eq!(Figures::from_rows([&row(2, "failed", None, 2)].into_iter(), at(100)).oldest_open, None);
}

//! Filters, counts and pages of rows.

use super::{row::Row, state::RowState};
use serde::Serialize;
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

/// Rows of a page where the query does not say.
const LIMIT: usize = 100;
/// Most rows of a page.
const MOST: usize = 500;

/// Which rows are asked for. An empty field asks for all.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct RowQuery {
    states: BTreeSet<RowState>,
    account: Option<String>,
    error: Option<String>,
    /// In lower case.
    text: Option<String>,
    offset: usize,
    limit: usize,
}

impl RowQuery {
    /// Reads the fields of a request's query.
    ///
    /// # Errors
    /// Names the field that does not fit.
    pub(crate) fn parse(fields: &[(String, String)]) -> Result<Self, &'static str> {
        let mut query = Self { limit: LIMIT, ..Self::default() };
        let some = |value: &str| Some(value.to_owned()).filter(|value| !value.is_empty());
        for (name, value) in fields {
            match name.as_str() {
                "state" => {
                    for word in value.split(',').filter(|word| !word.is_empty()) {
                        query.states.insert(parse_state(word)?);
                    }
                }
                "account" => query.account = some(value),
                "error" => query.error = some(value),
                "text" => query.text = some(&value.trim().to_lowercase()),
                "offset" => query.offset = value.parse().map_err(|_| "offset must be a number from 0 on")?,
                "limit" => {
                    let limit = value.parse().ok().filter(|limit| (1..=MOST).contains(limit));
                    query.limit = limit.ok_or("limit must be 1 to 500")?;
                }
                _ => return Err("there is state, account, error, text, offset and limit, and nothing else"),
            }
        }
        Ok(query)
    }

    /// Whether a row matches all but the states.
    fn matches(&self, row: &Row) -> bool {
        let is =
            |wanted: &Option<String>, value: Option<&str>| wanted.is_none() || wanted.as_deref() == value;
        let holds = |text: &str| {
            let texts = [
                row.title.as_deref(),
                Some(&row.object),
                Some(row.upload_id.as_str()),
                row.videoid.as_deref(),
            ];
            texts.into_iter().flatten().any(|field| field.to_lowercase().contains(text))
        };
        is(&self.account, Some(&row.account))
            && is(&self.error, row.error.as_deref())
            && self.text.as_deref().is_none_or(holds)
    }
}

fn parse_state(word: &str) -> Result<RowState, &'static str> {
    serde_json::from_value(word.into()).map_err(|_| {
        "state must be needs_you, queued, hashing, uploading, waiting, in_review, published, failed or cancelled"
    })
}

/// One page of the rows that match, and what a filter can be set to.
#[derive(Debug, Serialize)]
pub(crate) struct Page {
    /// How many rows match.
    pub(crate) total: usize,
    /// How many match all but the states, by state.
    pub(crate) counts: BTreeMap<RowState, usize>,
    /// The accounts of all rows.
    pub(crate) accounts: BTreeSet<String>,
    /// The error codes of all rows.
    pub(crate) errors: BTreeSet<String>,
    /// The rows of this page.
    pub(crate) rows: Vec<Row>,
}

impl Page {
    /// Picks a page: what waits for a person, then what moves, then what will, then what ended; the latest first.
    pub(super) fn new<'a>(all: impl Iterator<Item = &'a Row>, query: &RowQuery) -> Self {
        let mut counts: BTreeMap<_, _> = RowState::ALL.into_iter().map(|state| (state, 0)).collect();
        let (mut accounts, mut errors) = (BTreeSet::new(), BTreeSet::new());
        let mut matching = Vec::new();
        for row in all {
            if !accounts.contains(&row.account) {
                accounts.insert(row.account.clone());
            }
            if let Some(error) = row.error.as_ref().filter(|error| !errors.contains(*error)) {
                errors.insert(error.clone());
            }
            if query.matches(row) {
                *counts.entry(row.state).or_default() += 1;
                if query.states.is_empty() || query.states.contains(&row.state) {
                    matching.push(row);
                }
            }
        }
        matching.sort_by_key(|row| (row.state.rank(), Reverse(row.sort_time()), &row.upload_id));
        let rows = matching.iter().skip(query.offset).take(query.limit);
        Self {
            total: matching.len(),
            counts,
            accounts,
            errors,
            rows: rows.map(|row| Row::clone(row)).collect(),
        }
    }
}

#[cfg(test)]
mod tests;

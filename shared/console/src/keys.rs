//! `GET /console/keys?rule=&prefix=&after=`: the videos in a rule's bucket, a page at a time.

use crate::{
    Backend, Language, Obstacle,
    query::{Fields, invalid_query},
    response::error_response,
    shared::Shared,
};
use app::{
    core::{Location, ledger::Timestamp, rules::VIDEO_EXTENSIONS},
    report_missing_bucket,
};
use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use std::sync::Arc;

/// Keys of a page, as far as the store lists them.
const PAGE: usize = 200;

#[derive(Serialize)]
struct Keys {
    rules: Vec<RulePlace>,
    keys: Vec<ListedKey>,
    /// Where the next page begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

#[derive(Serialize)]
struct RulePlace {
    place: String,
    account: String,
}

#[derive(Serialize)]
struct ListedKey {
    key: String,
    object: String,
    size: u64,
    modified: Timestamp,
}

/// Lists the rules, and, where one is named by its number from 0, the videos below its place.
pub(crate) async fn list_keys(State(shared): State<Arc<Shared>>, Fields(fields): Fields) -> Response {
    let Backend::Ledger(app) = &shared.backend else {
        let text = "the rules are those of the function: name an object";
        return error_response(StatusCode::NOT_FOUND, "not_here", text);
    };
    let (mut rule, mut prefix, mut after, mut language) =
        (None, String::new(), None, shared.settings.language);
    for (name, value) in fields {
        match (name.as_str(), Language::parse(&value), value.parse()) {
            ("rule", _, Ok(number)) => rule = Some(number),
            ("prefix", ..) => prefix = value,
            ("after", ..) => after = Some(value),
            ("lang", Some(named), _) => language = named,
            _ => return invalid_query("there are rule (a number), prefix, after and lang (zh or en)"),
        }
    }
    let settings = app.settings();
    let places: Vec<_> = settings
        .rules
        .iter()
        .map(|rule| {
            let (provider, bucket, key) =
                (settings.source.provider, rule.bucket.clone(), rule.prefix.clone());
            (Location { provider, bucket, key, region: None }, rule.account.clone())
        })
        .collect();
    let describe = |(location, account): &(Location, String)| RulePlace {
        place: location.to_string(),
        account: account.clone(),
    };
    let rules = places.iter().map(describe).collect();
    let Some((place, _)) = rule.and_then(|rule: usize| places.get(rule)) else {
        return Json(Keys { rules, keys: Vec::new(), next: None }).into_response();
    };
    let place = Location { key: format!("{}{prefix}", place.key), ..place.clone() };
    let page = match app.source(None).list(&place, after.as_deref()).await {
        Ok(page) => page,
        Err(error) => {
            let error = report_missing_bucket(&place, error);
            tracing::warn!(?error, code = error.kind().code(), "the bucket could not be listed");
            let Obstacle { error, message, .. } = shared.advisor.describe(&error, language);
            return error_response(StatusCode::BAD_GATEWAY, error, &message);
        }
    };
    let rest = page.entries.get(PAGE - 1).filter(|_| page.entries.len() > PAGE);
    let next = rest.map(|entry| entry.key.clone()).or(page.next);
    let entries = page.entries.into_iter().take(PAGE).filter(|entry| is_video(&entry.key) && entry.size > 0);
    let keys = entries.map(|entry| ListedKey {
        object: Location { key: entry.key.clone(), ..place.clone() }.to_string(),
        key: entry.key,
        size: entry.size,
        modified: entry.modified.into(),
    });
    Json(Keys { rules, keys: keys.collect(), next }).into_response()
}

fn is_video(key: &str) -> bool {
    let extension = key.rsplit_once('.').map_or("", |(_, extension)| extension);
    VIDEO_EXTENSIONS.iter().any(|known| known.eq_ignore_ascii_case(extension))
}

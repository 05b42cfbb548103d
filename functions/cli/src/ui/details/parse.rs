//! How a text of an error is composed: `message (fact, fact)`, `Operation: message`, `message: cause`, `place problem`.
//!
//! Each form is looked for at one place or with a look-up in the catalogue alone, so that a text of any shape costs little.

use super::{
    callbacks, commands, facts, http_api, ledger, others, settings, storage, system,
    template::{Template, Text, ValueKind},
    upload, videos, youku,
};
use std::{collections::HashMap, sync::LazyLock};

/// Every table of the catalogue.
const TABLES: [&[Text]; 10] = [
    storage::TEXTS,
    youku::TEXTS,
    ledger::TEXTS,
    upload::TEXTS,
    videos::TEXTS,
    settings::TEXTS,
    callbacks::TEXTS,
    http_api::TEXTS,
    commands::TEXTS,
    others::TEXTS,
];

struct Catalogue {
    whole: HashMap<&'static str, &'static str>,
    /// Those that fix most of a text stand first.
    templates: Vec<Template>,
}

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    let mut catalogue = Catalogue { whole: HashMap::new(), templates: Vec::new() };
    for (en, zh) in TABLES.into_iter().flatten() {
        match Template::parse(en, zh) {
            Some(template) => catalogue.templates.push(template),
            None => {
                catalogue.whole.insert(en, zh);
            }
        }
    }
    catalogue.templates.sort_by_key(|template| std::cmp::Reverse(template.fixed()));
    catalogue
});

/// Longest text that is looked at, in bytes: ours are shorter, whatever key they name.
const MAX_TEXT: usize = 4096;
/// Longest message that facts can follow, in bytes.
const MAX_MESSAGE: usize = 512;
/// Where the problem of a video's metadata stands: `sidecar tags[0] has the wrong type`.
const PLACES: [&str; 2] = ["sidecar ", "youku-"];

/// Translates a text. `None`: it is not known.
pub(super) fn translate(text: &str) -> Option<String> {
    if text.len() > MAX_TEXT {
        return None;
    }
    find_whole(text)
        // A template would take the system's words for its value.
        .or_else(|| text.ends_with(')').then(|| system::translate(text, translate_or_keep))?)
        .or_else(|| find_template(text))
        .or_else(|| split_call(text))
        .or_else(|| split_cause(text))
        .or_else(|| split_place(text))
        .or_else(|| split_facts(text))
        .or_else(|| system::translate(text, translate_or_keep))
}

/// Translates a text into Chinese where it is known.
pub(crate) fn translate_or_keep(text: &str) -> String {
    translate(text).unwrap_or_else(|| text.to_owned())
}

/// Translates texts that are joined by semicolons, which a text may hold itself: each ends where it is known.
pub(super) fn translate_list(texts: &str) -> String {
    let mut ends = texts.match_indices("; ");
    let first = ends.find_map(|(at, joint)| Some((translate(&texts[..at])?, &texts[at + joint.len()..])));
    match first {
        Some((first, rest)) => format!("{first}；{}", translate_list(rest)),
        None => translate_or_keep(texts),
    }
}

fn find_whole(text: &str) -> Option<String> {
    CATALOGUE.whole.get(text).map(|zh| (*zh).to_owned())
}

fn find_template(text: &str) -> Option<String> {
    CATALOGUE.templates.iter().find_map(|template| {
        let values = template.find_values(text)?.into_iter().map(|(kind, value)| match kind {
            ValueKind::Verbatim => Some(value.to_owned()),
            ValueKind::Text => Some(translate_or_keep(value)),
            ValueKind::KnownText => translate(value),
        });
        Some(template.fill(&values.collect::<Option<Vec<_>>>()?))
    })
}

/// The name of a failed call at the start of a text, and the rest: `HeadObject: ...`, `Youku create: ...`.
fn find_call(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = text.split_once(": ")?;
    let bare = name.strip_prefix("Youku ").unwrap_or(name);
    let begins = bare.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic());
    let is_name = begins && bare.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_name.then_some((name, rest))
}

/// Whether a text begins with the name of a call.
pub(super) fn is_call(text: &str) -> bool {
    find_call(text).is_some()
}

fn split_call(text: &str) -> Option<String> {
    let (name, rest) = find_call(text)?;
    // A call within a call is none of ours.
    let rest = if is_call(rest) { None } else { translate(rest) }?;
    Some(match name.strip_prefix("Youku ") {
        Some(operation) => format!("优酷 {operation}：{rest}"),
        None => format!("{name}：{rest}"),
    })
}

/// `message: cause`, where the message is known and the cause may be another program's.
fn split_cause(text: &str) -> Option<String> {
    let mut ends = text.match_indices(": ").take_while(|(at, _)| *at <= MAX_MESSAGE);
    ends.find_map(|(at, joint)| {
        let message = find_whole(&text[..at])?;
        Some(format!("{message}：{}", translate_or_keep(&text[at + joint.len()..])))
    })
}

fn split_place(text: &str) -> Option<String> {
    if !PLACES.iter().any(|place| text.starts_with(place)) {
        return None;
    }
    let mut ends = text.match_indices(' ').take_while(|(at, _)| *at <= MAX_MESSAGE);
    ends.find_map(|(at, joint)| {
        let problem = &text[at + joint.len()..];
        let problem = find_whole(problem).or_else(|| find_template(problem))?;
        let place = text[..at].replacen("sidecar", "旁边的文件", 1);
        Some(format!("{place} {problem}"))
    })
}

fn split_facts(text: &str) -> Option<String> {
    let inside = text.strip_suffix(')')?;
    let mut starts = inside.match_indices(" (").take_while(|(at, _)| *at <= MAX_MESSAGE);
    starts.find_map(|(at, joint)| {
        let head = &text[..at];
        let message = find_whole(head).or_else(|| find_template(head))?;
        Some(message + &facts::translate_list(&inside[at + joint.len()..], translate_or_keep))
    })
}

//! A digest in one language: every text chosen, escaped and cut, ready for any format.

use crate::{
    digest::{Digest, Event, Line},
    text::{cut, escape, plain, safe_link},
    vendor::Language,
    wording,
};
use serde::Serialize;

const SOURCE_BYTES: usize = 60;
const TITLE_BYTES: usize = 240;
const ADVICE_BYTES: usize = 360;

/// What a body shows.
#[derive(Debug)]
pub(crate) struct View {
    /// Source and counts.
    pub(crate) heading: String,
    pub(crate) lines: Vec<LineView>,
    /// "and 37 more".
    pub(crate) more: Option<String>,
    /// The word that the robot's owner demands in each message.
    pub(crate) keyword: Option<String>,
    pub(crate) tone: Tone,
}

/// What a line shows.
#[derive(Debug)]
pub(crate) struct LineView {
    pub(crate) label: &'static str,
    pub(crate) tone: Tone,
    pub(crate) title: String,
    pub(crate) link: Option<String>,
    /// With the colon before it.
    pub(crate) advice: String,
}

/// How bad it is, which a color shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// Neither good nor bad.
    Neutral,
    /// Something succeeded.
    Good,
    /// A person is needed.
    Warning,
    /// Something failed.
    Bad,
}

fn tone(event: Event) -> Tone {
    match event {
        Event::Failed | Event::VideoRejected => Tone::Bad,
        Event::NeedsYou | Event::TokenExpiring => Tone::Warning,
        Event::Published | Event::VideoReady => Tone::Good,
    }
}

impl View {
    /// The view with the digest's first `shown` lines.
    pub(crate) fn new(digest: &Digest, language: Language, keyword: Option<&str>, shown: usize) -> Self {
        let summary = wording::summary(digest, language);
        let lines: Vec<_> =
            digest.lines().iter().take(shown).map(|line| LineView::new(line, language)).collect();
        let hidden = digest.total().saturating_sub(lines.len() as u64);
        let counted = Event::ALL.into_iter().filter(|event| digest.count_of(*event) > 0);
        Self {
            heading: format!("{}{}{summary}", plain(&digest.source, SOURCE_BYTES), language.colon()),
            // Counts that have no lines at all are in the heading already.
            more: (hidden > 0 && !digest.lines().is_empty()).then(|| wording::more(hidden, language)),
            lines,
            keyword: keyword.map(str::to_owned),
            tone: counted.map(tone).max().unwrap_or(Tone::Neutral),
        }
    }
}

impl LineView {
    fn new(line: &Line, language: Language) -> Self {
        let advice = line.advice.as_ref().map(|advice| escape(advice.in_language(language)));
        let advice = advice.filter(|text| !text.is_empty());
        let title = plain(&line.title, TITLE_BYTES);
        Self {
            label: wording::label(line.event, language),
            tone: tone(line.event),
            // A link needs something to show.
            title: if title.is_empty() { "…".to_owned() } else { title },
            link: line.link.as_deref().and_then(safe_link),
            advice: advice
                .map(|text| format!("{}{}", language.colon(), cut(text, ADVICE_BYTES)))
                .unwrap_or_default(),
        }
    }

    /// The title as Markdown has links, if it has one.
    pub(crate) fn markdown_title(&self) -> String {
        match &self.link {
            Some(link) => format!("[{}]({link})", self.title),
            None => self.title.clone(),
        }
    }
}

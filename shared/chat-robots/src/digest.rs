//! What is to be told: counts, and the lines that matter most.

/// The most lines of a digest; the rest is counted.
pub const MAX_LINES: usize = 10;

/// What happened. The order is that of the lines: first what needs a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Event {
    /// An upload waits for a person.
    NeedsYou,
    /// An upload failed.
    Failed,
    /// A published video was rejected or taken down.
    VideoRejected,
    /// An account's access token expires soon.
    TokenExpiring,
    /// A video was published.
    Published,
    /// A published video can be watched.
    VideoReady,
}

impl Event {
    /// Every event, in the order of the lines.
    pub const ALL: [Self; 6] = [
        Self::NeedsYou,
        Self::Failed,
        Self::VideoRejected,
        Self::TokenExpiring,
        Self::Published,
        Self::VideoReady,
    ];

    /// A stable word, as `needs_you`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NeedsYou => "needs_you",
            Self::Failed => "failed",
            Self::VideoRejected => "video_rejected",
            Self::TokenExpiring => "token_expiring",
            Self::Published => "published",
            Self::VideoReady => "video_ready",
        }
    }
}

/// A sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    /// In English.
    pub english: String,
    /// In Chinese.
    pub chinese: String,
}

/// One thing that happened. Its texts may come from strangers: they are escaped and cut when a body is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub(crate) event: Event,
    pub(crate) title: String,
    pub(crate) link: Option<String>,
    pub(crate) advice: Option<Phrase>,
}

impl Line {
    /// A line with the video's title, the file's or the account's name.
    #[must_use]
    pub fn new(event: Event, title: impl Into<String>) -> Self {
        Self { event, title: title.into(), link: None, advice: None }
    }

    /// Makes the title a link, as to the video at Youku. A link is left out if it is not `http` or `https`, names a user, or has more than 300 bytes.
    #[must_use]
    pub fn with_link(mut self, link: impl Into<String>) -> Self {
        self.link = Some(link.into());
        self
    }

    /// Adds why it is so, and the way out; at most 360 bytes of it are shown.
    #[must_use]
    pub fn with_advice(mut self, english: impl Into<String>, chinese: impl Into<String>) -> Self {
        self.advice = Some(Phrase { english: english.into(), chinese: chinese.into() });
        self
    }
}

/// A digest: how often each event happened, and up to [`MAX_LINES`] lines. It keeps no more of them, however many are added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    pub(crate) source: String,
    pub(crate) is_test: bool,
    counts: [u64; Event::ALL.len()],
    lines: Vec<Line>,
}

impl Digest {
    /// An empty digest that says it comes from `source`, of which at most 60 bytes are shown.
    #[must_use]
    pub fn new(source: impl Into<String>) -> Self {
        Self { source: source.into(), is_test: false, counts: Default::default(), lines: Vec::new() }
    }

    /// A message that only shows that the robot can be reached.
    #[must_use]
    pub fn test(source: impl Into<String>) -> Self {
        Self { is_test: true, ..Self::new(source) }
    }

    /// Counts a line's event and keeps the line, if it is among the ten that matter most: in the order of [`Event::ALL`], then in that of
    /// their adding.
    pub fn add(&mut self, line: Line) {
        self.count(line.event, 1);
        let at = self.lines.partition_point(|known| known.event <= line.event);
        if at < MAX_LINES {
            self.lines.insert(at, line);
            self.lines.truncate(MAX_LINES);
        }
    }

    /// Counts events of which no more is known.
    pub fn count(&mut self, event: Event, times: u64) {
        let count = &mut self.counts[event as usize];
        *count = count.saturating_add(times);
    }

    /// How often an event was counted.
    #[must_use]
    pub fn count_of(&self, event: Event) -> u64 {
        self.counts[event as usize]
    }

    /// All events that were counted.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.counts.iter().fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// Whether there is nothing to tell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.total() == 0 && !self.is_test
    }

    pub(crate) fn lines(&self) -> &[Line] {
        &self.lines
    }
}

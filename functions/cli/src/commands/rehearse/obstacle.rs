//! Why a fact could not be tried.

use super::text::{Text, text};
use crate::ui::details::{describe, localize, localize_io};
use app::{core, storage, youku};
use std::io;

/// Why a fact could not be tried, or its trial came to no answer.
#[derive(Debug)]
pub(super) enum Obstacle {
    /// Ctrl-C.
    Stopped,
    /// The rehearsal's own bound.
    CallsUsedUp,
    /// Youku's bound.
    RateLimited,
    Youku(youku::Error),
    Store(storage::Error),
    App(core::Error),
    Record(io::Error),
    /// It does not apply here.
    NotHere(Text),
    /// Something that it rests on did not come about.
    Other(Text),
}

impl From<storage::Error> for Obstacle {
    fn from(error: storage::Error) -> Self {
        Self::Store(error)
    }
}

impl From<core::Error> for Obstacle {
    fn from(error: core::Error) -> Self {
        Self::App(error)
    }
}

impl From<io::Error> for Obstacle {
    fn from(error: io::Error) -> Self {
        Self::Record(error)
    }
}

impl Obstacle {
    /// Whether trying again, or other settings, could help.
    pub(super) fn is_failure(&self) -> bool {
        !matches!(self, Self::NotHere(_))
    }

    /// The reason: what follows "could not be tried, because".
    pub(super) fn describe(&self) -> Text {
        match self {
            Self::Stopped => text!("a signal stopped the rehearsal", "预演被信号停止"),
            Self::CallsUsedUp => {
                text!("the calls that a rehearsal makes at most are used up", "一次预演的调用次数已用完")
            }
            Self::RateLimited => text!("Youku's call limit is used up", "优酷的调用次数已用完"),
            Self::Youku(error) => Text::make(|| localize(&error.to_string()).into_owned()),
            Self::Store(error) => Text::make(|| localize(&error.to_string()).into_owned()),
            Self::App(error) => Text::make(|| describe(error).text),
            Self::Record(error) => {
                let why = Text::make(|| localize_io(error));
                let Text { en, zh } = why;
                text!("the record of the rehearsal cannot be written: {en}", "无法写入预演记录：{zh}")
            }
            Self::NotHere(why) | Self::Other(why) => why.clone(),
        }
    }
}

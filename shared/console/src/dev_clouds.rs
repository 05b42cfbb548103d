//! What only `oss2youku dev` has: local clouds that can be made to fail, and the videos that the local Youku holds.

use crate::Language;
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};

/// The local clouds behind the page.
pub trait DevClouds: Send + Sync + 'static {
    /// Whether a fault lasts now.
    fn is_on(&self, fault: Fault) -> bool;

    /// Says what a fault is.
    fn describe(&self, fault: Fault, language: Language) -> FaultWords;

    /// Begins or ends a fault; one that happens [at once](Fault::lasts) happens now.
    fn switch(&self, fault: Fault, on: bool) -> BoxFuture<'_, ()>;

    /// Where the bytes of a video are served, with ranges: an address of this machine.
    fn video_url(&self, video_id: &str) -> String;
}

/// A fault in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct FaultWords {
    /// What a switch of it is called.
    pub name: &'static str,
    /// What goes wrong, and how uploads recover.
    pub what: &'static str,
}

/// Something that goes wrong on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The function's process is killed, as by the platform; the next event or the timer starts another.
    KillFunction,
    /// Every account's access token expires at Youku.
    ExpireToken,
    /// The link to Youku passes 256 KiB a second.
    SlowLink,
    /// Youku's API answers 503.
    YoukuUnavailable,
}

impl Fault {
    /// Every fault, in the order of the page.
    pub const ALL: [Self; 4] =
        [Self::KillFunction, Self::ExpireToken, Self::SlowLink, Self::YoukuUnavailable];

    /// Whether it lasts until it is ended, rather than happening once.
    #[must_use]
    pub fn lasts(self) -> bool {
        matches!(self, Self::SlowLink | Self::YoukuUnavailable)
    }
}

//! On which of Youku's two hosts a call lives.
//!
//! Nobody states it for every call (management sheet, hosts): the newer host is asked first, the older one where the newer answers 404
//! without an error of Youku's own. What was found holds for the process.

use crate::error::{self, Details, Error, ErrorKind};
use crate::http::{operation::Operation, response::Response};
use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
};

/// A call whose host has to be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostedCall {
    /// `videos/show`.
    Show,
    /// `videos/show_batch`.
    ShowBatch,
    /// `videos/by_me`.
    ByMe,
    /// `videos/update`.
    Update,
    /// `videos/destroy`.
    Destroy,
}

/// Base URLs of single calls, in place of looking for their host; a closing slash is ignored.
#[derive(Debug, Clone, Default)]
pub struct CallUrls {
    /// Of `videos/show`.
    pub show: Option<String>,
    /// Of `videos/show_batch`.
    pub show_batch: Option<String>,
    /// Of `videos/by_me`.
    pub by_me: Option<String>,
    /// Of `videos/update`.
    pub update: Option<String>,
    /// Of `videos/destroy`.
    pub destroy: Option<String>,
}

impl CallUrls {
    fn get(&self, call: HostedCall) -> Option<&str> {
        match call {
            HostedCall::Show => self.show.as_deref(),
            HostedCall::ShowBatch => self.show_batch.as_deref(),
            HostedCall::ByMe => self.by_me.as_deref(),
            HostedCall::Update => self.update.as_deref(),
            HostedCall::Destroy => self.destroy.as_deref(),
        }
    }
}

impl CallUrls {
    /// The same base URL for every call.
    pub(crate) fn all_at(base: &str) -> Self {
        let url = || Some(base.to_owned());
        Self { show: url(), show_batch: url(), by_me: url(), update: url(), destroy: url() }
    }
}

impl HostedCall {
    /// Every one of them.
    pub const ALL: [Self; 5] = [Self::Show, Self::ShowBatch, Self::ByMe, Self::Update, Self::Destroy];

    /// Its path, as Youku's documentation names it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Show => "videos/show",
            Self::ShowBatch => "videos/show_batch",
            Self::ByMe => "videos/by_me",
            Self::Update => "videos/update",
            Self::Destroy => "videos/destroy",
        }
    }

    pub(crate) fn operation(self) -> Operation {
        match self {
            Self::Show => Operation::Show,
            Self::ShowBatch => Operation::ShowBatch,
            Self::ByMe => Operation::ByMe,
            Self::Update => Operation::Update,
            Self::Destroy => Operation::Destroy,
        }
    }
}

/// One of the two hosts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeldHost {
    /// That of [`Config::api`](crate::Config::api).
    New,
    /// That of [`Config::old_api`](crate::Config::old_api).
    Old,
}

/// Where a call lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FoundHost {
    /// At [`Config::api`](crate::Config::api).
    New,
    /// At [`Config::old_api`](crate::Config::old_api).
    Old,
    /// At its own of [`Config::call_urls`](crate::Config::call_urls).
    Stated,
}

const NEW: u8 = 1;
const OLD: u8 = 2;

/// Where calls were found. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hosts(Arc<[AtomicU8; HostedCall::ALL.len()]>);

impl Hosts {
    fn slot(&self, call: HostedCall) -> &AtomicU8 {
        &self.0[call as usize]
    }

    /// Where a call was found, or is stated to be.
    pub(crate) fn found(&self, call: HostedCall, bases: &Bases<'_>) -> Option<FoundHost> {
        match (bases.urls.get(call), self.slot(call).load(Ordering::Relaxed)) {
            (Some(_), _) => Some(FoundHost::Stated),
            (None, NEW) => Some(FoundHost::New),
            (None, OLD) => Some(FoundHost::Old),
            _ => None,
        }
    }

    /// Makes a call where it lives. `ask` sends it to a base URL.
    ///
    /// # Errors
    /// Those of the call; one that [`is_missing`] where no host has it.
    pub(crate) async fn call<'a, F, Fut>(
        &self,
        call: HostedCall,
        bases: &Bases<'a>,
        ask: F,
    ) -> Result<Response, Error>
    where
        F: Fn(&'a str) -> Fut,
        Fut: Future<Output = Result<Response, Error>>,
    {
        if let Some(stated) = bases.urls.get(call) {
            return ask(stated).await.map_err(|error| name_missing(call, error));
        }
        let slot = self.slot(call);
        let known_old = slot.load(Ordering::Relaxed) == OLD;
        let hosts = [(bases.new, NEW), (bases.old, OLD)];
        let order = if known_old { [hosts[1], hosts[0]] } else { hosts };
        let mut missing = None;
        for (base, host) in order {
            match ask(base).await {
                Err(error) if is_missing(&error) => missing = Some(error),
                answer => {
                    // A host that cannot be reached proves nothing.
                    if answer.as_ref().map_or_else(|error| error.details().code.is_some(), |_| true) {
                        slot.store(host, Ordering::Relaxed);
                    }
                    return answer;
                }
            }
        }
        slot.store(0, Ordering::Relaxed);
        Err(missing.map_or_else(|| no_host(call), |error| name_missing(call, error)))
    }
}

/// The base URLs that a client may ask.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bases<'a> {
    pub(crate) new: &'a str,
    pub(crate) old: &'a str,
    pub(crate) urls: &'a CallUrls,
}

/// Whether a host does not have the call: a 404 without an error of Youku's own.
pub(crate) fn is_missing(error: &Error) -> bool {
    let Details { code, error_type, status, .. } = error.details();
    let bare = code.is_none() && error_type.is_none();
    bare && *status == Some(404) && error.kind() == ErrorKind::Refused
}

fn name_missing(call: HostedCall, error: Error) -> Error {
    if is_missing(&error) { no_host(call) } else { error }
}

fn no_host(call: HostedCall) -> Error {
    let details = Details { status: Some(404), ..Details::default() };
    error::from_kind(ErrorKind::Refused, call.operation())
        .with_details(details)
        .with_message("no host of Youku's has this call")
}

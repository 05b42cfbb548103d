//! Where Youku has the calls about videos, asked without changing anything.

use crate::application::App;
use futures_util::future::BoxFuture;
use object_storage::Credentials;
use upload_core::{Error, Watching};
use youku::{ErrorKind, FoundHost, HostedCall};

/// An id that no video has: Youku's begin with `X`.
const NO_VIDEO: &str = "0";

/// Where a call about videos lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallPlace {
    /// At `youku.api`.
    Api,
    /// At `youku.old_api`.
    OldApi,
    /// At its own address in `youku.call_urls`.
    Stated,
    /// On neither host.
    Missing,
    /// Youku did not answer.
    Unknown,
}

/// Where Youku has the calls about videos.
#[derive(Debug)]
pub struct VideoCalls {
    /// Each call that changes nothing, by its path.
    pub places: Vec<(&'static str, CallPlace)>,
    /// How videos are watched, by the ledger; `None` where none has been.
    pub watching: Option<Watching>,
}

impl VideoCalls {
    /// Whether many videos can be asked about in one call.
    #[must_use]
    pub fn has_batch(&self) -> bool {
        let batch = HostedCall::ShowBatch.as_str();
        !self.places.iter().any(|(call, place)| *call == batch && *place == CallPlace::Missing)
    }
}

impl App {
    /// Looks for the calls about videos on Youku's hosts, with questions about no video.
    ///
    /// # Errors
    /// [`Config`](upload_core::ErrorKind::Config) where the settings have no such account; whatever the ledger answers.
    pub fn find_video_calls<'a>(
        &'a self,
        account: &'a str,
        credentials: Option<Credentials>,
    ) -> BoxFuture<'a, Result<VideoCalls, Error>> {
        Box::pin(async move {
            let configured = self.account(account)?;
            let client = match &configured.tokens {
                None => configured.client.clone(),
                Some(tokens) => {
                    let ledger = self.ledger(credentials.clone()).await?;
                    configured.client.with_token(tokens.current(&ledger).await?)
                }
            };
            let mut places = Vec::new();
            for call in [HostedCall::Show, HostedCall::ShowBatch, HostedCall::ByMe] {
                let is_missing = match call {
                    HostedCall::ShowBatch => {
                        matches!(client.show_batch(&[NO_VIDEO.to_owned()]).await, Ok(None))
                    }
                    HostedCall::ByMe => matches!(client.own_videos(1, 1).await, Ok(None)),
                    _ => client.show(NO_VIDEO).await.is_err_and(|error| is_missing(&error)),
                };
                let place = match client.found_host(call) {
                    _ if is_missing => CallPlace::Missing,
                    Some(FoundHost::New) => CallPlace::Api,
                    Some(FoundHost::Old) => CallPlace::OldApi,
                    Some(FoundHost::Stated) => CallPlace::Stated,
                    None => CallPlace::Unknown,
                };
                places.push((call.as_str(), place));
            }
            let watching = match self.ledger_to_read(credentials).await? {
                Some(ledger) => ledger.watching(client.client_id()).await?,
                None => None,
            };
            Ok(VideoCalls { places, watching })
        })
    }
}

/// Whether no host has the call: a 404 without a code of Youku's own.
fn is_missing(error: &youku::Error) -> bool {
    let details = error.details();
    error.kind() == ErrorKind::Refused && details.status == Some(404) && details.code.is_none()
}

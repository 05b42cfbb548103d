//! What every trial uses: the account's client, the record, and the bounds.

use super::{
    observer::{KEPT_CALLS, Observer},
    obstacle::Obstacle,
    record::{Number, Record},
    targets::Targets,
    text::{Text, text},
    upload::OldKeys,
};
use crate::shutdown::Shutdown;
use app::{
    App,
    storage::Store,
    youku::{self, Client, Details, ErrorKind},
};

use std::{collections::BTreeSet, time::Duration};

/// No video has this id: Youku's begin with `X`.
const NO_VIDEO: &str = "0";
/// "System error": what was asked for may have happened all the same (management sheet, common to all v2 calls).
pub(super) const SYSTEM_ERROR: i64 = 1002;
/// Calls that most trials do with.
const FEW_CALLS: u32 = 4;
/// What is said of a setting that commit's answer alone speaks for.
pub(super) fn only_commit() -> Text {
    text!(
        "commit answered 200; whether Youku can play such a video was not seen",
        "commit 应答 200；未验证优酷能否播放此类视频"
    )
}

/// An answer of Youku's, a refusal included.
pub(super) type Judged<T> = Result<T, youku::Error>;

/// Who may watch the clips, as Youku says after the first commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Privacy {
    Unasked,
    /// Those who know the password.
    Password,
    /// Youku does not say it.
    Unstated,
    /// Others: nothing more is published.
    Broken,
}

/// Whether `by_me` lists a video.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Listed {
    /// By this id.
    As(String),
    No,
    /// No host has the call.
    Missing,
}

impl Listed {
    /// The id, where it is known.
    pub(super) fn id(self) -> Option<String> {
        match self {
            Self::As(id) => Some(id),
            Self::No | Self::Missing => None,
        }
    }
}

/// What every trial uses.
pub(super) struct Stage {
    pub(super) app: App,
    /// The account's client, or why there is none.
    client: Result<(Client, Observer), Text>,
    pub(super) record: Record,
    pub(super) shutdown: Shutdown,
    /// Published videos stay.
    pub(super) keeps: bool,
    /// Whether a video can be removed; `None`: not known yet.
    pub(super) can_remove: Option<bool>,
    /// An ordinary upload became a video in this run.
    pub(super) has_published: bool,
    /// Uploads whose `create` was not answered.
    pub(super) unanswered: u32,
    /// What Youku says of who may watch the clips.
    pub(super) privacy: Privacy,
    /// What else the command line names.
    pub(super) targets: Targets,
    /// How Youku refused a call for its limit.
    pub(super) rate_limit: Option<String>,
    /// Uploads that stay until the end of the run.
    pub(super) held: BTreeSet<Number>,
    /// The upload whose keys are waited for, once it is opened.
    pub(super) old_keys: Option<Result<OldKeys, Obstacle>>,
    /// Whether keys are waited for in this run.
    pub(super) waits_for_keys: bool,
    /// How long a minute is.
    pub(super) minute: Duration,
    /// The account of the settings.
    pub(super) account: String,
}

impl Stage {
    /// Connects as an account. Where that fails the facts about Youku cannot be tried, those about the store can.
    pub(super) async fn connect(
        app: App,
        account: &str,
        record: Record,
        shutdown: Shutdown,
        keeps: bool,
        most_calls: u32,
    ) -> Self {
        let mut observer = None;
        let watched = shutdown.clone();
        let client = app.observed_client(account, |inner| {
            let made = Observer::new(inner, watched, most_calls);
            observer = Some(made.clone());
            std::sync::Arc::new(made)
        });
        let client = client.await;
        let client = client.map_err(|error| Obstacle::App(error).describe()).and_then(|client| {
            let missing = || text!("the client was not made", "未能创建客户端");
            Ok((client, observer.ok_or_else(missing)?))
        });
        Self {
            app,
            client,
            record,
            shutdown,
            keeps,
            can_remove: None,
            has_published: false,
            unanswered: 0,
            privacy: Privacy::Unasked,
            targets: Targets::default(),
            rate_limit: None,
            held: BTreeSet::new(),
            old_keys: None,
            waits_for_keys: false,
            minute: Duration::from_secs(60),
            account: account.to_owned(),
        }
    }

    pub(super) fn client(&self) -> Result<Client, Obstacle> {
        match &self.client {
            Ok((client, _)) => Ok(client.clone()),
            Err(why) => Err(Obstacle::Other(why.clone())),
        }
    }

    pub(super) fn observer(&self) -> Result<Observer, Obstacle> {
        match &self.client {
            Ok((_, observer)) => Ok(observer.clone()),
            Err(why) => Err(Obstacle::Other(why.clone())),
        }
    }

    /// Makes calls from now on as this client, which sends through the same observer.
    pub(super) fn set_client(&mut self, client: Client) {
        if let Ok((known, _)) = &mut self.client {
            *known = client;
        }
    }

    /// Calls made to Youku's API.
    pub(super) fn calls(&self) -> u32 {
        self.client.as_ref().map_or(0, |(_, observer)| observer.calls())
    }

    /// The ledger's bucket and the prefix of what a rehearsal writes there.
    pub(super) fn ledger_bucket(&self) -> Result<(Store, String), Obstacle> {
        match self.app.ledger_store()? {
            Some((store, prefix)) => Ok((store, format!("{prefix}rehearsal/"))),
            None => Err(Obstacle::NotHere(text!(
                "the ledger is a folder, and no other bucket may be written",
                "台账是文件夹，而其他 bucket 不可写入"
            ))),
        }
    }

    /// Checks that a trial may begin which takes so many calls at most. Few will do for one that may take many: where they do not, it is
    /// ended, and what it made is removed with those that are kept for that.
    pub(super) fn check_calls(&self, most: u32) -> Result<(), Obstacle> {
        if self.shutdown.is_requested() {
            return Err(Obstacle::Stopped);
        }
        if most == 0 {
            return Ok(());
        }
        if self.rate_limit.is_some() {
            return Err(Obstacle::RateLimited);
        }
        if self.observer()?.calls_left() < KEPT_CALLS + most.min(FEW_CALLS) {
            return Err(Obstacle::CallsUsedUp);
        }
        Ok(())
    }

    /// Keeps answers of Youku's, refusals included, apart from failures that say nothing about a fact.
    pub(super) fn judge<T>(&mut self, result: Result<T, youku::Error>) -> Result<Judged<T>, Obstacle> {
        let Err(error) = result else { return Ok(result) };
        match error.kind() {
            ErrorKind::Refused if !decides(&error) => Err(Obstacle::Youku(error)),
            ErrorKind::UploadTokenExpired
            | ErrorKind::SliceHashMismatch
            | ErrorKind::FileHashMismatch
            | ErrorKind::NotFound
            | ErrorKind::Refused => Ok(Err(error)),
            ErrorKind::RateLimited => {
                self.rate_limit.get_or_insert_with(|| describe_rate_limit(&error));
                Err(Obstacle::RateLimited)
            }
            _ if self.shutdown.is_requested() => Err(Obstacle::Stopped),
            ErrorKind::Connection if self.observer()?.is_used_up() => Err(Obstacle::CallsUsedUp),
            _ => Err(Obstacle::Youku(error)),
        }
    }

    /// Takes an answer that only says what was expected: a refusal is an obstacle.
    pub(super) fn require<T>(&mut self, result: Result<T, youku::Error>) -> Result<T, Obstacle> {
        self.judge(result)?.map_err(Obstacle::Youku)
    }

    /// Checks, before the first video is published, that videos can be removed at all.
    pub(super) async fn require_removal(&mut self) -> Result<(), Obstacle> {
        if self.privacy == Privacy::Broken {
            return Err(Obstacle::Other(text!(
                "Youku did not keep a clip behind its password, and nothing more is published",
                "优酷没有用密码保护片段，因此不再发布"
            )));
        }
        if self.keeps {
            return Ok(());
        }
        if self.can_remove.is_none() {
            let answer = self.client()?.destroy(NO_VIDEO).await;
            let answer = self.judge(answer)?;
            // Any other refusal does not show that a video would be removed.
            self.can_remove =
                Some(answer.map_or_else(|error| error.kind() == ErrorKind::NotFound, |()| true));
        }
        match self.can_remove {
            Some(true) => Ok(()),
            _ => Err(Obstacle::Other(text!(
                "its video would stay: videos/destroy cannot be used; --keep publishes it all the same",
                "视频将无法删除：videos/destroy 不可用；加 --keep 则仍会发布"
            ))),
        }
    }
}

/// Whether no host has a call: a 404 without an error of Youku's own.
pub(super) fn is_missing(error: &youku::Error) -> bool {
    let Details { code, error_type, status, .. } = error.details();
    let is_bare = code.is_none() && error_type.is_none();
    error.kind() == ErrorKind::Refused && *status == Some(404) && is_bare
}

/// Whether a refusal says anything: a system error does not, nor a page of something between.
fn decides(error: &youku::Error) -> bool {
    is_missing(error) || error.details().code.is_some_and(|code| code != SYSTEM_ERROR)
}

/// The refusal of a call beyond Youku's limit: no page of Youku's says what it looks like.
fn describe_rate_limit(error: &youku::Error) -> String {
    let Details { code, status, .. } = error.details();
    let shown = |number: Option<String>| number.unwrap_or_else(|| "none".to_owned());
    let (code, status) = (code.map(|code| code.to_string()), status.map(|status| status.to_string()));
    format!("code {}, HTTP {}", shown(code), shown(status))
}

/// A refusal in short: its code where Youku names one, else its status.
pub(super) fn describe_refusal(error: &youku::Error) -> String {
    let details = error.details();
    match (details.code, details.status) {
        (Some(code), _) => code.to_string(),
        (None, Some(status)) => format!("HTTP {status}"),
        (None, None) => error.to_string(),
    }
}

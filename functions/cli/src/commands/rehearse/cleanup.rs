//! Removes what the record says was made: by this run, or by one that was killed. Nothing else is touched.

use super::{
    clip::is_own_title,
    obstacle::Obstacle,
    record::{Entry, Number},
    stage::{Judged, Listed, Privacy, SYSTEM_ERROR, Stage, is_missing},
    text::{Text, text},
};
use app::{
    storage::{self, MultipartId},
    youku::{self, ErrorKind, UploadTarget},
};
use futures_util::{StreamExt, stream};
use secrecy::SecretString;

/// Objects that are deleted at once.
const DELETIONS: usize = 16;

/// Something of a rehearsal that is still there.
#[derive(Debug)]
pub(super) struct Left {
    /// What it is.
    pub(super) what: Text,
    /// Why it was not removed; `None`: it was to stay.
    pub(super) why: Option<Text>,
}

/// Removes everything from number `first` on that can be removed, but for published videos where they are kept, and returns what is left.
pub(super) async fn clean(stage: &mut Stage, first: Number) -> Vec<Left> {
    if let Ok(observer) = stage.observer() {
        observer.set_cleaning(true);
    }
    let (mut left, mut ended) = (Vec::new(), None);
    for entries in stage.record.list_left() {
        let thing = Thing::from_entries(&entries);
        // At the end everything is removed.
        if thing.n < first || (first > 0 && stage.held.contains(&thing.n)) {
            continue;
        }
        if stage.keeps && thing.may_be_video() && stage.privacy != Privacy::Broken {
            left.push(Left { what: thing.describe(), why: None });
            continue;
        }
        if let Some(why) = ended.clone().filter(|_| thing.bucket.is_none()) {
            left.push(Left { what: thing.describe(), why: Some(why) });
            continue;
        }
        let removed = thing.remove(stage).await.and_then(|()| {
            let n = thing.n;
            Ok(stage.record.append(Entry::Gone { n })?)
        });
        if thing.is_unanswered() && removed.is_ok() {
            stage.unanswered += 1;
        }
        if let Err(obstacle) = removed {
            ended = ended.or_else(|| ends_all(&obstacle).then(|| obstacle.describe()));
            left.push(Left { what: thing.describe(), why: Some(obstacle.describe()) });
        }
    }
    if let Ok(observer) = stage.observer() {
        observer.set_cleaning(false);
    }
    left
}

/// Whether what kept one thing from being removed keeps all the others as well.
fn ends_all(obstacle: &Obstacle) -> bool {
    match obstacle {
        Obstacle::RateLimited | Obstacle::CallsUsedUp => true,
        Obstacle::Youku(error) => error.kind() == ErrorKind::TimedOut,
        _ => false,
    }
}

/// What the entries of one number say.
#[derive(Debug, Default)]
struct Thing {
    n: Number,
    title: Option<String>,
    upload_token: Option<SecretString>,
    video_id: Option<String>,
    target: Option<UploadTarget>,
    server: Option<String>,
    multipart: Option<String>,
    /// A commit was called, and not refused.
    is_committed: bool,
    /// A commit succeeded.
    is_published: bool,
    bucket: Option<String>,
    keys: Vec<String>,
    opened: Vec<(String, String)>,
}

impl Thing {
    fn from_entries(entries: &[Entry]) -> Self {
        let mut thing = Self::default();
        for entry in entries {
            thing.n = entry.number();
            match entry.clone() {
                Entry::Creating { title, .. } => thing.title = Some(title),
                Entry::Served { address, .. } => thing.server = Some(address),
                Entry::Created { upload_token, video_id, target, server, .. } => {
                    thing.upload_token = Some(upload_token.into());
                    thing.video_id = video_id;
                    thing.target =
                        target.map(|[endpoint, bucket, object]| UploadTarget { endpoint, bucket, object });
                    thing.server = server;
                }
                Entry::Initiated { multipart, .. } => thing.multipart = Some(multipart),
                Entry::Completed { .. } => thing.multipart = None,
                Entry::Committing { .. } => thing.is_committed = true,
                Entry::Committed { .. } => (thing.is_committed, thing.is_published) = (true, true),
                Entry::Refused { .. } => thing.is_committed = false,
                Entry::Named { video_id, .. } => {
                    thing.video_id = Some(video_id);
                    (thing.is_committed, thing.is_published) = (true, true);
                }
                Entry::Putting { bucket, keys, .. } => {
                    thing.bucket = Some(bucket);
                    thing.keys.extend(keys);
                }
                Entry::Opened { bucket, key, multipart, .. } => {
                    thing.bucket = Some(bucket);
                    thing.opened.push((key, multipart));
                }
                Entry::Gone { .. } => {}
            }
        }
        thing
    }

    fn may_be_video(&self) -> bool {
        self.is_committed
    }

    /// Whether `create` was called and no answer of it is known.
    fn is_unanswered(&self) -> bool {
        self.title.is_some() && self.upload_token.is_none()
    }

    fn describe(&self) -> Text {
        let title = self.title.as_deref().unwrap_or_default();
        match (&self.video_id, &self.bucket) {
            (Some(id), _) if self.is_committed && title.is_empty() => text!("the video {id}", "视频 {id}"),
            (Some(id), _) if self.is_committed => {
                text!("the video {id}, {title}", "视频 {id}，{title}")
            }
            (_, Some(bucket)) if self.keys.is_empty() => {
                let key = self.opened.first().map(|(key, _)| key.as_str()).unwrap_or_default();
                text!("an upload of {key} to {bucket}", "{bucket} 中 {key} 的分片上传")
            }
            (_, Some(bucket)) => {
                let count = self.keys.len();
                let first = self.keys.first().map(String::as_str).unwrap_or_default();
                text!(
                    "{count} objects of {bucket}, the first {first}",
                    "{bucket} 中的 {count} 个对象，第一个为 {first}"
                )
            }
            _ => text!("the upload of {title}", "{title} 的上传"),
        }
    }

    async fn remove(&self, stage: &mut Stage) -> Result<(), Obstacle> {
        if self.bucket.is_some() {
            return self.remove_objects(stage).await;
        }
        if self.is_committed {
            return self.remove_video(stage).await;
        }
        self.cancel(stage).await?.map_or_else(|error| Err(Obstacle::Youku(error)), Ok)
    }

    /// Ends the upload. Of refusals only those are an end which say that Youku does not know the upload any more.
    async fn cancel(&self, stage: &mut Stage) -> Result<Judged<()>, Obstacle> {
        // Without the answer of create there is no token to cancel with, and nothing can ever be committed with it.
        let Some(token) = &self.upload_token else { return Ok(Ok(())) };
        self.abort_multipart(stage, token).await;
        let server = self.server.as_deref().filter(|_| self.target.is_none());
        let cancelled = stage.client()?.cancel(token, server).await;
        Ok(match stage.judge(cancelled)? {
            Err(error) if !is_over(&error) => Err(error),
            // A commit may have gone through: then that the upload is over is no news.
            Err(error) if self.is_committed && self.video_id.is_none() => Err(error),
            _ => Ok(()),
        })
    }

    /// Removes the video that there is, or may be: a refused cancel alone proves nothing of it.
    async fn remove_video(&self, stage: &mut Stage) -> Result<(), Obstacle> {
        let id = match &self.video_id {
            Some(id) => Some(id.clone()),
            None => match stage.find_by_title(self.own_title()?).await? {
                Listed::As(id) => Some(id),
                Listed::No if !self.is_published => None,
                Listed::No | Listed::Missing => {
                    // Others would stay as well.
                    stage.can_remove = Some(false);
                    return Err(is_unnamed());
                }
            },
        };
        if let Some(id) = id {
            if self.video_id.is_none() {
                stage.record.append(Entry::Named { n: self.n, video_id: id.clone() })?;
            }
            if destroy(stage, &id).await? {
                return Ok(());
            }
            if !is_absent(stage, &id).await? {
                return Err(may_be_there());
            }
            if self.is_published {
                return Ok(());
            }
        }
        self.cancel(stage).await?.map_err(|_| may_be_there())
    }

    /// The title that this video alone has: no other may lead to what is destroyed.
    fn own_title(&self) -> Result<&str, Obstacle> {
        self.title.as_deref().filter(|title| is_own_title(title)).ok_or_else(is_unnamed)
    }

    /// Drops the parts in Youku's bucket, as far as Youku still gives the keys for it: else they end with the session.
    async fn abort_multipart(&self, stage: &mut Stage, token: &SecretString) {
        let (Some(target), Some(multipart)) = (&self.target, &self.multipart) else { return };
        let Ok(client) = stage.client() else { return };
        if let Ok(credentials) = client.sts(token, target).await
            && let Ok(store) = stage.app.youku_bucket(&credentials, None)
        {
            let _ended_with_the_session =
                store.abort_multipart(&target.object, &MultipartId::from(multipart.as_str())).await;
        }
    }

    async fn remove_objects(&self, stage: &mut Stage) -> Result<(), Obstacle> {
        let (store, prefix) = stage.ledger_bucket()?;
        if self.bucket.as_deref() != Some(store.bucket()) {
            return Err(Obstacle::Other(text!(
                "the ledger is in another bucket now",
                "台账现在在另一个 bucket 中"
            )));
        }
        // Whatever the file says, nothing of the ledger's is touched.
        for (key, id) in self.opened.iter().filter(|(key, _)| key.starts_with(&prefix)) {
            match store.abort_multipart(key, &MultipartId::from(id.as_str())).await {
                Err(error) if error.kind() != storage::ErrorKind::NoSuchUpload => return Err(error.into()),
                _ => {}
            }
        }
        let own = self.keys.iter().filter(|key| key.starts_with(&prefix));
        let deleting = own.map(|key| store.delete(key));
        let mut deleting = stream::iter(deleting).buffer_unordered(DELETIONS);
        while let Some(deleted) = deleting.next().await {
            deleted?;
        }
        Ok(())
    }
}

/// Removes a video; false: there is no such video.
///
/// # Errors
/// Where it is still there, or may be.
pub(super) async fn destroy(stage: &mut Stage, id: &str) -> Result<bool, Obstacle> {
    let client = stage.client()?;
    let error = match client.destroy(id).await {
        Ok(()) => return Ok(true),
        Err(error) => error,
    };
    if is_uncertain(&error) && is_absent(stage, id).await? {
        return Ok(true);
    }
    if error.details().code == Some(SYSTEM_ERROR) {
        // Of others it would not be known either.
        stage.can_remove = Some(false);
        return Err(may_be_there());
    }
    match stage.judge::<()>(Err(error))? {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => {
            stage.can_remove = Some(false);
            Err(match is_missing(&error) {
                true => Obstacle::Other(text!("no host has videos/destroy", "所有主机都没有 videos/destroy")),
                false => Obstacle::Youku(error),
            })
        }
        Ok(()) => Ok(true),
    }
}

/// Whether both `by_me` and `show` were really answered, and neither knows the video.
async fn is_absent(stage: &mut Stage, id: &str) -> Result<bool, Obstacle> {
    if stage.find_listed(|video| video.id == id).await? != Listed::No {
        return Ok(false);
    }
    let shown = stage.client()?.show(id).await;
    Ok(matches!(stage.judge(shown)?, Ok(None)))
}

fn is_unnamed() -> Obstacle {
    Obstacle::Other(text!(
        "nothing names its id; remove it by hand where it is there",
        "没有得到它的编号；若仍存在，请手动删除"
    ))
}

fn may_be_there() -> Obstacle {
    Obstacle::Other(text!(
        "it may still be there: neither its removal nor its absence was seen",
        "它可能仍然存在：既未确认删除，也未确认不存在"
    ))
}

/// Whether a refused cancel says that there is no such upload any more.
fn is_over(error: &youku::Error) -> bool {
    matches!(error.kind(), ErrorKind::UploadTokenExpired | ErrorKind::NotFound)
}

fn is_uncertain(error: &youku::Error) -> bool {
    error.details().code == Some(SYSTEM_ERROR)
        || matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::Connection | ErrorKind::Unavailable)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A video whose id is not known is looked for by a clip's whole title or not at all.
    #[test]
    fn without_its_title_nothing_leads_to_a_video() {
        let title = "oss2youku rehearsal 0123456789abcdef".to_owned();
        let committing = Entry::Committing { n: 1 };
        let named = [Entry::Creating { n: 1, title: title.clone() }, committing.clone()];
        assert_eq!(Thing::from_entries(&named).own_title().ok(), Some(title.as_str()));
        let empty = [Entry::Creating { n: 1, title: String::new() }, committing.clone()];
        for entries in [&[committing][..], &empty] {
            let thing = Thing::from_entries(entries);
            let why = thing.own_title().map_err(|obstacle| obstacle.describe().en);
            assert!(why.as_ref().is_err_and(|why| why.starts_with("nothing names its id")), "{why:?}");
        }
    }
}

//! What an upload's steps amount to for its video: what Youku was told last, and the hour that is still to come.

use super::{
    change::{ChangeOrigin, Update},
    failure::Failure,
    record::Record,
    seal::Sealed,
    state::{End, State},
    step::{Entry, Step},
};
use crate::{
    VideoEvent,
    model::{
        metadata::{PublicType, VideoMetadata},
        publication::Publication,
        timestamp::Timestamp,
    },
};

/// A video that is hidden until its hour.
#[derive(Debug, Clone, PartialEq)]
pub struct PendingPublication {
    /// The hour.
    pub publication: Publication<Sealed>,
    /// Who may watch from then on: `public_type` and `watch_password` alone.
    pub audience: VideoMetadata<Sealed>,
    /// From when on it may be carried out: the hour or, where that had passed when it was set, then.
    pub since: Timestamp,
}

/// Whether a field says who may watch.
#[must_use]
pub(crate) fn is_audience(field: &str) -> bool {
    matches!(field, "public_type" | "watch_password")
}

impl Record {
    /// The metadata last sent to Youku, by the first session and by every change since.
    #[must_use]
    pub fn sent_metadata(&self) -> VideoMetadata<Sealed> {
        let first = self.request.video.metadata.clone();
        let first = match &self.request.publication {
            Some(publication) => publication.hide(first),
            None => first,
        };
        self.updates().filter(|update| update.refused.is_none()).fold(first, |before, update| {
            // A word of an audience before is none of the new one's.
            let before = match update.video.metadata.public_type {
                Some(_) => before.retain(|field| !is_audience(field)),
                None => before,
            };
            VideoMetadata::merge(update.video.metadata.clone(), before)
        })
    }

    /// The hour that is still to come, or that has come and has not been carried out, of a video that is there.
    #[must_use]
    pub fn pending_publication(&self) -> Option<PendingPublication> {
        self.state.is_published().then(|| self.stated_publication()).flatten()
    }

    /// The hour that stands, whether or not the upload is a video yet.
    #[must_use]
    pub fn stated_publication(&self) -> Option<PendingPublication> {
        let audience = self.request.video.metadata.clone().retain(is_audience);
        let set = self.end().map(|end| end.at);
        let first = (self.request.publication.clone(), audience, set);
        let (publication, audience, set) =
            self.history.iter().fold(first, |(publication, audience, set), entry| match &entry.step {
                Step::Scheduled(scheduling) => {
                    let changed = scheduling.audience.as_ref().map(|stated| stated.metadata.clone());
                    (scheduling.publication.clone(), changed.unwrap_or(audience), Some(entry.at))
                }
                Step::Updated(update) if update.by == ChangeOrigin::Schedule => (None, audience, set),
                _ => (publication, audience, set),
            });
        let publication = publication?;
        let since = set.unwrap_or(publication.at).max(publication.at);
        Some(PendingPublication { publication, audience, since })
    }

    /// When the video is made public, if that is still to come.
    #[must_use]
    pub fn publish_at(&self) -> Option<Timestamp> {
        let stands = !self.state.has_ended() || self.state.is_published();
        Some(self.stated_publication().filter(|_| stands)?.publication.at)
    }

    /// Why the video could not be made public at its hour, unless a later change has settled it: it is hidden, and a person is needed.
    #[must_use]
    pub fn failed_publication(&self) -> Option<&Failure> {
        self.failed_hour().map(|(_, failure)| failure)
    }

    /// The number of the step, and why the hour failed in it, as [`failed_publication`](Self::failed_publication).
    pub(super) fn failed_hour(&self) -> Option<(u32, &Failure)> {
        let last = self.history.iter().rev().find_map(|entry| match &entry.step {
            Step::Updated(update) => {
                let concerns = update.by == ChangeOrigin::Schedule
                    || update.refused.is_none() && update.video.metadata.public_type.is_some();
                let refused = update.refused.as_ref().filter(|_| update.by == ChangeOrigin::Schedule);
                concerns.then_some(refused.map(|failure| (entry.sequence, failure)))
            }
            Step::Scheduled(_) => Some(None),
            _ => None,
        });
        last.flatten()
    }

    /// Who should have been able to watch from the hour on that [failed](Self::failed_publication).
    #[must_use]
    pub fn failed_audience(&self) -> Option<PublicType> {
        self.failed_publication()?;
        let last = self.updates().filter(|update| update.by == ChangeOrigin::Schedule).last();
        last?.video.metadata.public_type
    }

    /// The MD5 of the sidecar that was last read with the object, carried out or refused.
    #[must_use]
    pub(crate) fn last_sidecar(&self) -> Option<&str> {
        let done = self.updates().filter_map(|update| match &update.by {
            ChangeOrigin::Sidecar(digest) => Some(digest.as_str()),
            _ => None,
        });
        done.last().or(self.request.sidecar.as_deref())
    }

    /// The first refusal of a change that its callback has not been told. Who asked for a change as a person has the answer already.
    #[must_use]
    pub fn untold_refusal(&self) -> Option<&Entry> {
        if !matches!(self.state, State::Notified(End::Committed) | State::FollowUpSent)
            || self.request.callback.is_none()
        {
            return None;
        }
        let told = self.history.iter().filter(|entry| {
            matches!(entry.step, Step::Notified { event: Some(VideoEvent::UpdateRefused), .. })
        });
        let refused = self.history.iter().filter(|entry| {
            matches!(&entry.step, Step::Updated(update)
                if update.refused.is_some() && !matches!(update.by, ChangeOrigin::Person(_)))
        });
        // Each message tells of one, in their order.
        refused.into_iter().nth(told.count())
    }

    /// Whether a person decided last who may watch, or when: a sidecar does not undo that.
    pub(crate) fn is_audience_persons(&self) -> bool {
        let last = self.history.iter().rev().find_map(|entry| match &entry.step {
            Step::Updated(update) if update.video.metadata.public_type.is_some() => Some(&update.by),
            Step::Scheduled(scheduling) => Some(&scheduling.by),
            _ => None,
        });
        matches!(last, Some(ChangeOrigin::Person(_)))
    }

    fn updates(&self) -> impl Iterator<Item = &Update> {
        self.history.iter().filter_map(|entry| match &entry.step {
            Step::Updated(update) => Some(&**update),
            _ => None,
        })
    }
}

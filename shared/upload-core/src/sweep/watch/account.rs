//! Watches the videos of one account.

use super::note::{SHARE, Watching};
use crate::{
    Error, ErrorKind, RunContext, SweepReport, Uploader, VideoState,
    callback::{
        delivery::KnownVideo,
        message::event_for_state,
        schedule::{GIVE_UP_AFTER, hour_due, next_question},
    },
    error::is_youku_refusal,
    ledger::needs_operator,
    sweep::{due_videos::DueVideo, resume::ResumeResult},
    upload::run_context::with_deadline,
};
use futures_util::{StreamExt, TryStreamExt, stream};
use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    time::{Duration, SystemTime},
};
use tokio::time::Instant;

/// Marks that are written at once.
const MARKS_AT_ONCE: usize = 8;

/// One account's videos, and what may be spent on them.
pub(super) struct AccountWatch {
    uploader: Uploader,
    /// Pause before the first question about a video.
    pause: Duration,
    /// The client as which Youku counts its calls.
    client: String,
    note: Watching,
    now: SystemTime,
    /// What the report's calls may come to.
    limit: usize,
}

/// What remains to be asked.
#[derive(Default)]
struct Queue {
    /// In batches.
    due: VecDeque<DueVideo>,
    /// Left out of an answer, or refused: one by one.
    unsure: VecDeque<DueVideo>,
    /// The fewest videos in an answer that left some out.
    answered: Option<usize>,
}

impl AccountWatch {
    /// Prepares to watch; `None` where the uploader delivers no callbacks.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub(super) async fn open(
        uploader: Uploader,
        account: &str,
        now: SystemTime,
        limit: usize,
    ) -> Result<Option<Self>, Error> {
        let Some(pause) = uploader.callback_pause() else { return Ok(None) };
        let client = uploader.account_name(account).to_owned();
        let note = Watching::read(&uploader.ledger, &client, now).await?;
        Ok(Some(Self { uploader, pause, client, note, now, limit }))
    }

    /// Asks about the videos within the budget, and passes on what is decided.
    ///
    /// # Errors
    /// If the ledger's store fails.
    pub(super) async fn run(
        mut self,
        videos: Vec<DueVideo>,
        limited_clients: &mut BTreeSet<String>,
        report: &mut SweepReport,
        run: &RunContext,
    ) -> Result<(), Error> {
        let mut videos = videos;
        // What the budget left out before is asked first.
        videos.sort_by_key(|video| video.upload.due);
        let mut queue = Queue { due: videos.into(), ..Queue::default() };
        let calls = self.note.clone();
        let allowed = match limited_clients.contains(&self.client) {
            true => Ok(false),
            false => self.uploader.ledger.ensure_calls_allowed(&self.client).await.map(|()| true),
        };
        let watched = match allowed {
            Ok(true) => {
                let asked = self.ask_all(&mut queue, report, run).await;
                if let Ok(Some(error)) = &asked {
                    self.uploader.ledger.note_refusal(&self.client, error).await;
                }
                asked
            }
            Ok(false) => Ok(None),
            Err(error) => Ok(Some(error)),
        };
        if self.note != calls {
            self.note.write(&self.uploader.ledger, &self.client).await?;
        }
        let left: Vec<_> = queue.due.into_iter().chain(queue.unsure).collect();
        match watched? {
            Some(error) => {
                if error.kind() == ErrorKind::RateLimited {
                    limited_clients.insert(self.client.clone());
                }
                self.report_failure(left, &error, report, run).await
            }
            None => {
                report.skip(left.len());
                Ok(())
            }
        }
    }

    /// Asks until nothing is left, the budget is spent, or Youku fails: then returns its error.
    async fn ask_all(
        &mut self,
        queue: &mut Queue,
        report: &mut SweepReport,
        run: &RunContext,
    ) -> Result<Option<Error>, Error> {
        let budget = (self.uploader.calls_per_hour / SHARE).max(1);
        loop {
            let is_over = run.deadline.is_some_and(|deadline| Instant::now() >= deadline);
            let is_left = !queue.due.is_empty() || !queue.unsure.is_empty();
            if is_over || !is_left || report.calls_made() >= self.limit || !self.note.take_call(budget) {
                return Ok(None);
            }
            // One video costs one call either way, and `show` is the call that is sure to be there.
            let is_batch = self.note.ids > 1 && queue.due.len() > 1;
            let asked = match is_batch {
                true => self.ask_batch(queue, budget, report, run).await,
                false => self.ask_one(queue, report, run).await,
            };
            match asked {
                Ok(()) => {}
                Err(Stop::Youku(error)) => return Ok(Some(error)),
                Err(Stop::Ledger(error)) => return Err(error),
            }
        }
    }

    async fn ask_batch(
        &mut self,
        queue: &mut Queue,
        budget: u32,
        report: &mut SweepReport,
        run: &RunContext,
    ) -> Result<(), Stop> {
        let count = self.note.ids.min(queue.due.len());
        let ids: Vec<String> = queue.due.iter().take(count).map(|video| video.video_id.clone()).collect();
        let youku = self.uploader.youku.clone();
        match with_deadline(run.deadline, youku.show_batch(&ids)).await {
            Ok(Some(shown)) => {
                let shown: HashMap<String, VideoState> = shown.into_iter().collect();
                let asked = queue.due.drain(..count);
                let (known, missing): (Vec<_>, Vec<_>) =
                    asked.partition(|video| shown.contains_key(&video.video_id));
                // A batch may leave out what it shows alone: only a call of its own says that Youku does not know a video.
                if !missing.is_empty() {
                    queue.answered = queue.answered.into_iter().chain([known.len()]).min();
                    queue.unsure.extend(missing);
                }
                let known = known.into_iter().map(|video| {
                    let state = shown.get(&video.video_id).copied();
                    (video, state)
                });
                self.conclude(known.collect(), report, run).await.map_err(Stop::Ledger)
            }
            Ok(None) => {
                self.note.learn(1, self.now);
                Ok(())
            }
            Err(error) if is_youku_refusal(&error) && count > 1 => {
                self.note.learn(count / 2, self.now);
                Ok(())
            }
            Err(error) if is_youku_refusal(&error) => {
                queue.unsure.extend(queue.due.pop_front());
                Ok(())
            }
            // Too many ids may also look like a failure: one video shows whether Youku answers at all.
            Err(error) if is_failure(&error) && count > 1 && self.note.take_call(budget) => {
                let Some(video) = queue.due.pop_front() else { return Ok(()) };
                match with_deadline(run.deadline, youku.show(&video.video_id)).await {
                    Ok(state) => {
                        self.note.learn(count / 2, self.now);
                        self.conclude(vec![(video, state)], report, run).await.map_err(Stop::Ledger)
                    }
                    Err(alone) => {
                        queue.due.push_front(video);
                        // That Youku takes no more calls is news to all.
                        let is_limited = alone.kind() == ErrorKind::RateLimited;
                        Err(Stop::Youku(if is_limited { alone } else { error }))
                    }
                }
            }
            Err(error) => Err(Stop::Youku(error)),
        }
    }

    async fn ask_one(
        &mut self,
        queue: &mut Queue,
        report: &mut SweepReport,
        run: &RunContext,
    ) -> Result<(), Stop> {
        let next = queue.unsure.pop_front().map(|video| (video, true));
        let Some((video, was_left_out)) = next.or_else(|| Some((queue.due.pop_front()?, false))) else {
            return Ok(());
        };
        let youku = self.uploader.youku.clone();
        match with_deadline(run.deadline, youku.show(&video.video_id)).await {
            Ok(state) => {
                if let Some(answered) = queue.answered.filter(|_| was_left_out && state.is_some()) {
                    self.note.learn(answered, self.now);
                }
                self.conclude(vec![(video, state)], report, run).await.map_err(Stop::Ledger)
            }
            // It concerns this video alone.
            Err(error) if is_youku_refusal(&error) => {
                tracing::warn!(?error, upload_id = %video.upload.id, "Youku does not show the video");
                let concluded = match self.age(&video) >= 2 * GIVE_UP_AFTER {
                    true => self.deliver(video, None, report, run).await,
                    false => {
                        report.skip(1);
                        self.postpone([video].into_iter()).await
                    }
                };
                concluded.map_err(Stop::Ledger)
            }
            Err(error) => {
                queue.due.push_front(video);
                Err(Stop::Youku(error))
            }
        }
    }

    /// Delivers the events that are decided, or given up by now, carries out hours, and asks about the other videos later.
    async fn conclude(
        &self,
        answers: Vec<(DueVideo, Option<VideoState>)>,
        report: &mut SweepReport,
        run: &RunContext,
    ) -> Result<(), Error> {
        let is_decided = |video: &DueVideo, state: Option<VideoState>| {
            state.and_then(event_for_state).is_some() || self.age(video) >= GIVE_UP_AFTER
        };
        let (decided, open): (Vec<_>, Vec<_>) =
            answers.into_iter().partition(|(video, state)| is_decided(video, *state));
        report.skip(open.len());
        self.postpone(open.into_iter().map(|(video, _)| video)).await?;
        for (video, state) in decided {
            if report.calls_made() >= self.limit {
                report.skip(1);
                continue;
            }
            let known = KnownVideo { id: video.video_id.clone(), state };
            self.deliver(video, Some(&known), report, run).await?;
        }
        Ok(())
    }

    async fn deliver(
        &self,
        video: DueVideo,
        known: Option<&KnownVideo>,
        report: &mut SweepReport,
        run: &RunContext,
    ) -> Result<(), Error> {
        let DueVideo { upload, mark, .. } = video;
        let followed = self.uploader.follow_up_knowing(&upload.id, known, run).await;
        let result = followed.map_or_else(ResumeResult::FollowUpFailed, ResumeResult::FollowedUp);
        report.record_result(&self.uploader.ledger, &upload, mark, Ok(result), self.now).await
    }

    /// Marks videos about which nothing is decided as due at their next question, or their hour. No lease is needed: the holder of the
    /// upload has marks of its own.
    async fn postpone(&self, videos: impl Iterator<Item = DueVideo>) -> Result<(), Error> {
        let postponing = videos.map(|video| async move {
            let question = video.ended.map(|ended| next_question(ended, self.now, self.pause));
            let hour = video.mark.publication.as_ref().map(|publication| publication.at.get());
            let look = hour.map(|at| hour_due(at, self.now, self.pause));
            let due = question.into_iter().chain(look).min().unwrap_or(self.now + self.pause);
            match self.uploader.ledger.postpone_open(&video.upload, video.mark, due).await {
                Err(error) if needs_operator(&error) => {
                    tracing::warn!(?error, upload_id = %video.upload.id, "could not postpone the question");
                    Ok(())
                }
                postponed => postponed,
            }
        });
        // Collected: a stream that borrows from the iterator's closure is no future that another thread may run.
        let postponing: Vec<_> = postponing.collect();
        stream::iter(postponing).buffer_unordered(MARKS_AT_ONCE).try_collect().await
    }

    /// Leaves what could not be asked to the next sweep; what waits for too long, or for a person, is each upload's own matter.
    async fn report_failure(
        &self,
        left: Vec<DueVideo>,
        error: &Error,
        report: &mut SweepReport,
        run: &RunContext,
    ) -> Result<(), Error> {
        tracing::warn!(?error, videos = left.len(), "the videos are asked about in the next sweep");
        for video in left {
            let is_own = needs_operator(error) || self.age(&video) >= 2 * GIVE_UP_AFTER;
            if is_own && report.calls_made() < self.limit {
                self.deliver(video, None, report, run).await?;
            } else {
                report.skip(1);
            }
        }
        Ok(())
    }

    fn age(&self, video: &DueVideo) -> Duration {
        video.age(self.now)
    }
}

/// Why no more is asked.
enum Stop {
    Youku(Error),
    Ledger(Error),
}

/// Whether Youku failed.
fn is_failure(error: &Error) -> bool {
    error.kind() == ErrorKind::Youku && error.is_retryable()
}

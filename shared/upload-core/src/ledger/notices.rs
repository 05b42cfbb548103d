//! Notices: one small entry for each robot and event that the robot still has to report.
//!
//! A notice is written after the step that it is about, create-only. That of an end is written before the upload's entry in `recent/`, and is
//! deleted, once sent, only when that entry exists. A holder that makes up for one that died writes it only where the entry is missing: no end
//! is lost, and none is sent twice. The notice of a failed hour is likewise written before that entry says that the hour failed. A wait whose
//! holder died before its notice is sent with the next wait, since its open mark says that the upload is due.

use super::{
    codec::decode,
    finished_uploads,
    handle::Ledger,
    key_parts::FinishedKey,
    keys,
    notice::{Notice, queue},
    notice_key::{NoticeName, robot_notices},
    open_mark::OpenMark,
    record::Record,
    state::State,
    step::Step,
    store::{Access, ListedKey},
    watched_videos,
};
use crate::{Error, NoticeEvent, UploadId};

/// Queues how an upload ended, unless that was done before. Call it before the entry in `recent/` is written.
pub(super) async fn queue_end(access: &Access, record: &Record) -> Result<(), Error> {
    let Some((name, notice)) = describe_end(record).filter(|_| !access.subscribers.is_empty()) else {
        return Ok(());
    };
    let is_watched = watched_videos::is_wanted(access, &notice);
    let is_told = access.subscribers.iter().any(|robot| notice.is_for(robot));
    let recent = name.end().map(|end| keys::finished_upload(&end)).filter(|_| is_told || is_watched);
    let Some(recent) = recent else { return Ok(()) };
    // Its notices were written before this entry; by now they may be told and gone.
    if access.read(&recent).await?.is_some() {
        return Ok(());
    }
    if is_watched {
        watched_videos::watch(access, &record.id, &notice).await?;
    }
    queue(access, &name, &notice).await
}

/// Deletes what was queued of an end that does not stand.
pub(super) async fn withdraw_end(access: &Access, record: &Record) -> Result<(), Error> {
    let Some((name, notice)) = describe_end(record) else { return Ok(()) };
    for robot in access.subscribers.iter().filter(|robot| notice.is_for(robot)) {
        access.delete(&name.key(&robot.name)).await?;
    }
    Ok(())
}

fn describe_end(record: &Record) -> Option<(NoticeName, Notice)> {
    let end = record.end()?;
    let event = match end.step {
        Step::Committed { .. } => NoticeEvent::Published,
        Step::Failed(_) => NoticeEvent::Failed,
        _ => return None,
    };
    let name = NoticeName::new(event, FinishedKey::new(end.at.get(), record.id.clone()).to_string());
    Some((name, Notice::of_record(event, record)))
}

/// Queues that an upload waits for a person, if its last step says so.
pub(super) async fn queue_wait(access: &Access, record: &Record) -> Result<(), Error> {
    let Some(waiting) = record.waiting.filter(|_| matches!(record.state, State::Waiting(_))) else {
        return Ok(());
    };
    if access.subscribers.is_empty() || !waiting.reason.needs_person() {
        return Ok(());
    }
    let event = NoticeEvent::NeedsYou;
    let notice = Notice { code: Some(waiting.reason.as_str().into()), ..Notice::of_record(event, record) };
    let name = NoticeName::new(event, format!("{}.{:06}", record.id, record.sequence()));
    queue(access, &name, &notice).await
}

/// Queues that a person must make a video public whose hour failed, unless that was done before. Call it before the entry in `recent/` says so.
pub(super) async fn queue_failed_hour(access: &Access, record: &Record) -> Result<(), Error> {
    let failed = record.failed_hour().filter(|_| !access.subscribers.is_empty());
    let Some(((sequence, failure), end)) = failed.zip(record.end()) else { return Ok(()) };
    let event = NoticeEvent::NeedsYou;
    let notice = Notice { code: Some(failure.code.clone()), ..Notice::of_record(event, record) };
    if !access.subscribers.iter().any(|robot| notice.is_for(robot)) {
        return Ok(());
    }
    let end = FinishedKey::new(end.at.get(), record.id.clone());
    // By now it may be told and gone.
    if finished_uploads::says_hour_failed(access, &end).await? {
        return Ok(());
    }
    queue(access, &NoticeName::of_failed_hour(sequence, &end), &notice).await
}

/// Queues that a person must help an upload, which is paused for the `number`th time in a row.
pub(super) async fn queue_pause(
    access: &Access,
    id: &UploadId,
    mark: &OpenMark,
    code: &str,
    number: u8,
) -> Result<(), Error> {
    let event = NoticeEvent::NeedsYou;
    let notice = Notice {
        location: Some(mark.location.clone()),
        title: mark.title.clone(),
        upload_id: Some(id.to_string()),
        code: Some(code.to_owned()),
        ..Notice::of_account(event, &mark.account)
    };
    queue(access, &NoticeName::new(event, format!("{id}.p{number:02}")), &notice).await
}

impl Ledger {
    /// One page of a robot's notices, with what stands among them in vain.
    pub(crate) async fn notices(
        &self,
        robot: &str,
        after: Option<&str>,
    ) -> Result<(Vec<(NoticeName, ListedKey)>, Option<String>), Error> {
        let page = self.access.list_page(&robot_notices(robot), after, 1000).await?;
        let named = page.keys.into_iter();
        let named = named.filter_map(|listed| Some((NoticeName::parse_key(robot, &listed.key)?, listed)));
        Ok((named.collect(), page.next))
    }

    /// Reads a notice; `None` if it is gone, or is none.
    pub(crate) async fn notice(&self, robot: &str, name: &NoticeName) -> Result<Option<Notice>, Error> {
        let key = name.key(robot);
        let Some(found) = self.access.read(&key).await? else { return Ok(None) };
        // What cannot be read is counted, and not shown.
        Ok(decode(&key, &found.bytes).ok())
    }

    pub(crate) async fn delete_notice(&self, robot: &str, name: &NoticeName) -> Result<(), Error> {
        self.access.delete(&name.key(robot)).await
    }

    /// Queues what is about an account, once for each `subject`, for the robots that subscribe to it.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub(crate) async fn queue_for_account(&self, notice: &Notice, subject: &str) -> Result<(), Error> {
        let account = keys::account(&notice.account);
        queue(&self.access, &NoticeName::new(notice.event, format!("{account}.{subject}")), notice).await
    }

    /// The names of the robots of which notices are left, known or not, 20 at most.
    pub(crate) async fn robots_with_notices(&self) -> Result<Vec<String>, Error> {
        let (mut robots, mut after) = (Vec::new(), None::<String>);
        while robots.len() < 20 {
            let page = self.access.list_page(keys::NOTICES, after.as_deref(), 1).await?;
            let Some(listed) = page.keys.first() else { break };
            let name = listed.key.strip_prefix(keys::NOTICES).and_then(|rest| rest.split('/').next());
            let name = name.unwrap_or_default().to_owned();
            // Sorts after all of this robot.
            after = Some(format!("{}~", robot_notices(&name)));
            robots.push(name);
        }
        Ok(robots)
    }

    /// Whether a robot subscribes to this event of the account.
    #[must_use]
    pub fn tells_of_account(&self, event: NoticeEvent, account: &str) -> bool {
        self.access.subscribers.iter().any(|robot| robot.wants(event, account, None))
    }
}

//! Sends a robot's notices: one process at a time, not more often than the robot allows, and until the robot has accepted them.
//!
//! A message is claimed before its notices are read, and what it told is recorded in one entry before the first notice is deleted. So only a process
//! that dies, or loses the answer, between the robot's answer and that entry has the message sent twice.

use super::{
    cleanup::{delete_expired, delete_told},
    delivery_time::DeliveryTime,
    message::{compose, list},
    messenger::{Messenger, MessengerRefusal},
};
use crate::{
    Error,
    ledger::{DigestClaim, LastDigest, Ledger, ListedKey, NoticeName, StoredRefusal},
};
use futures_util::future::BoxFuture;
use std::{collections::BTreeSet, time::Duration};
use tokio::time::timeout;

/// How long a robot that refuses for good is left alone.
const FINAL_PAUSE: Duration = Duration::from_secs(3600);

/// How long those in a hurry leave a robot alone that did not answer, where no sweep comes to ask it.
const SILENCE: Duration = Duration::from_secs(15 * 60);

/// What became of a robot's notices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoticeDelivery {
    /// There are none.
    Nothing,
    /// They are sent later: another process sends, it is too early, or the settings want silence.
    Later,
    /// So many notices were sent.
    Told(u64),
    /// The robot did not accept them; they stay.
    Refused(MessengerRefusal),
}

/// Sends a robot's notices, in one message, within the time that there is for it. Where the ledger needs too much of it, nothing is
/// sent.
///
/// # Errors
/// [`Ledger`](crate::ErrorKind::Ledger) if the store fails.
pub fn deliver_notices<'a>(
    ledger: &'a Ledger,
    robot: &'a dyn Messenger,
    time: DeliveryTime,
) -> BoxFuture<'a, Result<NoticeDelivery, Error>> {
    Box::pin(deliver(ledger, robot, time))
}

async fn deliver(
    ledger: &Ledger,
    robot: &dyn Messenger,
    time: DeliveryTime,
) -> Result<NoticeDelivery, Error> {
    let name = robot.name();
    let listed = list(ledger, name).await?;
    if listed.is_empty() {
        return Ok(NoticeDelivery::Nothing);
    }
    let mut last = ledger.last_digest(name).await?;
    if let Some(last) = &mut last {
        if last.is_being_sent() {
            return Ok(NoticeDelivery::Later);
        }
        forget_earlier_pauses(last, &listed);
        let told = told_among(&listed, &last.entry.told);
        clean_up(ledger, name, &told).await;
        // A reminder may be written under a name that was deleted just now.
        let is_gone = |name: &NoticeName| name.is_pause() && told.contains(name);
        last.entry.told.retain(|name| NoticeName::parse(name).is_none_or(|name| !is_gone(&name)));
        if told.len() == listed.len() {
            return Ok(NoticeDelivery::Nothing);
        }
        if must_wait(robot, last, time.hurry) {
            if last.entry.refusal.is_some() {
                let expired = delete_expired(ledger, name, &listed, last.now).await?;
                if expired > 0 {
                    tracing::error!(
                        robot = name,
                        expired,
                        "deleted what a group robot has not accepted for three days"
                    );
                }
            }
            return Ok(NoticeDelivery::Later);
        }
    }
    // With a slow ledger too little would be left for the answer.
    if robot.is_quiet() || time.wait_after(ledger.claim_time()).is_none() {
        return Ok(NoticeDelivery::Later);
    }
    match ledger.claim_digest(name, last).await? {
        Some(claim) => Box::pin(send(ledger, robot, claim, time)).await,
        None => Ok(NoticeDelivery::Later),
    }
}

/// Whether it is too early for another message.
fn must_wait(robot: &dyn Messenger, last: &LastDigest, hurry: bool) -> bool {
    let refused = last.entry.refusal.as_ref().filter(|refusal| refusal.settings == robot.settings());
    let is_silent = |code: &str| hurry && code == MessengerRefusal::NO_ANSWER && last.age() < SILENCE;
    let is_refused =
        refused.is_some_and(|refusal| last.now < refusal.until.get() || is_silent(&refusal.code));
    // A claim that a slow ledger left no time to use costs those in a hurry another only after a while, and holds up nobody else.
    let pause = if hurry { Some(last.age()) } else { last.since_message() };
    is_refused
        || pause.is_some_and(|pause| pause < robot.pause())
        || last.count_within_minute() >= robot.messages_per_minute()
}

async fn send(
    ledger: &Ledger,
    robot: &dyn Messenger,
    mut claim: DigestClaim,
    time: DeliveryTime,
) -> Result<NoticeDelivery, Error> {
    let name = robot.name();
    // What another process told since the first look is in neither list.
    let listed = list(ledger, name).await?;
    let told_before = told_among(&listed, claim.told());
    let known: BTreeSet<_> = told_before.iter().collect();
    let fresh: Vec<_> = listed.iter().map(|(name, _)| name).filter(|name| !known.contains(name)).collect();
    let digest = compose(ledger, name, &fresh).await?;
    if fresh.is_empty() || !ledger.is_fresh(&claim) {
        return Ok(NoticeDelivery::Later);
    }
    let Some(patience) = time.wait_after(Duration::ZERO) else {
        ledger.end_unsent(&mut claim).await?;
        return Ok(NoticeDelivery::Later);
    };
    let answer = timeout(patience, robot.send(&digest)).await;
    match answer.unwrap_or_else(|_| Err(MessengerRefusal::no_answer())) {
        Ok(()) => {
            let all = told_before.iter().chain(fresh.iter().copied());
            let told: Vec<NoticeName> = all.cloned().collect();
            ledger.end_digest(&mut claim, told.iter().map(ToString::to_string).collect(), None).await?;
            tracing::info!(robot = name, told = fresh.len(), "told a group robot");
            clean_up(ledger, name, &told).await;
            Ok(NoticeDelivery::Told(fresh.len() as u64))
        }
        Err(refusal) => {
            log_refusal(name, &refusal);
            let stored = to_stored(&refusal, robot, &claim);
            let told = told_before.iter().map(ToString::to_string).collect();
            ledger.end_digest(&mut claim, told, Some(stored)).await?;
            Ok(NoticeDelivery::Refused(refusal))
        }
    }
}

/// Deletes the notices that were sent. They are not sent again in any case.
async fn clean_up(ledger: &Ledger, robot: &str, told: &[NoticeName]) {
    if let Err(error) = delete_told(ledger, robot, told).await {
        tracing::warn!(?error, robot, "what was told is deleted with the next message");
    }
}

fn log_refusal(robot: &str, refusal: &MessengerRefusal) {
    let code = &refusal.code;
    match refusal.retry_after {
        Some(_) => tracing::warn!(robot, code, "a group robot did not accept a message: it is sent again"),
        None => tracing::error!(
            robot,
            code,
            "a group robot accepts no message until a person helps: `oss2youku robots test` says why"
        ),
    }
}

fn to_stored(refusal: &MessengerRefusal, robot: &dyn Messenger, claim: &DigestClaim) -> StoredRefusal {
    let settings = robot.settings();
    let earlier = claim.earlier_refusal().filter(|earlier| earlier.settings == settings);
    StoredRefusal {
        code: refusal.code.clone(),
        is_final: refusal.retry_after.is_none(),
        since: earlier.map_or_else(|| claim.now.into(), |earlier| earlier.since),
        until: (claim.now + refusal.retry_after.unwrap_or(FINAL_PAUSE)).into(),
        settings: settings.to_owned(),
    }
}

/// Takes the pauses from what was told, but for those whose notice is still the one that was: each reminder has the name of the one before.
fn forget_earlier_pauses(last: &mut LastDigest, listed: &[(NoticeName, ListedKey)]) {
    let older = listed.iter().filter(|(_, listed)| listed.modified <= last.modified);
    let kept: BTreeSet<_> = older.map(|(name, _)| name).collect();
    let is_told = |name: &NoticeName| !name.is_pause() || kept.contains(name);
    last.entry.told.retain(|name| NoticeName::parse(name).is_none_or(|name| is_told(&name)));
}

/// The listed notices that an earlier message told.
fn told_among(listed: &[(NoticeName, ListedKey)], told: &[String]) -> Vec<NoticeName> {
    let told: BTreeSet<_> = told.iter().filter_map(|name| NoticeName::parse(name)).collect();
    listed.iter().map(|(name, _)| name).filter(|name| told.contains(name)).cloned().collect()
}

/// Deletes what is left of robots that are not among these: the settings no longer name them. What is younger than three days stays, since
/// another installation may share the ledger.
///
/// # Errors
/// As [`deliver_notices`].
pub fn forget_robots<'a>(ledger: &'a Ledger, known: &'a [&'a str]) -> BoxFuture<'a, Result<(), Error>> {
    Box::pin(async move {
        let robots = ledger.robots_with_notices().await?;
        for robot in robots.iter().filter(|robot| !known.contains(&robot.as_str())) {
            let now = ledger.times().await?.now;
            let listed = list(ledger, robot).await?;
            delete_expired(ledger, robot, &listed, now).await?;
        }
        Ok(())
    })
}

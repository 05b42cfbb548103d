//! Telling group robots what became of uploads.

use crate::{adapters::robots::ChatRobot, application::App};
use chat_robots::{Language, Refusal};
use futures_util::future::{BoxFuture, join_all};
use object_storage::Credentials;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use upload_core::{
    DeliveryTime, Error, Messenger as _, NoticeDelivery, NoticeEvent, RunContext, deliver_notices,
    forget_robots,
    ledger::{Ledger, StoredRefusal},
    tell_of_token, watch_for_robots,
};

/// How long a sweep waits for a robot's answer.
const SWEEP_PATIENCE: Duration = Duration::from_secs(10);
/// What robots cost a run at most, all together.
const RUN_TIME: Duration = Duration::from_secs(1);
/// How long a run waits for a robot's answer at most.
const RUN_PATIENCE: Duration = Duration::from_millis(700);
/// What a sweep keeps of its time to deliver what is queued; half of it, if it has less.
const TO_DELIVER: Duration = Duration::from_secs(15);
/// A run that has less time left leaves them to the sweep.
const SPARE_TIME: Duration = Duration::from_secs(3);

/// A robot of the settings, and what is known of it.
#[derive(Debug, Clone)]
pub struct RobotStatus {
    /// Its name.
    pub name: String,
    /// Host and the last four characters of its token.
    pub address: String,
    /// Why it did not accept the last message; `None` where it did, or none was sent.
    pub refusal: Option<StoredRefusal>,
}

/// What a robot answered to a test.
#[derive(Debug, Clone)]
pub struct RobotTest {
    /// Its name.
    pub name: String,
    /// Host and the last four characters of its token.
    pub address: String,
    /// The language of its messages.
    pub language: Language,
    /// Why it did not accept the message.
    pub refusal: Option<Refusal>,
}

impl App {
    /// Sends each robot, or the one of this name, a message that shows that it can be reached, and returns the vendors' answers. The ledger
    /// is not asked: a test is sent even where a robot's minute is used up.
    pub fn test_robots<'a>(&'a self, name: Option<&'a str>) -> BoxFuture<'a, Vec<RobotTest>> {
        Box::pin(async move {
            let robots = self.robots.iter().filter(|robot| name.is_none_or(|name| robot.name() == name));
            join_all(robots.map(|robot| async move {
                RobotTest {
                    name: robot.name().to_owned(),
                    address: robot.address(),
                    language: robot.language(),
                    refusal: robot.test().await.err(),
                }
            }))
            .await
        })
    }

    /// What the ledger knows of the robots; nothing is sent.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub fn robot_states<'a>(
        &'a self,
        credentials: Option<Credentials>,
    ) -> BoxFuture<'a, Result<Vec<RobotStatus>, Error>> {
        Box::pin(async move {
            let mut states = Vec::new();
            if self.robots.is_empty() {
                return Ok(states);
            }
            let ledger = self.ledger_to_read(credentials).await?;
            for robot in &self.robots {
                let refusal = match &ledger {
                    Some(ledger) => ledger.robot_refusal(robot.name()).await?,
                    None => None,
                };
                // Other settings are tried at once.
                let refusal = refusal.filter(|refusal| refusal.settings == robot.settings());
                states.push(RobotStatus { name: robot.name().to_owned(), address: robot.address(), refusal });
            }
            Ok(states)
        })
    }

    /// Tells the robots what is due, after an upload: within a second, and what is left is told by the sweep.
    pub fn tell_robots<'a>(
        &'a self,
        credentials: Option<Credentials>,
        run: &'a RunContext,
    ) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            let spare = run.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            if self.robots.is_empty() || spare.is_some_and(|spare| spare < SPARE_TIME) {
                return;
            }
            let until = Instant::now() + RUN_TIME;
            let telling = async {
                let ledger = self.ledger(credentials).await?;
                let time = DeliveryTime { patience: RUN_PATIENCE, until: Some(until), hurry: true };
                self.deliver_to_robots(&ledger, time).await;
                Ok::<_, Error>(())
            };
            match timeout_at(until, telling).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!(?error, "the robots are left to the sweep"),
                Err(_) => {
                    tracing::warn!("the time for telling robots is over: the rest is left to the sweep")
                }
            }
        })
    }

    /// Tells the robots in a sweep: what became of videos, tokens that expire, and all that is due. While uploads wait, Youku's calls are left
    /// to them.
    pub(super) fn tell_robots_in_sweep<'a>(
        &'a self,
        ledger: &'a Ledger,
        uploads_wait: bool,
        run: &'a RunContext,
    ) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            if self.robots.is_empty() {
                return;
            }
            let until = until_delivery(run.deadline, Instant::now());
            if let Err(error) = self.queue_in_sweep(ledger, uploads_wait, until).await {
                tracing::warn!(
                    ?error,
                    "not all that robots are to be told could be queued: the next sweep does it"
                );
            }
            let left = run.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            // The ledger needs some of it.
            let patience = left.map_or(SWEEP_PATIENCE, |left| SWEEP_PATIENCE.min(left / 2));
            if patience < RUN_PATIENCE {
                return;
            }
            let time = DeliveryTime { patience, until: run.deadline, hurry: false };
            self.deliver_to_robots(ledger, time).await;
            let names: Vec<_> = self.robots.iter().map(ChatRobot::name).collect();
            if let Err(error) = forget_robots(ledger, &names).await {
                tracing::warn!(?error, "what is left of former robots is deleted by the next sweep");
            }
        })
    }

    async fn queue_in_sweep(
        &self,
        ledger: &Ledger,
        uploads_wait: bool,
        until: Option<Instant>,
    ) -> Result<(), Error> {
        for (name, account) in &self.accounts {
            if until.is_some_and(|until| Instant::now() >= until) {
                return Ok(());
            }
            let Some(tokens) = &account.tokens else { continue };
            if !ledger.tells_of_account(NoticeEvent::TokenExpiring, name) {
                continue;
            }
            tell_of_token(ledger, name, &ledger.tokens(tokens.chain()).await?).await?;
        }
        if uploads_wait {
            return Ok(());
        }
        let youku_of = |account: &str| self.youku(account, ledger);
        watch_for_robots(ledger, &youku_of, self.settings.youku.calls_per_hour, until).await
    }

    /// All at once: a robot that does not answer holds up no other.
    async fn deliver_to_robots(&self, ledger: &Ledger, time: DeliveryTime) {
        let deliveries = self.robots.iter().map(|robot| async move {
            match deliver_notices(ledger, robot, time).await {
                Ok(NoticeDelivery::Nothing | NoticeDelivery::Later | NoticeDelivery::Told(_)) => {}
                Ok(NoticeDelivery::Refused(refusal)) => {
                    tracing::debug!(
                        robot = robot.name(),
                        address = robot.address(),
                        code = refusal.code,
                        "not told"
                    );
                }
                Err(error) => {
                    tracing::warn!(?error, robot = robot.name(), "a robot is left to the next sweep")
                }
            }
        });
        join_all(deliveries).await;
    }
}

/// Until when a sweep may look for what is to be told.
fn until_delivery(deadline: Option<Instant>, now: Instant) -> Option<Instant> {
    let deadline = deadline?;
    Some(deadline - TO_DELIVER.min(deadline.saturating_duration_since(now) / 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sweep_keeps_time_to_deliver() {
        let now = Instant::now();
        let after = |seconds| now + Duration::from_secs(seconds);
        for (deadline, looks) in [(100, 85), (20, 10), (0, 0)] {
            assert_eq!(until_delivery(Some(after(deadline)), now), Some(after(looks)));
        }
        assert_eq!(until_delivery(None, now), None);
    }
}

//! A robot in memory: it counts as DingTalk does, and answers as ordered.

use crate::{tests::crash_points::CrashPoints, *};
use async_trait::async_trait;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};
use tokio::time::Instant;

/// Messages that a robot takes within a minute; one more, and it is silent for ten.
const LIMIT: usize = 20;

#[derive(Default)]
pub(crate) struct State {
    /// What it told, and when.
    pub(crate) messages: Vec<(Instant, NoticeDigest)>,
    /// The next messages meet these.
    pub(crate) answers: VecDeque<Answer>,
    /// When messages came, accepted or not.
    pub(crate) attempts: Vec<Instant>,
    pub(crate) is_quiet: bool,
    /// More came than the vendor allows.
    pub(crate) was_silenced: bool,
    pub(crate) settings: String,
}

#[derive(Debug, Clone)]
pub(crate) enum Answer {
    Refuses(MessengerRefusal),
    /// It takes the message, and the answer is lost.
    Loses,
    /// Nothing is answered, and nothing taken.
    Hangs,
}

#[derive(Clone)]
pub(crate) struct Robot {
    name: &'static str,
    pause: Duration,
    crash_points: CrashPoints,
    state: Arc<Mutex<State>>,
}

impl Robot {
    pub(crate) fn new(name: &'static str) -> Self {
        let pause = Duration::from_secs(60);
        Self { name, pause, crash_points: CrashPoints::default(), state: Arc::default() }
    }

    /// A message is a crash point before it arrives, and one after.
    pub(crate) fn with_crash_points(self, crash_points: CrashPoints) -> Self {
        Self { crash_points, ..self }
    }

    pub(crate) fn with_pause(self, pause: Duration) -> Self {
        Self { pause, ..self }
    }

    pub(crate) fn inner(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no test panics while holding it")
    }

    /// It reports every event.
    pub(crate) fn subscriber(&self) -> NoticeSubscriber {
        let events = NoticeEvent::ALL.to_vec();
        NoticeSubscriber { name: self.name.into(), events, accounts: Vec::new(), places: Vec::new() }
    }

    /// How often it reported an event.
    pub(crate) fn told(&self, event: NoticeEvent) -> u64 {
        let counts: Vec<_> =
            self.inner().messages.iter().flat_map(|(_, digest)| digest.counts.clone()).collect();
        counts.iter().filter(|(counted, _)| *counted == event).map(|(_, times)| times).sum()
    }
}

#[async_trait]
impl Messenger for Robot {
    fn name(&self) -> &str {
        self.name
    }

    fn settings(&self) -> &str {
        if self.inner().settings.is_empty() { "first" } else { "second" }
    }

    fn pause(&self) -> Duration {
        self.pause
    }

    fn messages_per_minute(&self) -> usize {
        15
    }

    fn is_quiet(&self) -> bool {
        self.inner().is_quiet
    }

    async fn send(&self, digest: &NoticeDigest) -> Result<(), MessengerRefusal> {
        self.crash_points.pass("robot").await;
        let answer = {
            let mut state = self.inner();
            let now = Instant::now();
            state.attempts.push(now);
            let minute = state.attempts.iter().filter(|at| now - **at < Duration::from_secs(60)).count();
            state.was_silenced |= minute > LIMIT;
            let answer = state.answers.pop_front();
            if matches!(answer, None | Some(Answer::Loses)) {
                state.messages.push((now, digest.clone()));
            }
            answer
        };
        self.crash_points.pass("robot answers").await;
        match answer {
            None => Ok(()),
            Some(Answer::Refuses(refusal)) => Err(refusal),
            Some(Answer::Loses) => Err(MessengerRefusal::no_answer()),
            Some(Answer::Hangs) => std::future::pending().await,
        }
    }
}

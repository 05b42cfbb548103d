//! One direction of one connection, held to the link's rates.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::time::{Instant, Sleep, sleep_until};

use crate::control::link::{Direction, Link};
use crate::control::rate_meter::{RateMeter, chunk_limit};

/// One direction of one connection.
pub(crate) struct Lane {
    direction: Direction,
    rate: RateMeter,
    pause: Option<Pin<Box<Sleep>>>,
}

impl Lane {
    pub(crate) fn new(direction: Direction) -> Self {
        Self { direction, rate: RateMeter::default(), pause: None }
    }

    /// How many bytes may pass now; `None` = any number, uncounted.
    pub(crate) fn poll_quota(&mut self, link: &Link, cx: &mut Context<'_>) -> Poll<Option<usize>> {
        let settings = link.settings();
        let rates = [settings.bytes_per_second, settings.bytes_per_second_per_connection];
        let Some(slowest) = rates.into_iter().flatten().min() else {
            self.pause = None;
            return Poll::Ready(None);
        };
        loop {
            if let Some(pause) = &mut self.pause {
                ready!(pause.as_mut().poll(cx));
                self.pause = None;
            }
            match link.meter(self.direction).free_at().max(self.rate.free_at()) {
                Some(free_at) if free_at > Instant::now() => {
                    self.pause = Some(Box::pin(sleep_until(free_at)))
                }
                _ => return Poll::Ready(Some(chunk_limit(slowest))),
            }
        }
    }

    pub(crate) fn charge(&self, link: &Link, bytes: usize) {
        let settings = link.settings();
        link.meter(self.direction).charge(bytes, settings.bytes_per_second);
        self.rate.charge(bytes, settings.bytes_per_second_per_connection);
    }
}

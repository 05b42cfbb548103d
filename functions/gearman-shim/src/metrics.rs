//! Numbers for operators. A dozen counters and their text need no library, which would bring registries and macros for them.

use std::{
    fmt::Write,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

/// How a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Answered 200.
    Success,
    /// Answered 404.
    Missing,
    /// Answered 500.
    Failed,
    /// Never begun: too large, or of another function.
    Refused,
    /// The handler panicked.
    Panicked,
    /// The line was lost: the answer went nowhere, gearmand gives the job out again.
    Lost,
}

impl Outcome {
    const ALL: [(Self, &str); 6] = [
        (Self::Success, "success"),
        (Self::Missing, "missing"),
        (Self::Failed, "failed"),
        (Self::Refused, "refused"),
        (Self::Panicked, "panicked"),
        (Self::Lost, "lost"),
    ];
}

/// What has been counted since the start.
#[derive(Debug, Default)]
pub struct Metrics {
    jobs: [AtomicU64; Outcome::ALL.len()],
    milliseconds: AtomicU64,
    in_flight: Arc<AtomicU64>,
    registered: Arc<AtomicU64>,
    reconnects: AtomicU64,
    errors: AtomicU64,
    retries: AtomicU64,
}

/// Counted for as long as it is held.
#[derive(Debug)]
pub(crate) struct Held(Arc<AtomicU64>);

impl Held {
    fn new(gauge: &Arc<AtomicU64>) -> Self {
        gauge.fetch_add(1, Relaxed);
        Self(gauge.clone())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

impl Metrics {
    pub(crate) fn ended(&self, outcome: Outcome, took: Duration) {
        if let Some((count, _)) = self.jobs.iter().zip(Outcome::ALL).find(|(_, (one, _))| *one == outcome) {
            count.fetch_add(1, Relaxed);
        }
        self.milliseconds.fetch_add(u64::try_from(took.as_millis()).unwrap_or(u64::MAX), Relaxed);
    }

    pub(crate) fn runs(&self) -> Held {
        Held::new(&self.in_flight)
    }

    pub(crate) fn registered(&self) -> Held {
        Held::new(&self.registered)
    }

    pub(crate) fn reconnect(&self) {
        self.reconnects.fetch_add(1, Relaxed);
    }

    pub(crate) fn error(&self) {
        self.errors.fetch_add(1, Relaxed);
    }

    pub(crate) fn retry(&self) {
        self.retries.fetch_add(1, Relaxed);
    }

    /// Whether some gearmand gives jobs to this worker.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.registered.load(Relaxed) > 0
    }

    /// Jobs that run now.
    #[must_use]
    pub fn in_flight(&self) -> u64 {
        self.in_flight.load(Relaxed)
    }

    /// Jobs that ended this way.
    #[must_use]
    pub fn jobs(&self, outcome: Outcome) -> u64 {
        let found = self.jobs.iter().zip(Outcome::ALL).find(|(_, (one, _))| *one == outcome);
        found.map_or(0, |(count, _)| count.load(Relaxed))
    }

    /// Everything in Prometheus' text format.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut family = |name: &str, kind: &str, help: &str, samples: &[(String, String)]| {
            // Writing to a string does not fail.
            let _ = writeln!(
                text,
                "# HELP oss2youku_gearman_{name} {help}\n# TYPE oss2youku_gearman_{name} {kind}"
            );
            for (suffix, value) in samples {
                let _ = writeln!(text, "oss2youku_gearman_{name}{suffix} {value}");
            }
        };
        let counts: Vec<_> = self.jobs.iter().map(|count| count.load(Relaxed)).collect();
        let jobs: Vec<_> = counts
            .iter()
            .zip(Outcome::ALL)
            .map(|(count, (_, name))| (format!("{{outcome=\"{name}\"}}"), count.to_string()))
            .collect();
        family("jobs_total", "counter", "Jobs that ended, by outcome.", &jobs);
        let seconds = Duration::from_millis(self.milliseconds.load(Relaxed)).as_secs_f64();
        let took = [
            ("_sum".to_owned(), seconds.to_string()),
            ("_count".to_owned(), counts.iter().sum::<u64>().to_string()),
        ];
        family("job_seconds", "summary", "From a job's assignment to its answer.", &took);
        for (name, kind, help, value) in [
            ("jobs_in_flight", "gauge", "Jobs that run now.", &*self.in_flight),
            ("registrations", "gauge", "Gearmands that give jobs to this worker now.", &*self.registered),
            ("reconnects_total", "counter", "Lines to gearmand that were lost or not had.", &self.reconnects),
            ("errors_total", "counter", "ERROR packets from gearmand.", &self.errors),
            ("retries_total", "counter", "Calls of the function that were made again.", &self.retries),
        ] {
            family(name, kind, help, &[(String::new(), value.load(Relaxed).to_string())]);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_tells_what_was_counted() {
        let metrics = Metrics::default();
        metrics.ended(Outcome::Success, Duration::from_millis(1500));
        metrics.ended(Outcome::Lost, Duration::from_millis(250));
        metrics.retry();
        let (_one, two) = (metrics.runs(), metrics.runs());
        drop(two);
        let text = metrics.text();
        for line in [
            "# TYPE oss2youku_gearman_jobs_total counter",
            "oss2youku_gearman_jobs_total{outcome=\"success\"} 1",
            "oss2youku_gearman_jobs_total{outcome=\"missing\"} 0",
            "oss2youku_gearman_jobs_total{outcome=\"lost\"} 1",
            "oss2youku_gearman_job_seconds_sum 1.75",
            "oss2youku_gearman_job_seconds_count 2",
            "oss2youku_gearman_jobs_in_flight 1",
            "oss2youku_gearman_retries_total 1",
            "oss2youku_gearman_registrations 0",
        ] {
            assert!(text.lines().any(|one| one == line), "{line}\n{text}");
        }
    }
}

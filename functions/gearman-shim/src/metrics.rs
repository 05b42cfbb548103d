//! Counters for operators, and their Prometheus text.
//!
//! No library, because dashboards rely on this text: `prometheus-client` 0.26 has no summary, which `job_seconds` is, and names a counter's
//! family without `_total` as OpenMetrics does, so that the metadata of each counter would move to another name.

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
    /// Never started: too large, or of another function.
    Refused,
    /// The handler panicked.
    Panicked,
    /// The connection was lost: the reply was dropped, and gearmand requeued the job.
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

/// Counts since the start of the process.
#[derive(Debug, Default)]
pub struct Metrics {
    jobs: [AtomicU64; Outcome::ALL.len()],
    milliseconds: AtomicU64,
    in_flight: Arc<AtomicU64>,
    registrations: Arc<AtomicU64>,
    reconnects: AtomicU64,
    server_errors: AtomicU64,
    retries: AtomicU64,
    token_refused: AtomicU64,
    function_missing: AtomicU64,
    jobs_waiting: Arc<AtomicU64>,
}

/// Raises a gauge by one for as long as it is held.
#[derive(Debug)]
pub(crate) struct GaugeGuard(Arc<AtomicU64>);

impl GaugeGuard {
    fn new(gauge: &Arc<AtomicU64>) -> Self {
        gauge.fetch_add(1, Relaxed);
        Self(gauge.clone())
    }
}

impl Drop for GaugeGuard {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

impl Metrics {
    /// Counts a job that ended, and the time since its assignment.
    pub(crate) fn record_job(&self, outcome: Outcome, duration: Duration) {
        if let Some(count) = self.jobs_counter(outcome) {
            count.fetch_add(1, Relaxed);
        }
        self.milliseconds.fetch_add(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX), Relaxed);
    }

    /// Counts a job as running for as long as the guard is held.
    pub(crate) fn track_running_job(&self) -> GaugeGuard {
        GaugeGuard::new(&self.in_flight)
    }

    /// Counts a gearmand as registered for as long as the guard is held.
    pub(crate) fn track_registration(&self) -> GaugeGuard {
        GaugeGuard::new(&self.registrations)
    }

    /// Counts a job as waiting until the function accepts the shim, for as long as the guard is held.
    pub(crate) fn track_waiting_job(&self) -> GaugeGuard {
        GaugeGuard::new(&self.jobs_waiting)
    }

    /// Says whether the function refuses the token.
    pub(crate) fn set_token_refused(&self, is_refused: bool) {
        self.token_refused.store(is_refused.into(), Relaxed);
    }

    /// Says whether something else than the function answers at its address.
    pub(crate) fn set_function_missing(&self, is_missing: bool) {
        self.function_missing.store(is_missing.into(), Relaxed);
    }

    /// Counts a connection to gearmand that was lost or not established.
    pub(crate) fn count_reconnect(&self) {
        self.reconnects.fetch_add(1, Relaxed);
    }

    /// Counts an ERROR packet from gearmand.
    pub(crate) fn count_server_error(&self) {
        self.server_errors.fetch_add(1, Relaxed);
    }

    /// Counts a repeated call of the function.
    pub(crate) fn count_retry(&self) {
        self.retries.fetch_add(1, Relaxed);
    }

    /// Whether some gearmand gives jobs to this worker.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.registrations.load(Relaxed) > 0
    }

    /// Whether the function refuses the token: no job is taken while it does.
    #[must_use]
    pub fn is_token_refused(&self) -> bool {
        self.token_refused.load(Relaxed) > 0
    }

    /// Whether what answers at the function's address is not the function: no job is taken while it is not.
    #[must_use]
    pub fn is_function_missing(&self) -> bool {
        self.function_missing.load(Relaxed) > 0
    }

    /// Running jobs that wait until the function accepts the shim.
    #[must_use]
    pub fn jobs_waiting(&self) -> u64 {
        self.jobs_waiting.load(Relaxed)
    }

    /// Jobs that run now.
    #[must_use]
    pub fn in_flight(&self) -> u64 {
        self.in_flight.load(Relaxed)
    }

    /// Jobs that ended this way.
    #[must_use]
    pub fn job_count(&self, outcome: Outcome) -> u64 {
        self.jobs_counter(outcome).map_or(0, |count| count.load(Relaxed))
    }

    fn jobs_counter(&self, outcome: Outcome) -> Option<&AtomicU64> {
        self.jobs.iter().zip(Outcome::ALL).find(|(_, (one, _))| *one == outcome).map(|(count, _)| count)
    }

    /// All metrics in Prometheus' text format, version 0.0.4.
    #[must_use]
    pub fn render(&self) -> String {
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
        let durations = [
            ("_sum".to_owned(), seconds.to_string()),
            ("_count".to_owned(), counts.iter().sum::<u64>().to_string()),
        ];
        family("job_seconds", "summary", "From a job's assignment to its answer.", &durations);
        for (name, kind, help, value) in [
            ("jobs_in_flight", "gauge", "Jobs that run now.", &*self.in_flight),
            ("registrations", "gauge", "Gearmands that give jobs to this worker now.", &*self.registrations),
            ("reconnects_total", "counter", "Lines to gearmand that were lost or not had.", &self.reconnects),
            ("errors_total", "counter", "ERROR packets from gearmand.", &self.server_errors),
            ("retries_total", "counter", "Calls of the function that were made again.", &self.retries),
            ("token_refused", "gauge", "1 while the function refuses the token.", &self.token_refused),
            (
                "function_missing",
                "gauge",
                "1 while what answers at the address is not the function.",
                &self.function_missing,
            ),
            (
                "jobs_waiting",
                "gauge",
                "Running jobs that wait while the token or the address is refused.",
                &*self.jobs_waiting,
            ),
        ] {
            family(name, kind, help, &[(String::new(), value.load(Relaxed).to_string())]);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names, labels, types and help are what dashboards rely on: the whole text is compared.
    #[test]
    fn the_text_is_what_was_counted() {
        let metrics = Metrics::default();
        metrics.record_job(Outcome::Success, Duration::from_millis(1500));
        metrics.record_job(Outcome::Lost, Duration::from_millis(250));
        metrics.count_retry();
        metrics.set_token_refused(true);
        let (_one, two) = (metrics.track_running_job(), metrics.track_running_job());
        drop(two);
        let expected = "\
# HELP oss2youku_gearman_jobs_total Jobs that ended, by outcome.
# TYPE oss2youku_gearman_jobs_total counter
oss2youku_gearman_jobs_total{outcome=\"success\"} 1
oss2youku_gearman_jobs_total{outcome=\"missing\"} 0
oss2youku_gearman_jobs_total{outcome=\"failed\"} 0
oss2youku_gearman_jobs_total{outcome=\"refused\"} 0
oss2youku_gearman_jobs_total{outcome=\"panicked\"} 0
oss2youku_gearman_jobs_total{outcome=\"lost\"} 1
# HELP oss2youku_gearman_job_seconds From a job's assignment to its answer.
# TYPE oss2youku_gearman_job_seconds summary
oss2youku_gearman_job_seconds_sum 1.75
oss2youku_gearman_job_seconds_count 2
# HELP oss2youku_gearman_jobs_in_flight Jobs that run now.
# TYPE oss2youku_gearman_jobs_in_flight gauge
oss2youku_gearman_jobs_in_flight 1
# HELP oss2youku_gearman_registrations Gearmands that give jobs to this worker now.
# TYPE oss2youku_gearman_registrations gauge
oss2youku_gearman_registrations 0
# HELP oss2youku_gearman_reconnects_total Lines to gearmand that were lost or not had.
# TYPE oss2youku_gearman_reconnects_total counter
oss2youku_gearman_reconnects_total 0
# HELP oss2youku_gearman_errors_total ERROR packets from gearmand.
# TYPE oss2youku_gearman_errors_total counter
oss2youku_gearman_errors_total 0
# HELP oss2youku_gearman_retries_total Calls of the function that were made again.
# TYPE oss2youku_gearman_retries_total counter
oss2youku_gearman_retries_total 1
# HELP oss2youku_gearman_token_refused 1 while the function refuses the token.
# TYPE oss2youku_gearman_token_refused gauge
oss2youku_gearman_token_refused 1
# HELP oss2youku_gearman_function_missing 1 while what answers at the address is not the function.
# TYPE oss2youku_gearman_function_missing gauge
oss2youku_gearman_function_missing 0
# HELP oss2youku_gearman_jobs_waiting Running jobs that wait while the token or the address is refused.
# TYPE oss2youku_gearman_jobs_waiting gauge
oss2youku_gearman_jobs_waiting 0
";
        assert_eq!(metrics.render(), expected);
    }
}

//! Figures as OpenMetrics text.

use super::figures::Figures;
use app::{LedgerHealth, core::ledger::Timestamp};
use prometheus_client::{
    encoding::text,
    metrics::{family::Family, gauge::Gauge},
    registry::Registry,
};
use std::{fmt, sync::atomic::AtomicU64};

/// Name and value of each label.
type Labels = Vec<(&'static str, String)>;
type Number = Gauge<f64, AtomicU64>;
type Numbers = Family<Labels, Number>;

const DAY: f64 = 86_400.0;

/// Encodes figures. Ages and what is left are by `now`.
///
/// # Errors
/// None that is known: writing to a string does not fail.
pub(super) fn encode(figures: &Figures, now: Timestamp) -> Result<String, fmt::Error> {
    let mut registry = Registry::with_prefix("oss2youku");
    let uploads = add_numbers(
        &mut registry,
        "uploads",
        "Uploads by state, those that ended in the last 30 days included",
    );
    for (state, count) in &figures.uploads {
        uploads.get_or_create(&vec![("state", state.as_str().to_owned())]).set(*count as f64);
    }
    let errors = add_numbers(
        &mut registry,
        "uploads_with_error",
        "Uploads that have an error, by state and error code",
    );
    for ((state, error), count) in &figures.errors {
        errors
            .get_or_create(&vec![("state", state.as_str().to_owned()), ("error", error.clone())])
            .set(*count as f64);
    }
    let oldest = figures.oldest_open.map_or(0.0, |begun| seconds_between(begun, now));
    let help = "For how long the oldest upload is open that has not ended, 0 where none is";
    add_number(&mut registry, "oldest_open_upload_seconds", help, oldest);
    let help = "Bytes that all uploads move per second, lately";
    add_number(&mut registry, "bytes_per_second", help, figures.rate as f64);
    let help = "1 where the ledger could be read the last time, else 0";
    add_number(&mut registry, "ledger_readable", help, f64::from(u8::from(figures.is_readable)));
    if let Some(health) = &figures.health {
        add_health(&mut registry, health, now);
    }
    let mut text = String::new();
    text::encode(&mut text, &registry)?;
    Ok(text)
}

fn add_health(registry: &mut Registry, health: &LedgerHealth, now: Timestamp) {
    let help = "Days until an account's access token expires, where Youku told";
    let days = add_numbers(registry, "token_days", help);
    let help = "1 where an account needs new tokens from a person, else 0";
    let lost = add_numbers(registry, "token_lost", help);
    for (account, token) in &health.tokens {
        let labels = vec![("account", account.clone())];
        lost.get_or_create(&labels).set(f64::from(u8::from(token.is_lost)));
        if let Some(until) = token.until {
            let left = seconds_between(now, until) - seconds_between(until, now);
            days.get_or_create(&labels).set(left / DAY);
        }
    }
    if let Some(swept) = health.swept {
        let help = "Time since the last sweep ended or, before the first, since the ledger was first used; absent where sweeps are off";
        add_number(registry, "last_sweep_age_seconds", help, seconds_between(swept, now));
    }
}

fn add_numbers(registry: &mut Registry, name: &str, help: &str) -> Numbers {
    let numbers = Numbers::default();
    registry.register(name, help, numbers.clone());
    numbers
}

fn add_number(registry: &mut Registry, name: &str, help: &str, value: f64) {
    let number = Number::default();
    number.set(value);
    registry.register(name, help, number);
}

/// 0 where `to` is not after `from`.
fn seconds_between(from: Timestamp, to: Timestamp) -> f64 {
    to.get().duration_since(from.get()).unwrap_or_default().as_secs_f64()
}

//! This machine's wall clock. It may be wrong by hours and it may jump: it gives hints, and no judgement rests on it.

#[cfg(test)]
pub(crate) use crate::tests::clock::wall as now;

/// The time, as this machine has it.
#[cfg(not(test))]
pub(crate) fn now() -> std::time::SystemTime {
    std::time::SystemTime::now()
}

//! What the fuzzing targets check: `tests/fuzz` runs them.
//!
//! | module | its job |
//! |---|---|
//! | `films` | what the preflight reads |
//! | `events` | events of Function Compute and of Lambda |
//! | `tasks` | tasks, sidecars and user metadata |
//! | `gearman`, `function` | both sides of the shim |
//! | `answers` | answers of Youku and of the stores |
//! | `ledger` | records of the ledger |
//! | `settings` | settings, and the URLs of callbacks |

pub mod answers;
pub mod events;
pub mod films;
pub mod function;
pub mod gearman;
pub mod ledger;
pub mod settings;
pub mod tasks;

//! Tells group robots what became of uploads: the ledger's notices, many of them in one message.
//!
//! | module | its job |
//! |---|---|
//! | `messenger` | the port that carries a message to one robot |
//! | `drain` | sends a robot's notices, one process at a time |
//! | `delivery_time` | how long a message may take |
//! | `message` | which notices a message counts, and which it shows |
//! | `cleanup` | deletes notices that were sent, or that have expired |
//! | `video_watch`, `video_states` | asks Youku what became of published videos, many in one call |
//! | `tokens` | notices that an access token expires |

mod cleanup;
pub(crate) mod delivery_time;
pub(crate) mod drain;
mod message;
pub(crate) mod messenger;
pub(crate) mod tokens;
mod video_states;
pub(crate) mod video_watch;

//! HTTP requests that came as events.
//!
//! | module | its job |
//! |---|---|
//! | `parse` | [`parse_request`]: an event of any form to a request |
//! | `format_two` | function URLs and HTTP APIs (payload format 2.0) |
//! | `format_one` | REST APIs, HTTP APIs with payload format 1.0, load balancers |
//! | `target` | paths and queries, and the stage's name in them |
//! | `fields` | fields that senders write differently |
//! | `parts` | what is read of an event, to a request |

mod fields;
mod format_one;
mod format_two;
mod parse;
mod parts;
mod target;

pub(super) use parse::parse_request;

//! Who is let in: the user of this machine who started the console, from its own page alone.
//!
//! The printed address has a token, which the browser exchanges for a cookie: an address stays in histories and in other programs' lists of
//! processes, a cookie does not. `Host` keeps out pages that a name of theirs leads here (DNS rebinding), `Origin` and `Sec-Fetch-Site` keep
//! out pages of other sites and of other ports of this machine.

mod enforce;
mod judge;
mod secret;

pub(crate) use enforce::enforce_access;
pub(crate) use judge::Access;

//! What all local clouds share: scripted faults, a paced link, and the serving of one cloud on one listener.

mod admin;
mod body;
mod faults;
mod link;
mod registry;
mod serving;
mod stream;
#[cfg(test)]
mod tests;

pub use faults::{Fault, Rule, RuleId, RuleState};
pub use link::{Link, LinkSettings};
pub use registry::Faults;
pub use serving::{Server, serve};

use axum::body::Body;
use http::{Request, Response, StatusCode, request::Parts};

/// Faults and link of one server. Cheap to clone; clones share their state.
#[derive(Clone, Debug, Default)]
pub struct Control {
    /// The scripted faults.
    pub faults: Faults,
    /// Latency and rates.
    pub link: Link,
}

impl Control {
    /// No faults, an unlimited link.
    pub fn new() -> Self {
        Self::default()
    }

    /// No faults, and a link that may be shared with other servers: their rates then count together.
    pub fn with_link(link: Link) -> Self {
        Self { faults: Faults::default(), link }
    }
}

/// What a server must provide to be served with faults and a link.
pub trait Cloud: Clone + Send + Sync + 'static {
    /// The operation's name, the word used in fault rules, e.g. `UploadPart`, `create`, `invoke`.
    fn operation(&self, parts: &Parts) -> String;

    /// Makes the credential or token this request carries stale (fault kind `expire`).
    fn expire(&self, parts: &Parts);

    /// A scripted refusal in this server's own error format.
    fn refusal(&self, parts: &Parts, status: StatusCode, code: Option<&str>) -> Response<Body>;

    /// Answers one request. Its extensions hold the caller's address as `axum::extract::ConnectInfo<SocketAddr>`.
    /// The future is dropped when the caller closes the connection.
    fn handle(&self, request: Request<Body>) -> impl Future<Output = Response<Body>> + Send;
}

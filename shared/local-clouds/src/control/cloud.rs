//! What a server must provide to be served.

use axum::body::Body;
use http::request::Parts;
use http::{Request, Response, StatusCode};

/// A server that can be served with faults and a link.
pub trait Cloud: Clone + Send + Sync + 'static {
    /// The operation's name, the word used in fault rules, e.g. `UploadPart`, `create`, `invoke`.
    fn operation(&self, parts: &Parts) -> String;

    /// Makes the credential or token this request carries stale (fault kind `expire`).
    fn expire(&self, parts: &Parts);

    /// A scripted refusal in this server's own error format.
    fn refusal(&self, parts: &Parts, status: StatusCode, code: Option<&str>) -> Response<Body>;

    /// Answers one request. Its extensions hold the caller's address as
    /// `axum::extract::ConnectInfo<SocketAddr>`. The future is dropped when the caller closes the connection.
    fn handle(&self, request: Request<Body>) -> impl Future<Output = Response<Body>> + Send;
}

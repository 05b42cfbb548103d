//! Who calls, as the ledger's steps name it.

use app::App;
use axum::{extract::FromRequestParts, http::request::Parts};
use std::convert::Infallible;

/// Who calls: the token by the beginning of its hash, `gateway` where the gateway has checked the caller, `console`.
#[derive(Debug, Clone)]
pub(crate) struct Caller(pub(crate) String);

impl Caller {
    /// The owner of this process.
    pub(crate) fn owner() -> Self {
        Self("console".into())
    }

    /// Who shows this token, if any.
    pub(crate) fn from_token(app: &App, token: Option<&str>) -> Self {
        let name = token.and_then(|token| app.settings().http.name_of(token));
        Self(name.unwrap_or_else(|| "gateway".into()))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        // The layer that decides the rights puts it there.
        Ok(parts.extensions.get().cloned().unwrap_or_else(Self::owner))
    }
}

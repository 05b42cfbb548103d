//! Bodies: those that go out, exact in length, and those that come back, whole or with an error.

pub(crate) mod object_body;
pub(crate) mod resuming_body;
pub(crate) mod upload_body;

use crate::context::Context;

/// One call of the function: what was sent, and what the platform says about it (page context).
#[derive(Debug, Clone)]
pub struct FcEvent<T> {
    /// What the caller or the trigger sent.
    pub payload: T,
    /// Request id, credentials, deadline and the function's identity.
    pub context: Context,
}

impl<T> FcEvent<T> {
    /// An event made by hand, for instance in a handler's own tests.
    pub fn new(payload: T, context: Context) -> Self {
        Self { payload, context }
    }

    /// Splits the event into its payload and its context.
    pub fn into_parts(self) -> (T, Context) {
        (self.payload, self.context)
    }
}

/// Any error: what `main` and most handlers return.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

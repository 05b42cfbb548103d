//! Nothing here: the suites live in `suite/`.

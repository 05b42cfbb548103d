//! The integration suites, one module a topic.

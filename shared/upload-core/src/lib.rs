//! The domain of oss2youku: jobs, metadata rules, transfer and the ports they work through.

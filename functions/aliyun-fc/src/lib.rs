//! The Function Compute door of oss2youku.

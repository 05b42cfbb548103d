//! Youku's upload API as typed calls.

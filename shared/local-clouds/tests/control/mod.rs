//! Serving, faults and link, tried with a server that echoes.

mod env;
mod faults;
mod serving;

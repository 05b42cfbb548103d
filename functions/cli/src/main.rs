//! Upload from object storage to Youku: command line and local clouds.
fn main() {}

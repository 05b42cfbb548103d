//! Prints the objects that an event reports as created, whichever of the three forms it has. Try it:
//! `cargo run --example list_created < tests/fixtures/oss-native.json`.

#![expect(clippy::print_stdout, reason = "an example shows what it has read")]

use aliyun_fc_events::OssEvents;
use std::{error::Error, io};

fn main() -> Result<(), Box<dyn Error>> {
    let events: OssEvents = serde_json::from_reader(io::stdin())?;
    for record in events.records.iter().filter(|record| record.has_created_object()) {
        println!("{}/{}", record.oss.bucket.name, record.oss.object.key);
    }
    Ok(())
}

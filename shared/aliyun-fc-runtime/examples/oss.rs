//! A function behind an OSS trigger, native or by EventBridge. Try it: `cargo run --example oss`, then
//! `curl -d @tests/fixtures/oss-native.json http://127.0.0.1:9000/invoke`.

use aliyun_fc_runtime::{Error, Event, events::OssEvents, run, service_fn};

/// Answers the keys of the objects that were created. The trigger delivers at least once: what a real function does
/// with a key should bear doing twice.
async fn list_created(event: Event<OssEvents>) -> Result<Vec<String>, Error> {
    let records = event.payload.records.into_iter();
    let created = records.filter(|record| record.event_name.starts_with("ObjectCreated:"));
    Ok(created.map(|record| format!("{}/{}", record.oss.bucket.name, record.oss.object.key)).collect())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    run(service_fn(list_created)).await
}

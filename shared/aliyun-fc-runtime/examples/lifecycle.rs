//! An initializer that prepares what all calls share, and a pre-stop hook that cleans it up. Try it:
//! `cargo run --example lifecycle`, then `curl -d '' http://127.0.0.1:9000/invoke`, then send it SIGTERM.

use aliyun_fc_runtime::{Context, Error, FcEvent, Runtime, service_fn};
use serde_json::Value;
use std::sync::{Arc, OnceLock};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let greeting: Arc<OnceLock<String>> = Arc::default();

    let prepared = greeting.clone();
    let initializer = move |context: Context| {
        let prepared = prepared.clone();
        async move {
            // Here a function would load its settings or open its connections.
            prepared.get_or_init(|| format!("Hello from instance {:?}", context.instance_id()));
            Ok::<_, Error>(())
        }
    };
    let handler = move |_: FcEvent<Value>| {
        let greeting = greeting.get().cloned();
        async move { greeting.ok_or("the initializer did not run") }
    };
    let pre_stop = |_: Context| async {
        // Here a function would flush what it has buffered.
        Ok::<_, Error>(())
    };

    Runtime::new(service_fn(handler)).initializer(initializer).pre_stop(pre_stop).run().await
}

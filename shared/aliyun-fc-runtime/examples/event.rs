//! An event function. Try it: `cargo run --example event`, then
//! `curl -d '{"name":"Ada"}' http://127.0.0.1:9000/invoke`.

use aliyun_fc_runtime::{Diagnostic, Error, FcEvent, run, service_fn};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Greeting {
    name: String,
}

#[derive(Serialize)]
struct Reply {
    text: String,
    request_id: String,
}

async fn greet(event: FcEvent<Greeting>) -> Result<Reply, Diagnostic> {
    let (greeting, context) = event.into_parts();
    if greeting.name.is_empty() {
        return Err(Diagnostic::new("NoName", "the name is empty"));
    }
    Ok(Reply { text: format!("Hello, {}!", greeting.name), request_id: context.request_id().to_owned() })
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    run(service_fn(greet)).await
}

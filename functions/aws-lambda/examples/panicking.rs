//! A function whose handler panics where the event says so: it tests what the runtime around it makes of a panic.

use aws_lambda::{EventResponse, run};
use lambda_runtime::{Error, LambdaEvent};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    run(async |event: LambdaEvent<Value>| {
        let words = event.payload.get("panic");
        assert!(words.is_none(), "{words:?}");
        Ok(EventResponse::Results { results: Vec::new() }.into())
    })
    .await
}

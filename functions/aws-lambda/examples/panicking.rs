//! A function whose handler panics where the event says so: what the runtime around it makes of a panic is tested with it.

use aws_lambda::{answer::Answer, run};
use lambda_runtime::{Error, LambdaEvent};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    run(async |event: LambdaEvent<Value>| {
        let words = event.payload.get("panic");
        assert!(words.is_none(), "{words:?}");
        Ok(Answer::Results { results: Vec::new() })
    })
    .await
}

//! A web function: an axum router behind an HTTP trigger. Try it: `cargo run --example http`, then
//! `curl http://127.0.0.1:9000/hello/Ada`.

use aliyun_fc_runtime::{Context, Error, run_http};
use axum::{Extension, Router, extract::Path, routing::get};

async fn hello(Path(name): Path<String>, Extension(context): Extension<Context>) -> String {
    format!("Hello, {name}! This is {} in {}.\n", context.function_name(), context.region())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    run_http(Router::new().route("/hello/{name}", get(hello)).route("/healthz", get(|| async { "well" })))
        .await
}

//! The ledger in a bucket of the local OSS.

use super::TestEnv;
use serde_json::Value;
use tokio::io::AsyncReadExt;

/// No trigger watches it.
pub(crate) const BUCKET: &str = "records";
pub(crate) const LOCATION: &str = "oss://records";
/// 32 bytes.
pub(crate) const SEAL_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// The uploads that are not settled.
pub(crate) fn open_marks(env: &TestEnv) -> Vec<String> {
    let keys = env.clouds.oss.keys(BUCKET).into_iter();
    keys.filter_map(|key| key.strip_prefix("open/").map(str::to_owned)).collect()
}

/// The entries of the ledger's only upload, in order.
async fn steps(env: &TestEnv) -> Vec<Value> {
    let mut steps = Vec::new();
    let mut uploads: Vec<String> = Vec::new();
    for key in env.clouds.oss.keys(BUCKET) {
        let Some((id, _)) = key.strip_prefix("ledger/").and_then(|rest| rest.split_once('/')) else {
            continue;
        };
        uploads.push(id.to_owned());
        let mut text = String::new();
        env.clouds.oss.reader(BUCKET, &key).unwrap().read_to_string(&mut text).await.unwrap();
        steps.push(serde_json::from_str(&text).unwrap());
    }
    uploads.dedup();
    assert_eq!(uploads.len(), 1, "one upload: {uploads:?}");
    steps
}

/// Step and epoch of each entry of the ledger's only upload, in order.
pub(crate) async fn steps_and_epochs(env: &TestEnv) -> Vec<(String, u64)> {
    let step_and_epoch = |entry: &Value| {
        let step = match &entry["step"] {
            Value::String(step) => step.clone(),
            step => step.as_object().and_then(|step| step.keys().next()).expect("a step").clone(),
        };
        (step, entry["epoch"].as_u64().expect("an epoch"))
    };
    steps(env).await.iter().map(step_and_epoch).collect()
}

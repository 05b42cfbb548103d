//! The trace that a job states, through the shim and the function.

use super::GearmanEnv;
use crate::support::{
    log_lines::{assert_run_traced, trace_of},
    sample_bytes,
};
use serde_json::{Value, json};

const TRACE_ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// In both forms of a task: the lines of the shim and of the function name it, and the ledger keeps it.
#[tokio::test]
async fn a_jobs_trace_goes_through_the_shim_and_the_function() {
    let world = GearmanEnv::start().await;
    let shim = world.shim(&[]);
    for is_legacy in [true, false] {
        let (legacy, bytes) = world.object(if is_legacy { "old" } else { "new" }, 1000).await;
        let mut task: Value = serde_json::from_str(&legacy).unwrap();
        task["conf"]["traceparent"] = TRACE.into();
        if !is_legacy {
            world.env.put("new.mp4", &sample_bytes(7, 1000)).await;
            task = json!({"source": "oss://videos/new.mp4", "account": "main", "traceparent": TRACE});
        }
        let answer = world.gearmand.foreground(&task.to_string()).await.expect("an answer");
        assert_eq!(answer["code"], "200", "{answer}");
        let id = answer["data"]["upload_id"].as_str().unwrap();
        assert_run_traced(&world.env.log(), ("upload_id", id), TRACE_ID, "published");
        let step = world.env.ledger_folder().join(format!("ledger/{id}/000001.json"));
        let step: Value = serde_json::from_slice(&std::fs::read(step).unwrap()).unwrap();
        assert_eq!(step["traceparent"], TRACE);
        drop(bytes);
    }
    let untraced = world.object("plain", 1000).await.0;
    assert_eq!(world.gearmand.foreground(&untraced).await.expect("an answer")["code"], "200");
    shim.wait_for_log("ended", 3).await;
    let lines = shim.logged();
    let jobs = lines.iter().filter(|line| line["message"] == "begun" || line["message"] == "ended");
    let traces: Vec<_> = jobs.map(trace_of).collect();
    let traced = Some(TRACE_ID);
    assert_eq!(traces, [traced, traced, traced, traced, None, None], "{lines:?}");
}

//! Makes an instance ready for its first call, and ends it in order.

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use nix::sys::signal::Signal;
use tokio::time::{sleep, timeout, timeout_at};

use crate::fc::connection::ConnectionLost;
use crate::fc::error::FcError;
use crate::fc::health::keep_checking;
use crate::fc::instance::Instance;
use crate::fc::instance_request::hook_request;
use crate::fc::scripted::{ScriptedFault, run_with_faults};

impl Instance {
    /// Makes the instance ready for calls: probe, Initializer, first health check, each only once.
    pub(crate) async fn prepare(self: &Arc<Self>) -> Result<(), FcError> {
        let config = &self.context.config;
        let mut prepared = self.prepared.lock().await;
        if !prepared.listens {
            self.wait_listening(config.start_timeout).await?;
            prepared.listens = true;
        }
        if !prepared.initialized {
            if let Some(limit) = config.initializer {
                self.initialize(limit).await?;
            }
            prepared.initialized = true;
        }
        if !prepared.checked {
            if let Some(check) = &config.health_check {
                self.first_check(check).await?;
                tokio::spawn(keep_checking(Arc::downgrade(self), check.clone()));
            }
            prepared.checked = true;
        }
        Ok(())
    }

    async fn wait_listening(&self, limit: Duration) -> Result<(), FcError> {
        let probe = async {
            while !self.connections.is_accepting().await {
                sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::select! {
            how = self.process.wait_exit() => {
                Err(FcError::bad_gateway("CAExited", format!("function instance exited unexpectedly ({how})")))
            }
            probed = timeout_at(self.started + limit, probe) => probed.map_err(|_| {
                self.kill();
                let seconds = limit.as_secs();
                let message = format!("no TCP connection to port {} within {seconds} s", self.port);
                FcError::bad_gateway("FunctionNotStarted", message)
            }),
        }
    }

    /// Calls the Initializer hook (fc.md, section 1.5): 2xx is success, 4xx is retried at the next call,
    /// anything else replaces the instance.
    async fn initialize(&self, limit: Duration) -> Result<(), FcError> {
        let request =
            hook_request(&self.context, self.port, Method::POST, "/initialize", Some("/initialize"));
        let call = run_with_faults(
            &self.context.platform.faults,
            "initialize",
            "/initialize",
            timeout(limit, self.request_status(request)),
        );
        let outcome = match call.await {
            Ok(Ok(Ok(status))) | Err(ScriptedFault::Status(status)) => Ok(status),
            Ok(Ok(Err(ConnectionLost))) | Err(ScriptedFault::Lost) => Err("the connection was lost"),
            Ok(Err(_)) => Err("it took too long"),
        };
        match outcome {
            Ok(status) if status.is_success() => Ok(()),
            Ok(status) => {
                if !status.is_client_error() {
                    self.kill();
                }
                Err(FcError::function(
                    "InitializationError",
                    format!("initializer failed: status {}", status.as_u16()),
                ))
            }
            Err(why) => {
                self.kill();
                Err(FcError::function("InitializationError", format!("initializer failed: {why}")))
            }
        }
    }

    /// Calls the PreStop hook, if there is one, and ends the process.
    pub(crate) async fn stop(&self) {
        self.begin_stop();
        if let Some(limit) = self.context.config.pre_stop
            && self.prepared.try_lock().is_ok_and(|prepared| prepared.initialized)
        {
            let request = hook_request(&self.context, self.port, Method::GET, "/pre-stop", None);
            let call = timeout(limit, self.request_status(request));
            // Ignore a failure: it does not stop the shutdown.
            let _ = run_with_faults(&self.context.platform.faults, "pre-stop", "/pre-stop", call).await;
        }
        self.process.drain_logs();
        self.process.signal(Signal::SIGKILL);
        self.process.wait_exit().await;
    }
}

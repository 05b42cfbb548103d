//! What the tests of several modules share.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use crate::{Allowance, Callback, Client, Config, GuardConfig};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::{
    net::{IpAddr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

/// A name whose loopback addresses the tests' settings allow.
pub(crate) const HOST: &str = "hooks.example.com";

/// Answers one list of addresses after another, and repeats the last.
pub(crate) struct Scripted {
    pub(crate) answers: Vec<Vec<IpAddr>>,
    pub(crate) asked: AtomicUsize,
}

impl Scripted {
    pub(crate) fn new(answers: &[&[&str]]) -> Arc<Self> {
        let answers = answers.iter().map(|list| list.iter().map(|one| one.parse().unwrap()).collect());
        Arc::new(Self { answers: answers.collect(), asked: AtomicUsize::new(0) })
    }
}

impl Resolve for Scripted {
    fn resolve(&self, _: Name) -> Resolving {
        let turn = self.asked.fetch_add(1, Relaxed).min(self.answers.len() - 1);
        let found: Vec<_> = self.answers[turn].iter().map(|ip| SocketAddr::new(*ip, 0)).collect();
        Box::pin(async move { Ok(Box::new(found.into_iter()) as Addrs) })
    }
}

/// Settings under which [`HOST`] may be 127.0.0.1, at `port`, over http.
pub(crate) fn config(port: u16) -> Config {
    let allowed = |host: &str| Allowance {
        host: host.into(),
        network: "127.0.0.1/32".parse().unwrap(),
        any_port: false,
    };
    Config {
        secrets: Vec::new(),
        guard: GuardConfig {
            allow_http: true,
            ports: vec![port],
            allowed: vec![allowed(HOST)],
            only_hosts: Vec::new(),
        },
    }
}

/// A builder that brings TLS without roots.
pub(crate) fn builder() -> reqwest::ClientBuilder {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    reqwest::Client::builder().tls_backend_preconfigured(tls)
}

pub(crate) fn client(config: Config, resolver: Arc<Scripted>) -> Client {
    Client::resolving_by(config, builder(), resolver).unwrap()
}

pub(crate) fn callback(port: u16) -> Callback {
    Callback { url: format!("http://{HOST}:{port}/done?token=s3cret").into(), id: "upload-1.finished".into() }
}

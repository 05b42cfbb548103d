//! Names to addresses.

use async_trait::async_trait;
use std::{
    io,
    net::{IpAddr, SocketAddr},
};

/// Asks for the addresses of a host.
#[async_trait]
pub(crate) trait Resolve: Send + Sync {
    /// All addresses of the host.
    async fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>>;
}

/// The machine's own resolver.
pub(crate) struct SystemResolver;

#[async_trait]
impl Resolve for SystemResolver {
    async fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((host, 0)).await?.map(|found| SocketAddr::ip(&found)).collect())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    /// An address is its own name, wherever the test runs.
    #[tokio::test]
    async fn the_machines_resolver_answers_with_addresses() {
        for address in ["127.0.0.1", "::1"] {
            let found = SystemResolver.resolve(address).await.unwrap();
            assert_eq!(found, [address.parse::<IpAddr>().unwrap()]);
        }
    }
}

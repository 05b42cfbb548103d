//! Group robots: local ones, what we send to them, and clients that others wrote.

mod clients;
mod requests;
mod telling;

use local_clouds::control::{Control, Server, serve};
use local_clouds::robots::{ReceivedRequest, RobotConfig, Robots, Vendor};
use tokio::net::TcpListener;

/// A token of the form that all three vendors' have in common: WeCom's is a UUID.
const TOKEN: &str = "01234567-89ab-cdef-0123-456789abcafe";

/// One local robot.
struct RobotEnv {
    robots: Robots,
    control: Control,
    server: Server,
    config: RobotConfig,
}

impl RobotEnv {
    async fn new(vendor: Vendor, change: impl FnOnce(&mut RobotConfig)) -> Self {
        let mut config = RobotConfig::new(vendor, "team", TOKEN);
        change(&mut config);
        let (robots, control) = (Robots::new([config.clone()]), Control::new());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = serve(listener, robots.clone(), control.clone());
        Self { robots, control, server, config }
    }

    async fn signed(vendor: Vendor, secret: &str) -> Self {
        Self::new(vendor, |robot| robot.secret = Some(secret.to_owned())).await
    }

    fn url(&self) -> String {
        format!("http://{}", self.server.addr())
    }

    /// The codes that all requests so far were answered, oldest first.
    fn codes(&self) -> Vec<i64> {
        self.robots.requests().iter().map(|request| request.code).collect()
    }

    /// The only request that there was.
    fn only_request(&self) -> ReceivedRequest {
        let [request] = &self.robots.requests()[..] else { panic!("{:?}", self.robots.requests()) };
        request.clone()
    }
}

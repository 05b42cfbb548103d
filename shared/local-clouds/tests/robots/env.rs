//! Local robots and a client of them.

use axum::body::Body;
use http::Request;
use local_clouds::control::{Control, Server, serve};
use local_clouds::robots::{RobotConfig, Robots, Vendor};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::http_client;

pub(crate) const VENDORS: [Vendor; 3] = [Vendor::DingTalk, Vendor::Feishu, Vendor::WeCom];
pub(crate) const TOKEN: &str = "0123456789abcdef";

pub(crate) struct RobotsEnv {
    pub(crate) robots: Robots,
    pub(crate) control: Control,
    pub(crate) server: Server,
}

impl RobotsEnv {
    /// One robot of each vendor, all with the same token.
    pub(crate) async fn new(change: impl Fn(&mut RobotConfig)) -> Self {
        let robots = VENDORS.map(|vendor| {
            let mut robot = RobotConfig::new(vendor, vendor.as_str(), TOKEN);
            change(&mut robot);
            robot
        });
        let (robots, control) = (Robots::new(robots), Control::new());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = serve(listener, robots.clone(), control.clone());
        Self { robots, control, server }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.server.addr())
    }

    pub(crate) async fn send(&self, method: &str, path: &str, body: impl Into<Body>) -> (u16, Vec<u8>) {
        let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        let (status, _, body) = http_client::send(&self.url(), request.body(body.into()).unwrap()).await;
        (status.as_u16(), body.to_vec())
    }

    /// Posts a body to a path; the vendors always answer 200.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Value {
        let (status, body) = self.send("POST", path, body.to_string()).await;
        assert_eq!(status, 200);
        serde_json::from_slice(&body).unwrap()
    }

    /// The code for a body posted to the vendor's robot.
    pub(crate) async fn code(&self, vendor: Vendor, body: &Value) -> i64 {
        code_of(&self.post(&path(vendor), body).await)
    }
}

/// Where the vendor's robot takes messages.
pub(crate) fn path(vendor: Vendor) -> String {
    RobotConfig::new(vendor, "", TOKEN).path()
}

pub(crate) fn code_of(answer: &Value) -> i64 {
    answer.get("errcode").or_else(|| answer.get("code")).and_then(Value::as_i64).unwrap()
}

/// A text message of the vendor's.
pub(crate) fn text(vendor: Vendor, text: &str) -> Value {
    match vendor {
        Vendor::DingTalk | Vendor::WeCom => json!({"msgtype": "text", "text": {"content": text}}),
        Vendor::Feishu => json!({"msg_type": "text", "content": {"text": text}}),
    }
}

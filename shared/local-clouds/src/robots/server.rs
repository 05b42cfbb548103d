//! The robots as one server.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::body::Body;
use axum::extract::ConnectInfo;
use http::request::Parts;
use http::{Method, Request, Response, StatusCode, header};
use serde_json::Value;

use crate::control::cloud::Cloud;
use crate::control::json::json_response;
use crate::robots::answer::{accepted, refused, usual_text, with_code};
use crate::robots::clock::RobotsClock;
use crate::robots::config::{RobotConfig, Vendor};
use crate::robots::guard::check_guards;
use crate::robots::message::{check_body_size, check_message};
use crate::robots::received::ReceivedRequest;
use crate::robots::refusal::Refusal;
use crate::robots::robot::Robot;
use crate::robots::route::Route;
use crate::robots::switches::Switches;

const BODY_LIMIT: usize = 16 * 1024 * 1024;
/// Feishu refuses everything for so long from each full and half hour on, where the switch says so.
const BUSY_SECONDS: u64 = 10;

/// Local robots of all three vendors. Clones share their state; [`serve`](crate::control::serve) puts them on a listener.
#[derive(Clone)]
pub struct Robots(Arc<Shared>);

struct Shared {
    clock: RobotsClock,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    robots: Vec<Robot>,
    switches: Switches,
    received: Vec<ReceivedRequest>,
}

impl Robots {
    /// Robots as their owners set them up.
    pub fn new(robots: impl IntoIterator<Item = RobotConfig>) -> Self {
        let state = State { robots: robots.into_iter().map(Robot::new).collect(), ..State::default() };
        Self(Arc::new(Shared { clock: RobotsClock::new(), state: Mutex::new(state) }))
    }

    /// Adds a robot, or replaces the one with the same token, whose messages are forgotten.
    pub fn set_robot(&self, config: RobotConfig) {
        let mut state = self.state();
        state
            .robots
            .retain(|known| known.config.vendor != config.vendor || known.config.token != config.token);
        state.robots.push(Robot::new(config));
    }

    /// The robots that there are.
    pub fn robots(&self) -> Vec<RobotConfig> {
        self.state().robots.iter().map(|robot| robot.config.clone()).collect()
    }

    /// All requests at the vendors' paths, oldest first. Those that a fault kept away are not among them.
    pub fn requests(&self) -> Vec<ReceivedRequest> {
        self.state().received.clone()
    }

    /// Requests that were accepted, oldest first.
    pub fn messages(&self) -> Vec<ReceivedRequest> {
        self.requests().into_iter().filter(|request| request.code == 0).collect()
    }

    /// Whether DingTalk has silenced a robot for the time being.
    pub fn is_silenced(&self, name: &str) -> bool {
        let now = self.0.clock.now();
        self.state().robots.iter().any(|robot| robot.config.name == name && robot.rate.is_silent(now))
    }

    /// The switches as they are.
    pub fn switches(&self) -> Switches {
        self.state().switches.clone()
    }

    /// Sets all switches.
    pub fn set_switches(&self, switches: Switches) {
        self.state().switches = switches;
    }

    /// Sets how wrong the clock of signatures and limits is; a positive number is ahead.
    pub fn set_clock_ahead(&self, seconds: i64) {
        self.0.clock.set_ahead(seconds);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn receive(&self, route: Route, parts: &Parts, body: Body) -> Value {
        // A broken body is judged as far as it came: not at all.
        let body = axum::body::to_bytes(body, BODY_LIMIT).await.unwrap_or_default();
        let now = self.0.clock.now();
        let mut state = self.state();
        let message = serde_json::from_slice::<Value>(&body).ok();
        let vendor = route.vendor;
        let (robot, judged) = state.judge(&route, parts, body.len(), message.as_ref(), now);
        let (code, answer) = match judged {
            Ok(()) => (0, accepted(vendor)),
            Err(refusal) => {
                let (code, text) = refused(vendor, &refusal, state.switches.chinese_guards);
                (code, with_code(vendor, code, &text))
            }
        };
        let received = ReceivedRequest { vendor, robot, at: now, bytes: body.len(), body: message, code };
        state.received.push(received);
        answer
    }
}

impl State {
    /// The name of the robot that the request is for, and whether it is accepted.
    fn judge(
        &mut self,
        route: &Route,
        parts: &Parts,
        bytes: usize,
        message: Option<&Value>,
        now: SystemTime,
    ) -> (Option<String>, Result<(), Refusal>) {
        if let Err(refusal) = check_method(route.vendor, parts) {
            return (None, Err(refusal));
        }
        let Some(token) = &route.token else { return (None, Err(Refusal::MissingToken)) };
        let is_it = |robot: &&mut Robot| robot.config.vendor == route.vendor && robot.config.token == *token;
        let Some(robot) = self.robots.iter_mut().find(is_it) else {
            return (None, Err(Refusal::UnknownToken));
        };
        let judged = judge_message(robot, &self.switches, parts, bytes, message, now);
        (Some(robot.config.name.clone()), judged)
    }
}

fn check_method(vendor: Vendor, parts: &Parts) -> Result<(), Refusal> {
    if parts.method != Method::POST {
        return Err(Refusal::Method);
    }
    let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let is_json = content_type.is_some_and(|kind| kind.to_ascii_lowercase().starts_with("application/json"));
    // The other vendors' pages name no refusal for it.
    if vendor == Vendor::DingTalk && !is_json { Err(Refusal::ContentType) } else { Ok(()) }
}

fn judge_message(
    robot: &mut Robot,
    switches: &Switches,
    parts: &Parts,
    bytes: usize,
    message: Option<&Value>,
    now: SystemTime,
) -> Result<(), Refusal> {
    let vendor = robot.config.vendor;
    if switches.limits && !robot.rate.admit(vendor, now) {
        return Err(Refusal::Limit);
    }
    let of_half_hour = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() % 1800;
    if switches.busy_half_hours && vendor == Vendor::Feishu && of_half_hour < BUSY_SECONDS {
        return Err(Refusal::Limit);
    }
    check_body_size(vendor, bytes)?;
    let message = message.ok_or(Refusal::Malformed { field: "json" })?;
    let connection = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let sender = connection.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |info| info.0.ip());
    check_guards(&robot.config, parts, sender, message, now)?;
    check_message(vendor, message)
}

impl Cloud for Robots {
    fn operation(&self, parts: &Parts) -> String {
        Route::from_parts(parts).map_or("unknown", |route| route.vendor.as_str()).to_owned()
    }

    /// Removes the robot.
    fn expire(&self, parts: &Parts) {
        if let Some(Route { vendor, token: Some(token) }) = Route::from_parts(parts) {
            self.state().robots.retain(|robot| robot.config.vendor != vendor || robot.config.token != token);
        }
    }

    fn refusal(&self, parts: &Parts, status: StatusCode, code: Option<&str>) -> Response<Body> {
        let vendor = Route::from_parts(parts).map_or(Vendor::DingTalk, |route| route.vendor);
        let code = code.and_then(|code| code.parse().ok()).unwrap_or(-1);
        json_response(status, &with_code(vendor, code, usual_text(vendor, code)))
    }

    async fn handle(&self, request: Request<Body>) -> Response<Body> {
        let (parts, body) = request.into_parts();
        match Route::from_parts(&parts) {
            Some(route) => json_response(StatusCode::OK, &self.receive(route, &parts, body).await),
            None => self.inspect(&parts, body).await,
        }
    }
}

#![doc = include_str!("README.md")]

mod answer;
mod clock;
mod config;
mod guard;
mod inspect;
mod message;
mod rate;
mod received;
mod refusal;
mod robot;
mod route;
mod server;
mod signature;
mod switches;

pub use config::{RobotConfig, Vendor};
pub use received::ReceivedRequest;
pub use server::Robots;
pub use switches::Switches;

//! The events that triggers send, as types.
//!
//! Each type keeps to what Alibaba Cloud documents. Fields nobody documented are ignored, sizes are signed 64-bit
//! numbers, names of events are open strings: the platform may add more of each. A document is taken for what it says
//! it is, never for what it happens to look like.

mod cloud_event;
mod form;
mod oss;
mod timer;
mod trigger;

pub use cloud_event::CloudEvent;
pub use oss::{
    Bucket, Object, ObjectMeta, OssEntity, OssEvents, OssRecord, RequestParameters, ResponseElements,
    UserIdentity,
};
pub use timer::TimerEvent;
pub use trigger::TriggerEvent;

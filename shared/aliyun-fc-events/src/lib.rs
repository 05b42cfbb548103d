//! The events that the triggers of Aliyun (Alibaba Cloud) Function Compute send, as types.
//!
//! | module | its job |
//! |---|---|
//! | `oss_record` | [`OssRecord`] and its parts: one call to OSS |
//! | `oss_format` | tells the three forms of an OSS event apart |
//! | `oss_events` | [`OssEvents`]: an OSS event in any form |
//! | `cloud_event` | [`CloudEvent`]: the envelope of EventBridge |
//! | `timer` | [`TimerEvent`]: a tick of a timer trigger |
//! | `trigger` | [`TriggerEvent`]: whatever reaches a function that has several kinds of trigger |
//! | `nullable` | reads `null` as a default value |
//!
//! Each type keeps to what Alibaba Cloud documents. Fields that nobody documented are ignored, sizes are signed 64-bit
//! numbers, names of events are open strings: the platform may add more of each. A document is taken for what it says
//! it is, never for what it happens to look like.
//!
//! Every type also serializes to the JSON that the platform sends, so that a local host or a test can produce events.
//! The types can gain fields: build one from its `Default` and set the fields you need.
//!
//! ```
//! use aliyun_fc_events::{OssEvents, OssRecord};
//!
//! let mut record = OssRecord::default();
//! record.event_name = "ObjectCreated:PutObject".to_owned();
//! record.event_source = aliyun_fc_events::OSS_EVENT_SOURCE.to_owned();
//! record.oss.bucket.name = "films".to_owned();
//! record.oss.object.key = "in/a b.mp4".to_owned();
//!
//! let sent = serde_json::to_string(&OssEvents::new(vec![record.clone()]))?;
//! let received: OssEvents = serde_json::from_str(&sent)?;
//! assert_eq!(received.records, [record]);
//! # Ok::<_, serde_json::Error>(())
//! ```

mod cloud_event;
mod nullable;
mod oss_events;
mod oss_format;
mod oss_record;
mod timer;
mod trigger;

pub use cloud_event::CloudEvent;
pub use oss_events::OssEvents;
pub use oss_format::{OSS_CLOUD_EVENT_SOURCE, OSS_EVENT_SOURCE};
pub use oss_record::{
    Bucket, Object, ObjectMeta, OssEntity, OssRecord, RequestParameters, ResponseElements, UserIdentity,
};
pub use timer::TimerEvent;
pub use trigger::TriggerEvent;

/// The README's examples are compiled with the documentation's.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

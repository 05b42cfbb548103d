//! Digests for the group robots of DingTalk, Feishu (Lark) and WeCom: what to send, how to sign it, and what the answer means.
//!
//! The crate opens no socket. A [`Robot`] makes a [`Request`] of a [`Digest`]; the caller posts it, follows no redirect, and gives status
//! and body of the answer to [`judge`].
//!
//! ```
//! use chat_robots::{Address, Digest, Event, Language, Line, Robot, Vendor, judge};
//! use std::time::SystemTime;
//!
//! let token = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
//! let pasted = format!("https://oapi.dingtalk.com/robot/send?access_token={token}").into();
//! let robot = Robot::new(Address::parse(Vendor::DingTalk, &pasted)?).with_secret("SEC0123".to_owned().into())?;
//!
//! let mut digest = Digest::new("oss2youku");
//! digest.add(Line::new(Event::Published, "海边的一天").with_link("https://v.youku.com/v_show/id_XMQ==.html"));
//! let request = robot.request(&digest, Language::Chinese, SystemTime::now());
//! assert!(request.body().contains("[海边的一天](https://v.youku.com/v_show/id_XMQ==.html)"));
//!
//! // Status 200 alone means nothing.
//! assert!(judge(robot.vendor(), 200, br#"{"errcode":0,"errmsg":"ok"}"#).is_ok());
//! let refusal = judge(robot.vendor(), 200, br#"{"errcode":130101,"errmsg":"send too fast"}"#).unwrap_err();
//! assert_eq!(refusal.retry_after().map(|wait| wait.as_secs()), Some(600));
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```
//!
//! | module | its job |
//! |---|---|
//! | `vendor` | [`Vendor`], [`Language`]: whose robot it is, and its limits |
//! | `address` | [`Address`]: a robot's address, which is a secret |
//! | `robot` | [`Robot`], [`Request`]: a robot's settings, and what to post |
//! | `sign` | signatures of DingTalk and Feishu |
//! | `digest` | [`Digest`], [`Line`], [`Event`]: what is to be told |
//! | `text` | text that no vendor reads as markup, cut on a character's border; links |
//! | `wording` | the sentences of digests, refusals and settings in English and Chinese |
//! | `view` | a digest in one language, ready for any format |
//! | `formats` | [`Format`]: one module a vendor, and the fitting into its limit |
//! | `preview` | [`Preview`]: a message as its chat shows it, for a page that draws one |
//! | `answer` | [`judge`]: what an answer means |
//! | `refusal` | [`Refusal`]: why a message was not accepted, and when to try again |
//!
//! Facts of the vendors are from DingTalk's pages on custom robots (open.dingtalk.com), Feishu's on custom bots (open.feishu.cn, `add-custom-bot`) and
//! WeCom's on group robots (developer.work.weixin.qq.com, 91770 and 99398). What only clients' records show is marked so.

mod address;
mod answer;
mod digest;
mod formats;
mod preview;
mod refusal;
mod robot;
mod sign;
mod text;
mod vendor;
mod view;
mod wording;

pub use address::{Address, AddressError};
pub use answer::judge;
pub use digest::{Digest, Event, Line, MAX_LINES, Phrase};
pub use formats::Format;
pub use preview::{Block, BlockKind, Part, Preview};
pub use refusal::{Refusal, RefusalKind};
pub use robot::{Request, Robot, RobotError};
pub use sign::{sign_dingtalk, sign_feishu};
pub use vendor::{Language, Vendor};
pub use view::Tone;

/// The README's examples are compiled with the documentation's.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

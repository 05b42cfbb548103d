//! The HTTP API: tasks in, outcomes out, with progress on the way for callers that ask for it.
//!
//! | module | its job |
//! |---|---|
//! | `router` | the routes, and the right that each needs |
//! | `base_path` | the path that a gateway puts before the API's own |
//! | `auth` | which callers are let in, and with what rights |
//! | `create_upload`, `idempotency_key`, `body` | `POST /uploads` |
//! | `upload_status`, `upload_list`, `deadline` | `GET /uploads/{id}` and `GET /uploads` |
//! | `manage` | `POST /uploads/{id}/retry`, `cancel` and `callback` |
//! | `videos`, `caller` | `GET /videos`, `GET /videos/{id}`, `POST /videos/{id}/update`, `hide` and `schedule`; who asked |
//! | `probe` | `GET /probe`: what the platform does with the process, for a rehearsal |
//! | `upload_id` | the upload id in a request's path |
//! | `progress` | progress as server-sent events or lines of JSON |
//! | `response` | outcomes as HTTP responses |
//! | `request_context` | [`RequestContext`]: what only the platform knows of a request |
//!
//! | request | answer |
//! |---|---|
//! | `POST /uploads` (right `submit`) | the task's outcome; `Accept: text/event-stream` or `application/x-ndjson`: progress, then the outcome |
//! | `GET /uploads/{id}` (right `read`) | what the ledger knows of an upload |
//! | `GET /uploads?state=open\|finished&limit=1..100&after=` (right `read`) | the open uploads, then the latest that ended; `next` is the next page's `after` |
//! | `POST /uploads/{id}/retry?new_session=` (right `manage`) | goes on with an upload at once; the outcome, with progress as above |
//! | `POST /uploads/{id}/cancel` (right `manage`) | ends an upload; 409 `wrong_state` once its bytes have all landed |
//! | `POST /uploads/{id}/callback` (right `manage`) | delivers its callback once more; 502 `callback_failed` where the receiver does not accept it |
//! | `GET /videos?account=&page=` (right `manage`) | a page of an account's own videos at Youku, with the uploads of those that ended lately |
//! | `GET /videos/{id}` (right `manage`) | how the video of an upload fares at Youku; `{id}` is the upload's |
//! | `POST /videos/{id}/update` (right `manage`) | changes the fields of the body, which has those of a task's `video`; the settings need `manage.enabled` |
//! | `POST /videos/{id}/hide` (right `manage`) | hides the video |
//! | `POST /videos/{id}/schedule` (right `manage`) | `{"at":"2026-12-01T20:00:00+08:00"}`, with `public_type` and `watch_password` where they change; `{"at":null}` gives the hour up |
//! | `GET /probe?kib=0..4096` (right `manage`; only with `http.probe`) | which headers arrive, where credentials are, the deadline, how long the process ran since the last probe; no values |
//! | `GET /healthz` | `{"status":"ok"}`, to anybody |
//!
//! Function Compute's HTTP trigger and the senders of HTTP requests to Lambda serve the same [`router`]; what only they know of a request they put
//! into its extensions as a [`RequestContext`]. The console serves its own user with [`owner_router`].
//!
//! Server-sent events are axum's. Lines of JSON are written here: `axum_extra::json_lines` would bring axum-extra, tokio-stream and
//! tokio-util's `io` into the function for one `format!`.

mod auth;
mod base_path;
mod body;
mod caller;
mod create_upload;
mod deadline;
mod idempotency_key;
mod manage;
mod probe;
mod progress;
mod request_context;
mod response;
mod router;
mod upload_id;
mod upload_list;
mod upload_status;
mod videos;

pub use probe::note_event;
pub use request_context::RequestContext;
pub use router::{has_route, owner_router, router};

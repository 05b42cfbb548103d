//! The life of one upload: who may run it, one attempt from its recorded state, how it ends.

pub(crate) mod attempt;
pub(crate) mod cancel;
pub(crate) mod change;
pub(crate) mod commit;
mod confirmation;
pub(crate) mod eligibility;
mod failed_run;
pub(crate) mod follow_up;
pub(crate) mod head_object;
pub(crate) mod new_video;
pub(crate) mod outcome;
pub(crate) mod part_checkpoint;
pub(crate) mod preflight;
pub(crate) mod published_video;
pub(crate) mod refusal;
pub(crate) mod reopening;
pub(crate) mod run_context;
pub(crate) mod same_content;
pub(crate) mod second_run;
pub(crate) mod session;
pub(crate) mod shortcuts;
pub(crate) mod terminal_step;
pub(crate) mod trace;
pub(crate) mod unused_statements;
pub(crate) mod uploader;

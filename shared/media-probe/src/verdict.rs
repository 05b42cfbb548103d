//! Draws the conclusions from what a format has found.

use crate::{
    codec,
    container::Container,
    draft::Draft,
    finding::{Finding, Problem, Severity},
    report::{Report, Track, TrackKind},
};
use std::time::Duration;

/// What a caller says about the file besides its bytes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Expectations {
    pub(crate) size: u64,
    /// In lower case, without the dot.
    pub(crate) extension: Option<String>,
    pub(crate) max_duration: Option<Duration>,
    pub(crate) max_size: Option<u64>,
}

/// Completes the findings. `is_complete`: no bound stopped the reading.
pub(crate) fn conclude(mut draft: Draft, is_complete: bool, expected: &Expectations) -> Report {
    judge_tracks(&mut draft, is_complete);
    if draft.duration == Some(Duration::ZERO) {
        draft.report(Severity::Warn, Problem::ZeroDuration);
    }
    if !is_complete {
        draft.report(Severity::Warn, Problem::Unchecked);
    }
    judge_name(&mut draft, expected);
    if draft.index_at_start == Some(false) && is_mp4(draft.container) {
        draft.report(Severity::Warn, Problem::IndexAtEnd);
    }
    if expected.max_duration.is_some_and(|most| draft.duration.is_some_and(|duration| duration > most)) {
        draft.report(Severity::Warn, Problem::TooLong);
    }
    if expected.max_size.is_some_and(|most| expected.size > most) {
        draft.report(Severity::Warn, Problem::TooLarge);
    }
    // Within a severity the worst was noted first.
    let is_refusal = |finding: &Finding| finding.severity == Severity::Refuse;
    let (mut findings, warnings): (Vec<_>, Vec<_>) = draft.findings.into_iter().partition(is_refusal);
    findings.extend(warnings);
    Report {
        container: draft.container,
        duration: draft.duration,
        tracks: draft.tracks,
        index_at_start: draft.index_at_start,
        findings,
    }
}

fn is_mp4(container: Option<Container>) -> bool {
    matches!(container, Some(Container::Mp4 | Container::QuickTime))
}

fn judge_tracks(draft: &mut Draft, is_complete: bool) {
    if draft.container.is_none() {
        if draft.findings.is_empty() {
            draft.report(Severity::Warn, Problem::Unrecognized);
        }
        return;
    }
    // Subtitles may be encrypted alone: they are not missed.
    let is_shown = |track: &Track| matches!(track.kind, TrackKind::Video | TrackKind::Audio);
    if draft.tracks.iter().any(|track| track.is_encrypted && is_shown(track)) {
        draft.report(Severity::Refuse, Problem::Encrypted);
    }
    // Without its index a file lists no tracks: that is reported already.
    let lists_none = draft.tracks.is_empty() && !is_complete
        || draft.findings.iter().any(|finding| {
            matches!(finding.problem, Problem::NoIndex | Problem::NotAVideo(_))
                || finding.problem == Problem::Truncated && draft.tracks.is_empty()
        });
    if !draft.has_video() && !lists_none {
        let are_known = draft.tracks.iter().all(|track| track.kind != TrackKind::Unknown);
        let is_proven = is_complete && draft.has_all_tracks && !draft.is_overfull && are_known;
        draft.report(if is_proven { Severity::Refuse } else { Severity::Warn }, Problem::NoVideoTrack);
    }
    let unusual = draft.tracks.iter().find(|track| {
        track.kind == TrackKind::Video && !track.is_encrypted && !track.codec.is_some_and(codec::is_usual)
    });
    if let Some(track) = unusual {
        let codec = track
            .codec
            .map(str::to_owned)
            .or_else(|| Some(track.code.clone()).filter(|code| !code.is_empty()));
        draft.report(Severity::Warn, Problem::UnusualCodec { codec });
    }
}

/// An extension that no container here has is not judged: whether it is allowed is the caller's rule.
fn judge_name(draft: &mut Draft, expected: &Expectations) {
    if let (Some(container), Some(extension)) = (draft.container, expected.extension.as_deref()) {
        let is_of = |kind: &Container| kind.extensions().contains(&extension);
        if Container::ALL.iter().any(is_of) && !is_of(&container) {
            draft.report(Severity::Warn, Problem::WrongExtension { container });
        }
    }
}

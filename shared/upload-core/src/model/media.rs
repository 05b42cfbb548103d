//! What the preflight found out about an object, as the ledger keeps it and everybody is told.

use media_probe::{Finding, Language, Report};
use serde::{Deserialize, Serialize};

/// What an object's headers say, and what is wrong with it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PreflightReport {
    /// What the object holds.
    #[serde(default, skip_serializing_if = "Media::is_unknown")]
    pub media: Media,
    /// What is wrong, the refusals first; empty for a file that is in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<PreflightFinding>,
}

/// What an object holds, as far as its headers say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Media {
    /// The container's name, such as `MP4`; absent if no known one claims the bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
    /// How long it plays, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// Pixels of the first video track from left to right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Pixels of the first video track from top to bottom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// The codec of the first video track as FFmpeg names it (`h264`), else as the container does (`avc1`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codec: Option<String>,
}

/// One thing that is wrong with an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PreflightFinding {
    /// The stable word, such as `no_index`.
    pub word: String,
    /// `refuse` if no player can make a whole video of the file, `warn` if it may be in order.
    pub severity: String,
    /// One sentence for people, in English.
    pub text: String,
    /// What to do about it, in English.
    pub advice: String,
    /// The same sentence in Chinese.
    pub text_zh: String,
    /// The same advice in Chinese.
    pub advice_zh: String,
}

impl PreflightReport {
    /// The findings that refuse the object.
    pub fn refusals(&self) -> impl Iterator<Item = &PreflightFinding> {
        self.findings.iter().filter(|finding| finding.is_refusal())
    }

    /// Whether the object cannot become a video.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.refusals().next().is_some()
    }

    /// The words of all findings, the refusals first, separated by commas; empty if there are none.
    #[must_use]
    pub fn words(&self) -> String {
        let words: Vec<_> = self.findings.iter().map(|finding| finding.word.as_str()).collect();
        words.join(", ")
    }
}

impl Media {
    fn is_unknown(&self) -> bool {
        *self == Self::default()
    }
}

impl PreflightFinding {
    /// Whether it refuses the object.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        self.severity == media_probe::Severity::Refuse.as_str()
    }

    fn new(finding: &Finding) -> Self {
        Self {
            word: finding.problem.as_str().into(),
            severity: finding.severity.as_str().into(),
            text: finding.sentence(Language::English),
            advice: finding.advice(Language::English).into(),
            text_zh: finding.sentence(Language::Chinese),
            advice_zh: finding.advice(Language::Chinese).into(),
        }
    }
}

impl From<&Report> for PreflightReport {
    fn from(report: &Report) -> Self {
        let video = report.video();
        let picture = video.and_then(|track| track.picture);
        let codec = video.and_then(|track| {
            track
                .codec
                .map(str::to_owned)
                .or_else(|| Some(track.code.clone()).filter(|code| !code.is_empty()))
        });
        let media = Media {
            container: report.container.map(|container| container.name().to_owned()),
            duration_ms: report.duration.map(|time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX)),
            width: picture.map(|picture| picture.width),
            height: picture.map(|picture| picture.height),
            codec,
        };
        Self { media, findings: report.findings.iter().map(PreflightFinding::new).collect() }
    }
}

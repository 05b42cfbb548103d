//! The containers that are known.

/// The file format that holds the tracks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Container {
    /// MP4 and its relatives M4V, 3GP and F4V.
    Mp4,
    /// QuickTime (MOV), the ancestor of MP4.
    QuickTime,
    /// Matroska (MKV).
    Matroska,
    /// WebM, a subset of Matroska.
    WebM,
    /// Flash Video.
    Flv,
    /// MPEG transport stream (TS, M2TS, MTS).
    MpegTs,
    /// MPEG program stream (MPG, VOB, DAT).
    MpegPs,
    /// Audio Video Interleave.
    Avi,
    /// Advanced Systems Format (WMV, ASF).
    Asf,
    /// RealMedia (RM, RMVB).
    RealMedia,
}

impl Container {
    /// A stable word: `mp4`, `mov`, `matroska`, `webm`, `flv`, `mpegts`, `mpeg`, `avi`, `asf` or `rm`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mp4 => "mp4",
            Self::QuickTime => "mov",
            Self::Matroska => "matroska",
            Self::WebM => "webm",
            Self::Flv => "flv",
            Self::MpegTs => "mpegts",
            Self::MpegPs => "mpeg",
            Self::Avi => "avi",
            Self::Asf => "asf",
            Self::RealMedia => "rm",
        }
    }

    /// The name that people know.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Mp4 => "MP4",
            Self::QuickTime => "QuickTime (MOV)",
            Self::Matroska => "Matroska (MKV)",
            Self::WebM => "WebM",
            Self::Flv => "FLV",
            Self::MpegTs => "MPEG-TS",
            Self::MpegPs => "MPEG-PS",
            Self::Avi => "AVI",
            Self::Asf => "ASF (WMV)",
            Self::RealMedia => "RealMedia",
        }
    }

    /// The extensions under which such a file is found, in lower case. Those of close relatives are among them: every player reads a
    /// QuickTime file that is called `.mp4`, and `.mpg` was given to both kinds of MPEG stream.
    #[must_use]
    pub fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Mp4 | Self::QuickTime => {
                &["mp4", "m4v", "mov", "qt", "3gp", "3gpp", "3g2", "f4v", "ismv", "m4a", "m4s", "mp4v"]
            }
            Self::Matroska | Self::WebM => &["mkv", "webm", "mk3d", "mka"],
            Self::Flv => &["flv", "f4v"],
            Self::MpegTs => {
                &["ts", "mts", "m2ts", "m2t", "tp", "trp", "tod", "mpg", "mpeg", "mpe", "vob", "mod", "dat"]
            }
            Self::MpegPs => {
                &["mpg", "mpeg", "mpe", "vob", "dat", "mod", "m2p", "ps", "m1v", "m2v", "evo", "tod"]
            }
            Self::Avi => &["avi", "divx", "dvix", "xvid"],
            Self::Asf => &["asf", "wmv", "wm", "wma"],
            Self::RealMedia => &["rm", "rmvb", "ram", "ra", "rv"],
        }
    }

    /// Every container.
    pub(crate) const ALL: [Self; 10] = [
        Self::Mp4,
        Self::QuickTime,
        Self::Matroska,
        Self::WebM,
        Self::Flv,
        Self::MpegTs,
        Self::MpegPs,
        Self::Avi,
        Self::Asf,
        Self::RealMedia,
    ];
}

//! Base images.

/// Base images (fc.md, section 1.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runtime {
    /// `custom`: Debian 9.
    Custom,
    /// `custom.debian10`.
    CustomDebian10,
    /// `custom.debian11`: no token header from here on, `FC_FUNCTION_VERSION` instead of `FC_VER_ID`.
    CustomDebian11,
    /// `custom.debian12`.
    CustomDebian12,
}

impl Runtime {
    /// Debian 11 and later.
    pub(crate) fn is_recent(self) -> bool {
        matches!(self, Self::CustomDebian11 | Self::CustomDebian12)
    }
}

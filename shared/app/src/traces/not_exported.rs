//! Why traces are not exported.

/// Why spans are not exported although a variable names a collector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotExported {
    /// TLS cannot be set up.
    Tls,
    /// One of OpenTelemetry's variables `OTEL_EXPORTER_OTLP_...` does not fit.
    Variables,
}

#[cfg(feature = "otel")]
impl NotExported {
    /// Logs it, once the log has started.
    pub(crate) fn log(self) {
        let reason = match self {
            Self::Tls => "tls",
            Self::Variables => "variables",
        };
        tracing::error!(
            reason,
            "no traces are exported: TLS or a variable OTEL_EXPORTER_OTLP_... does not fit"
        );
    }
}

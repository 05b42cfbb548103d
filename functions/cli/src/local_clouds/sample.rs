//! The sample video that comes with the program.

/// Six seconds of a test picture and a tone.
pub(crate) const SAMPLE: &[u8] = include_bytes!("../../assets/demo.mp4");
/// Its file name.
pub(crate) const SAMPLE_NAME: &str = "demo.mp4";

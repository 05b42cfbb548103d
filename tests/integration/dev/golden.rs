//! The words of `dev` in both languages.

use crate::support::{
    binary,
    dev_terminal::{DevTerminal, normalize_dev},
    golden::assert_golden,
    sample_bytes,
};
use object_storage::PutOptions;

/// The greeting, and a line for each upload, each skipped object and each failure.
#[tokio::test]
async fn dev_says_what_runs_and_what_became_of_each_object() {
    for lang in ["en", "zh"] {
        let data = tempfile::tempdir().unwrap();
        let mut dev = DevTerminal::start(data.path(), &["--lang", lang]);
        let mut text = dev.greeting.join("\n") + "\n";
        let bucket = dev.bucket("videos");
        let clip = sample_bytes(1, 300_000);
        let long = PutOptions {
            user_metadata: [("youku-title".to_owned(), "too long ".repeat(20))].into(),
            ..PutOptions::default()
        };
        let usual = PutOptions::default();
        for (key, options) in [
            ("clip.mp4", &usual),
            ("clip.mp4", &usual),
            ("note.txt", &usual),
            ("user/dee/clip.mp4", &usual),
            ("long.mp4", &long),
        ] {
            bucket.put(key, clip.clone(), options).await.unwrap();
            text += &(dev.wait_for(&[&format!("/{key} -> ")]) + "\n");
        }
        let program = binary("oss2youku").canonicalize().unwrap();
        let folder = data.path().canonicalize().unwrap();
        let text = normalize_dev(&text, &[(&program, "PROGRAM"), (&folder, "DATA")]);
        assert_golden(&format!("dev.{lang}.txt"), &text);
        assert_eq!(dev.errors(), "", "quiet");
        assert_eq!(dev.end(), Some(130));
    }
}

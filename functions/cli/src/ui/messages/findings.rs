//! What the preflight says of a file.

use crate::ui::{
    i18n::{Lang, current, tr, tr_static},
    output::escape,
};
use app::core::{Media, PreflightFinding, PreflightReport};

/// What is wrong, in the language in use.
pub(crate) fn describe_finding(finding: &PreflightFinding) -> &str {
    match current() {
        Lang::En => &finding.text,
        Lang::Zh => &finding.text_zh,
    }
}

/// What to do about it, in the language in use.
pub(crate) fn advise_finding(finding: &PreflightFinding) -> &str {
    match current() {
        Lang::En => &finding.advice,
        Lang::Zh => &finding.advice_zh,
    }
}

/// What refuses the file, in one line.
pub(crate) fn describe_refusals(report: &PreflightReport) -> String {
    join(report.refusals().map(describe_finding))
}

/// What to do about a refused file, in one line.
pub(crate) fn advise(report: &PreflightReport) -> String {
    join(report.refusals().map(advise_finding))
}

fn join<'a>(sentences: impl Iterator<Item = &'a str>) -> String {
    let sentences: Vec<_> = sentences.collect();
    escape(&sentences.join(tr_static!(" ", ""))).into_owned()
}

/// A finding with its word, whether it refuses the file, and the way out: two lines.
pub(crate) fn describe_lines(finding: &PreflightFinding) -> [String; 2] {
    let (text, advice) = (escape(describe_finding(finding)), escape(advise_finding(finding)));
    let word = escape(&finding.word);
    let head = match finding.is_refusal() {
        true => tr!("refused  {text} [{word}]", "拒绝  {text} [{word}]"),
        false => tr!("warning  {text} [{word}]", "提醒  {text} [{word}]"),
    };
    [head, format!("         {advice}")]
}

/// Container, duration, picture and codec in one line; `None` where nothing is known.
pub(crate) fn describe_media(media: &Media) -> Option<String> {
    let duration = media.duration_ms.map(|count| {
        let (seconds, thousandths) = (count / 1000, count % 1000);
        tr!("{seconds}.{thousandths:03} s", "{seconds}.{thousandths:03} 秒")
    });
    let picture = media.width.zip(media.height).map(|(width, height)| format!("{width}x{height}"));
    let facts = [media.container.clone(), duration, picture, media.codec.clone()];
    let facts: Vec<_> = facts.into_iter().flatten().map(|fact| escape(&fact).into_owned()).collect();
    (!facts.is_empty()).then(|| facts.join("  "))
}

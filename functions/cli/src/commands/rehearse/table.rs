//! The report of a rehearsal, for people: lines that appear while it goes on.

use super::{
    cleanup::Left,
    fact::{Fact, Makes},
    facts::{
        ALL, EVENT_DELAY, INTERNAL_ENDPOINT, LONG, REFRESH, RIGHTS, RIGHTS_REQUESTS, flag_of, warn_of_refresh,
    },
    report::{Outcome, Report},
    stage::{Privacy, Stage},
    text::Text,
};
use crate::ui::{
    i18n::{tr, tr_static},
    output::{escape, print_line, print_text},
    shell_text::write_command,
    width::{measure, pad},
};

/// The width of the column with the facts' names.
fn name_width() -> usize {
    ALL.iter().map(|fact| fact.name.len()).max().unwrap_or_default()
}

/// Prints what would be done, without doing it.
pub(super) fn print_plan(facts: &[&'static Fact], keeps: bool, most_calls: u32) {
    let width = name_width();
    for fact in facts {
        let makes = match fact.makes {
            Makes::Nothing => tr_static!("nothing is made", "不产生任何内容"),
            Makes::Session => {
                tr_static!("an upload that nobody sees, ended at once", "产生无人可见的上传，随即结束")
            }
            Makes::Aging => tr_static!(
                "uploads that nobody sees, for an hour or so; a video of one has a random password",
                "产生无人可见的上传，约一小时；成为视频的带随机密码"
            ),
            Makes::Video if keeps => {
                tr_static!("a video behind a random password, which stays", "产生带随机密码的视频，予以保留")
            }
            Makes::Video => {
                tr_static!(
                    "a video behind a random password, for some seconds",
                    "产生带随机密码的视频，几秒后删除"
                )
            }
            Makes::Objects => {
                tr_static!("objects next to the ledger, for some seconds", "在台账旁产生对象，几秒后删除")
            }
        };
        let cost = match (fact.calls, fact.requests) {
            (0, 0) => tr!("nothing is sent", "不发送任何请求"),
            (0, 1) if is_about_function(fact) => tr!("1 call of the function", "调用函数 1 次"),
            (0, requests) if is_about_function(fact) => {
                tr!("at most {requests} calls of the function", "最多调用函数 {requests} 次")
            }
            (0, _) if fact.name == INTERNAL_ENDPOINT => {
                tr!("1 request without a key to that endpoint", "向该 endpoint 发送 1 次不带密钥的请求")
            }
            (0, requests) if fact.name == RIGHTS => tr!(
                "{requests} requests to the ledger's bucket, and up to {RIGHTS_REQUESTS} for each rule",
                "向台账的 bucket 发送 {requests} 次请求，另为每条规则最多发送 {RIGHTS_REQUESTS} 次"
            ),
            (0, 1) => tr!("1 request to the ledger's bucket", "向台账的 bucket 发送 1 次请求"),
            (0, requests) => {
                tr!("{requests} requests to the ledger's bucket", "向台账的 bucket 发送 {requests} 次请求")
            }
            (1, _) => tr!("at most 1 call to Youku", "最多调用优酷 1 次"),
            (calls, _) => tr!("at most {calls} calls to Youku", "最多调用优酷 {calls} 次"),
        };
        let question = (fact.question)();
        print_line(format_args!("{}  {}", pad(fact.name, width), question.as_str()));
        print_line(format_args!("{}  {cost}{}{makes}", " ".repeat(width), tr_static!("; ", "；")));
    }
    let is_there = |flag| facts.iter().any(|fact| flag_of(fact) == Some(flag));
    if is_there(REFRESH) {
        print_line(warn_of_refresh().as_str());
    }
    if is_there(LONG) {
        print_line(tr_static!(
            "It takes a good hour, most of it waiting.",
            "需要一个多小时，大部分时间在等待。"
        ));
    }
    let requests: u32 = facts.iter().filter(|fact| is_about_ledger(fact)).map(|fact| fact.requests).sum();
    print_line(tr!(
        "In all: at most {most_calls} calls to Youku, {requests} requests to the ledger's bucket. Nothing was touched.",
        "合计：最多调用优酷 {most_calls} 次，向台账的 bucket 发送 {requests} 次请求。本次未做任何改动。"
    ));
}

/// Whether its requests go to the function. How late events come the ledger shows.
fn is_about_function(fact: &Fact) -> bool {
    fact.name.starts_with("function.") && fact.name != EVENT_DELAY
}

/// Whether its requests go to the ledger's bucket.
fn is_about_ledger(fact: &Fact) -> bool {
    !is_about_function(fact) && fact.name != INTERNAL_ENDPOINT
}

/// Prints what came of one fact.
pub(super) fn print_outcome(outcome: &Outcome) {
    let Outcome { fact, result, .. } = outcome;
    let name = pad(fact.name, name_width());
    let (mark, text, more) = match result {
        Ok(found) => {
            let (word, expected) = (escape(&found.word), fact.expected);
            let evidence = escape(found.evidence.as_str());
            let is_same = found.word == fact.expected;
            let text = match is_same {
                true => tr!("{word}, as expected ({evidence})", "{word}，与预期相同（{evidence}）"),
                false => {
                    tr!("{word}, expected {expected} ({evidence})", "{word}，预期为 {expected}（{evidence}）")
                }
            };
            let meaning = (fact.meaning)(&found.word).as_str().to_owned();
            let mark = if is_same { tr_static!("same", "相同") } else { tr_static!("differs", "不同") };
            (mark, text, meaning)
        }
        Err(obstacle) => {
            let why = obstacle.describe();
            let why = escape(why.as_str()).into_owned();
            let text = tr!("could not be tried, because {why}", "未能测试，原因：{why}");
            (tr_static!("open", "未知"), text, String::new())
        }
    };
    let mark = pad(mark, MARK);
    print_line(format_args!("{mark}  {name}  {text}"));
    if !more.is_empty() {
        print_line(format_args!("{}  => {more}", " ".repeat(MARK + 2 + measure(&name))));
    }
}

/// The width of the column with the marks.
const MARK: usize = 7;

/// Prints what follows, and what is left.
pub(super) fn print_end(report: &Report, stage: &Stage, left: &[Left]) {
    let (calls, keeps) = (stage.calls(), stage.keeps);
    if stage.privacy == Privacy::Unstated {
        print_line(tr_static!(
            "Neither show nor by_me says whether the clips were behind their password.",
            "show 和 by_me 都没有说明片段是否受密码保护。"
        ));
    }
    if let Some(refusal) = &stage.rate_limit {
        print_line(tr!("Youku's call limit was met: {refusal}.", "触及优酷的调用上限：{refusal}。"));
    }
    match stage.unanswered {
        0 => {}
        count => print_line(tr!(
            "Uploads whose create was not answered, which nobody can cancel or commit: {count}.",
            "create 没有应答、因而无法取消也无法提交的上传：{count} 个。"
        )),
    }
    let lines: Vec<_> = report.shown_settings().iter().map(Text::as_str).collect();
    if !lines.is_empty() {
        print_line(tr_static!(
            "Settings that follow, as variables of the environment:",
            "据此可用的设置（环境变量）："
        ));
        print_text(lines.join("\n"));
    }
    let all_removed = tr_static!("everything that was made is removed", "所产生的内容已全部删除");
    match left.is_empty() {
        true => {
            print_line(tr!("{calls} calls to Youku; {all_removed}", "调用优酷 {calls} 次；{all_removed}"))
        }
        false => print_line(tr!("{calls} calls to Youku; still there:", "调用优酷 {calls} 次；仍然存在：")),
    }
    for Left { what, why } in left {
        let what = escape(what.as_str());
        match why {
            None => print_line(format_args!("  {what}")),
            Some(why) => {
                let why = escape(why.as_str());
                print_line(tr!("  {what}: {why}", "  {what}：{why}"));
            }
        }
    }
    if !left.is_empty() {
        let command = write_command("rehearse");
        print_line(match keeps {
            true => tr!(
                "`{command}` without --keep removes them first",
                "不加 --keep 的 `{command}` 会先将其删除"
            ),
            false => tr!("the next `{command}` removes them first", "下一次 `{command}` 会先将其删除"),
        });
    }
}

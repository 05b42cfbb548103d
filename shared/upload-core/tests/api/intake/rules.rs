//! Which objects are let in, and under which rule.

use proptest::{collection::vec, prelude::*};
use upload_core::{
    Mode,
    metadata::{CopyrightType, PublicType},
    rules::{Admission, Rule, Rules, Sidecar, SkipReason, admit, is_junk, sidecar_key},
};

fn rules(json: &str) -> Rules {
    serde_json::from_str(json).expect("rules")
}

fn rules_error(json: &str) -> String {
    serde_json::from_str::<Rules>(json).expect_err("not acceptable").to_string()
}

fn three_rules() -> Rules {
    rules(
        r#"[{"bucket":"b","account":"main","public_type":"all","prefix":"in/"},
            {"bucket":"b","account":"news","public_type":"friend","prefix":"in/news/","sidecar":"required","extensions":["MP4"]},
            {"bucket":"b","account":"old","public_type":"all","prefix":"old/","paused":true,"sidecar":"required"}]"#,
    )
}

fn skip_reason(key: &str, size: u64) -> &'static str {
    match admit("b", key, Some(size), &three_rules(), &["in/own/".to_owned()]) {
        Admission::Skip(reason) => reason.code(),
        other => panic!("{key} became {other:?}"),
    }
}

fn account_of(rules: &Rules, bucket: &str, key: &str) -> Option<String> {
    match admit(bucket, key, Some(1), rules, &[]) {
        Admission::Upload(rule) => Some(rule.account.clone()),
        _ => None,
    }
}

#[test]
fn every_field_of_a_rule_is_read_and_no_other() {
    let rules = rules(
        r#"[{"bucket":"b","prefix":"p/","account":"main","public_type":"password","category":"Tech","tags":["a1"],
            "description":"d","copyright_type":"reproduced","watch_password":"open sesame","mode":"slice","sidecar":"off",
            "extensions":["mp4"],"paused":true,"republish":true,"include_junk":true,"unfinished_after_seconds":31536000}]"#,
    );
    let rule = rules.find_match("b", "p/x").expect("it matches");
    assert_eq!((rule.public_type, rule.mode), (Some(PublicType::Password), Some(Mode::Slice)));
    assert_eq!((rule.copyright_type, rule.sidecar), (Some(CopyrightType::Reproduced), Sidecar::Off));
    assert!(rule.paused && rule.republish && rule.include_junk);
    assert_eq!(rule.unfinished_after_seconds, Some(31_536_000));
    assert!(!format!("{rules:?}").contains("open sesame"));

    let unknown = rules_error(r#"[{"bucket":"b","account":"a","public_type":"all","publictype":"all"}]"#);
    assert!(unknown.contains("unknown field `publictype`"), "{unknown}");
}

/// Only the HEAD that follows can tell whether such an object is empty.
#[test]
fn an_object_of_unstated_size_is_not_excluded() {
    let rules = three_rules();
    assert!(matches!(admit("b", "in/a.mp4", None, &rules, &[]), Admission::Upload(_)));
    assert!(matches!(admit("b", "in/a.txt", None, &rules, &[]), Admission::Skip(SkipReason::NotAVideo)));
}

#[test]
fn an_omitted_field_has_its_default() {
    let rules = rules(r#"[{"bucket":"b","account":"main","public_type":"all"}]"#);
    let rule = rules.find_match("b", "anything").expect("it matches");
    assert_eq!((rule.sidecar, rule.paused, rule.mode), (Sidecar::Optional, false, None));
    assert_eq!((rule.republish, rule.include_junk, rule.unfinished_after_seconds), (false, false, None));
}

#[test]
fn a_rule_that_cannot_be_followed_is_refused() {
    let wrong = [
        (r#"[{"bucket":"b","account":"a"}]"#, "automatic uploads must state public_type"),
        (
            r#"[{"bucket":"b","account":"a","public_type":"password"}]"#,
            "public_type password needs a watch_password",
        ),
        (
            r#"[{"bucket":"b","account":"a","public_type":"all","extensions":[".mp4"]}]"#,
            "extensions has one that Youku does not accept",
        ),
        (
            r#"[{"bucket":"b","account":"a","public_type":"all","unfinished_after_seconds":0}]"#,
            "unfinished_after_seconds is not 1 to 31536000",
        ),
        (
            r#"[{"bucket":"b","account":"a","public_type":"all","unfinished_after_seconds":31536001}]"#,
            "unfinished_after_seconds is not 1 to 31536000",
        ),
        (
            r#"[{"bucket":"b","account":"a","public_type":"all"},{"bucket":"b","account":"c","public_type":"all"}]"#,
            "another rule has the same bucket and prefix",
        ),
    ];
    for (json, problem) in wrong {
        assert_eq!(rules_error(json), format!(r#"rule for bucket "b", prefix "": {problem}"#));
    }
}

#[test]
fn a_video_is_uploaded_under_the_rule_with_the_longest_prefix() {
    let rules = three_rules();
    assert_eq!(account_of(&rules, "b", "in/a.mp4").as_deref(), Some("main"));
    assert_eq!(account_of(&rules, "b", "in/片 1.MKV").as_deref(), Some("main"));
    assert_eq!(account_of(&rules, "b", "in/news/a.mp4").as_deref(), Some("news"));
    assert_eq!(account_of(&rules, "other", "in/a.mp4"), None);
}

#[test]
fn each_skipped_object_has_its_reason() {
    assert_eq!(skip_reason("in/", 0), "folder_marker");
    assert_eq!(skip_reason("in/clip.mp4/", 9), "folder_marker");
    assert_eq!(skip_reason("", 9), "folder_marker");
    assert_eq!(skip_reason("in/a.mp4", 0), "empty_object");
    assert_eq!(skip_reason("in/own/a.mp4", 9), "own_prefix");
    assert_eq!(skip_reason("in/a.txt", 9), "not_a_video");
    assert_eq!(skip_reason("in/.mp4", 9), "not_a_video");
    assert_eq!(skip_reason("in.mp4/a", 9), "not_a_video");
    assert_eq!(skip_reason("in/news/a.mkv", 9), "not_a_video");
    assert_eq!(skip_reason("out/a.mp4", 9), "no_rule");
    assert_eq!(skip_reason("in/._a.mp4", 9), "junk");
    assert_eq!(skip_reason("old/a.mp4", 9), "paused");
    assert_eq!(skip_reason("old/a.mp4.youku.json", 9), "paused");
}

#[test]
fn a_sidecar_leads_to_its_video_where_the_rule_requires_one() {
    let rules = three_rules();
    let key = sidecar_key("in/news/a.mp4");
    let Admission::Sidecar { video_key, rule } = admit("b", &key, Some(9), &rules, &[]) else {
        panic!("not a sidecar");
    };
    assert_eq!((video_key, rule.account.as_str()), ("in/news/a.mp4", "news"));
    for key in ["in/a.mp4.youku.json", "in/news/a.txt.youku.json", "in/news/.youku.json"] {
        assert_eq!(skip_reason(key, 9), "not_a_video", "{key}");
    }
}

/// Keys that come near every edge of the filter.
fn any_key() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("in/"),
        Just("news/"),
        Just("own/"),
        Just("a"),
        Just("片"),
        Just(".mp4"),
        Just(".MKV"),
        Just(".txt"),
        Just(".youku.json"),
        Just("/"),
        Just("."),
    ];
    vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

fn any_rules() -> impl Strategy<Value = Rules> {
    let sidecar = prop_oneof![Just(Sidecar::Off), Just(Sidecar::Optional), Just(Sidecar::Required)];
    let rule = ("(in/|news/|own/|a){0,3}", sidecar, any::<bool>());
    vec(rule, 0..5).prop_map(|found| {
        let mut rules: Vec<Rule> = Vec::new();
        for (prefix, sidecar, paused) in found {
            let rule =
                serde_json::json!({"bucket": "b", "account": "a", "public_type": "all", "prefix": prefix});
            let rule: Rule = serde_json::from_value(rule).expect("a rule");
            if rules.iter().all(|other| other.prefix != rule.prefix) {
                rules.push(Rule { sidecar, paused, ..rule });
            }
        }
        Rules::new(rules).expect("no two alike")
    })
}

proptest! {
    /// Only a video that has bytes, lies outside our own prefixes and matches an active rule is uploaded.
    #[test]
    fn only_a_video_under_an_active_rule_is_uploaded(
        key in any_key(), size in 0_u64..3, rules in any_rules(),
    ) {
        let own = ["own/".to_owned()];
        if let Admission::Upload(rule) = admit("b", &key, Some(size), &rules, &own) {
            prop_assert!(rule.include_junk || !is_junk(&key, rule.prefix.len()));
            let lower = key.to_lowercase();
            prop_assert!(lower.ends_with(".mp4") || lower.ends_with(".mkv"));
            prop_assert!(size > 0 && !key.starts_with("own/"));
            prop_assert!(!rule.paused && key.starts_with(&rule.prefix));
        }
    }

    /// A sidecar is handled exactly where its video is uploaded and waits for it.
    #[test]
    fn a_sidecar_is_handled_where_its_video_is_uploaded(
        key in any_key(), rules in any_rules(),
    ) {
        let sidecar = sidecar_key(&key);
        let heard = match admit("b", &sidecar, Some(1), &rules, &[]) {
            Admission::Sidecar { video_key, .. } => Some(video_key.to_owned()),
            _ => None,
        };
        let waits = match admit("b", &key, Some(1), &rules, &[]) {
            Admission::Upload(rule) if rule.sidecar == Sidecar::Required => Some(key.clone()),
            _ => None,
        };
        prop_assert_eq!(heard, waits);
    }

    #[test]
    fn the_order_of_the_rules_does_not_matter(key in any_key(), rules in any_rules()) {
        let turned = Rules::new(rules.iter().cloned().collect::<Vec<_>>().into_iter().rev().collect()).expect("no two alike");
        let prefix = |rules: &Rules| rules.find_match("b", &key).map(|rule| rule.prefix.clone());
        let found = prefix(&rules);
        prop_assert_eq!(&found, &prefix(&turned));
        let longest = rules.iter().map(|rule| &rule.prefix).filter(|prefix| key.starts_with(*prefix)).max();
        prop_assert_eq!(found.as_ref(), longest);
    }
}

//! What a video is called and who may see it: user metadata, sidecar, rule, defaults, in this order.

use crate::support::{Setup, TestEnv, add_fault, sample_bytes};
use bytes::Bytes;
use local_clouds::fc::AsyncState;
use serde_json::json;

fn rule(sidecar: &str) -> String {
    let stated = r#"public_type="friend",tags=["rule-tag"],category="Music",description="from the rule""#;
    format!(r#"[{{bucket="videos",account="main",sidecar="{sidecar}",{stated}}}]"#)
}

fn json_bytes(value: &serde_json::Value) -> Bytes {
    value.to_string().into()
}

#[tokio::test]
async fn each_field_comes_from_the_highest_that_states_it() {
    let rules = rule("optional");
    let env = TestEnv::start(Setup { rules: &rules, ..Setup::default() }).await;
    let sidecar = json!({"title": "sidecar title", "tags": ["sidecar-tag", "第二"], "category": "Tech"});
    env.put("film.mp4.youku.json", &json_bytes(&sidecar)).await;
    assert_eq!(env.wait_for_delivery().await.result()["skipped"], "not_a_video");
    let stated = [("youku-title", "%E7%AC%AC%E4%B8%80%E9%9B%86%20100%25%20a%2Bb%26c"), ("other", "100%")];
    let bytes = sample_bytes(1, 1000);
    env.put_with("film.mp4", &bytes, &stated).await;
    assert_eq!(env.wait_for_delivery().await.result()["code"], "200");
    let video = env.assert_published("第一集 100% a+b&c", &bytes);
    assert_eq!((video.tags.as_str(), video.category.as_str()), ("sidecar-tag,第二", "Tech"));
    assert_eq!((video.description.as_str(), video.public_type.as_str()), ("from the rule", "friend"));
}

#[tokio::test]
async fn every_field_of_the_user_metadata_reaches_youku() {
    let rules = rule("optional");
    let env = TestEnv::start(Setup { rules: &rules, ..Setup::default() }).await;
    let stated = [
        ("youku-title", "T"),
        ("youku-tags", "%E6%97%85%E8%A1%8C,food%20and%20drink"),
        ("youku-category", "Travel"),
        ("youku-description", "line%0Aline"),
        ("youku-public-type", "password"),
        ("youku-watch-password", "s3cret"),
    ];
    let bytes = sample_bytes(1, 1000);
    env.put_with("film.mp4", &bytes, &stated).await;
    env.wait_for_delivery().await;
    let video = env.assert_published("T", &bytes);
    assert_eq!((video.tags.as_str(), video.category.as_str()), ("旅行,food and drink", "Travel"));
    assert_eq!((video.description.as_str(), video.public_type.as_str()), ("line\nline", "password"));
    assert!(!env.log().contains("s3cret"), "a password is not logged");
}

/// Tools write encoded words (RFC 2047), editors a byte-order mark and CRLF, Chinese keyboards their own commas.
#[tokio::test]
async fn what_tools_and_editors_write_is_understood() {
    let rules = rule("optional");
    let env = TestEnv::start(Setup { rules: &rules, ..Setup::default() }).await;
    let sidecar = "\u{feff}{\r\n\"description\": \"of the sidecar\"\r\n}\r\n";
    env.put("film.mp4.youku.json", &Bytes::from_static(sidecar.as_bytes())).await;
    env.wait_for_delivery().await;
    let stated = [
        ("youku-title", "=?UTF-8?B?5pil?= =?UTF-8?Q?=E6=99=9A_2026?="),
        ("youku-tags", "%E6%98%A5%E6%99%9A%EF%BC%8Clive%EF%BC%9Btv"),
    ];
    let bytes = sample_bytes(1, 1000);
    env.put_with("film.mp4", &bytes, &stated).await;
    assert_eq!(env.wait_for_delivery().await.result()["code"], "200");
    let video = env.assert_published("春晚 2026", &bytes);
    assert_eq!((video.tags.as_str(), video.description.as_str()), ("春晚,live,tv", "of the sidecar"));
}

#[tokio::test]
async fn where_nothing_is_stated_the_file_name_is_the_title() {
    let env = TestEnv::start(Setup::default()).await;
    let long = "长".repeat(61);
    for (number, (name, title)) in
        [("第 1 集.final", "第 1 集.final"), (long.as_str(), &long[..60 * 3])].into_iter().enumerate()
    {
        let bytes = sample_bytes(number as u64, 1000);
        env.put(&format!("in/{name}.mp4"), &bytes).await;
        let delivery = env.wait_for_delivery().await;
        let result = delivery.result();
        assert_eq!(result["code"], "200");
        let warning = result["data"]["warning"].as_str().unwrap_or_default();
        assert_eq!(warning.contains("60 characters"), name == long, "a cut is told: {result}");
        let video = env.assert_published(title, &bytes);
        assert_eq!((video.tags.as_str(), video.category.as_str()), ("other", "Others"));
    }
}

/// Metadata that Youku would not take is refused before anything is created.
#[tokio::test]
async fn metadata_that_youku_refuses_is_refused_before_create() {
    let rules = rule("optional");
    let env = TestEnv::start(Setup { rules: &rules, ..Setup::default() }).await;
    let long_title = "%E5%AD%97".repeat(61);
    let long_description = "d".repeat(2000);
    let headers: [(&str, &str, &[&str]); 13] = [
        ("youku-title", &long_title, &["title has 61 characters", "1 to 60"]),
        ("youku-tags", "a", &["tags[0] has 1 character", "2 to 20"]),
        ("youku-tags", "t1,t2,t3,t4,t5,t6,t7,t8,t9,t10,t11", &["tags", "1 to 10", "11"]),
        ("youku-category", "Cooking", &["category", "TV, Movies", "Ads, Others", "not an unknown one"]),
        ("youku-description", &long_description, &["description", "2000"]),
        ("youku-titel", "T", &["youku-titel", "not a known name"]),
        ("youku-title", "100%", &["youku-title", "percent-encoded"]),
        ("youku-title", "=?UTF-8?B?5pil5pm?=", &["youku-title", "RFC 2047"]),
        ("youku-title", "line%0Aline", &["title", "line breaks", "U+000A"]),
        ("youku-tags", "ok,a%00b", &["tags[1]", "control characters", "U+0000"]),
        ("youku-description", "a%E2%80%AEb", &["description", "invisible", "U+202E"]),
        ("youku-title", "=?GBK?B?tLrN7Q==?=", &["youku-title", "character set GBK", "UTF-8"]),
        ("youku-watch-password", "open", &["youku-watch-password", "needs public_type password"]),
    ];
    let mut refused = Vec::new();
    for (name, value, words) in headers {
        env.put_with("film.mp4", &sample_bytes(1, 1000), &[(name, value)]).await;
        refused.push((env.wait_for_delivery().await, words));
    }
    let long_title = json!({"title": "字".repeat(61)});
    let unknown = json!({"title": "T", "colour": "red"});
    let sidecars: [(Bytes, &[&str]); 5] = [
        (json_bytes(&long_title), &["title has 61 characters", "1 to 60"]),
        (json_bytes(&unknown), &["colour", "film.mp4.youku.json"]),
        (Bytes::from_static(br#"{"tags": ["one", 2]}"#), &["tags[1]", "film.mp4.youku.json"]),
        (Bytes::from_static(b"{"), &["not JSON", "film.mp4.youku.json"]),
        (Bytes::from_static(b"\xff\xfe{\0}\0"), &["UTF-16", "film.mp4.youku.json"]),
    ];
    for (sidecar, words) in sidecars {
        env.put("film.mp4.youku.json", &sidecar).await;
        env.wait_for_delivery().await;
        env.put("film.mp4", &sample_bytes(1, 1000)).await;
        refused.push((env.wait_for_delivery().await, words));
    }
    for (delivery, words) in refused {
        let result = delivery.result();
        assert_eq!((delivery.state, delivery.attempts), (AsyncState::Succeeded, 1), "{delivery:?}");
        assert_eq!((result["code"].as_str(), result["error"].as_str()), (Some("400"), Some("invalid_job")));
        let said = result["msg"].as_str().unwrap_or_default();
        assert!(words.iter().all(|word| said.contains(word)), "{said} should say {words:?}");
    }
    assert_eq!(env.clouds.youku.sessions(), [], "nothing was created");
}

#[tokio::test]
async fn an_optional_sidecar_counts_where_it_is_there_first() {
    let rules = rule("optional");
    let env = TestEnv::start(Setup { rules: &rules, ..Setup::default() }).await;
    let (first, second) = (sample_bytes(1, 1000), sample_bytes(2, 1000));
    env.put("a.mp4", &first).await;
    env.wait_for_delivery().await;
    env.put("a.mp4.youku.json", &json_bytes(&json!({"title": "too late"}))).await;
    assert_eq!(env.wait_for_delivery().await.result()["skipped"], "not_a_video");
    env.assert_published("a", &first);
    env.put("b.mp4.youku.json", &json_bytes(&json!({"title": "in time"}))).await;
    env.wait_for_delivery().await;
    env.put("b.mp4", &second).await;
    env.wait_for_delivery().await;
    env.assert_published("in time", &second);
    assert_eq!(env.clouds.youku.videos().len(), 2);
}

#[tokio::test]
async fn a_video_waits_for_the_sidecar_that_its_rule_requires() {
    for mode in ["oss", "slice"] {
        let rules = rule("required");
        let env = TestEnv::start(Setup { rules: &rules, ..Setup::with_mode(mode) }).await;
        let (first, second) = (sample_bytes(1, 1000), sample_bytes(2, 1000));
        let sidecar = |title: &str| json_bytes(&json!({ "title": title }));

        env.put("a.mp4", &first).await;
        assert_eq!(env.wait_for_delivery().await.result()["skipped"], "waits_for_sidecar");
        assert_eq!(env.clouds.youku.sessions(), []);
        env.put("a.mp4.youku.json", &sidecar("after the video")).await;
        assert_eq!(env.wait_for_delivery().await.result()["code"], "200");
        env.assert_published("after the video", &first);

        env.put("b.mp4.youku.json", &sidecar("before the video")).await;
        assert_eq!(env.wait_for_delivery().await.result()["skipped"], "sidecar_before_video");
        env.put("b.mp4", &second).await;
        assert_eq!(env.wait_for_delivery().await.result()["code"], "200");
        env.assert_published("before the video", &second);
        assert_eq!(env.clouds.youku.sessions().len(), 2);
    }
}

#[tokio::test]
async fn a_failing_read_of_the_sidecar_does_not_publish_without_it() {
    let rules = rule("optional");
    let env = TestEnv::start(Setup { rules: &rules, ..Setup::default() }).await;
    env.put("film.mp4.youku.json", &json_bytes(&json!({"title": "stated"}))).await;
    env.wait_for_delivery().await;
    let control = &env.clouds.oss_control;
    let fault = json!({"kind": "status", "status": 500});
    let failing = json!({"operation": "GetObject", "match": "youku.json", "times": 2, "fault": fault});
    let id = add_fault(control, failing);
    let cut = json!({"kind": "cut_response", "after": 3});
    add_fault(control, json!({"operation": "GetObject", "match": "youku.json", "fault": cut}));
    let bytes = sample_bytes(1, 1000);
    env.put("film.mp4", &bytes).await;
    env.wait_for_delivery().await;
    assert_eq!(control.faults.state(id).map(|state| state.fired), Some(2));
    env.assert_published("stated", &bytes);
}

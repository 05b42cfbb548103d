use crate::support::{Act, RawServer, failure, ok, oss, s3};
use object_storage::{ErrorKind, LifecycleRule, Store};

async fn asked(
    store: impl Fn(&str) -> Store,
    answer: String,
) -> Result<Vec<LifecycleRule>, object_storage::Error> {
    let server = RawServer::start(vec![Act::Send(answer)]).await;
    let rules = store(&server.url).lifecycle().await;
    assert!(server.requests()[0].starts_with("GET /films/?lifecycle HTTP/1.1\r\n"));
    rules
}

fn document(rules: &str) -> String {
    ok("", &format!("<?xml version=\"1.0\"?><LifecycleConfiguration>{rules}</LifecycleConfiguration>"))
}

fn rule(inner: &str) -> String {
    format!("<Rule><ID>r</ID>{inner}<Status>Enabled</Status></Rule>")
}

/// Only a rule that expires current, untagged objects counts.
#[tokio::test]
async fn a_rule_meets_prefixes_below_and_above_its_own() {
    let days = "<Expiration><Days>30</Days></Expiration>";
    let cases = [
        (format!("<Prefix></Prefix>{days}"), true),
        (format!("<Prefix>ledger/</Prefix>{days}"), true),
        (format!("<Prefix>led</Prefix>{days}"), true),
        (format!("<Prefix>ledger/open/</Prefix>{days}"), true),
        (format!("<Prefix>other/</Prefix>{days}"), false),
        (format!("<Filter><Prefix>ledger/</Prefix></Filter>{days}"), true),
        (format!("<Filter/>{days}"), true),
        (format!("<Filter><And><Prefix>ledger/</Prefix><ObjectSizeLessThan>9</ObjectSizeLessThan></And></Filter>{days}"), true),
        (format!("<Filter><And><Prefix>ledger/</Prefix><Tag><Key>k</Key></Tag><Tag><Key>l</Key></Tag></And></Filter>{days}"), false),
        (format!("<Filter><Tag><Key>k</Key><Value>v</Value></Tag></Filter>{days}"), false),
        (format!("<Prefix></Prefix><Tag><Key>k</Key><Value>v</Value></Tag>{days}"), false),
        (format!("<Prefix></Prefix><Filter><Not><Prefix>ledger/</Prefix></Not></Filter>{days}"), false),
        (
            format!("<Prefix></Prefix><Filter><Not><Prefix>ledger/</Prefix><Tag><Key>k</Key></Tag></Not></Filter>{days}"),
            true,
        ),
        ("<Prefix></Prefix><Expiration><CreatedBeforeDate>2027-01-01T00:00:00.000Z</CreatedBeforeDate></Expiration>".into(), true),
        ("<Prefix></Prefix><Expiration><Date>2027-01-01T00:00:00Z</Date></Expiration>".into(), true),
        ("<Prefix></Prefix><Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>".into(), false),
        ("<Prefix></Prefix><NoncurrentVersionExpiration><NoncurrentDays>1</NoncurrentDays></NoncurrentVersionExpiration>".into(), false),
        ("<Prefix></Prefix><AbortMultipartUpload><Days>1</Days></AbortMultipartUpload>".into(), false),
        ("<Prefix></Prefix><Transition><Days>1</Days><StorageClass>IA</StorageClass></Transition>".into(), false),
    ];
    for (inner, deletes) in cases {
        for store in [oss, s3] {
            let found = asked(store, document(&rule(&inner))).await.unwrap();
            assert_eq!(found.len(), 1, "{inner}");
            assert_eq!((found[0].id.as_str(), found[0].deletes_below("ledger/")), ("r", deletes), "{inner}");
        }
    }
}

/// A bucket without rules has none.
#[tokio::test]
async fn disabled_rules_are_left_out() {
    let off = "<Rule><ID>a</ID><Prefix></Prefix><Status>Disabled</Status><Expiration><Days>1</Days></Expiration></Rule>";
    let on = rule("<Prefix>x</Prefix><Expiration><Days>1</Days></Expiration>");
    let found = asked(oss, document(&format!("{off}{on}{off}"))).await.unwrap();
    assert_eq!(found.iter().map(|rule| rule.prefix.as_str()).collect::<Vec<_>>(), ["x"]);
    for code in ["NoSuchLifecycle", "NoSuchLifecycleConfiguration"] {
        assert_eq!(asked(s3, failure("404 Not Found", code, "x")).await.unwrap(), []);
    }
    let error = asked(oss, failure("404 Not Found", "NoSuchBucket", "x")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoSuchBucket);
}

/// It is not taken for one without rules.
#[tokio::test]
async fn a_store_that_does_not_know_lifecycles_says_so() {
    let list = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>";
    let cases = [
        (ok("", list), ErrorKind::Protocol),
        (failure("501 Not Implemented", "NotImplemented", "x"), ErrorKind::Rejected),
        (failure("403 Forbidden", "AccessDenied", "x"), ErrorKind::AccessDenied),
    ];
    for (answer, kind) in cases {
        assert_eq!(asked(oss, answer).await.unwrap_err().kind(), kind);
    }
}

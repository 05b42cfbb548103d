//! Roles in moto: its IAM checks the signature of each request, and whether the role's policy allows the action on the resource.

use super::moto::{Moto, REGION};
use serde_json::{Value, json};

/// The temporary key of a role, as Lambda gives it to a function.
pub(crate) struct RoleKey {
    id: String,
    secret: String,
    token: String,
}

impl RoleKey {
    /// The environment variables that hold it.
    pub(crate) fn variables(&self) -> [(String, String); 3] {
        [
            ("AWS_ACCESS_KEY_ID", &self.id),
            ("AWS_SECRET_ACCESS_KEY", &self.secret),
            ("AWS_SESSION_TOKEN", &self.token),
        ]
        .map(|(name, value)| (name.to_owned(), value.clone()))
    }
}

impl Moto {
    /// Creates a role with this policy, and a key of it. Rights must not be checked yet.
    pub(crate) async fn create_role(&self, name: &str, policy: &Value) -> RoleKey {
        let trust = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]});
        let (trust, policy) = (trust.to_string(), policy.to_string());
        self.call("iam", "CreateRole", &[("RoleName", name), ("AssumeRolePolicyDocument", &trust)]).await;
        let inline = [("RoleName", name), ("PolicyName", "policy"), ("PolicyDocument", &policy)];
        self.call("iam", "PutRolePolicy", &inline).await;
        // moto's only account.
        let arn = format!("arn:aws:iam::123456789012:role/{name}");
        let answer =
            self.call("sts", "AssumeRole", &[("RoleArn", &arn), ("RoleSessionName", "function")]).await;
        let text = |tag: &str| {
            let (_, rest) = answer.split_once(&format!("<{tag}>")).unwrap_or_else(|| panic!("{answer}"));
            rest.split_once('<').unwrap().0.to_owned()
        };
        RoleKey { id: text("AccessKeyId"), secret: text("SecretAccessKey"), token: text("SessionToken") }
    }

    /// From now on a request needs a signature that is right and a policy that allows it.
    pub(crate) async fn check_rights(&self) {
        // The number of requests that are let through before.
        let request = app::http_client().unwrap().post(format!("{}/moto-api/reset-auth", self.endpoint));
        assert_eq!(request.body("0").send().await.unwrap().status(), 200);
    }

    /// Calls another service of AWS than S3.
    async fn call(&self, service: &str, action: &str, parameters: &[(&str, &str)]) -> String {
        let all = [("Action", action)].into_iter().chain(parameters.iter().copied());
        let address = reqwest::Url::parse_with_params(&self.endpoint, all).unwrap();
        // moto tells services apart by what was signed for.
        let signature = format!(
            "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20260101/{REGION}/{service}/aws4_request, SignedHeaders=host, Signature=none"
        );
        let request = app::http_client().unwrap().post(address).header("authorization", signature);
        let answer = request.send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert_eq!(status, 200, "{action}: {text}");
        text
    }
}

//! The account of a task that carries a token for a client id of the settings.

use super::*;
use app::core::ledger::TokenOrigin;
use serde_json::{Value, json};
use wiremock::matchers::body_string_contains;

/// A Youku whose old host knows these tokens' users, and that refuses whatever is created; `None`: the token is invalid.
async fn start_youku(users: &[(&str, Option<u64>)]) -> MockServer {
    let refusal = |code: u64| {
        let error = json!({"error": {"code": code, "type": "SystemException", "description": "refused"}});
        ResponseTemplate::new(400).set_body_json(error)
    };
    let server =
        start_server("/bucket/user/dee/a.mp4", &[("HEAD", object()), ("POST", refusal(120_010_101))]).await;
    for (token, user) in users {
        let answer = match user {
            Some(user) => ResponseTemplate::new(200).set_body_json(json!({"id": user, "name": "u"})),
            None => refusal(1008),
        };
        Mock::given(method("POST"))
            .and(path("/v2/users/myinfo.json"))
            .and(body_string_contains(format!("access_token={token}")))
            .respond_with(answer)
            .mount(&server)
            .await;
    }
    server
}

/// How often Youku was asked whose a token is.
async fn count_user_lookups(server: &MockServer) -> usize {
    let requests = server.received_requests().await.unwrap();
    requests.iter().filter(|request| request.url.path() == "/v2/users/myinfo.json").count()
}

fn post_with_token(token: &str) -> Request<Body> {
    post(json!({"conf": {"clientid": "app", "ak": token, "keyname": "a"}}).to_string())
}

/// The outcome of the task, and the account of its upload.
async fn outcome_and_account(app: &Arc<App>, token: &str) -> (Outcome, Value) {
    let (_, _, outcome) = send(router(app.clone()), post_with_token(token)).await;
    assert!(!serde_json::to_string(&outcome).unwrap().contains(token));
    let Some(id) = &outcome.data.upload_id else { return (outcome, Value::Null) };
    let (_, upload) = super::statuses::get(app, &format!("/uploads/{id}")).await;
    (outcome, upload["account"].clone())
}

/// A token that the account ever had is the account's, and Youku is not asked.
#[tokio::test]
async fn an_accounts_earlier_token_is_known() {
    for accounts in ["known", "any"] {
        let server = start_youku(&[]).await;
        let settings = format!("{}accounts = '{accounts}'\n", settings_over(&server));
        let (app, _folder) = build_app(&settings);
        let ledger = app.ledger(None).await.unwrap();
        ledger.record_origins("main", &[&"renewed-once".into()], TokenOrigin::Renewal).await.unwrap();
        for token in ["renewed-once", "token-main"] {
            let (outcome, account) = outcome_and_account(&app, token).await;
            assert_eq!((outcome.error.as_deref(), &account), (Some("youku_failed"), &json!("main")));
        }
        assert_eq!(count_user_lookups(&server).await, 0);
        // The settings' pair is remembered once it is another.
        let (_, account) = outcome_and_account(&app, "renewed-once").await;
        assert_eq!(account, "main");
    }
}

#[tokio::test]
async fn the_settings_pair_stays_known_when_they_get_another() {
    let server = start_youku(&[]).await;
    let (app, folder) = build_app(&settings_over(&server));
    app::App::sweep(&app, None, &Default::default()).await.unwrap();
    let location = folder.path().display();
    let settings = settings_over(&server).replace("token-main", "token-next");
    let settings = format!("{settings}\n[ledger]\nlocation = '{location}'\n");
    let settings = Settings::from_parts("test.toml", &settings, []).unwrap();
    let app = Arc::new(App::from_settings(settings).unwrap());
    let (_, account) = outcome_and_account(&app, "token-main").await;
    assert_eq!((account, count_user_lookups(&server).await), (json!("main"), 0));
}

/// Another user's token is refused and every other is the account's; Youku is asked once.
#[tokio::test]
async fn only_another_users_token_is_refused() {
    let users = [("token-main", Some(1)), ("of-another", Some(2)), ("of-ours", Some(1)), ("ran-out", None)];
    let server = start_youku(&users).await;
    let (app, _folder) = build_app(&settings_over(&server));
    for _ in 0..3 {
        let (outcome, _) = outcome_and_account(&app, "of-another").await;
        assert_eq!((outcome.code.as_str(), outcome.error.as_deref()), ("400", Some("invalid_job")));
        let expected = "the task does not fit (field: conf.ak, why: is a token of another user than the client id's account)";
        assert_eq!(outcome.msg, expected);
        for token in ["of-ours", "ran-out"] {
            let (outcome, account) = outcome_and_account(&app, token).await;
            assert_eq!(
                (outcome.error.as_deref(), &account),
                (Some("youku_failed"), &json!("main")),
                "{token}"
            );
        }
    }
    assert_eq!(count_user_lookups(&server).await, users.len(), "each token once");
}

#[tokio::test]
async fn where_youku_gives_no_answer_the_token_is_ours() {
    let server = start_youku(&[]).await;
    let (app, _folder) = build_app(&settings_over(&server));
    for _ in 0..3 {
        let (outcome, account) = outcome_and_account(&app, "whose").await;
        assert_eq!((outcome.error.as_deref(), &account), (Some("youku_failed"), &json!("main")));
    }
    assert_eq!(count_user_lookups(&server).await, 1, "a host that does not answer is left alone");
}

/// Under `accounts = 'any'` a token that is not the account's stays the task's own account.
#[tokio::test]
async fn under_any_a_foreign_token_stays_the_tasks_own() {
    let server = start_youku(&[("whose", Some(2))]).await;
    let (app, _folder) = build_app(&format!("{}accounts = 'any'\n", settings_over(&server)));
    let (outcome, account) = outcome_and_account(&app, "whose").await;
    assert_eq!(outcome.error.as_deref(), Some("youku_failed"));
    assert!(account.as_str().unwrap().starts_with("app#"), "{account}");
    assert_eq!(count_user_lookups(&server).await, 0);
}

/// Of several accounts with one client id the one of the token's user is taken.
#[tokio::test]
async fn the_tokens_user_picks_among_several_accounts() {
    let users =
        [("token-main", Some(1)), ("token-two", Some(2)), ("old-two", Some(2)), ("of-third", Some(3))];
    let server = start_youku(&users).await;
    let two = "[accounts.two]\nclient_id = 'app'\naccess_token = 'token-two'\n";
    let (app, _folder) = build_app(&format!("{}\n{two}", settings_over(&server)));
    let (_, account) = outcome_and_account(&app, "old-two").await;
    assert_eq!(account, "two");
    for (token, words) in [("of-third", "another user"), ("nobodys", "does not say which")] {
        let (outcome, _) = outcome_and_account(&app, token).await;
        assert_eq!(
            (outcome.code.as_str(), outcome.error.as_deref()),
            ("400", Some("invalid_job")),
            "{token}"
        );
        assert!(outcome.msg.contains("conf.ak") && outcome.msg.contains(words), "{}", outcome.msg);
    }
}

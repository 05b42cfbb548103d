//! Whether an access token is still taken once it was refreshed.

use crate::{
    commands::rehearse::{
        fact::{Fact, Found, Makes},
        obstacle::Obstacle,
        stage::{Stage, describe_refusal},
        text::{Text, text},
    },
    ui::output::print_line,
};
use app::{
    core::access_token::TokenState,
    youku::{self, Client, ErrorKind},
};

pub(in super::super) const FACT: Fact = Fact {
    name: "youku.refresh",
    question: || {
        text!(
            "whether the old access token is still taken after a refresh",
            "续期之后旧的访问令牌是否仍可使用"
        )
    },
    expected: "kept",
    calls: 8,
    requests: 0,
    makes: Makes::Nothing,
    tries: |stage| Box::pin(find(stage)),
    meaning: |word| match word {
        "kept" => text!(
            "uploads that use the old token continue until that token expires",
            "正在使用旧令牌的操作可继续到该令牌到期"
        ),
        _ => text!(
            "uploads that use the old token are refused once, and continue with the new one from the ledger",
            "正在使用旧令牌的操作会被拒绝一次，然后使用台账中的新令牌继续"
        ),
    },
};

/// What a person must know before the token is refreshed.
pub(in crate::commands::rehearse) fn warning() -> Text {
    text!(
        "youku.refresh spends the account's refresh token; the new pair is kept in the ledger of these settings alone. Whatever uses the old pair without this ledger needs new tokens then, and so do these settings if Youku's answer is lost.",
        "youku.refresh 会用掉账号的刷新令牌，新的令牌只保存在此设置的台账中。不使用该台账而使用旧令牌的程序届时需要新的令牌；若优酷的应答丢失，此设置也需要新的令牌。"
    )
}

async fn find(stage: &mut Stage) -> Result<Found, Obstacle> {
    print_line(warning().as_str());
    let Some(old) = stage.refresh_token().await? else {
        return Err(Obstacle::NotHere(text!(
            "the settings have no refresh token for this account",
            "设置中没有该账号的刷新令牌"
        )));
    };
    // Only where the new one is taken does a refusal speak of the old one.
    let renewed = prove_access(&stage.client()?).await;
    stage.require(renewed)?;
    let answer = prove_access(&old).await;
    let Text { en, zh } = describe_life(stage).await;
    Ok(match answer {
        Ok(()) => {
            let evidence = text!("the new token{en} and the old one are taken", "新令牌{zh}和旧令牌均可使用");
            Found::new("kept", evidence).with_youku("refresh_revokes_access_token", false)
        }
        Err(error) if error.kind() == ErrorKind::AccessTokenRefused => {
            let code = describe_refusal(&error);
            let evidence = text!(
                "the new token{en} is taken; the old one: {code}",
                "新令牌{zh}可以使用；旧令牌：{code}"
            );
            Found::new("revoked", evidence).with_youku("refresh_revokes_access_token", true)
        }
        Err(error) => {
            return Err(stage.judge::<()>(Err(error))?.err().map_or(Obstacle::Stopped, Obstacle::Youku));
        }
    })
}

/// Makes a call that changes nothing, and that Youku answers to a token that it takes alone.
async fn prove_access(client: &Client) -> Result<(), youku::Error> {
    match client.own_videos(1, 1).await? {
        Some(_) => Ok(()),
        // No host has by_me.
        None => client.my_user().await.map(drop),
    }
}

/// How long the new token lives, as Youku stated it and the ledger keeps it; an empty text where it did not.
async fn describe_life(stage: &Stage) -> Text {
    let state = stage.app.account_state(&stage.account, None).await;
    let Ok(TokenState::Valid { since, until: Some(until) }) = state else { return text!("", "") };
    let life = until.get().duration_since(since.get()).unwrap_or_default();
    let days = life.as_secs() / 86_400;
    text!(" (for {days} days, as stated)", "（所述有效期 {days} 天）")
}

//! Review by ffprobe.

use super::env::*;

/// Six seconds of a test picture.
const FILM: &[u8] = include_bytes!("../../../../functions/cli/assets/demo.mp4");

/// What ffprobe reads stays published, and what it cannot read is `fail` once encoding is over; without the switch nothing is looked at.
#[tokio::test]
async fn review_rejects_what_ffprobe_cannot_read_if_switched_so() {
    let env = YoukuEnv::switched(|switches| switches.encoding_shows = 1).await;
    let (_, before) = env.publish(b"no film").await;
    let switched =
        env.send("POST", "/_sandbox/switches", &[], br#"{"reject_unreadable": true}"#.to_vec()).await;
    assert_eq!((switched.0, &switched.1["reject_unreadable"]), (200, &true.into()), "{}", switched.1);
    // Its index stands at the beginning, and is cut.
    let (_, broken) = env.publish(&FILM[..1000]).await;
    let (_, whole) = env.publish(FILM).await;
    let (_, other) = env.publish(b"no film either").await;
    for (id, state) in [(before, "normal"), (broken, "fail"), (whole, "normal"), (other, "fail")] {
        assert_eq!(env.show(&id).await.1["state"], "encoding");
        assert_eq!(env.show(&id).await.1["state"], state);
    }
}

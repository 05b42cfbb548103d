//! Bodies of unknown length, read within a limit.

use bytes::{Buf, Bytes, BytesMut};
use http_body::Body;
use std::{
    error::Error as StdError,
    fmt,
    future::poll_fn,
    pin::{Pin, pin},
};

/// What is reserved at once for a body that announces its length: the announcement is another's word.
const RESERVED: usize = 64 << 10;

/// Why a body could not be read.
#[derive(Debug)]
pub enum ReadError<E> {
    /// It has more bytes than the limit.
    TooLong {
        /// The limit, in bytes.
        limit: usize,
    },
    /// It broke off.
    Broken(E),
}

impl<E> fmt::Display for ReadError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { limit } => write!(f, "the body has more than {limit} bytes"),
            Self::Broken(_) => f.write_str("the body broke off"),
        }
    }
}

impl<E: StdError + 'static> StdError for ReadError<E> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::TooLong { .. } => None,
            Self::Broken(error) => Some(error),
        }
    }
}

/// Reads a body of at most `limit` bytes. It has no limit of time: the caller sets one around it.
///
/// # Errors
/// [`TooLong`](ReadError::TooLong) once more than `limit` bytes have come, the rest unread; the body's own error.
pub async fn read_body<B: Body>(body: B, limit: usize) -> Result<Bytes, ReadError<B::Error>> {
    let mut body = pin!(body);
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > limit {
        return Err(ReadError::TooLong { limit });
    }
    let mut read = BytesMut::with_capacity(announced.min(RESERVED));
    while let Some(data) = next_data(body.as_mut()).await {
        let mut data = data.map_err(ReadError::Broken)?;
        if data.remaining() > limit - read.len() {
            return Err(ReadError::TooLong { limit });
        }
        while data.has_remaining() {
            let chunk = data.chunk();
            read.extend_from_slice(chunk);
            data.advance(chunk.len());
        }
    }
    Ok(read.freeze())
}

/// Reads and drops a body, up to `limit` bytes, so that its sender is not cut off while it writes. How the body ends does not matter.
pub async fn discard_body<B: Body>(body: B, limit: usize) {
    let mut body = pin!(body);
    let mut read = 0_usize;
    while let Some(Ok(data)) = next_data(body.as_mut()).await {
        read = read.saturating_add(data.remaining());
        if read >= limit {
            return;
        }
    }
}

/// The next bytes; trailers are passed over. `None` at the end.
async fn next_data<B: Body>(mut body: Pin<&mut B>) -> Option<Result<B::Data, B::Error>> {
    loop {
        match poll_fn(|context| body.as_mut().poll_frame(context)).await? {
            Ok(frame) => {
                if let Ok(data) = frame.into_data() {
                    return Some(Ok(data));
                }
            }
            Err(error) => return Some(Err(error)),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use http_body::Frame;
    use std::{
        io,
        task::{Context, Poll},
    };

    /// Yields these frames, and counts those that were taken.
    struct Frames<'a>(Vec<Result<Frame<Bytes>, io::Error>>, &'a mut usize);

    impl Body for Frames<'_> {
        type Data = Bytes;
        type Error = io::Error;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
            if self.0.is_empty() {
                return Poll::Ready(None);
            }
            *self.1 += 1;
            Poll::Ready(Some(self.0.remove(0)))
        }
    }

    fn data(text: &'static str) -> Result<Frame<Bytes>, io::Error> {
        Ok(Frame::data(Bytes::from_static(text.as_bytes())))
    }

    fn trailers() -> Result<Frame<Bytes>, io::Error> {
        Ok(Frame::trailers(http::HeaderMap::new()))
    }

    #[tokio::test]
    async fn a_body_of_the_limit_is_read_whole() {
        let mut taken = 0;
        let body = Frames(vec![data("hel"), data(""), trailers(), data("lo")], &mut taken);
        assert_eq!(read_body(body, 5).await.unwrap(), "hello");
        assert_eq!(read_body(http_body_util::Empty::<Bytes>::new(), 0).await.unwrap(), "");
    }

    /// Neither is the rest read, nor anything of a body that announces too much.
    #[tokio::test]
    async fn a_longer_body_is_refused_and_not_read_to_its_end() {
        let mut taken = 0;
        let body = Frames(vec![data("hel"), data("lo!"), data("more")], &mut taken);
        assert!(matches!(read_body(body, 5).await, Err(ReadError::TooLong { limit: 5 })));
        assert_eq!(taken, 2);
        let announced = http_body_util::Full::new(Bytes::from_static(b"hello!"));
        assert!(matches!(read_body(announced, 5).await, Err(ReadError::TooLong { limit: 5 })));
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_keeps_its_error() {
        let mut taken = 0;
        let body = Frames(vec![data("hel"), Err(io::Error::other("reset"))], &mut taken);
        let error = read_body(body, 5).await.unwrap_err();
        assert_eq!(error.source().unwrap().to_string(), "reset");
    }

    #[tokio::test]
    async fn a_discarded_body_is_read_up_to_the_limit() {
        for (limit, frames) in [(1, 1), (4, 2), (6, 3), (100, 3)] {
            let mut taken = 0;
            discard_body(Frames(vec![data("abc"), data("de"), data("f")], &mut taken), limit).await;
            assert_eq!(taken, frames, "{limit}");
        }
        let mut taken = 0;
        discard_body(Frames(vec![Err(io::Error::other("reset")), data("f")], &mut taken), 9).await;
        assert_eq!(taken, 1);
    }
}

//! Answers of Youku and of the stores.

use app::storage::{Credentials, HttpClient, MultipartId, Store, StoreConfig};
use arbitrary::{Arbitrary, Unstructured};
use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use secrecy::SecretString;
use std::{
    fmt::{Debug, Display},
    sync::{Arc, LazyLock, Mutex},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    runtime::Runtime,
};
use youku::{AnswerBody, Client, Config, MAX_SLICE_LENGTH_KIB, SendError, Transport, UploadTarget};

/// What no error may repeat: another server's own words.
const WORDS: &str = "words-of-another-server";

/// Nothing of an answer's text is in an error.
fn check_silence(error: &(impl Display + Debug)) {
    for text in [error.to_string(), format!("{error:?}")] {
        assert!(!text.contains(WORDS), "{text}");
    }
}

/// A body as Youku may send it.
#[derive(Debug, Arbitrary)]
enum YoukuBody {
    Error { code: u64, kind: String, more: String },
    FormError { code: u64, more: String },
    Raw(Vec<u8>),
}

impl YoukuBody {
    fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Error { code, kind, more } => {
                let description = format!("{more}{WORDS}");
                serde_json::json!({"error": {"code": code, "type": kind, "description": description}})
                    .to_string()
                    .into()
            }
            Self::FormError { code, more } => {
                let more: String = url::form_urlencoded::byte_serialize(more.as_bytes()).collect();
                format!("code={code}&type=SystemException&description={more}{WORDS}").into()
            }
            Self::Raw(bytes) => bytes.clone(),
        }
    }
}

fn contains_words(body: &YoukuBody) -> bool {
    body.to_bytes().windows(WORDS.len()).any(|window| window == WORDS.as_bytes())
}

/// Answers every call with the same.
#[derive(Debug)]
struct Fixed {
    status: StatusCode,
    body: Bytes,
}

#[async_trait::async_trait]
impl Transport for Fixed {
    async fn send(&self, _: Request<Bytes>) -> Result<Response<AnswerBody>, SendError> {
        let body = Full::new(self.body.clone()).map_err(|never| match never {}).boxed_unsync();
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        Ok(response)
    }
}

/// What is read of Youku's answers keeps to what its documentation says, and errors repeat none of its words.
///
/// # Panics
/// Where this does not hold.
pub fn of_youku(data: &[u8]) {
    let Ok((status, call, body)) = <(u16, u8, YoukuBody)>::arbitrary(&mut Unstructured::new(data)) else {
        return;
    };
    let status = match status % 4 {
        0 => StatusCode::OK,
        1 => StatusCode::CREATED,
        2 => StatusCode::BAD_REQUEST,
        _ => StatusCode::from_u16(200 + status % 400).expect("a status"),
    };
    // An error names Youku's code and type.
    if matches!(&body, YoukuBody::Error { kind, .. } if kind.contains(WORDS))
        || matches!(body, YoukuBody::Raw(_)) && contains_words(&body)
    {
        return;
    }
    let transport = Arc::new(Fixed { status, body: body.to_bytes().into() });
    let client = Client::new(Config::new("app", SecretString::from("token")), transport);
    let token = SecretString::from("upload-token");
    RUNTIME.block_on(async {
        let failed = match call % 8 {
            0 => client.show("X1").await.err(),
            1 => client.commit(&token, None).await.err(),
            2 => client.cancel(&token, None).await.err(),
            3 => client.refresh(&token).await.err(),
            4 => {
                let target = UploadTarget { endpoint: "e".into(), bucket: "b".into(), object: "o".into() };
                client.sts(&token, &target).await.err()
            }
            5 => client.my_user().await.err(),
            6 => match client.slice_server_at("127.0.0.1:80").expect("an address").new_slice(&token).await {
                Ok(next) => {
                    if let Some(slice) = next.slice {
                        assert!(
                            (1..=u64::from(MAX_SLICE_LENGTH_KIB) << 10).contains(&slice.length),
                            "{slice:?}"
                        );
                        assert!(slice.offset.checked_add(slice.length).is_some(), "{slice:?}");
                    }
                    None
                }
                Err(error) => Some(error),
            },
            _ => match client.slice_server_at("127.0.0.1:80").expect("an address").check(&token).await {
                Ok(check) => {
                    for share in [check.transferred_percent, check.confirmed_percent].into_iter().flatten() {
                        assert!(share.is_finite(), "{check:?}");
                    }
                    None
                }
                Err(error) => Some(error),
            },
        };
        if let Some(error) = failed {
            check_silence(&error);
        }
    });
}

/// A body as a store may send it.
#[derive(Debug, Arbitrary)]
enum StoreBody {
    Error { code: String, more: String },
    List { keys: Vec<(String, u64)>, truncated: bool, next: Option<String> },
    Parts { parts: Vec<(u32, u64)>, truncated: bool, next: Option<u32> },
    Raw(Vec<u8>),
}

impl StoreBody {
    fn to_bytes(&self) -> Vec<u8> {
        let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
        let text = match self {
            Self::Error { code, more } => {
                format!(
                    "<Error><Code>{}</Code><Message>{}{WORDS}</Message></Error>",
                    escape(code),
                    escape(more)
                )
            }
            Self::List { keys, truncated, next } => {
                let key = |(key, size): &(String, u64)| {
                    format!(
                        "<Contents><Key>{}</Key><LastModified>2026-01-02T03:04:05.000Z</LastModified><ETag>\"A\"</ETag><Size>{size}</Size></Contents>",
                        escape(key)
                    )
                };
                let next = next
                    .as_deref()
                    .map(|next| format!("<NextContinuationToken>{}</NextContinuationToken>", escape(next)));
                format!(
                    "<ListBucketResult><IsTruncated>{truncated}</IsTruncated>{}{}</ListBucketResult>",
                    keys.iter().map(key).collect::<String>(),
                    next.unwrap_or_default()
                )
            }
            Self::Parts { parts, truncated, next } => {
                let part = |(number, size): &(u32, u64)| {
                    format!(
                        "<Part><PartNumber>{number}</PartNumber><ETag>\"A\"</ETag><Size>{size}</Size></Part>"
                    )
                };
                let next = next.map(|next| format!("<NextPartNumberMarker>{next}</NextPartNumberMarker>"));
                format!(
                    "<ListPartsResult><IsTruncated>{truncated}</IsTruncated>{}{}</ListPartsResult>",
                    parts.iter().map(part).collect::<String>(),
                    next.unwrap_or_default()
                )
            }
            Self::Raw(bytes) => return bytes.clone(),
        };
        text.into_bytes()
    }
}

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime"));
/// What the server answers next.
static ANSWER: Mutex<(u16, Vec<u8>)> = Mutex::new((200, Vec::new()));

/// Two stores at a server that answers every request with [`ANSWER`].
static STORES: LazyLock<[Store; 2]> = LazyLock::new(|| {
    let listener = RUNTIME.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port");
    let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
    RUNTIME.spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut request = Vec::new();
                while stream.read_buf(&mut request).await.is_ok_and(|read| read > 0) {
                    if !request.ends_with(b"\r\n\r\n") {
                        continue;
                    }
                    request.clear();
                    let (status, body) = ANSWER.lock().expect("not poisoned").clone();
                    let head = format!(
                        "HTTP/1.1 {status} X\r\ncontent-length: {}\r\n{}: Fri, 02 Jan 2026 03:04:05 GMT\r\n\r\n",
                        body.len(),
                        header::DATE
                    );
                    if stream.write_all(&[head.as_bytes(), &body].concat()).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    let http: HttpClient = app::store_client().expect("a client");
    [StoreConfig::oss("bucket"), StoreConfig::s3("bucket")].map(|config| {
        let credentials = Credentials::Static {
            access_key_id: "id".into(),
            access_key_secret: SecretString::from("secret"),
            security_token: None,
        };
        let config = config.endpoint(&endpoint).region(Some("cn-hangzhou".into()));
        Store::new(config.credentials(credentials), http.clone()).expect("a store")
    })
});

/// Lists end, hold what was written into them, and errors repeat none of a store's words.
///
/// # Panics
/// Where this does not hold.
pub fn of_stores(data: &[u8]) {
    let Ok((which, call, status, body)) =
        <(bool, u8, u8, StoreBody)>::arbitrary(&mut Unstructured::new(data))
    else {
        return;
    };
    let status = [200, 200, 206, 301, 400, 403, 404, 409, 412][usize::from(status) % 9];
    *ANSWER.lock().expect("not poisoned") = (status, body.to_bytes());
    let store = &STORES[usize::from(which)];
    RUNTIME.block_on(async {
        let failed = match call % 6 {
            0 => match store.list("", None, 1000).await {
                Ok(listing) => {
                    if let (StoreBody::List { keys, .. }, 200) = (&body, status) {
                        assert!(listing.objects.len() <= keys.len(), "{listing:?}");
                    }
                    None
                }
                Err(error) => Some(error),
            },
            1 => store.versioning().await.err(),
            2 => store.lifecycle().await.err(),
            3 => store.read_all("a.mp4", 1 << 16).await.err(),
            // However often the server says that there is more.
            4 => store.list_parts("a.mp4", &MultipartId::from("id")).await.err(),
            _ => store.delete("a.mp4").await.err(),
        };
        if let Some(error) = failed {
            check_silence(&error);
        }
    });
}

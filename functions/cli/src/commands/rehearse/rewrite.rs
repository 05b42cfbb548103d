//! Requests as the client would not send them.

use bytes::Bytes;
use http::{
    Method, Request, Uri,
    header::{CONTENT_LENGTH, CONTENT_TYPE},
};
use std::error::Error;

/// Moves the form of a POST into the query of a GET.
///
/// # Errors
/// Where that is no address.
pub(super) fn into_get(request: &mut Request<Bytes>) -> Result<(), http::Error> {
    let form = std::mem::take(request.body_mut());
    let mut parts = request.uri().clone().into_parts();
    let path_and_query = format!("{}?{}", request.uri().path(), String::from_utf8_lossy(&form));
    parts.path_and_query = Some(path_and_query.parse()?);
    *request.uri_mut() = Uri::from_parts(parts)?;
    *request.method_mut() = Method::GET;
    request.headers_mut().remove(CONTENT_TYPE);
    Ok(())
}

/// States fields of a form otherwise. Those that the form does not have stay out.
///
/// # Errors
/// Where the body is no form.
pub(super) fn restate(
    request: &mut Request<Bytes>,
    fields: Vec<(&'static str, String)>,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    if fields.is_empty() {
        return Ok(());
    }
    let mut form: Vec<(String, String)> = serde_urlencoded::from_bytes(request.body())?;
    for (name, value) in fields {
        form.iter_mut().filter(|(known, _)| known == name).for_each(|(_, old)| old.clone_from(&value));
    }
    *request.body_mut() = serde_urlencoded::to_string(form)?.into();
    request.headers_mut().remove(CONTENT_LENGTH);
    Ok(())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    /// A field is stated otherwise and the others stay; as a GET all of them are the query.
    #[test]
    fn a_form_is_restated_and_becomes_a_query() {
        let mut request = Request::post("http://api/uploads/create.json");
        request
            .headers_mut()
            .unwrap()
            .insert(CONTENT_TYPE, "application/x-www-form-urlencoded".parse().unwrap());
        let mut request = request.body(Bytes::from("client_id=a&title=old&tags=b")).unwrap();
        restate(&mut request, vec![("title", "新 &".to_owned()), ("category", "c".to_owned())]).unwrap();
        assert_eq!(&request.body()[..], b"client_id=a&title=%E6%96%B0+%26&tags=b");
        into_get(&mut request).unwrap();
        let expected = "/uploads/create.json?client_id=a&title=%E6%96%B0+%26&tags=b";
        assert_eq!(request.uri().path_and_query().unwrap().as_str(), expected);
        assert!(request.method() == Method::GET && request.headers().is_empty() && request.body().is_empty());
    }
}

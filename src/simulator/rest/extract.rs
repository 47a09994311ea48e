//! Reading requests: ids in paths, bodies as JSON or multipart, audit log reasons; writing answers.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::files::{self, Upload};
use crate::simulator::rules::error::ApiError;
use crate::simulator::rules::form::wrong;
use crate::simulator::rules::limits;
use crate::simulator::world::files::NewFile;

/// What most handlers answer: JSON or an error.
pub(super) type Reply = Result<Json<Value>, ApiError>;
/// What the handlers without an answer say.
pub(super) type Done = Result<StatusCode, ApiError>;

pub(super) const DONE: Done = Ok(StatusCode::NO_CONTENT);

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        (status, Json(self.body())).into_response()
    }
}

/// The ids of a path. What is no snowflake is an invalid form, as on Discord.
pub(super) struct Ids<T>(pub(super) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Ids<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = Path::<T>::from_request_parts(parts, state).await;
        let message = "Value is not snowflake.";
        path.map(|Path(ids)| Self(ids))
            .map_err(|_| wrong("id", "NUMBER_TYPE_COERCE", message))
    }
}

/// The body, whether it came as JSON or as the `payload_json` part of a form with files.
pub(super) struct Payload<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Payload<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let (value, _) = body_of(request, state).await?;
        typed(value).map(Self)
    }
}

/// The body of a message or an answer, with the files beside it.
pub(super) struct Posted<T>(pub(super) T, pub(super) Vec<NewFile>);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Posted<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let (mut value, parts) = body_of(request, state).await?;
        let files = files::taken(&mut value, parts);
        typed(value).map(|body| Self(body, files))
    }
}

fn typed<T: DeserializeOwned>(value: Value) -> Result<T, ApiError> {
    serde_json::from_value(value)
        .map_err(|problem| wrong("", "MODEL_TYPE_CONVERT", problem.to_string()))
}

async fn body_of<S: Send + Sync>(
    request: Request,
    state: &S,
) -> Result<(Value, Vec<Upload>), ApiError> {
    let kind = request.headers().get(header::CONTENT_TYPE).cloned();
    let bytes = Bytes::from_request(request, state).await;
    let bytes = bytes.map_err(|_| ApiError::INVALID_JSON)?;
    let value = json_of(kind.as_ref(), &bytes)?;
    let boundary = boundary(kind.as_ref());
    let files = boundary.map_or_else(Vec::new, |boundary| files::uploaded(&bytes, boundary));
    Ok((value, files))
}

/// The JSON of a body, wherever in it that stands.
pub(super) fn json_of(kind: Option<&HeaderValue>, bytes: &Bytes) -> Result<Value, ApiError> {
    let text: &[u8] = match boundary(kind) {
        Some(boundary) => files::payload(bytes, boundary).ok_or(ApiError::INVALID_JSON)?,
        None if bytes.is_empty() => b"{}",
        None => bytes,
    };
    serde_json::from_slice(text).map_err(|_| ApiError::INVALID_JSON)
}

/// What stands between the parts of a form with files.
pub(super) fn boundary(kind: Option<&HeaderValue>) -> Option<&str> {
    let kind = kind.and_then(|kind| kind.to_str().ok())?;
    let rest = kind.strip_prefix("multipart/form-data")?;
    let (_, boundary) = rest.split_once("boundary=")?;
    Some(boundary.trim_matches('"'))
}

/// Tells a field that is null from one that is left out.
pub(super) fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// The reason for the audit log, percent-decoded.
pub(super) struct Reason(pub(super) Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for Reason {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let reason = reason(&parts.headers);
        if let Some(reason) = &reason {
            limits::reason(reason)?;
        }
        Ok(Self(reason))
    }
}

pub(super) fn reason(headers: &HeaderMap) -> Option<String> {
    let header = headers.get("X-Audit-Log-Reason")?;
    let reason = percent_decode(header.as_bytes());
    (!reason.is_empty()).then_some(reason)
}

fn percent_decode(bytes: &[u8]) -> String {
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        let code = (*first == b'%')
            .then(|| after.get(..2).and_then(hex))
            .flatten();
        match code {
            Some(byte) => {
                decoded.push(byte);
                rest = &after[2..];
            }
            None => {
                decoded.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

fn hex(digits: &[u8]) -> Option<u8> {
    let text = std::str::from_utf8(digits).ok()?;
    u8::from_str_radix(text, 16).ok()
}

/// How many a page holds: `usual` without a wish, at most `most`.
pub(super) fn page_limit(
    wish: Option<usize>,
    usual: usize,
    most: usize,
) -> Result<usize, ApiError> {
    let limit = wish.unwrap_or(usual);
    if limit == 0 {
        let why = "int value should be greater than or equal to 1.";
        return Err(wrong("limit", "NUMBER_TYPE_MIN", why));
    }
    if limit > most {
        let why = format!("int value should be less than or equal to {most}.");
        return Err(wrong("limit", "NUMBER_TYPE_MAX", why));
    }
    Ok(limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_percent_decoded() {
        assert_eq!(percent_decode(b"spam%20%26%20scam"), "spam & scam");
        assert_eq!(percent_decode("gr%C3%BC%C3%9Fe".as_bytes()), "grüße");
        assert_eq!(percent_decode(b"100% sure, 5%"), "100% sure, 5%");
    }

    proptest::proptest! {
        #[test]
        fn any_reason_survives_its_encoding(reason in "\\PC{0,60}") {
            let encoded: String = reason.bytes().map(|byte| format!("%{byte:02X}")).collect();
            proptest::prop_assert_eq!(percent_decode(encoded.as_bytes()), reason);
        }

        #[test]
        fn decoding_never_fails(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..60)) {
            percent_decode(&bytes);
        }
    }
}

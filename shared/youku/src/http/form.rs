//! A video as the parameters of `create`.

use crate::types::{NewVideo, PublicType, VideoMetadata};
use secrecy::ExposeSecret;

/// The parameters that describe `video`, without the account's.
pub(crate) fn video_form(video: &NewVideo) -> Vec<(&'static str, String)> {
    let VideoMetadata {
        title,
        tags,
        category,
        description,
        copyright_type,
        public_type,
        watch_password,
        thumbnail,
        latitude,
        longitude,
        shoot_time,
        deshake,
    } = &video.metadata;
    let password = watch_password.as_ref().filter(|_| *public_type == Some(PublicType::Password));
    let mut form = vec![
        ("file_name", video.file_name.clone()),
        ("file_size", video.file_size.to_string()),
        ("file_md5", video.file_md5.to_string()),
        ("title", title.clone().unwrap_or_default()),
        ("tags", tags.as_deref().unwrap_or_default().join(",")),
    ];
    let optional = [
        ("category", category.clone()),
        ("description", description.clone()),
        ("copyright_type", copyright_type.map(|kind| kind.as_str().to_owned())),
        ("public_type", public_type.map(|kind| kind.as_str().to_owned())),
        ("watch_password", password.map(|secret| secret.expose_secret().to_owned())),
        ("thumbnail", thumbnail.clone()),
        ("latitude", latitude.map(|degrees| degrees.to_string())),
        ("longitude", longitude.map(|degrees| degrees.to_string())),
        ("shoot_time", shoot_time.clone()),
        ("deshake", deshake.map(|wanted| u8::from(wanted).to_string())),
    ];
    form.extend(optional.into_iter().filter_map(|(name, value)| Some((name, value?))));
    form
}

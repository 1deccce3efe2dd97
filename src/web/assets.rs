//! The stylesheet, the module and the icon, each under an address that changes with its content
//! and so may be kept for ever. Knows no page.

use std::sync::LazyLock;

use axum::{
    extract::Path,
    http::header,
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};

use super::Error;

struct Asset {
    /// `site.1a2b3c4d5e6f.css`
    file: String,
    kind: &'static str,
    body: &'static [u8],
}

fn asset(name: &str, ending: &str, kind: &'static str, body: &'static [u8]) -> Asset {
    let hash: String =
        Sha256::digest(body).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    Asset { file: format!("{name}.{hash}.{ending}"), kind, body }
}

static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    asset("site", "css", "text/css; charset=utf-8", include_bytes!("../../static/site.css"))
});
/// For the page of components alone.
static DESIGN: LazyLock<Asset> = LazyLock::new(|| {
    asset("design", "css", "text/css; charset=utf-8", include_bytes!("../../static/design.css"))
});
static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    asset("app", "js", "text/javascript; charset=utf-8", include_bytes!("../../static/app.js"))
});
static ICON: LazyLock<Asset> = LazyLock::new(|| {
    asset("icon", "svg", "image/svg+xml", include_bytes!("../../static/icon.svg"))
});

pub fn style_url() -> String {
    format!("/static/{}", STYLE.file)
}

pub fn design_url() -> String {
    format!("/static/{}", DESIGN.file)
}

pub fn script_url() -> String {
    format!("/static/{}", SCRIPT.file)
}

pub fn icon_url() -> String {
    format!("/static/{}", ICON.file)
}

pub async fn file(Path(file): Path<String>) -> Result<Response, Error> {
    let found = [&*STYLE, &*DESIGN, &*SCRIPT, &*ICON].into_iter().find(|asset| asset.file == file);
    let asset = found.ok_or(Error::Missing)?;
    let headers = [
        (header::CONTENT_TYPE, asset.kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, asset.body).into_response())
}

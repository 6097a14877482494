//! What browsers are told with every file.

/// What the page may do: run its own scripts and the module, read its own files, and nothing else. The same stands in
/// the page itself for plain servers, without the last part, which counts in a header only.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; \
     connect-src 'self'; style-src 'self'; img-src 'self' blob:; media-src blob:; manifest-src 'self'; \
     form-action 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types watermark-page; \
     frame-ancestors 'none'";

/// The headers of every answer.
pub(super) const ALWAYS: [(&str, &str); 8] = [
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=(), usb=(), serial=()"),
    // The service worker keeps the files; between two versions the server is asked.
    ("Cache-Control", "no-cache"),
    ("Connection", "close"),
];

/// The type of a file, by its name.
pub(super) fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "jpg" => "image/jpeg",
        "json" => "application/json",
        "key" | "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_itself_says_the_same_to_plain_servers() {
        let page = include_str!("../../../../watermark-wasm/www/index.html");
        let (_, rest) = page.split_once("http-equiv=\"Content-Security-Policy\" content=\"").expect("a policy");
        let (in_page, _) = rest.split_once('"').expect("its end");
        assert_eq!(format!("{in_page}; frame-ancestors 'none'"), CONTENT_SECURITY_POLICY);
    }
}

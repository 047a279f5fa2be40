//! Bodies of fuzz targets: they read hostile text and must return, whatever it is.

/// The filter of ListUsers.
pub fn list_users_filter(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = crate::search::parse(text);
    }
}

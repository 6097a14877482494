//! What files of high dynamic range say of their brightness.

use super::report::SideData;

/// What of a kind is said scene by scene.
pub(super) fn hdr_by_scene(side_data: &[SideData]) -> Vec<&'static str> {
    let kinds = || side_data.iter().filter_map(|data| data.get("side_data_type")?.as_str());
    let names = [("Dolby Vision", "Dolby Vision"), ("DOVI", "Dolby Vision"), ("SMPTE2094-40", "HDR10+")];
    let mut found: Vec<_> =
        names.iter().filter(|(part, _)| kinds().any(|kind| kind.contains(part))).map(|&(_, name)| name).collect();
    found.dedup();
    found
}

/// Mastering display and light levels in x265's own words.
pub(super) fn hdr10(side_data: &[SideData]) -> Option<String> {
    let of =
        |kind: &str| side_data.iter().find(|data| data.get("side_data_type").and_then(|v| v.as_str()) == Some(kind));
    let mut words = Vec::new();
    if let Some(data) = of("Mastering display metadata") {
        let scaled = |name: &str, unit: f64| {
            let (above, below) = data.get(name)?.as_str()?.split_once('/')?;
            let (above, below) = (above.parse::<f64>().ok()?, below.parse::<f64>().ok()?);
            Some((above / below * unit).round() as u64).filter(|_| below > 0.0)
        };
        let point = |name: &str| {
            Some(format!("({},{})", scaled(&format!("{name}_x"), 50_000.0)?, scaled(&format!("{name}_y"), 50_000.0)?))
        };
        let all = || {
            Some(format!(
                "master-display=G{}B{}R{}WP{}L({},{})",
                point("green")?,
                point("blue")?,
                point("red")?,
                point("white_point")?,
                scaled("max_luminance", 10_000.0)?,
                scaled("min_luminance", 10_000.0)?
            ))
        };
        words.extend(all());
    }
    if let Some(data) = of("Content light level metadata") {
        let level = |name: &str| data.get(name).and_then(serde_json::Value::as_u64);
        words.extend(
            level("max_content").zip(level("max_average")).map(|(most, mean)| format!("max-cll={most},{mean}")),
        );
    }
    (!words.is_empty()).then(|| words.join(":"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_scene_by_scene_is_known() {
        let json = r#"[{"side_data_type":"DOVI configuration record"},{"side_data_type":"Dolby Vision RPU Data"},
            {"side_data_type":"HDR Dynamic Metadata SMPTE2094-40 (HDR10+)"},{"side_data_type":"Display Matrix"}]"#;
        let side_data: Vec<SideData> = serde_json::from_str(json).unwrap();
        assert_eq!(hdr_by_scene(&side_data), ["Dolby Vision", "HDR10+"]);
        assert!(hdr_by_scene(&side_data[3..]).is_empty() && hdr10(&side_data).is_none());
    }
}

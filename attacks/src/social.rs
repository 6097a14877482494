//! What an upload to a social application does.

use crate::{Result, blur, compress, resize};
use image::RgbImage;

/// What a service makes of a picture: to a longest side, one sharpening before or after the file, JPEG.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Upload {
    /// Pictures with a longer side are shrunk to it (Lanczos), pixels.
    pub longest_side: u32,
    /// Sharpening before the file is written: radius (standard deviation, pixels) and amount (1 is 100 %).
    pub sharpen_before: Option<(f32, f32)>,
    /// Quality of the JPEG file, 4:2:0.
    pub quality: u8,
    /// Sharpening after it has been read, as a viewer or the next upload does.
    pub sharpen_after: Option<(f32, f32)>,
}

/// `social`: 1080 px, a light sharpening, JPEG 75.
pub const SHARPENED: Upload =
    Upload { longest_side: 1080, sharpen_before: Some((0.8, 0.3)), quality: 75, sharpen_after: None };
/// `social-1080`: 1080 px and JPEG 75, nothing else.
pub const LARGE: Upload = Upload { longest_side: 1080, sharpen_before: None, quality: 75, sharpen_after: None };
/// `social-600`: 600 px, JPEG 60, sharpened afterwards.
pub const SMALL: Upload =
    Upload { longest_side: 600, sharpen_before: None, quality: 60, sharpen_after: Some((1.0, 0.5)) };

/// Through an upload and back.
///
/// # Errors
/// As resizing and JPEG.
pub fn upload(picture: &RgbImage, service: &Upload) -> Result<RgbImage> {
    let sharpened = |picture: RgbImage, by: Option<(f32, f32)>| match by {
        Some((sigma, amount)) => blur::sharpen(&picture, sigma, amount),
        None => picture,
    };
    let small = resize::longest_side(picture, service.longest_side)?;
    let file = compress::jpeg(&sharpened(small, service.sharpen_before), service.quality)?;
    Ok(sharpened(file, service.sharpen_after))
}

/// The parameters in words.
pub(crate) fn words(service: &Upload) -> String {
    let sharpened = |by: Option<(f32, f32)>| {
        by.map_or(String::new(), |(sigma, amount)| format!(", sharpened (radius {sigma} px, {:.0} %)", 100.0 * amount))
    };
    format!(
        "upload: longest side {} px at most{}, JPEG quality {}{}",
        service.longest_side,
        sharpened(service.sharpen_before),
        service.quality,
        sharpened(service.sharpen_after)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{rms, scene};

    #[test]
    fn uploads_limit_the_longest_side() {
        assert_eq!(upload(&scene(1500, 300), &SHARPENED).expect("small").dimensions(), (1080, 216));
        assert_eq!(upload(&scene(300, 1500), &SMALL).expect("small").dimensions(), (120, 600));
        let picture = scene(120, 80);
        let loss = rms(&upload(&picture, &SHARPENED).expect("small"), &picture);
        assert!(loss > 1.0 && loss < 15.0, "{loss}");
    }

    #[test]
    fn a_plain_upload_is_a_file_and_sharpening_comes_where_it_is_named() {
        let picture = scene(120, 80);
        assert_eq!(upload(&picture, &LARGE), compress::jpeg(&picture, 75));
        let sharp_before = compress::jpeg(&blur::sharpen(&picture, 0.8, 0.3), 75);
        assert_eq!(upload(&picture, &SHARPENED), sharp_before);
        let sharp_after = blur::sharpen(&compress::jpeg(&picture, 60).expect("small"), 1.0, 0.5);
        assert_eq!(upload(&picture, &SMALL), Ok(sharp_after));
    }
}

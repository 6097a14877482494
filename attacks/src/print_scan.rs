//! A print on paper and a scan of it, simulated.

use crate::random::Random;
use crate::samples::{CHANNELS, to_u8};
use crate::warp::{self, Outside, Projection};
use crate::{Result, blur, compress, noise, tone};
use image::RgbImage;

/// What [`print_and_scan`] does, in the order in which it happens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PrintScan {
    /// Exponent of the print's tone curve, between these two.
    pub gamma: (f32, f32),
    /// Paper around the picture, share of each side.
    pub paper: f64,
    /// Rotation on the glass, at most this many degrees either way.
    pub rotation_deg: f64,
    /// Each corner moves by up to this share of the side.
    pub perspective: f64,
    /// Standard deviation of the blur of both, pixels.
    pub blur: f32,
    /// The light falls by this share from one side to the other, in a direction from the seed.
    pub shade: f64,
    /// Standard deviation of the scanner's noise, code values.
    pub noise: f32,
    /// Quality of the file.
    pub quality: u8,
}

/// A careful print on an office machine.
pub const OFFICE: PrintScan = PrintScan {
    gamma: (0.85, 1.2),
    paper: 0.06,
    rotation_deg: 1.5,
    perspective: 0.01,
    blur: 0.8,
    shade: 0.15,
    noise: 4.0,
    quality: 85,
};

/// White of the paper in the scan.
const PAPER: [u8; 3] = [244, 242, 236];

/// Printed and scanned at the picture's own resolution; the result is larger by the paper around.
///
/// # Errors
/// As JPEG.
pub fn print_and_scan(picture: &RgbImage, process: &PrintScan, seed: u64) -> Result<RgbImage> {
    let mut random = Random::new(seed);
    let exponent = random.between(f64::from(process.gamma.0), f64::from(process.gamma.1)) as f32;
    let printed = tone::gamma(picture, exponent);
    let scanned = laid_on_glass(&printed, process, &mut random);
    let mut lit = blur::gaussian(&scanned, process.blur);
    shade(&mut lit, process.shade, random.between(0.0, std::f64::consts::TAU));
    let noisy = noise::gaussian(&lit, process.noise, u64::from(random.up_to(u32::MAX)));
    compress::jpeg(&noisy, process.quality)
}

/// The print on its paper, a little turned and slanted.
fn laid_on_glass(print: &RgbImage, process: &PrintScan, random: &mut Random) -> RgbImage {
    let (width, height) = (f64::from(print.width()), f64::from(print.height()));
    let grown = |len: u32| (f64::from(len) * (1.0 + 2.0 * process.paper)).round() as u32;
    let canvas = (grown(print.width()), grown(print.height()));
    let (middle_x, middle_y) = (f64::from(canvas.0) / 2.0, f64::from(canvas.1) / 2.0);
    let (sin, cos) = random.between(-process.rotation_deg, process.rotation_deg).to_radians().sin_cos();
    let corners = [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)].map(|(x, y)| {
        let right = width * (x + random.between(-process.perspective, process.perspective));
        let down = height * (y + random.between(-process.perspective, process.perspective));
        (middle_x + cos * right + sin * down, middle_y - sin * right + cos * down)
    });
    let back = Projection::back_to_picture(print.dimensions(), corners);
    warp::warped(print, canvas, Outside::Colour(PAPER), |x, y| back(f64::from(x), f64::from(y)))
}

/// Light that falls evenly along a direction, full on one side.
fn shade(picture: &mut RgbImage, share: f64, angle: f64) {
    let (sin, cos) = angle.sin_cos();
    let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
    let reach = 0.5 * (cos.abs() + sin.abs());
    let row_len = picture.width() as usize * CHANNELS;
    for (y, row) in picture.chunks_exact_mut(row_len).enumerate() {
        let down = (y as f64 / height - 0.5) * sin;
        for (x, pixel) in row.chunks_exact_mut(CHANNELS).enumerate() {
            let along = (x as f64 / width - 0.5) * cos + down;
            let light = (1.0 - share * 0.5 * (1.0 + along / reach)) as f32;
            pixel.iter_mut().for_each(|sample| *sample = to_u8(f32::from(*sample) * light));
        }
    }
}

/// The parameters in words.
pub(crate) fn words(process: &PrintScan) -> String {
    let PrintScan { gamma, paper, rotation_deg, perspective, blur, shade, noise, quality } = process;
    format!(
        "print and scan: gamma {} to {}, paper border {} %, rotation up to {rotation_deg} degrees, corners moved by up \
         to {} %, blur {blur} px, light falling by {} %, noise {noise}, JPEG quality {quality}",
        gamma.0,
        gamma.1,
        100.0 * paper,
        100.0 * perspective,
        100.0 * shade
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::scene;

    #[test]
    fn a_print_lies_on_its_paper() {
        let black = RgbImage::new(300, 200);
        for seed in 0..4 {
            let scan = print_and_scan(&black, &OFFICE, seed).expect("small");
            assert_eq!(scan.dimensions(), (336, 224));
            let dark = scan.pixels().filter(|p| p[0] < 100).count() as f64 / 60_000.0;
            assert!((0.95..1.05).contains(&dark), "{seed}: {dark}");
            assert!(scan.get_pixel(1, 1)[0] > 180 && scan.get_pixel(334, 222)[0] > 180);
        }
        assert!(print_and_scan(&black, &OFFICE, 1) != print_and_scan(&black, &OFFICE, 2));
    }

    #[test]
    fn light_falls_from_one_side_to_the_other() {
        let mut flat = RgbImage::from_pixel(100, 80, image::Rgb([200; 3]));
        shade(&mut flat, 0.2, 0.0);
        assert_eq!((flat.get_pixel(0, 40)[0], flat.get_pixel(50, 0)[0]), (200, 180));
        assert!(flat.get_pixel(99, 40)[0] <= 161);
    }

    #[test]
    fn without_any_fault_only_paper_and_file_are_left() {
        let careful = PrintScan {
            gamma: (1.0, 1.0),
            rotation_deg: 0.0,
            perspective: 0.0,
            blur: 0.1,
            shade: 0.0,
            noise: 0.0,
            quality: 100,
            ..OFFICE
        };
        let picture = crate::blur::gaussian(&scene(100, 100), 2.0);
        let scan = print_and_scan(&picture, &careful, 1).expect("small");
        let inside = crate::crop::margins(&scan, 6, 6, 6, 6);
        assert!(crate::testing::rms(&inside, &picture) < 2.5, "{}", crate::testing::rms(&inside, &picture));
    }
}

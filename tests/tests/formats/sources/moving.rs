//! Animations.

pub(super) const GIF: &[(&str, &str)] = &[
    ("one picture", "convert $B/rgb8.ppm -colors 256 $OUT"),
    ("one picture with transparency", "convert $B/rgba8.png -channel A -threshold 50% +channel -colors 255 $OUT"),
    (
        "3 frames, 70 ms and 200 ms, 3 times",
        "convert -loop 3 -delay 7 $B/frame0.ppm $B/frame1.ppm -delay 20 $B/frame2.ppm $OUT",
    ),
    (
        "3 frames, parts of the canvas, endless, comment",
        "convert -loop 0 -delay 10 $B/frame0.ppm \\( $B/frame1.ppm -crop 320x240+160+120 \\) \
         \\( $B/frame2.ppm -crop 200x200+40+40 \\) -set comment Hello $OUT",
    ),
];

pub(super) const APNG: &[(&str, &str)] = &[
    (
        "3 frames of 100 ms, 3 times",
        "for n in 0 1 2; do convert $B/frame$n.ppm -strip f$n.png; done
         ffmpeg -v error -framerate 10 -i f%d.png -plays 3 -f apng $OUT",
    ),
    (
        "RGBA, 2 frames of 500 ms, endless",
        "cp $B/rgba8.png f0.png; convert $B/rgba8.png -channel RGB -negate +channel -strip f1.png
         ffmpeg -v error -framerate 2 -i f%d.png -plays 0 -f apng $OUT",
    ),
    (
        "16 bit, 2 frames of 40 ms",
        "convert $B/rgb16.ppm -strip f0.png; convert $B/rgb16.ppm -flop -strip f1.png
         ffmpeg -v error -framerate 25 -i f%d.png -pix_fmt rgb48be -f apng $OUT",
    ),
];

/// Not by ImageMagick 6, which appends a frame as a file of its own behind the last.
pub(super) const ANIMATED_WEBP: &[(&str, &str)] = &[
    (
        "lossless, 3 frames, 70 ms and 200 ms, 3 times",
        "for n in 0 1 2; do convert $B/frame$n.ppm -strip f$n.png; done
         img2webp -loop 3 -lossless -d 70 f0.png f1.png -d 200 f2.png -o $OUT",
    ),
    (
        "lossy, 3 frames of 100 ms, endless",
        "for n in 0 1 2; do convert $B/frame$n.ppm -strip f$n.png; done
         img2webp -loop 0 -lossy -q 90 -d 100 f0.png f1.png f2.png -o $OUT",
    ),
    (
        "lossless with alpha, XMP",
        "cp $B/rgba8.png f0.png; convert $B/rgba8.png -channel RGB -negate +channel -strip f1.png
         for n in 0 1; do cwebp -quiet -lossless -exact f$n.png -o f$n.webp; done
         webpmux -frame f0.webp +250+0+0+0-b -frame f1.webp +250+0+0+0-b -loop 0 -o $OUT
         exiftool -q -q -m -overwrite_original -XMP-dc:Title=Landscape $OUT",
    ),
];

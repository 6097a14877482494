//! How each source file is made: shell lines of tools that are not ours.
//!
//! `$B` is the folder of the materials, `$OUT` the file to write. The working directory is the variant's own.

mod film;
mod moving;

/// Rows of the table that belong together.
pub(crate) struct Group {
    pub(crate) title: &'static str,
    pub(crate) extension: &'static str,
    /// What each file is, and the shell lines that make it.
    pub(crate) variants: &'static [(&'static str, &'static str)],
}

/// Makes what several sources start from, in the folder of the materials.
pub(crate) const PREPARE: &str = "
    convert rgb8.ppm -strip rgb8.png
    convert rgb8.ppm alpha8.pgm -alpha off -compose CopyOpacity -composite -strip rgba8.png
    convert rgb16.ppm alpha16.pgm -alpha off -compose CopyOpacity -composite -strip rgba16.png
    convert rgb16.ppm -set colorspace sRGB -colorspace RGB -set colorspace sRGB -strip linear.png
    convert linear.png alpha16.pgm -alpha off -compose CopyOpacity -composite -strip linear-alpha.png";

/// Every format.
pub(crate) const GROUPS: [Group; 9] = [
    Group { title: "PNG", extension: "png", variants: PNG },
    Group { title: "JPEG", extension: "jpg", variants: JPEG },
    Group { title: "WebP", extension: "webp", variants: WEBP },
    Group { title: "TIFF", extension: "tif", variants: film::TIFF },
    Group { title: "OpenEXR", extension: "exr", variants: film::EXR },
    Group { title: "GIF", extension: "gif", variants: moving::GIF },
    Group { title: "Animated PNG", extension: "png", variants: moving::APNG },
    Group { title: "AVIF", extension: "avif", variants: AVIF },
    Group { title: "Animated WebP", extension: "webp", variants: moving::ANIMATED_WEBP },
];

const PNG: &[(&str, &str)] = &[
    ("grey, 8 bit", "convert $B/rgb8.ppm -colorspace Gray -strip $OUT"),
    ("grey, 16 bit", "convert $B/rgb16.ppm -colorspace Gray -strip $OUT"),
    ("grey, 1 bit", "convert $B/rgb8.ppm -colorspace Gray -monochrome -strip -define png:bit-depth=1 $OUT"),
    (
        "grey, 2 bit",
        "convert $B/rgb8.ppm -colorspace Gray +dither -posterize 4 -strip -define png:color-type=0 \
         -define png:bit-depth=2 $OUT",
    ),
    (
        "grey, 4 bit",
        "convert $B/rgb8.ppm -colorspace Gray +dither -posterize 16 -strip -define png:color-type=0 \
         -define png:bit-depth=4 $OUT",
    ),
    ("grey with alpha, 8 bit", "convert $B/rgba8.png -colorspace Gray -strip -define png:color-type=4 $OUT"),
    ("grey with alpha, 16 bit", "convert $B/rgba16.png -colorspace Gray -strip -define png:color-type=4 $OUT"),
    ("RGB, 8 bit", "convert $B/rgb8.ppm -strip $OUT"),
    ("RGB, 16 bit", "convert $B/rgb16.ppm -strip $OUT"),
    ("RGBA, 8 bit", "cp $B/rgba8.png $OUT"),
    ("RGBA, 16 bit", "cp $B/rgba16.png $OUT"),
    ("palette of 256", "convert $B/rgb8.ppm -colors 256 -strip -define png:color-type=3 $OUT"),
    (
        "palette of 200 with tRNS",
        "convert $B/rgba8.png -channel A -threshold 50% +channel -colors 200 -strip PNG8:$OUT",
    ),
    (
        "palette of 16, 4 bit",
        "convert $B/rgb8.ppm -colors 16 -strip -define png:color-type=3 -define png:bit-depth=4 $OUT",
    ),
    ("RGB, 8 bit, interlaced", "convert $B/rgb8.ppm -strip -interlace PNG $OUT"),
    ("RGB, 16 bit, interlaced", "convert $B/rgb16.ppm -strip -interlace PNG $OUT"),
    ("palette, interlaced", "convert $B/rgb8.ppm -colors 256 -strip -interlace PNG -define png:color-type=3 $OUT"),
    (
        "text: tEXt, zTXt, iTXt in French",
        "convert $B/rgb8.ppm -strip $OUT
         exiftool -q -q -m -overwrite_original -PNG:Title=Landscape -PNG:Author=Somebody $OUT
         exiftool -q -q -m -overwrite_original -z -PNG:Comment=\"$(head -c 3000 $B/long.txt)\" -PNG:Title-fr=Été $OUT",
    ),
    (
        "density, gamma, chromaticities, background, time",
        "convert $B/rgb8.ppm +set date:create +set date:modify -define png:exclude-chunk=date -density 300 \
         -units PixelsPerInch -background '#204060' -define png:include-chunk=bKGD,gAMA,cHRM,pHYs $OUT
         exiftool -q -q -m -overwrite_original -PNG:ModifyDate='2021:02:03 04:05:06' $OUT",
    ),
    ("ICC", "convert $B/rgb8.ppm -strip -profile $B/rgb.icc -define png:exclude-chunk=date $OUT"),
    (
        "ICC, grey",
        "convert $B/rgb8.ppm -colorspace Gray -strip -profile $B/grey.icc -define png:exclude-chunk=date $OUT",
    ),
    ("ICC of 150 kB, 16 bit", "convert $B/rgb16.ppm -strip -profile $B/large.icc -define png:exclude-chunk=date $OUT"),
    (
        "XMP, EXIF with orientation 1",
        "convert $B/rgb8.ppm -strip $OUT
         exiftool -q -q -m -overwrite_original -EXIF:Orientation#=1 -EXIF:Artist=Somebody -XMP-dc:Title=Landscape \
         -XMP-dc:Creator=Somebody -EXIF:GPSLatitude=48.5 -EXIF:GPSLatitudeRef=N $OUT",
    ),
    (
        "EXIF with orientation 6",
        "convert $B/rgb8.ppm -strip $OUT
         exiftool -q -q -m -overwrite_original -EXIF:Orientation#=6 -EXIF:ExposureTime=1/125 $OUT",
    ),
    (
        "RGBA, 16 bit, EXIF with orientation 3",
        "cp $B/rgba16.png $OUT
         exiftool -q -q -m -overwrite_original -EXIF:Orientation#=3 $OUT",
    ),
    (
        "EXIF with orientation 8 and maker note",
        "convert $B/rgb8.ppm -strip $OUT
         convert $B/rgb8.ppm -strip maker.jpg
         exiftool -q -q -m -overwrite_original \"-EXIF<=$B/maker.exif\" maker.jpg
         exiftool -q -q -m -overwrite_original -tagsfromfile maker.jpg -all:all -EXIF:Orientation#=8 $OUT",
    ),
];

const JPEG: &[(&str, &str)] = &[
    ("baseline 4:2:0, quality 80", "cjpeg -quality 80 -sample 2x2 -outfile $OUT $B/rgb8.ppm"),
    ("baseline 4:2:2, quality 90", "cjpeg -quality 90 -sample 2x1 -outfile $OUT $B/rgb8.ppm"),
    ("baseline 4:4:0, quality 90", "cjpeg -quality 90 -sample 1x2 -outfile $OUT $B/rgb8.ppm"),
    ("baseline 4:4:4, quality 95", "cjpeg -quality 95 -sample 1x1 -outfile $OUT $B/rgb8.ppm"),
    ("baseline 4:1:1, quality 90", "cjpeg -quality 90 -sample 4x1 -outfile $OUT $B/rgb8.ppm"),
    ("baseline 4:2:0, quality 60", "cjpeg -quality 60 -sample 2x2 -outfile $OUT $B/rgb8.ppm"),
    ("progressive 4:2:0, quality 85", "cjpeg -progressive -quality 85 -sample 2x2 -outfile $OUT $B/rgb8.ppm"),
    ("progressive 4:4:4, quality 95", "cjpeg -progressive -quality 95 -sample 1x1 -outfile $OUT $B/rgb8.ppm"),
    ("grey, quality 90", "cjpeg -grayscale -quality 90 -outfile $OUT $B/rgb8.ppm"),
    ("progressive grey, quality 90", "cjpeg -progressive -grayscale -quality 90 -outfile $OUT $B/rgb8.ppm"),
    (
        "other tables (another encoder)",
        "ffmpeg -v error -i $B/rgb8.ppm -pix_fmt yuvj420p -q:v 3 -bitexact -f mjpeg $OUT",
    ),
    ("quality 75 for chroma, 90 for luma", "cjpeg -quality 90,75 -sample 2x2 -outfile $OUT $B/rgb8.ppm"),
    ("restart intervals of 2 rows", "cjpeg -restart 2 -quality 90 -sample 2x2 -outfile $OUT $B/rgb8.ppm"),
    ("arithmetic coding", "cjpeg -arithmetic -quality 90 -outfile $OUT $B/rgb8.ppm"),
    ("RGB without YCbCr", "cjpeg -rgb -quality 95 -outfile $OUT $B/rgb8.ppm"),
    ("CMYK", "convert $B/rgb8.ppm -colorspace CMYK -quality 90 $OUT"),
    ("ICC", "cjpeg -quality 90 -icc $B/rgb.icc -outfile $OUT $B/rgb8.ppm"),
    ("ICC of 150 kB in several segments", "cjpeg -quality 90 -icc $B/large.icc -outfile $OUT $B/rgb8.ppm"),
    ("ICC, grey", "cjpeg -quality 90 -grayscale -icc $B/grey.icc -outfile $OUT $B/rgb8.ppm"),
    (
        "EXIF with orientation 6, GPS, thumbnail",
        "cjpeg -quality 90 -outfile $OUT $B/rgb8.ppm
         convert $B/rgb8.ppm -resize 160x120 -strip -quality 80 thumbnail.jpg
         exiftool -q -q -m -overwrite_original -EXIF:Orientation#=6 -EXIF:Make=Acme -EXIF:Model=One \
         -EXIF:DateTimeOriginal='2021:02:03 04:05:06' -EXIF:ExposureTime=1/125 -EXIF:UserComment=Hello \
         -EXIF:GPSLatitude=48.5 -EXIF:GPSLatitudeRef=N -EXIF:GPSLongitude=9.25 -EXIF:GPSLongitudeRef=E \
         '-ThumbnailImage<=thumbnail.jpg' $OUT",
    ),
    (
        "EXIF with orientation 3",
        "cjpeg -quality 90 -outfile $OUT $B/rgb8.ppm
         exiftool -q -q -m -overwrite_original -EXIF:Orientation#=3 $OUT",
    ),
    (
        "EXIF with orientation 8, progressive",
        "cjpeg -progressive -quality 90 -outfile $OUT $B/rgb8.ppm
         exiftool -q -q -m -overwrite_original -EXIF:Orientation#=8 $OUT",
    ),
    (
        "EXIF with maker note",
        "cjpeg -quality 90 -outfile $OUT $B/rgb8.ppm
         exiftool -q -q -m -overwrite_original \"-EXIF<=$B/maker.exif\" $OUT",
    ),
    (
        "XMP",
        "cjpeg -quality 90 -outfile $OUT $B/rgb8.ppm
         exiftool -q -q -m -overwrite_original -XMP-dc:Title=Landscape -XMP-dc:Title-ja=風景 \
         -XMP-xmpRights:Marked=True $OUT",
    ),
    (
        "XMP of 90 kB in several segments",
        "cjpeg -quality 90 -outfile $OUT $B/rgb8.ppm
         exiftool -q -q -m -overwrite_original -XMP-dc:Title=Landscape \"-XMP-dc:Description<=$B/long.txt\" $OUT",
    ),
    (
        "IPTC, comment, density",
        "convert $B/rgb8.ppm -strip -quality 90 -density 300 -units PixelsPerInch $OUT
         exiftool -q -q -m -overwrite_original -IPTC:Keywords=tree -IPTC:Keywords=hill -IPTC:By-line=Somebody \
         -IPTC:CodedCharacterSet=UTF8 -Comment='Not for sale' $OUT",
    ),
];

const WEBP: &[(&str, &str)] = &[
    ("lossless", "cwebp -quiet -lossless $B/rgb8.png -o $OUT"),
    ("lossless with alpha", "cwebp -quiet -lossless -exact $B/rgba8.png -o $OUT"),
    ("lossy, quality 85", "cwebp -quiet -q 85 $B/rgb8.png -o $OUT"),
    ("lossy with alpha, quality 85", "cwebp -quiet -q 85 -exact $B/rgba8.png -o $OUT"),
    (
        "lossless, ICC, EXIF, XMP",
        "convert $B/rgb8.ppm -strip -profile $B/rgb.icc -define png:exclude-chunk=date s.png
         exiftool -q -q -m -overwrite_original -EXIF:Artist=Somebody -XMP-dc:Title=Landscape s.png
         cwebp -quiet -lossless -metadata icc,xmp s.png -o s.webp
         exiftool -b -EXIF s.png > s.exif && webpmux -set exif s.exif s.webp -o $OUT",
    ),
    (
        "lossy, ICC, EXIF, XMP",
        "convert $B/rgb8.ppm -strip -profile $B/rgb.icc -define png:exclude-chunk=date s.png
         exiftool -q -q -m -overwrite_original -EXIF:Artist=Somebody -XMP-dc:Title=Landscape s.png
         cwebp -quiet -q 85 -metadata icc,xmp s.png -o s.webp
         exiftool -b -EXIF s.png > s.exif && webpmux -set exif s.exif s.webp -o $OUT",
    ),
    (
        "lossless with alpha, EXIF with orientation 6",
        "cp $B/rgba8.png s.png
         exiftool -q -q -m -overwrite_original -EXIF:Orientation#=6 s.png
         cwebp -quiet -lossless -exact s.png -o s.webp
         exiftool -b -EXIF s.png > s.exif && webpmux -set exif s.exif s.webp -o $OUT",
    ),
];

/// By libaom, through ffmpeg and ImageMagick. Neither writes alpha, profiles or turns, which the tests of `watermark-media` look at.
const AVIF: &[(&str, &str)] = &[
    (
        "4:2:0, 8 bit",
        "ffmpeg -v error -i $B/rgb8.png -pix_fmt yuv420p -c:v libaom-av1 -still-picture 1 -crf 12 -cpu-used 8 -f avif $OUT",
    ),
    (
        "4:2:2, 10 bit, BT.709 of narrow range",
        "ffmpeg -v error -i $B/rgb16.ppm -vf scale=out_color_matrix=bt709:out_range=tv -pix_fmt yuv422p10le \
         -colorspace bt709 -color_range tv -c:v libaom-av1 -still-picture 1 -crf 12 -cpu-used 8 -f avif $OUT",
    ),
    (
        "4:4:4, 12 bit",
        "ffmpeg -v error -i $B/rgb16.ppm -pix_fmt yuv444p12le -c:v libaom-av1 -still-picture 1 -crf 12 -cpu-used 8 -f avif $OUT",
    ),
    (
        "grey",
        "ffmpeg -v error -i $B/rgb8.png -pix_fmt gray -c:v libaom-av1 -still-picture 1 -crf 12 -cpu-used 8 -f avif $OUT",
    ),
    (
        "RGB without YCbCr",
        "ffmpeg -v error -i $B/rgb8.png -pix_fmt gbrp -c:v libaom-av1 -still-picture 1 -crf 12 -cpu-used 8 -f avif $OUT",
    ),
    (
        "EXIF, XMP",
        "convert $B/rgb8.ppm -strip -quality 92 $OUT
         exiftool -q -q -m -overwrite_original -XMP-dc:Title=Landscape -EXIF:Make=Maker -EXIF:ExposureTime=1/9 \
         -EXIF:GPSLatitude=3 -EXIF:GPSLatitudeRef=N $OUT",
    ),
    (
        "moving",
        "ffmpeg -v error -framerate 10 -i $B/frame%d.ppm -pix_fmt yuv420p -c:v libaom-av1 -crf 30 -cpu-used 8 -f avif $OUT",
    ),
];

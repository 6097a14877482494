//! How each source file is made: shell lines of tools that are not ours.
//!
//! `$B` is the folder of the materials, `$OUT` the file to write. The working directory is the variant's own.

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
pub(crate) const GROUPS: [Group; 8] = [
    Group { title: "PNG", extension: "png", variants: PNG },
    Group { title: "JPEG", extension: "jpg", variants: JPEG },
    Group { title: "WebP", extension: "webp", variants: WEBP },
    Group { title: "TIFF", extension: "tif", variants: TIFF },
    Group { title: "OpenEXR", extension: "exr", variants: EXR },
    Group { title: "GIF", extension: "gif", variants: GIF },
    Group { title: "Animated PNG", extension: "png", variants: APNG },
    Group { title: "Animated WebP", extension: "webp", variants: ANIMATED_WEBP },
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

const TIFF: &[(&str, &str)] = &[
    ("RGB, 8 bit, plain", "convert $B/rgb8.ppm -compress None $OUT"),
    ("RGB, 8 bit, LZW", "convert $B/rgb8.ppm -compress LZW $OUT"),
    ("RGB, 8 bit, deflate", "convert $B/rgb8.ppm -compress Zip $OUT"),
    ("RGB, 8 bit, PackBits", "convert $B/rgb8.ppm -compress RLE $OUT"),
    ("RGB, 16 bit, plain", "convert $B/rgb16.ppm -compress None $OUT"),
    ("RGB, 16 bit, LZW", "convert $B/rgb16.ppm -compress LZW $OUT"),
    ("RGB, 16 bit, deflate, big-endian", "convert $B/rgb16.ppm -endian MSB -compress Zip $OUT"),
    ("RGB, 8 bit, plain, big-endian", "convert $B/rgb8.ppm -endian MSB -compress None $OUT"),
    ("grey, 8 bit", "convert $B/rgb8.ppm -colorspace Gray -compress None $OUT"),
    ("grey, 16 bit", "convert $B/rgb16.ppm -colorspace Gray -compress LZW $OUT"),
    ("grey, 1 bit, Group 4", "convert $B/rgb8.ppm -colorspace Gray -monochrome -compress Group4 $OUT"),
    ("grey with alpha, 8 bit", "convert $B/rgba8.png -colorspace Gray -compress LZW $OUT"),
    ("RGBA, 8 bit", "convert $B/rgba8.png -compress LZW $OUT"),
    ("RGBA, 16 bit", "convert $B/rgba16.png -compress Zip $OUT"),
    ("RGBA, 8 bit, premultiplied", "convert $B/rgba8.png -define tiff:alpha=associated -compress LZW $OUT"),
    ("RGB, 8 bit, LZW without predictor", "convert $B/rgb8.ppm -compress None s.tif && tiffcp -c lzw:1 s.tif $OUT"),
    ("tiled, LZW", "convert $B/rgb8.ppm -compress None s.tif && tiffcp -t -w 128 -l 128 -c lzw:2 s.tif $OUT"),
    ("tiled, plain, 16 bit", "convert $B/rgb16.ppm -compress None s.tif && tiffcp -t -w 256 -l 256 s.tif $OUT"),
    ("separate planes, plain", "convert $B/rgb8.ppm -compress None s.tif && tiffcp -p separate s.tif $OUT"),
    ("BigTIFF, deflate", "convert $B/rgb8.ppm -compress Zip s.tif && tiffcp -8 s.tif $OUT"),
    ("palette", "convert $B/rgb8.ppm -colors 256 -type Palette -compress LZW $OUT"),
    ("CMYK", "convert $B/rgb8.ppm -colorspace CMYK -compress LZW $OUT"),
    ("YCbCr, JPEG inside", "convert $B/rgb8.ppm -compress JPEG -quality 90 $OUT"),
    (
        "RGB, 32 bit float",
        "convert $B/rgb16.ppm -depth 32 -define quantum:format=floating-point -compress Zip s.tif
         tiffcp -c none s.tif $OUT",
    ),
    (
        "RGB, 32 bit float, deflate with predictor 3",
        "convert $B/rgb16.ppm -depth 32 -define quantum:format=floating-point -compress Zip s.tif
         tiffcp -c zip:3 s.tif $OUT",
    ),
    (
        "RGBA, 32 bit float, LZW",
        "convert $B/rgba16.png -depth 32 -define quantum:format=floating-point -compress LZW $OUT",
    ),
    ("3 pages, LZW", "convert $B/frame0.ppm $B/frame1.ppm $B/frame2.ppm -compress LZW $OUT"),
    (
        "3 pages of other kinds: RGB 8, grey 16, RGBA 8",
        "convert $B/rgb8.ppm -compress Zip a.tif
         convert $B/rgb16.ppm -colorspace Gray -compress LZW b.tif
         convert $B/rgba8.png -compress None c.tif
         tiffcp a.tif b.tif c.tif $OUT",
    ),
    ("density of 300 dpi", "convert $B/rgb8.ppm -density 300 -units PixelsPerInch -compress LZW $OUT"),
    ("ICC", "convert $B/rgb16.ppm -profile $B/rgb.icc -compress LZW $OUT"),
    ("ICC of 150 kB", "convert $B/rgb8.ppm -profile $B/large.icc -compress Zip $OUT"),
    (
        "EXIF with orientation 6, GPS",
        "convert $B/rgb8.ppm -compress LZW $OUT
         exiftool -q -q -m -overwrite_original -IFD0:Orientation#=6 -EXIF:Make=Acme -EXIF:ExposureTime=1/125 \
         -EXIF:GPSLatitude=48.5 -EXIF:GPSLatitudeRef=N $OUT",
    ),
    (
        "XMP, IPTC, Photoshop resources",
        "convert $B/rgb16.ppm -compress Zip $OUT
         exiftool -q -q -m -overwrite_original -XMP-dc:Title=Landscape -IPTC:Keywords=tree \
         -IPTC:By-line=Somebody -Photoshop:URL=https://example.org $OUT",
    ),
    (
        "EXIF with orientation 3 and maker note",
        "convert $B/rgb8.ppm -compress None $OUT
         convert $B/rgb8.ppm -strip maker.jpg
         exiftool -q -q -m -overwrite_original \"-EXIF<=$B/maker.exif\" maker.jpg
         exiftool -q -q -m -overwrite_original -tagsfromfile maker.jpg -all:all -IFD0:Orientation#=3 $OUT",
    ),
];

const EXR: &[(&str, &str)] = &[
    (
        "RGB, half, zip",
        "ffmpeg -v error -i $B/linear.png -pix_fmt gbrpf32le -c:v exr -format half -compression zip16 $OUT",
    ),
    (
        "RGB, float, zip of single lines",
        "ffmpeg -v error -i $B/linear.png -pix_fmt gbrpf32le -c:v exr -format float -compression zip1 $OUT",
    ),
    (
        "RGB, half, plain",
        "ffmpeg -v error -i $B/linear.png -pix_fmt gbrpf32le -c:v exr -format half -compression none $OUT",
    ),
    (
        "RGB, half, RLE",
        "ffmpeg -v error -i $B/linear.png -pix_fmt gbrpf32le -c:v exr -format half -compression rle $OUT",
    ),
    (
        "RGBA, half, zip",
        "ffmpeg -v error -i $B/linear-alpha.png -pix_fmt gbrapf32le -c:v exr -format half -compression zip16 $OUT",
    ),
    (
        "RGB, float, highlights above 1",
        "ffmpeg -v error -i $B/linear.png -vf format=gbrpf32le,exposure=exposure=2 -c:v exr -format float \
         -compression zip16 $OUT",
    ),
    (
        "RGB, half, PIZ, tiled",
        "ffmpeg -v error -i $B/linear.png -pix_fmt gbrpf32le -c:v exr -format half -compression none s.exr
         exrmaketiled -z piz s.exr $OUT",
    ),
    (
        "RGB, half, zip, with an owner and a capture date",
        "ffmpeg -v error -i $B/linear.png -pix_fmt gbrpf32le -c:v exr -format half -compression zip16 s.exr
         exrstdattr -owner Somebody -comments Hello -capDate '2021:02:03 04:05:06' s.exr $OUT",
    ),
    (
        "grey, float, zip",
        "ffmpeg -v error -i $B/linear.png -pix_fmt grayf32le -c:v exr -format float -compression zip16 $OUT",
    ),
];

const GIF: &[(&str, &str)] = &[
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

const APNG: &[(&str, &str)] = &[
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

const ANIMATED_WEBP: &[(&str, &str)] = &[
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
         convert -delay 25 -loop 0 f0.png f1.png -define webp:lossless=true -define webp:exact=true $OUT
         exiftool -q -q -m -overwrite_original -XMP-dc:Title=Landscape $OUT",
    ),
];

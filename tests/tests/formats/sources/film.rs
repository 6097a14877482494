//! Files as film and print use them.

pub(super) const TIFF: &[(&str, &str)] = &[
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

pub(super) const EXR: &[(&str, &str)] = &[
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
    (
        "two parts, half, zip",
        "ffmpeg -v error -i $B/linear.png -pix_fmt gbrpf32le -c:v exr -format half -compression zip16 a.exr
         ffmpeg -v error -i $B/linear.png -vf hflip -pix_fmt gbrpf32le -c:v exr -format half -compression zip16 b.exr
         exrmultipart -combine -i a.exr b.exr -o $OUT",
    ),
];

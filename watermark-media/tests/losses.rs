//! What a format cannot hold is refused beforehand, what it does not keep is said, and palettes, restart intervals and
//! manifests are kept where they can be.
#![cfg(feature = "animation")]

mod common;

use common::{bytes8, decode, exif, jpeg, jpeg_segments, picture, png, png_chunks};
use watermark_core::Layout;
use watermark_media::{C2pa, DecodeLimits, Document, EncodeOptions, Error, Format, Picture, PixelData, encode};

fn document(file: &[u8]) -> Document {
    Document::decode(file, &DecodeLimits::default()).unwrap()
}

fn losses(file: &[u8], format: Format) -> Vec<String> {
    document(file).losses(format)
}

fn chunk(file: &[u8], kind: &[u8; 4]) -> Option<Vec<u8>> {
    png_chunks(file).into_iter().find(|(k, _)| k == kind).map(|(_, data)| data)
}

/// A PNG of palette indices in rows without filters, packed by hand.
fn paletted(bits: u8, colours: usize, alpha: &[u8], before: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let (width, height) = (13_usize, 9);
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width as u32, height as u32);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::from_u8(bits).unwrap());
    encoder.set_palette(
        (0..colours).flat_map(|n| [n as u8, 255 - n as u8, (n as u8).wrapping_mul(3)]).collect::<Vec<_>>(),
    );
    if !alpha.is_empty() {
        encoder.set_trns(alpha.to_vec());
    }
    let mut writer = encoder.write_header().unwrap();
    for (kind, data) in before {
        writer.write_chunk(png::chunk::ChunkType(**kind), data).unwrap();
    }
    let per_byte = usize::from(8 / bits);
    let row = |y: usize| -> Vec<u8> {
        let number = |x: usize| if x < width { ((x + y * width) % colours) as u8 } else { 0 };
        let byte =
            |b: usize| (0..per_byte).fold(0, |v, n| v | number(b * per_byte + n) << (8 - usize::from(bits) * (n + 1)));
        (0..width.div_ceil(per_byte)).map(byte).collect()
    };
    writer.write_image_data(&(0..height).flat_map(row).collect::<Vec<_>>()).unwrap();
    writer.finish().unwrap();
    file
}

#[test]
fn a_palette_comes_back_with_its_order_and_alpha() {
    for (bits, colours, alpha) in [(1, 2, &[][..]), (2, 4, &[0, 255, 9]), (4, 11, &[]), (8, 100, &[7, 0]), (8, 3, &[])]
    {
        let background = (b"bKGD", vec![1]);
        let source = paletted(bits, colours, alpha, &[background]);
        let document = document(&source);
        let written = encode(&document.pictures()[0], Format::Png).unwrap();
        for kind in [b"IHDR", b"PLTE", b"tRNS", b"bKGD"] {
            assert_eq!(chunk(&written, kind), chunk(&source, kind), "{bits} bits, {colours} colours");
        }
        assert_eq!(decode(&written).unwrap().pixels(), document.pictures()[0].pixels());
        assert_eq!(document.losses(Format::Png), Vec::<String>::new());
        assert!(losses(&source, Format::Jpeg).iter().any(|loss| loss.contains("palette of")));
    }
}

#[test]
fn a_marked_palette_becomes_rgb_and_that_is_said() {
    let source = large(64, &[(b"bKGD", vec![3]), (b"hIST", vec![0; 128])]);
    let mut document = document(&source);
    let said = document.losses(Format::Png);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("hIST"), "{said:?}");
    let key = watermark_core::Key::from_secret(watermark_core::KeyRole::Master, [5; 32]);
    let embedder = watermark_core::Embedder::new(&key, watermark_core::EmbedOptions::default()).unwrap();
    let payload = "0123456789abcdef".parse().unwrap();
    let plan = embedder.plan(&document.pictures()[0].view(), &payload).unwrap();
    plan.apply(&mut document.pictures_mut()[0].view_mut()).unwrap();
    let said = document.losses(Format::Png);
    assert!(said.contains(&"its palette of 64 colours becomes RGB: a mark needs more colours".to_owned()), "{said:?}");
    let written = document.encode(Format::Png, &EncodeOptions::default()).unwrap();
    assert_eq!((chunk(&written, b"PLTE"), chunk(&written, b"hIST")), (None, None));
    assert_eq!(chunk(&written, b"bKGD").unwrap(), [0, 12, 0, 246, 0, 6]);
    assert_eq!(decode(&written).unwrap().pixels(), document.pictures()[0].pixels());
}

/// 320 x 240 pixels of `colours` colours, clouds of noise.
fn large(colours: usize, before: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut numbers = common::Numbers(3);
    let coarse: Vec<usize> = (0..20 * 15).map(|_| numbers.below(colours)).collect();
    let mut pixel = |n: usize| {
        let (x, y) = (n % 320, n / 320);
        ((coarse[y / 16 * 20 + x / 16] + numbers.below(3)) % colours) as u8
    };
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 320, 240);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_palette((0..colours).flat_map(|n| [n as u8 * 4, 255 - n as u8 * 3, n as u8 * 2]).collect::<Vec<_>>());
    let mut writer = encoder.write_header().unwrap();
    for (kind, data) in before {
        writer.write_chunk(png::chunk::ChunkType(**kind), data).unwrap();
    }
    writer.write_image_data(&(0..320 * 240).map(&mut pixel).collect::<Vec<_>>()).unwrap();
    writer.finish().unwrap();
    file
}

#[test]
fn grey_of_few_bits_and_one_transparent_colour_are_said() {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 16, 2);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Two);
    encoder.set_trns(vec![0, 1]);
    let mut writer = encoder.write_header().unwrap();
    writer.write_chunk(png::chunk::bKGD, &[0, 2]).unwrap();
    writer.write_image_data(&[0x1b; 8]).unwrap();
    writer.finish().unwrap();
    let said = losses(&file, Format::Png);
    assert!(said.iter().any(|loss| loss.contains("2 bit grey")), "{said:?}");
    assert!(said.iter().any(|loss| loss.contains("transparent colour")), "{said:?}");
    let written = document(&file).encode(Format::Png, &EncodeOptions::default()).unwrap();
    assert_eq!(chunk(&written, b"bKGD").unwrap(), [0, 170]);
}

#[test]
fn bytes_after_the_end_are_said() {
    let picture = picture(13, 9, Layout::Rgb, 8);
    for format in [Format::Png, Format::Jpeg] {
        let mut file = encode(&picture, format).unwrap();
        let told = |file: &[u8]| losses(file, format).iter().any(|loss| loss == "5 bytes after its end");
        assert!(!told(&file));
        file.extend([0; 5]);
        assert!(!told(&file), "{format}: padding");
        file.truncate(file.len() - 5);
        file.extend(*b"notes");
        assert!(told(&file), "{format}: {:?}", losses(&file, format));
    }
}

#[test]
fn parts_of_other_formats_are_named() {
    let source = picture(24, 16, Layout::Rgb, 8);
    let file = png(&source, &[(b"gAMA", vec![0, 0, 1, 0]), (b"eXIf", exif(1, false))], &[(b"tEXt", b"a\0b".to_vec())]);
    assert_eq!(losses(&file, Format::Png), Vec::<String>::new());
    assert!(losses(&file, Format::WebP).contains(&"its PNG chunks gAMA, tEXt".to_owned()));
    assert!(losses(&file, Format::Gif).iter().any(|loss| loss.contains("EXIF")));

    let mut file = jpeg(&source, |encoder| {
        encoder.add_app_segment(13, b"Photoshop 3.0\0 IPTC".to_vec()).unwrap();
        encoder.add_app_segment(2, b"MPF\0 where the next picture is".to_vec()).unwrap();
        encoder.add_app_segment(14, b"Adobe\0d\0\0\0\0\x01".to_vec()).unwrap();
    });
    file.extend(jpeg(&source, |_| {}));
    let said = losses(&file, Format::Jpeg);
    for word in ["coded again", "gain maps", "Adobe"] {
        assert!(said.iter().any(|loss| loss.contains(word)), "{word}: {said:?}");
    }
    let said = losses(&file, Format::Png);
    assert!(said.iter().any(|loss| loss.contains("APP13") && loss.contains("JFIF")), "{said:?}");
    assert!(!losses(&jpeg(&source, |_| {}), Format::Jpeg).iter().any(|loss| loss.contains("gain maps")));

    let deep = Document::from(picture(9, 9, Layout::Luma, 16));
    for format in [Format::Jpeg, Format::WebP, Format::Gif] {
        assert!(deep.losses(format).iter().any(|loss| loss.contains("16 bits")), "{format}");
    }
    assert_eq!(deep.losses(Format::Png), Vec::<String>::new());
}

#[cfg(feature = "webp-native")]
#[test]
fn a_lossy_webp_stays_lossy() {
    let mut options = EncodeOptions::default();
    options.webp_quality = Some(80);
    let lossy = watermark_media::encode_with(&picture(40, 30, Layout::Rgb, 8), Format::WebP, &options).unwrap();
    assert!(losses(&lossy, Format::WebP).iter().any(|loss| loss.contains("about as finely")));
    let again = encode(&decode(&lossy).unwrap(), Format::WebP).unwrap();
    assert!(again.windows(4).any(|four| four == b"VP8 ") && again.len() < 2 * lossy.len(), "{}", again.len());
    let lossless = encode(&picture(40, 30, Layout::Rgb, 8), Format::WebP).unwrap();
    assert_eq!(losses(&lossless, Format::WebP), Vec::<String>::new());
}

#[test]
fn transparency_is_refused_for_jpeg_beforehand() {
    let clear = Document::from(picture(16, 16, Layout::LumaAlpha, 8));
    assert!(matches!(clear.check_format(Format::Jpeg), Err(Error::CannotHold { format: Format::Jpeg, .. })));
    let opaque = Picture::new(4, 4, Layout::Rgba, PixelData::U8([90, 80, 70, 255].repeat(16))).unwrap();
    let opaque = Document::from(opaque);
    assert!(opaque.check_format(Format::Jpeg).is_ok());
    assert!(opaque.losses(Format::Jpeg).iter().any(|loss| loss.contains("alpha channel")));
    let wide = Document::from(Picture::new(70_000, 1, Layout::Luma, PixelData::U8(vec![1; 70_000])).unwrap());
    for format in [Format::Jpeg, Format::WebP, Format::Gif] {
        assert!(matches!(wide.check_format(format), Err(Error::Limit { value: 70_000, .. })), "{format}");
    }
    assert!(wide.check_format(Format::Png).is_ok());
}

#[test]
fn restart_intervals_are_kept_where_the_encoder_can() {
    let interval = |file: &[u8]| jpeg_segments(file).into_iter().find(|(marker, _)| *marker == 0xdd).map(|(_, d)| d);
    let source = jpeg(&picture(99, 70, Layout::Rgb, 8), |encoder| encoder.set_restart_interval(3));
    let written = encode(&decode(&source).unwrap(), Format::Jpeg).unwrap();
    assert_eq!(interval(&written), Some(vec![0, 3]));
    let markers = written.windows(2).filter(|two| two[0] == 0xff && (0xd0..=0xd7).contains(&two[1])).count();
    assert!(markers > 3, "{markers}");
    assert!(decode(&written).is_ok());
    assert!(!losses(&source, Format::Jpeg).iter().any(|loss| loss.contains("restart")));

    // The encoder fails on progressive files with restarts. This one announces an interval that it never reaches.
    let mut source = jpeg(&picture(99, 70, Layout::Rgb, 8), |encoder| encoder.set_progressive(true));
    source.splice(2..2, [0xff, 0xdd, 0, 4, 0x70, 0]);
    assert_eq!(interval(&encode(&decode(&source).unwrap(), Format::Jpeg).unwrap()), None);
    assert!(losses(&source, Format::Jpeg).iter().any(|loss| loss.contains("restart")));
}

/// A GIF with an application extension before its picture, of that name and data.
fn with_extension(source: &Picture, name: &[u8; 11], data: &[u8]) -> Vec<u8> {
    let mut file = encode(source, Format::Gif).unwrap();
    // Behind the screen and its palette, which has two colours as each picture has its own.
    assert_eq!(file[10] & 0x87, 0x80);
    file.splice(19..19, [b"\x21\xff\x0b", name.as_slice(), data].concat());
    file
}

/// A file of each format that carries a manifest, with the manifest's bytes.
fn manifests() -> Vec<(Format, Vec<u8>, Vec<u8>)> {
    let source = picture(24, 16, Layout::Rgb, 8);
    let parts: [Vec<u8>; 2] = [b"JP\0\x01\0\0\0\x01 jumb c2pa first".to_vec(), b"JP\0\x01\0\0\0\x02 the rest".to_vec()];
    let jpeg = jpeg(&source, |encoder| {
        for part in &parts {
            encoder.add_app_segment(11, part.clone()).unwrap();
        }
    });
    let png = png(&source, &[(b"caBX", b"a manifest of c2pa".to_vec())], &[]);
    let mut webp = encode(&source, Format::WebP).unwrap();
    webp.extend(b"C2PA\x12\0\0\0a manifest of c2pa");
    let size = (webp.len() as u32 - 8).to_le_bytes();
    webp[4..8].copy_from_slice(&size);
    let mut tiff = std::io::Cursor::new(Vec::new());
    let mut encoder = tiff::encoder::TiffEncoder::new(&mut tiff).unwrap();
    let mut image = encoder.new_image::<tiff::encoder::colortype::RGB8>(24, 16).unwrap();
    let tag = tiff::tags::Tag::from_u16_exhaustive(52545);
    image.encoder().write_tag(tag, b"a manifest of c2pa".as_slice()).unwrap();
    image.write_data(bytes8(&source)).unwrap();
    let plain = b"a manifest of c2pa".to_vec();
    let gif = with_extension(&source, b"C2PA_GIF\x01\0\0", b"\x12a manifest of c2pa\0");
    vec![
        (Format::Jpeg, jpeg, parts[1].clone()),
        (Format::Png, png, plain.clone()),
        (Format::WebP, webp, plain.clone()),
        (Format::Tiff, tiff.into_inner(), plain.clone()),
        (Format::Gif, gif, plain),
    ]
}

#[test]
fn a_manifest_is_kept_when_asked_and_only_in_its_format() {
    let mut keep = EncodeOptions::default();
    keep.c2pa = C2pa::Keep;
    let holds = |file: &[u8], part: &[u8]| file.windows(part.len()).any(|window| window == part);
    for (format, file, part) in manifests() {
        let source = document(&file);
        assert!(source.has_c2pa(), "{format}");
        assert!(source.losses(format).iter().any(|loss| loss.contains("C2PA")));
        let dropped = source.encode(format, &EncodeOptions::default()).unwrap();
        assert!(!holds(&dropped, &part) && !document(&dropped).has_c2pa(), "{format}");
        let kept = source.encode(format, &keep).unwrap();
        assert!(holds(&kept, &part) && document(&kept).has_c2pa(), "{format}");
        // Once more, as what is kept has to be found again.
        assert!(holds(&document(&kept).encode(format, &keep).unwrap(), &part), "{format}");
        let other = if format == Format::Png { Format::Jpeg } else { Format::Png };
        assert!(matches!(source.encode(other, &keep), Err(Error::CannotHold { .. })), "{format}");
    }
    // Nothing to keep is no trouble.
    let plain = Document::from(picture(9, 9, Layout::Rgb, 8));
    assert!(plain.encode(Format::Png, &keep).is_ok());
}

/// The packet of XMP, with an attribute, an element or neither in it.
fn packet(attribute: &str, element: &str) -> Vec<u8> {
    format!(
        "<?xpacket begin=''?><x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF><rdf:Description rdf:about='' {attribute}>\
         <dc:source>https://a.org/m</dc:source>{element}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='w'?>"
    )
    .into_bytes()
}

/// A file of each format that holds XMP, with that packet.
fn with_xmp(packet: &[u8]) -> Vec<(Format, Vec<u8>)> {
    let source = picture(24, 16, Layout::Rgb, 8);
    let png = png(&source, &[(b"iTXt", [b"XML:com.adobe.xmp\0\0\0\0\0", packet].concat())], &[]);
    let from = decode(&png).unwrap();
    [Format::Png, Format::Jpeg, Format::WebP, Format::Tiff, Format::Gif]
        .map(|format| {
            let mut keep = EncodeOptions::default();
            keep.c2pa = C2pa::Keep;
            (format, Document::from(from.clone()).encode(format, &keep).unwrap())
        })
        .to_vec()
}

#[test]
fn a_link_to_a_manifest_goes_or_stays_and_nothing_else_of_the_packet_changes() {
    let mut keep = EncodeOptions::default();
    keep.c2pa = C2pa::Keep;
    let link = "dcterms:provenance=\"https://a.org/m.c2pa\"";
    let element = "<dcterms:provenance>https://a.org/m.c2pa</dcterms:provenance>";
    let space = |text: &str| " ".repeat(text.len());
    for (with, without) in [
        (packet(link, ""), packet(&space(link), "")),
        (packet("", element), packet("", &space(element))),
        (packet(link, element), packet(&space(link), &space(element))),
    ] {
        for (format, file) in with_xmp(&with) {
            let source = document(&file);
            assert!(source.has_c2pa() && source.links_c2pa(), "{format}");
            assert!(source.losses(format).iter().any(|loss| loss.contains("C2PA manifest elsewhere")), "{format}");
            for to in [format, Format::Png, Format::Jpeg, Format::WebP, Format::Tiff, Format::Gif] {
                let dropped = document(&source.encode(to, &EncodeOptions::default()).unwrap());
                assert_eq!(dropped.pictures()[0].xmp(), Some(without.as_slice()), "{format} to {to}");
                assert!(!dropped.has_c2pa(), "{format} to {to}");
                let kept = document(&source.encode(to, &keep).unwrap());
                assert_eq!(kept.pictures()[0].xmp(), Some(with.as_slice()), "{format} to {to}");
            }
        }
    }
}

#[test]
fn a_provenance_that_is_prose_is_no_manifest() {
    let prose = packet("dcterms:provenance='Bought in Paris'", "<dcterms:provenance>see a.org</dcterms:provenance>");
    for (format, file) in with_xmp(&prose) {
        let source = document(&file);
        assert!(!source.has_c2pa() && !source.links_c2pa(), "{format}");
        assert!(!source.losses(format).iter().any(|loss| loss.contains("C2PA")), "{format}");
        let written = document(&source.encode(format, &EncodeOptions::default()).unwrap());
        assert_eq!(written.pictures()[0].xmp(), Some(prose.as_slice()), "{format}");
    }
}

#[test]
fn the_link_of_moving_pictures_goes_too() {
    let link = "dcterms:provenance='https://a.org/m.c2pa'";
    let (with, without) = (packet(link, ""), packet(&" ".repeat(link.len()), ""));
    let (_, still) = with_xmp(&with).pop().unwrap();
    // The picture of the file once more, with its control.
    let control = still.windows(3).position(|three| three == [0x21, 0xf9, 4]).unwrap();
    let mut moving = still[..still.len() - 1].to_vec();
    moving.extend(&still[control..]);
    let source = document(&moving);
    assert_eq!(source.pictures().len(), 2);
    for format in [Format::Gif, Format::Png, Format::WebP] {
        let dropped = document(&source.encode(format, &EncodeOptions::default()).unwrap());
        assert_eq!(dropped.pictures()[0].xmp(), Some(without.as_slice()), "{format}");
    }
}

#[cfg(feature = "film")]
#[test]
fn the_links_of_all_pages_go() {
    let link = |page| format!("dcterms:provenance='https://a.org/{page}'");
    let packets = ["one", "two", "one"].map(|page| packet(&link(page), ""));
    let mut file = std::io::Cursor::new(Vec::new());
    let mut encoder = tiff::encoder::TiffEncoder::new(&mut file).unwrap();
    for packet in &packets {
        let mut page = encoder.new_image::<tiff::encoder::colortype::RGB8>(24, 16).unwrap();
        page.encoder().write_tag(tiff::tags::Tag::from_u16_exhaustive(700), packet.as_slice()).unwrap();
        page.write_data(bytes8(&picture(24, 16, Layout::Rgb, 8))).unwrap();
    }
    let source = document(&file.into_inner());
    let dropped = document(&source.encode(Format::Tiff, &EncodeOptions::default()).unwrap());
    assert_eq!((source.links_c2pa(), dropped.links_c2pa()), (true, false));
    let without = packet(&" ".repeat(link("one").len()), "");
    assert!(dropped.pictures().iter().all(|page| page.xmp() == Some(without.as_slice())));
    assert_eq!(dropped.pictures().len(), 3);
}

/// Who wrote this GIF cut the packet into blocks, and a link may be in two of them.
#[test]
fn a_link_in_pieces_is_refused_and_can_be_kept() {
    let with = packet("dcterms:provenance='https://a.org/m.c2pa'", "");
    assert!(with.len() > 60 && with.len() < 510);
    let (one, two) = with.split_at(140);
    let data = [&[one.len() as u8], one, &[two.len() as u8], two, &[0]].concat();
    let file = with_extension(&picture(24, 16, Layout::Rgb, 8), b"XMP DataXMP", &data);
    let source = document(&file);
    assert_eq!(source.pictures()[0].xmp(), Some(with.as_slice()));
    assert!(source.links_c2pa());
    let refused = source.encode(Format::Gif, &EncodeOptions::default()).unwrap_err();
    assert!(matches!(refused, Error::CannotHold { format: Format::Gif, .. }), "{refused}");
    assert!(refused.to_string().contains("keep the link"), "{refused}");
    let mut keep = EncodeOptions::default();
    keep.c2pa = C2pa::Keep;
    assert!(source.encode(Format::Gif, &keep).is_ok());
    // A format that it is written into anew has it in one piece.
    assert!(!document(&source.encode(Format::Png, &EncodeOptions::default()).unwrap()).has_c2pa());
}

#[test]
fn inks_stay_refused_for_documents() {
    let file = jpeg(&picture(16, 16, Layout::Rgba, 8), |_| {});
    assert!(matches!(Document::decode(&file, &DecodeLimits::default()), Err(Error::Cmyk { format: Format::Jpeg })));
}

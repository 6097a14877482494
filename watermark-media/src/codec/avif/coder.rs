//! Planes to AV1 and back: by rav1e, and by a port of dav1d.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rav1e::prelude::{
    BlockSize, ChromaSampling, ColorDescription, ColorPrimaries, Config, Context, EncoderConfig, EncoderStatus,
    MatrixCoefficients, PartitionRange, PixelRange, Rational, SceneDetectionSpeed, SpeedSettings,
    TransferCharacteristics, Tune,
};
use re_rav1d::dav1d::{Decoder, Picture, PixelLayout, PlanarImageComponent, Settings};

use super::FORMAT;
use super::av1::{Cicp, Sampling, Sequence};
use super::colour::{Form, Plane};
use crate::{Error, Result};

/// rav1e's speed, 0 to 10; docs/decisions/avif.md has the figures.
const SPEED: u8 = 8;
/// A tile for each of so many pixels, which is what threads share.
const TILE_PIXELS: usize = 1 << 20;
/// Most tiles.
const TILES: usize = 8;

/// The planes of a stream, whose header was read before.
pub(super) fn decode(stream: &[u8], sequence: &Sequence) -> Result<Vec<Plane>> {
    let mut settings = Settings::new();
    settings.set_n_threads(1);
    settings.set_max_frame_delay(1);
    settings.set_frame_size_limit(sequence.width.saturating_mul(sequence.height));
    let failed = |error| match error {
        re_rav1d::dav1d::Error::Again => Error::truncated(FORMAT, "its AV1 data hold no whole picture"),
        error => Error::corrupt(FORMAT, format!("its AV1 data are refused: {error}")),
    };
    let mut decoder = Decoder::with_settings(&settings).map_err(failed)?;
    match decoder.send_data(stream.to_vec(), None, None, None) {
        Ok(()) | Err(re_rav1d::dav1d::Error::Again) => {}
        Err(error) => return Err(failed(error)),
    }
    let picture = decoder.get_picture().map_err(failed)?;
    let layout = match sequence.sampling {
        Sampling::Mono => PixelLayout::I400,
        Sampling::Half => PixelLayout::I420,
        Sampling::Across => PixelLayout::I422,
        Sampling::Full => PixelLayout::I444,
    };
    let found = (picture.width(), picture.height(), picture.bit_depth(), picture.pixel_layout());
    if found != (sequence.width, sequence.height, usize::from(sequence.bits), layout) {
        return Err(Error::corrupt(FORMAT, "its AV1 picture is not what its header says"));
    }
    let form = Form { bits: sequence.bits, sampling: sequence.sampling, cicp: sequence.cicp };
    let (width, height) = (sequence.width as usize, sequence.height as usize);
    let mut planes = vec![plane(&picture, PlanarImageComponent::Y, (width, height))?];
    if sequence.sampling != Sampling::Mono {
        for part in [PlanarImageComponent::U, PlanarImageComponent::V] {
            planes.push(plane(&picture, part, form.chroma(width, height))?);
        }
    }
    Ok(planes)
}

fn plane(picture: &Picture, part: PlanarImageComponent, (width, height): (usize, usize)) -> Result<Plane> {
    let bytes = picture.plane(part);
    let rows = bytes.chunks(picture.stride(part) as usize).take(height);
    let mut samples = Vec::with_capacity(width * height);
    for row in rows {
        if picture.bit_depth() == 8 {
            samples.extend(row.iter().take(width).map(|&sample| u16::from(sample)));
        } else {
            samples.extend(row.as_chunks().0.iter().take(width).map(|&sample| u16::from_ne_bytes(sample)));
        }
    }
    if samples.len() != width * height {
        return Err(Error::corrupt(FORMAT, "its AV1 picture has rows of another length"));
    }
    Ok(Plane { width, height, samples })
}

/// A stream of the planes, and the body of its `av1C` box.
pub(super) fn encode(planes: &[Plane], form: &Form, quantizer: u8) -> Result<(Vec<u8>, Vec<u8>)> {
    // A fault of the encoder is an error of this file and no reason to end the program.
    let coded = catch_unwind(AssertUnwindSafe(|| match form.bits {
        8 => coded::<u8>(planes, form, quantizer),
        _ => coded::<u16>(planes, form, quantizer),
    }));
    coded.unwrap_or_else(|_| Err("the AV1 encoder failed".to_owned())).map_err(|error| Error::encode(FORMAT, error))
}

fn coded<T: rav1e::Pixel>(
    planes: &[Plane],
    form: &Form,
    quantizer: u8,
) -> std::result::Result<(Vec<u8>, Vec<u8>), String> {
    let (width, height) = (planes[0].width, planes[0].height);
    let config = Config::new().with_encoder_config(settings(width, height, form, quantizer));
    let mut context: Context<T> = config.new_context().map_err(|error| error.to_string())?;
    let mut frame = context.new_frame();
    for (plane, target) in planes.iter().zip(&mut frame.planes) {
        let mut target = target.mut_slice(Default::default());
        for (row, target) in plane.samples.chunks_exact(plane.width).zip(target.rows_iter_mut()) {
            for (&sample, target) in row.iter().zip(target) {
                *target = T::cast_from(sample);
            }
        }
    }
    let mut header = context.container_sequence_header();
    // rav1e 0.8.1 says of grey that its chroma, which is not there, is halved across alone; AV1 says both ways.
    if let (Sampling::Mono, Some(flags)) = (form.sampling, header.get_mut(2)) {
        *flags |= 0b1100;
    }
    context.send_frame(frame).map_err(|error| error.to_string())?;
    context.flush();
    let mut stream = Vec::new();
    loop {
        match context.receive_packet() {
            Ok(mut packet) => stream.append(&mut packet.data),
            Err(EncoderStatus::Encoded) => {}
            Err(EncoderStatus::LimitReached) => return Ok((stream, header)),
            Err(error) => return Err(error.to_string()),
        }
    }
}

fn settings(width: usize, height: usize, form: &Form, quantizer: u8) -> EncoderConfig {
    let mut speed = SpeedSettings::from_preset(SPEED);
    speed.multiref = false;
    speed.rdo_lookahead_frames = 1;
    speed.scene_detection_mode = SceneDetectionSpeed::None;
    // Filters that hardly help at the qualities of a marked file, directions and block sizes that cost the most time.
    (speed.cdef, speed.lrf, speed.prediction.fine_directional_intra) = (false, false, false);
    speed.partition.partition_range = PartitionRange::new(BlockSize::BLOCK_8X8, BlockSize::BLOCK_16X16);
    let mut config = EncoderConfig::with_speed_preset(SPEED);
    config.width = width;
    config.height = height;
    config.time_base = Rational::new(1, 1);
    config.bit_depth = form.bits.into();
    config.chroma_sampling = match form.sampling {
        Sampling::Mono => ChromaSampling::Cs400,
        Sampling::Half => ChromaSampling::Cs420,
        Sampling::Across => ChromaSampling::Cs422,
        Sampling::Full => ChromaSampling::Cs444,
    };
    config.pixel_range = if form.cicp.full { PixelRange::Full } else { PixelRange::Limited };
    config.color_description = description(&form.cicp);
    config.still_picture = true;
    config.min_key_frame_interval = 0;
    config.max_key_frame_interval = 0;
    config.tune = Tune::Psnr;
    config.quantizer = quantizer.into();
    config.min_quantizer = 0;
    // The same on every machine, whatever its threads.
    config.tiles = (width * height / TILE_PIXELS).clamp(1, TILES);
    config.speed_settings = speed;
    config
}

/// What the stream says of colours. Numbers that the encoder has no names for stay in the container alone.
fn description(cicp: &Cicp) -> Option<ColorDescription> {
    use {ColorPrimaries as P, MatrixCoefficients as M, TransferCharacteristics as T};
    let color_primaries = match cicp.primaries {
        1 => P::BT709,
        4 => P::BT470M,
        5 => P::BT470BG,
        6 => P::BT601,
        7 => P::SMPTE240,
        8 => P::GenericFilm,
        9 => P::BT2020,
        10 => P::XYZ,
        11 => P::SMPTE431,
        12 => P::SMPTE432,
        22 => P::EBU3213,
        _ => P::Unspecified,
    };
    let transfer_characteristics = match cicp.transfer {
        1 => T::BT709,
        4 => T::BT470M,
        5 => T::BT470BG,
        6 => T::BT601,
        7 => T::SMPTE240,
        8 => T::Linear,
        9 => T::Log100,
        10 => T::Log100Sqrt10,
        11 => T::IEC61966,
        12 => T::BT1361,
        13 => T::SRGB,
        14 => T::BT2020_10Bit,
        15 => T::BT2020_12Bit,
        16 => T::SMPTE2084,
        17 => T::SMPTE428,
        18 => T::HLG,
        _ => T::Unspecified,
    };
    let matrix_coefficients = match cicp.matrix {
        0 => M::Identity,
        1 => M::BT709,
        4 => M::FCC,
        5 => M::BT470BG,
        6 => M::BT601,
        7 => M::SMPTE240,
        8 => M::YCgCo,
        9 => M::BT2020NCL,
        _ => M::Unspecified,
    };
    let unknown = (cicp.primaries, cicp.transfer, cicp.matrix) == (2, 2, 2);
    (!unknown).then_some(ColorDescription { color_primaries, transfer_characteristics, matrix_coefficients })
}

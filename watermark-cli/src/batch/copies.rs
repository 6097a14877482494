//! From one decoded document to marked files: the pixels are prepared once and marked for each recipient.

use anyhow::{Context, Result, bail};
use watermark_core::{Applied, Embedder, Error, FrameEmbedder, FramePose, Key, Payload, PayloadClass, Plan, Refusal};
use watermark_media::{C2pa, DecodeLimits, Document, Format, Picture};

use crate::metrics;
use crate::output::json::{EmbedReport, number};
use crate::settings::{NamedStrength, Qualities};

/// What remarks call the file that is written, so that they are the same for all files.
pub(crate) const THE_OUTPUT: &str = "the output";

/// Before the sentences about what is not kept.
const NOT_KEPT: &str = "not kept: ";

/// Margin in dB and evidence of a reading.
pub(super) type Figures = (f64, f64);

/// Of pixels that were not read back yet.
const UNREAD: Figures = (f64::NAN, f64::NAN);

/// What reading a marked picture back gave, and where its pattern lies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    pub(super) figures: Figures,
    pub(super) pose: FramePose,
}

impl Reading {
    /// Of a picture that is no frame.
    fn of_still(figures: Figures) -> Self {
        Self { figures, pose: FramePose::default() }
    }
}

/// How messages call the files.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Names<'a> {
    /// The input, as it was typed.
    pub(crate) input: &'a str,
    /// The file that is written.
    pub(crate) output: &'a str,
}

/// A decoded document, to make marked copies of.
pub(crate) struct Original<'a> {
    pub(crate) document: Document,
    pub(crate) format: Format,
    pub(crate) key: &'a Key,
    pub(crate) strength: NamedStrength,
    pub(crate) embedder: &'a Embedder,
    pub(crate) metrics: bool,
    /// Qualities of lossy formats, where they were asked for.
    pub(crate) qualities: Qualities,
    /// What becomes of content credentials.
    pub(crate) c2pa: C2pa,
    /// Whether there is one copy only: then the document's own pixels are marked.
    pub(crate) once: bool,
    /// Of a single picture: what does not depend on the payload.
    pub(crate) plan: Option<Plan>,
}

/// A marked file.
#[derive(Debug)]
pub(crate) struct Marked {
    /// Its bytes.
    pub(crate) file: Vec<u8>,
    /// Number of pictures that carry the mark.
    pub(crate) pictures: u32,
    /// What is worth knowing about it, without file names; the file is called [`THE_OUTPUT`].
    pub(crate) remarks: Vec<String>,
}

impl Original<'_> {
    /// Marks a copy, reads it back, and puts the figures into the report.
    pub(crate) fn mark(&mut self, payload: &Payload, names: Names<'_>, report: &mut EmbedReport) -> Result<Marked> {
        let input = || names.input.to_owned();
        let mut copy = match self.once {
            true => self.take()?,
            false => self.document.clone(),
        };
        let mut readings = Vec::new();
        let (mut applied, mut score) = (Applied::default(), Score::default());
        let several = copy.pictures().len() > 1;
        let mut refusal = None;
        let mut frames = self.frames(&copy, payload)?;
        for picture in copy.pictures_mut() {
            match self.mark_picture(picture, payload, several, frames.as_mut(), &mut score) {
                Ok((change, reading)) => {
                    applied.add(change);
                    readings.push(Some(reading));
                }
                // A blank page, or a frame of a fade: the others carry the mark.
                Err(error) if several && matches!(error.downcast_ref(), Some(Error::Refused(_))) => {
                    refusal = Some(error);
                    readings.push(None);
                }
                Err(error) => return Err(error).with_context(input),
            }
        }
        let unmarked = readings.iter().filter(|reading| reading.is_none()).count();
        if let Some(refusal) = refusal.filter(|_| unmarked == readings.len()) {
            return Err(refusal.context(format!("{}: none of the {unmarked} pictures can carry the mark", names.input)));
        }
        report.psnr_db = number(applied.psnr_db());
        (report.ssimulacra2, report.ssimulacra2_tiles) = score.mean();
        // Asked of the marked pictures: they have more colours than a palette may hold.
        let mut remarks = losses(&copy, self.format);
        let (file, read_back) = self.encoded(&copy, payload, names, &mut readings, &mut remarks)?;
        let (margin_db, log10_p) = weakest(&readings);
        (report.margin_db, report.log10_p) = (number(margin_db), number(log10_p));
        report.read_back = Some(read_back);
        if unmarked > 0 {
            remarks.push("pictures of several in one file that cannot carry the mark stay as they were".to_owned());
        }
        Ok(Marked { file, pictures: (readings.len() - unmarked) as u32, remarks })
    }

    /// The document itself; nothing is left to be marked after it.
    fn take(&mut self) -> Result<Document> {
        let empty = Picture::new(1, 1, watermark_core::Layout::Luma, watermark_media::PixelData::U8(vec![0]))?;
        Ok(std::mem::replace(&mut self.document, Document::from(empty)))
    }

    /// Marks a picture and reads the pixels back. One of several is put back when it cannot carry the mark.
    fn mark_picture(
        &mut self,
        picture: &mut Picture,
        payload: &Payload,
        several: bool,
        frames: Option<&mut FrameEmbedder>,
        score: &mut Score,
    ) -> Result<(Applied, Reading)> {
        let original = self.metrics.then(|| picture.rgb8());
        let untouched = several.then(|| picture.clone());
        let marked = match frames {
            Some(frames) => self.embed_frame(picture, payload, frames),
            None => self.embed(picture, payload, several),
        };
        match (&marked, untouched) {
            (Err(Error::Refused(_)), Some(untouched)) => *picture = untouched,
            (Ok(_), _) => {
                if let Some(original) = original {
                    let pixels = picture.width() * picture.height();
                    score.add(metrics::ssimulacra2(&original, &picture.rgb8(), picture.width())?, pixels);
                }
            }
            _ => {}
        }
        Ok(marked?)
    }

    fn embed(
        &mut self,
        picture: &mut Picture,
        payload: &Payload,
        several: bool,
    ) -> watermark_core::Result<(Applied, Reading)> {
        let embedder = self.embedder;
        let applied = if self.once {
            embedder.plan(&picture.view(), payload)?.apply(&mut picture.view_mut())?
        } else {
            // Plans follow from a neutral payload, so that a copy does not depend on which one was made first.
            let plan = match self.plan.take() {
                Some(plan) => plan,
                None => embedder.plan(&picture.view(), &neutral(payload.class())?)?,
            };
            let applied = plan.with_payload(payload)?.apply(&mut picture.view_mut())?;
            self.plan = Some(plan).filter(|_| !several);
            applied
        };
        // What such a file holds is never what was marked: the written file alone is read back. One of several frames has to
        // show before that whether it carries the mark.
        if is_always_lossy(self.format) && !several {
            return Ok((applied, Reading::of_still(UNREAD)));
        }
        Ok((applied, Reading::of_still(embedder.read_back(&picture.view(), payload)?)))
    }

    /// The file, and what the figures are those of: `pixels`, or `file` where writing altered a picture.
    fn encoded(
        &self,
        copy: &Document,
        payload: &Payload,
        names: Names<'_>,
        readings: &mut [Option<Reading>],
        remarks: &mut Vec<String>,
    ) -> Result<(Vec<u8>, &'static str)> {
        let format = self.format;
        let encode = |qualities: Qualities| {
            let mut options = qualities.options();
            options.c2pa = self.c2pa;
            copy.encode(format, &options).with_context(|| names.output.to_owned())
        };
        let mut file = encode(self.qualities)?;
        let mut reading = self.read_file(&file, copy, payload, readings);
        // Steps as coarse as the source's, on the same blocks, round most of a mark away.
        let own_quality = self.qualities.of(format).is_none() && copy.format() == Some(format);
        if let Some((finer, quality)) = self.qualities.finer(format).filter(|_| own_quality && is_refused(&reading)) {
            file = encode(finer)?;
            reading = self.read_file(&file, copy, payload, readings);
            if reading.is_ok() {
                remarks.push(format!(
                    "would lose the mark at its own {format} quality; {THE_OUTPUT} is written at quality {quality}"
                ));
            }
        }
        let altered = reading.with_context(|| format!("{}, written as {format}", names.input))?;
        Ok((file, if altered { "file" } else { "pixels" }))
    }

    /// Reads the mark back from what a reader of the encoded file will see, where that is not exactly the pixels that
    /// were marked: lossy formats, and formats of less depth. Whether there was any such picture.
    fn read_file(
        &self,
        file: &[u8],
        copy: &Document,
        payload: &Payload,
        readings: &mut [Option<Reading>],
    ) -> Result<bool> {
        let written = Document::decode(file, &DecodeLimits::default())
            .context("internal fault: the file that was about to be written cannot be read")?;
        if written.pictures().len() != copy.pictures().len() {
            bail!(
                "internal fault: {} pictures were to be written, and {} were",
                copy.pictures().len(),
                written.pictures().len()
            );
        }
        let mut altered = false;
        for ((written, marked), reading) in written.pictures().iter().zip(copy.pictures()).zip(readings) {
            let differs = (written.width(), written.height()) != (marked.width(), marked.height())
                || written.layout() != marked.layout()
                || written.pixels() != marked.pixels();
            let Some(reading) = reading else { continue };
            if differs || reading.figures.0.is_nan() {
                reading.figures = self.embedder.read_back_frame(&written.view(), payload, reading.pose)?;
                altered |= differs;
            }
        }
        Ok(altered)
    }
}

/// What of the file is not kept, in sentences. That of its manifest is told apart, by what was asked for.
pub(super) fn losses(document: &Document, format: Format) -> Vec<String> {
    let losses = document.losses(format).into_iter().filter(|loss| !loss.contains("C2PA"));
    losses.map(|loss| format!("{NOT_KEPT}{loss}")).collect()
}

/// Whether a remark only says what a lossy format does: programs are told, people know.
pub(crate) fn goes_without_saying(remark: &str) -> bool {
    remark.strip_prefix(NOT_KEPT).is_some_and(|loss| loss.starts_with("its exact pixels"))
}

/// Whether what a file of the format holds is never exactly what was put into it.
fn is_always_lossy(format: Format) -> bool {
    match format {
        #[cfg(feature = "avif")]
        Format::Avif => true,
        format => format == Format::Jpeg,
    }
}

fn is_refused(reading: &Result<bool>) -> bool {
    reading.as_ref().is_err_and(|error| matches!(error.downcast_ref(), Some(Error::Refused(_))))
}

/// The payload that stands for no recipient while a plan is made.
fn neutral(class: PayloadClass) -> watermark_core::Result<Payload> {
    Payload::from_bytes(&vec![0; class.bits() / 8])
}

/// The smallest margin and the weakest evidence.
fn weakest(readings: &[Option<Reading>]) -> Figures {
    let figures = readings.iter().flatten().map(|reading| reading.figures);
    figures.fold((f64::INFINITY, f64::NEG_INFINITY), |worst, reading| (worst.0.min(reading.0), worst.1.max(reading.1)))
}

/// Whether an error says that the picture cannot carry the mark.
pub(crate) fn refusal(error: &anyhow::Error) -> Option<&Refusal> {
    error.chain().find_map(|cause| match cause.downcast_ref() {
        Some(Error::Refused(refusal)) => Some(refusal),
        _ => None,
    })
}

/// SSIMULACRA2 over the pictures of a document, weighted by their pixels.
#[derive(Debug, Default)]
struct Score {
    sum: f64,
    pixels: usize,
    tiles: usize,
}

impl Score {
    fn add(&mut self, score: metrics::Score, pixels: usize) {
        self.sum += score.score * pixels as f64;
        self.pixels += pixels;
        self.tiles += score.tiles;
    }

    fn mean(&self) -> (Option<f64>, Option<usize>) {
        match self.pixels {
            0 => (None, None),
            pixels => (number(self.sum / pixels as f64), Some(self.tiles)),
        }
    }
}

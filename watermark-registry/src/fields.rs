//! The columns of exports and imports, and how each is written.

use std::borrow::Cow;

use crate::chain::origin_fault;
use crate::entry::{Entry, Origin, Status, Stored};
use crate::error::{Error, Result};
use crate::hex::{array_from_hex, from_hex, to_hex};
use crate::rows::thumbnail_hash;
use crate::signer::{PublicKey, Signature};

macro_rules! columns {
    ($($column:ident = $name:literal,)*) => {
        /// A column of an export.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Column { $($column,)* }

        /// Names of the columns of exports and imports, in their order. They are promised: new ones come at the end.
        pub const COLUMNS: &[&str] = &[$($name,)*];

        impl Column {
            pub(crate) const ALL: &[Self] = &[$(Self::$column,)*];
        }
    };
}

columns! {
    Payload = "payload",
    KeyId = "key_id",
    Title = "title",
    Label = "label",
    Recipient = "recipient",
    SourceSha256 = "source_sha256",
    OutputSha256 = "output_sha256",
    ContentSha256 = "content_sha256",
    SourcePath = "source_path",
    OutputPath = "output_path",
    PerceptualHash = "perceptual_hash",
    Width = "width",
    Height = "height",
    Profile = "profile",
    PsnrDb = "psnr_db",
    MarginDb = "margin_db",
    Ssimulacra2 = "ssimulacra2",
    Frames = "frames",
    ToolVersion = "tool_version",
    CreatedUnixMs = "created_unix_ms",
    ThumbnailSha256 = "thumbnail_sha256",
    Thumbnail = "thumbnail",
    Status = "status",
    Seq = "seq",
    PreviousChain = "previous_chain",
    Chain = "chain",
    PublicKey = "public_key",
    Signature = "signature",
    OriginSeq = "origin_seq",
    OriginPreviousChain = "origin_previous_chain",
    OriginChain = "origin_chain",
    OriginPublicKey = "origin_public_key",
    OriginSignature = "origin_signature",
}

impl Column {
    /// The name in exports, and in errors.
    pub(crate) fn name(self) -> &'static str {
        COLUMNS[self as usize]
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|column| column.name() == name)
    }

    /// Whether a line cannot be imported without it.
    pub(crate) fn is_required(self) -> bool {
        use Column::*;
        matches!(
            self,
            Payload
                | KeyId
                | SourceSha256
                | OutputSha256
                | ContentSha256
                | SourcePath
                | OutputPath
                | PerceptualHash
                | Width
                | Height
                | Profile
                | Frames
                | ToolVersion
                | CreatedUnixMs
        )
    }
}

/// A value of a column.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value<'a> {
    None,
    Text(Cow<'a, str>),
    Integer(i64),
    Number(f64),
}

impl<'a> From<&'a Option<String>> for Value<'a> {
    fn from(text: &'a Option<String>) -> Self {
        text.as_ref().map_or(Self::None, |text| Self::Text(text.into()))
    }
}

impl From<Option<f64>> for Value<'_> {
    fn from(number: Option<f64>) -> Self {
        number.map_or(Self::None, Self::Number)
    }
}

fn digits<'a>(bytes: Option<&[u8]>) -> Value<'a> {
    bytes.map_or(Value::None, |bytes| Value::Text(to_hex(bytes).into()))
}

/// A row as its values, in the order of the columns. `previous` is the chain's value before the row.
pub(crate) fn values<'a>(
    stored: &'a Stored,
    previous: Option<[u8; 32]>,
    thumbnail: Option<&[u8]>,
) -> impl Iterator<Item = Value<'a>> {
    let entry = &stored.entry;
    let place = stored.place.as_ref();
    let signature = place.and_then(|place| place.signature.as_ref());
    let origin = stored.origin.as_ref();
    let first = origin.and_then(|origin| origin.signature.as_ref());
    let thumbnail = digits(thumbnail);
    Column::ALL.iter().map(move |column| match column {
        Column::Payload => Value::Text((&entry.payload).into()),
        Column::KeyId => Value::Text((&entry.key_id).into()),
        Column::Title => (&entry.title).into(),
        Column::Label => (&entry.label).into(),
        Column::Recipient => (&entry.recipient).into(),
        Column::SourceSha256 => digits(Some(&entry.source_sha256)),
        Column::OutputSha256 => digits(Some(&entry.output_sha256)),
        Column::ContentSha256 => digits(Some(&entry.content_sha256)),
        Column::SourcePath => Value::Text((&entry.source_path).into()),
        Column::OutputPath => Value::Text((&entry.output_path).into()),
        Column::PerceptualHash => digits(Some(&entry.perceptual_hash.to_be_bytes())),
        Column::Width => Value::Integer(entry.width.into()),
        Column::Height => Value::Integer(entry.height.into()),
        Column::Profile => Value::Text((&entry.profile).into()),
        Column::PsnrDb => entry.psnr_db.into(),
        Column::MarginDb => entry.margin_db.into(),
        Column::Ssimulacra2 => entry.ssimulacra2.into(),
        Column::Frames => Value::Integer(entry.frames.into()),
        Column::ToolVersion => Value::Text((&entry.tool_version).into()),
        Column::CreatedUnixMs => Value::Integer(entry.created_unix_ms),
        Column::ThumbnailSha256 => digits(stored.thumbnail_sha256.as_ref().map(|hash| &hash[..])),
        Column::Thumbnail => thumbnail.clone(),
        Column::Status => Value::Text(status_name(stored.status()).into()),
        Column::Seq => place.map_or(Value::None, |place| Value::Integer(place.seq.cast_signed())),
        Column::PreviousChain => digits(previous.as_ref().map(|hash| &hash[..])),
        Column::Chain => digits(place.map(|place| &place.chain[..])),
        Column::PublicKey => digits(signature.map(|signature| &signature.public_key.0[..])),
        Column::Signature => digits(signature.map(|signature| &signature.bytes[..])),
        Column::OriginSeq => origin.map_or(Value::None, |origin| Value::Integer(origin.seq.cast_signed())),
        Column::OriginPreviousChain => digits(origin.map(|origin| &origin.previous[..])),
        Column::OriginChain => digits(origin.map(|origin| &origin.chain[..])),
        Column::OriginPublicKey => digits(first.map(|signature| &signature.public_key.0[..])),
        Column::OriginSignature => digits(first.map(|signature| &signature.bytes[..])),
    })
}

fn status_name(status: Status) -> &'static str {
    match status {
        Status::Pending => "pending",
        Status::Confirmed => "confirmed",
    }
}

/// A line of an import.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Record {
    pub(crate) entry: Entry,
    pub(crate) thumbnail_sha256: Option<[u8; 32]>,
    pub(crate) origin: Option<Origin>,
    pub(crate) status: Status,
}

/// The columns of one line; absent and empty ones are `None`.
pub(crate) trait Line {
    fn get(&self, column: Column) -> Option<&str>;
}

/// Reads and checks a line.
pub(crate) fn record(line: &impl Line) -> Result<Record> {
    let reader = Reader(line);
    let entry = reader.entry()?;
    entry.check()?;
    let thumbnail_sha256 = reader.hash(Column::ThumbnailSha256)?;
    let of_picture = thumbnail_hash(&entry);
    if of_picture.is_some() && thumbnail_sha256.is_some() && of_picture != thumbnail_sha256 {
        return Err(Error::field("thumbnail_sha256", "is not the hash of the thumbnail"));
    }
    let thumbnail_sha256 = of_picture.or(thumbnail_sha256);
    let status = match line.get(Column::Status) {
        None | Some("confirmed") => Status::Confirmed,
        Some("pending") => Status::Pending,
        Some(_) => return Err(Error::field("status", "has to be confirmed or pending")),
    };
    let origin = reader.origin()?;
    if let Some(fault) = origin.as_ref().and_then(|origin| origin_fault(&entry, thumbnail_sha256, origin)) {
        let problem = format!("does not fit: {fault}; without the columns from `seq` on it is imported as a new row");
        return Err(Error::field("chain", problem));
    }
    Ok(Record { entry, thumbnail_sha256, origin, status })
}

struct Reader<'a, L>(&'a L);

impl<L: Line> Reader<'_, L> {
    fn entry(&self) -> Result<Entry> {
        use Column::*;
        Ok(Entry {
            payload: self.text(Payload)?,
            key_id: self.text(KeyId)?,
            title: self.optional(Title),
            label: self.optional(Label),
            recipient: self.optional(Recipient),
            source_sha256: self.needed(SourceSha256, self.hash(SourceSha256)?)?,
            output_sha256: self.needed(OutputSha256, self.hash(OutputSha256)?)?,
            content_sha256: self.needed(ContentSha256, self.hash(ContentSha256)?)?,
            source_path: self.text(SourcePath)?,
            output_path: self.text(OutputPath)?,
            perceptual_hash: u64::from_be_bytes(self.needed(PerceptualHash, self.hash(PerceptualHash)?)?),
            thumbnail: self.thumbnail()?,
            width: self.size(Width)?,
            height: self.size(Height)?,
            profile: self.text(Profile)?,
            psnr_db: self.measure(PsnrDb)?,
            margin_db: self.measure(MarginDb)?,
            ssimulacra2: self.measure(Ssimulacra2)?,
            frames: self.size(Frames)?,
            tool_version: self.text(ToolVersion)?,
            created_unix_ms: self.parsed(CreatedUnixMs, "a whole number")?,
        })
    }

    /// Where the row came from: its own origin, or else the registry that exported it.
    fn origin(&self) -> Result<Option<Origin>> {
        use Column::*;
        let first = self.place([OriginSeq, OriginPreviousChain, OriginChain, OriginPublicKey, OriginSignature])?;
        let last = self.place([Seq, PreviousChain, Column::Chain, Column::PublicKey, Column::Signature])?;
        Ok(first.or(last))
    }

    fn place(&self, [seq, previous, chain, key, signature]: [Column; 5]) -> Result<Option<Origin>> {
        let signature = match (self.hash(key)?, self.hash(signature)?) {
            (Some(key), Some(bytes)) => Some(Signature { public_key: PublicKey(key), bytes }),
            (None, None) => None,
            _ => return Err(Error::field(signature.name(), format!("and {} belong together", key.name()))),
        };
        match (self.0.get(seq), self.hash(previous)?, self.hash(chain)?) {
            (Some(_), Some(previous), Some(chain)) => {
                let number: i64 = self.parsed(seq, "a whole number from 1 on")?;
                if number < 1 {
                    return Err(Error::field(seq.name(), "has to be a whole number from 1 on"));
                }
                Ok(Some(Origin { seq: number.cast_unsigned(), previous, chain, signature }))
            }
            (None, None, None) if signature.is_none() => Ok(None),
            _ => {
                let names = format!("{}, {} and {}", previous.name(), chain.name(), "signature");
                Err(Error::field(seq.name(), format!("and {names} belong together, and some are missing")))
            }
        }
    }

    fn needed<T>(&self, column: Column, value: Option<T>) -> Result<T> {
        value.ok_or_else(|| Error::field(column.name(), "is missing"))
    }

    fn optional(&self, column: Column) -> Option<String> {
        self.0.get(column).map(str::to_owned)
    }

    fn text(&self, column: Column) -> Result<String> {
        self.needed(column, self.optional(column))
    }

    fn hash<const N: usize>(&self, column: Column) -> Result<Option<[u8; N]>> {
        let Some(text) = self.0.get(column) else { return Ok(None) };
        let problem = || Error::field(column.name(), format!("has to be {} hexadecimal digits, lower case", 2 * N));
        array_from_hex(text).map(Some).ok_or_else(problem)
    }

    fn thumbnail(&self) -> Result<Option<Vec<u8>>> {
        let Some(text) = self.0.get(Column::Thumbnail) else { return Ok(None) };
        let problem = || Error::field("thumbnail", "has to be hexadecimal digits, lower case");
        from_hex(text).map(Some).ok_or_else(problem)
    }

    fn size(&self, column: Column) -> Result<u32> {
        self.parsed(column, "a whole number from 1 to 4294967295")
    }

    fn measure(&self, column: Column) -> Result<Option<f64>> {
        if self.0.get(column).is_none() { Ok(None) } else { self.parsed(column, "a number").map(Some) }
    }

    fn parsed<T: std::str::FromStr>(&self, column: Column, what: &str) -> Result<T> {
        let text = self.needed(column, self.0.get(column))?;
        text.parse().map_err(|_| {
            let shown: String = text.chars().take(40).collect();
            Error::field(column.name(), format!("is `{}`, not {what}", shown.escape_debug()))
        })
    }
}

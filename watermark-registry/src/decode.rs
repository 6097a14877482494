//! Rows as SQLite gives them. The file may be damaged or come from a stranger: every value is looked at.

use rusqlite::Row;
use rusqlite::types::FromSql;

use crate::entry::{Entry, Origin, Place, RowId, Stored};
use crate::hex::to_hex;
use crate::rows::path_key;
use crate::signer::{PublicKey, Signature};

/// Everything of a row but the thumbnail. Outer joins: a row whose key is missing is damage to report, not one to skip.
pub(crate) const SELECT: &str = "
SELECT m.id, m.seq, k.key_id, m.payload, m.title, m.label, m.recipient, m.source_sha256, m.output_sha256,
    m.content_sha256, m.source_path, m.output_path, m.perceptual_hash, m.width, m.height, m.profile, m.psnr_db,
    m.margin_db, m.ssimulacra2, m.frames, m.tool_version, m.created_unix_ms, m.thumbnail_sha256, m.chain, s.public_key,
    m.signature, o.seq, o.previous, o.chain, t.public_key, o.signature, m.output_path_key
FROM marks m
LEFT JOIN keys k ON k.id = m.key
LEFT JOIN signers s ON s.id = m.signer
LEFT JOIN origins o ON o.mark = m.id
LEFT JOIN signers t ON t.id = o.signer ";

/// Reads the columns of [`SELECT`]; says what is wrong with them.
pub(crate) fn decode(row: &Row<'_>, number: i64) -> std::result::Result<Stored, String> {
    let payload: Vec<u8> = column(row, 3)?;
    let perceptual_hash: i64 = column(row, 12)?;
    let entry = Entry {
        payload: to_hex(&payload),
        key_id: column(row, 2)?,
        title: column(row, 4)?,
        label: column(row, 5)?,
        recipient: column(row, 6)?,
        source_sha256: column(row, 7)?,
        output_sha256: column(row, 8)?,
        content_sha256: column(row, 9)?,
        source_path: column(row, 10)?,
        output_path: column(row, 11)?,
        perceptual_hash: perceptual_hash.cast_unsigned(),
        thumbnail: None,
        width: column(row, 13)?,
        height: column(row, 14)?,
        profile: column(row, 15)?,
        psnr_db: column(row, 16)?,
        margin_db: column(row, 17)?,
        ssimulacra2: column(row, 18)?,
        frames: column(row, 19)?,
        tool_version: column(row, 20)?,
        created_unix_ms: column(row, 21)?,
    };
    if column::<i64>(row, 31)? != path_key(&entry.output_path) {
        return Err("its path is not the one it is looked up by".into());
    }
    let seq: Option<i64> = column(row, 1)?;
    let place = match seq {
        Some(seq) => {
            Some(Place { seq: seq.cast_unsigned(), chain: column(row, 23)?, signature: signature(row, 24, 25)? })
        }
        None => None,
    };
    let origin_seq: Option<i64> = column(row, 26)?;
    let origin = match origin_seq {
        Some(seq) => Some(Origin {
            seq: seq.cast_unsigned(),
            previous: column(row, 27)?,
            chain: column(row, 28)?,
            signature: signature(row, 29, 30)?,
        }),
        None => None,
    };
    Ok(Stored { row: RowId(number), entry, thumbnail_sha256: column(row, 22)?, place, origin })
}

fn signature(row: &Row<'_>, key: usize, bytes: usize) -> std::result::Result<Option<Signature>, String> {
    let key: Option<[u8; 32]> = column(row, key)?;
    let bytes: Option<[u8; 64]> = column(row, bytes)?;
    match (key, bytes) {
        (Some(key), Some(bytes)) => Ok(Some(Signature { public_key: PublicKey(key), bytes })),
        (None, None) => Ok(None),
        _ => Err("a signature and its public key are not together".into()),
    }
}

fn column<T: FromSql>(row: &Row<'_>, index: usize) -> std::result::Result<T, String> {
    row.get(index).map_err(|_| {
        let name = row.as_ref().column_name(index).unwrap_or("?");
        format!("the value of {name} cannot be")
    })
}

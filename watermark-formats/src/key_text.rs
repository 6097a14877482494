//! The text of a key file: written in one way only, read strictly, so that damage is told from a wrong key.
//!
//! ```text
//! watermark-key 1
//! role: title
//! id: 0123456789abcdef
//! secret: <64 hexadecimal digits>
//! check: 89abcdef
//! ```
//!
//! With a passphrase, `kdf` and `sealed` stand in place of `secret`; see `seal`.

use sha2::{Digest, Sha256};
use watermark_core::{Key, KeyRole, SECRET_BYTES};
use zeroize::Zeroizing;

use crate::hex;
use crate::seal::{Sealed, Sealing};

const MAGIC: &str = "watermark-key";
const VERSION: &str = "1";
/// Bytes of the checksum. It finds accidents; whoever changes a file on purpose can also change its checksum.
const CHECK_BYTES: usize = 4;
const DAMAGED: &str = "the key file is damaged or cut short";
const RESTORE: &str = "restore it from a backup";

/// Largest key file accepted, bytes; ours have below 400.
pub const MAX_KEY_BYTES: u64 = 4096;

/// What is wrong with a key file, without its name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyTextError {
    /// The text is no key file, or one of a later version.
    #[error("{0}")]
    Foreign(String),
    /// The text was changed or cut.
    #[error("{0}")]
    Damaged(String),
    /// The key is sealed and no passphrase was given.
    #[error("is sealed with a passphrase, and none was given")]
    Sealed,
    /// The passphrase does not open the seal.
    #[error("{0}")]
    Passphrase(String),
}

/// Result of reading or sealing a key.
pub(crate) type Result<T> = std::result::Result<T, KeyTextError>;

pub(crate) fn damaged(message: String) -> KeyTextError {
    KeyTextError::Damaged(message)
}

/// A key file, taken apart.
pub struct KeyText {
    role: KeyRole,
    id: String,
    body: Body,
}

/// How the secret is kept.
enum Body {
    /// As it is.
    Open(Zeroizing<[u8; SECRET_BYTES]>),
    /// Under a passphrase.
    Sealed(Sealed),
}

impl std::fmt::Debug for KeyText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeyText({}, {})", role_name(self.role), self.id)
    }
}

impl KeyText {
    /// The file of a key, as it is.
    pub fn open(key: &Key) -> Self {
        Self { role: key.role(), id: key.id().to_string(), body: Body::Open((*key.secret()).into()) }
    }

    /// The file of a key under a passphrase.
    ///
    /// # Errors
    /// [`KeyTextError::Passphrase`] when the passphrase cannot be turned into a key.
    pub fn sealed(key: &Key, sealing: Sealing, passphrase: &[u8]) -> Result<Self> {
        let mut text = Self::open(key);
        let header = text.header_with(&sealing);
        text.body = Body::Sealed(sealing.seal(header.as_bytes(), passphrase, key.secret())?);
        Ok(text)
    }

    /// Takes a key file apart. Line ends of either kind are accepted.
    ///
    /// # Errors
    /// [`KeyTextError::Foreign`] and [`KeyTextError::Damaged`].
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let text = std::str::from_utf8(bytes).unwrap_or_default();
        let mut lines = text.lines();
        check_first(lines.next())?;
        let role = match field(lines.next(), "role")? {
            "master" => KeyRole::Master,
            "title" => KeyRole::Title,
            "detect-only" => KeyRole::DetectOnly,
            _ => {
                let line = "its `role` line does not say master, title or detect-only";
                return Err(damaged(format!("{DAMAGED}: {line}; {RESTORE}")));
            }
        };
        let id = field(lines.next(), "id")?.to_owned();
        digits::<8>(&id, "id")?;
        let body = match lines.next() {
            Some(line) if line.starts_with("kdf: ") => {
                let sealing = Sealing::parse(field(Some(line), "kdf")?)?;
                Body::Sealed(Sealed { sealing, bytes: digits(field(lines.next(), "sealed")?, "sealed")? })
            }
            line => Body::Open(digits(field(line, "secret")?, "secret")?),
        };
        let told = field(lines.next(), "check")?;
        let key = Self { role, id, body };
        if told != checked_part(&key) {
            return Err(damaged(format!("{DAMAGED}: its checksum does not fit; {RESTORE}")));
        }
        if !lines.all(str::is_empty) {
            return Err(damaged(format!("{DAMAGED}: there is more text after its last line; {RESTORE}")));
        }
        Ok(key)
    }

    /// What the key may do.
    pub fn role(&self) -> KeyRole {
        self.role
    }

    /// Public identifier, 16 hexadecimal digits, as the file gives it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether a passphrase is needed to use it.
    pub fn is_sealed(&self) -> bool {
        matches!(self.body, Body::Sealed(_))
    }

    /// The key; `passphrase` is used where the file is sealed.
    ///
    /// # Errors
    /// [`KeyTextError::Sealed`] without a passphrase where one is needed, [`KeyTextError::Passphrase`] with a wrong
    /// one, [`KeyTextError::Damaged`] when the file's id is not that of its secret: a file whose parts were put
    /// together from two keys passes its own checksum, but not this.
    pub fn key(&self, passphrase: Option<&[u8]>) -> Result<Key> {
        let secret = match (&self.body, passphrase) {
            (Body::Open(secret), _) => secret.clone(),
            (Body::Sealed(_), None) => return Err(KeyTextError::Sealed),
            (Body::Sealed(sealed), Some(passphrase)) => sealed.open(self.sealed_header().as_bytes(), passphrase)?,
        };
        let key = Key::from_secret(self.role, *secret);
        if key.id().to_string() != self.id {
            return Err(damaged(
                "the id in the file is not that of its secret; the file was changed, or another version of this \
                 program wrote it: restore it from a backup"
                    .to_owned(),
            ));
        }
        Ok(key)
    }

    /// The whole file.
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(1024));
        match &self.body {
            Body::Open(secret) => {
                text.push_str(&self.header());
                text.push_str("secret: ");
                text.push_str(&hex::encode(&secret[..]));
            }
            Body::Sealed(sealed) => {
                text.push_str(&self.sealed_header());
                text.push_str("sealed: ");
                text.push_str(&hex::encode(&sealed.bytes[..]));
            }
        }
        text.push('\n');
        let check = check(&text);
        text.push_str("check: ");
        text.push_str(&check);
        text.push('\n');
        text
    }

    fn header(&self) -> String {
        format!("{MAGIC} {VERSION}\nrole: {}\nid: {}\n", role_name(self.role), self.id)
    }

    /// The lines up to the secret, which the seal binds.
    fn header_with(&self, sealing: &Sealing) -> String {
        format!("{}kdf: {sealing}\n", self.header())
    }

    /// The lines that the seal of this key binds; empty for an open key.
    fn sealed_header(&self) -> String {
        match &self.body {
            Body::Open(_) => String::new(),
            Body::Sealed(sealed) => self.header_with(&sealed.sealing),
        }
    }
}

/// Name of a role, in files and in output.
pub fn role_name(role: KeyRole) -> &'static str {
    match role {
        KeyRole::Master => "master",
        KeyRole::Title => "title",
        KeyRole::DetectOnly => "detect-only",
    }
}

fn check_first(line: Option<&str>) -> Result<()> {
    match line.and_then(|line| line.split_once(' ')) {
        Some((MAGIC, VERSION)) => Ok(()),
        Some((MAGIC, version)) if version.bytes().all(|b| b.is_ascii_digit()) => Err(KeyTextError::Foreign(format!(
            "is a key file of version {version}, this program reads version {VERSION}; use a newer program"
        ))),
        _ => Err(KeyTextError::Foreign(format!(
            "is not a key file: its first line is not `{MAGIC} {VERSION}`; `watermark keygen` makes one"
        ))),
    }
}

/// The checksum that a key's file has, from the file written anew: whatever else the file held is found here.
fn checked_part(key: &KeyText) -> String {
    let text = key.to_text();
    let start = text.rfind("check: ").unwrap_or_default();
    check(&text[..start])
}

fn check(text: &str) -> String {
    hex::encode(&Sha256::digest(text.as_bytes())[..CHECK_BYTES]).to_string()
}

fn field<'a>(line: Option<&'a str>, name: &str) -> Result<&'a str> {
    let value = line.and_then(|line| line.strip_prefix(name)?.strip_prefix(": "));
    value.ok_or_else(|| damaged(format!("{DAMAGED}: its `{name}` line is missing; {RESTORE}")))
}

fn digits<const N: usize>(text: &str, name: &str) -> Result<Zeroizing<[u8; N]>> {
    let bytes = hex::decode(text);
    bytes.ok_or_else(|| {
        damaged(format!("{DAMAGED}: its `{name}` line does not hold {} hexadecimal digits; {RESTORE}", 2 * N))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Zeroizing<String> {
        let body = Body::Open(Zeroizing::new(std::array::from_fn(|i| 7 * i as u8)));
        KeyText { role: KeyRole::Master, id: "00112233445566aa".into(), body }.to_text()
    }

    fn failure(text: &str) -> String {
        KeyText::parse(text.as_bytes()).expect_err("refused").to_string()
    }

    #[test]
    fn the_text_is_read_as_written_with_either_line_end() {
        let text = sample();
        assert_eq!(*KeyText::parse(text.as_bytes()).unwrap().to_text(), *text);
        assert_eq!(*KeyText::parse(text.replace('\n', "\r\n").as_bytes()).unwrap().to_text(), *text);
    }

    #[test]
    fn every_cut_and_every_changed_byte_is_noticed() {
        let text = sample();
        // The last line end alone carries nothing.
        for end in 0..text.len() - 1 {
            assert!(KeyText::parse(&text.as_bytes()[..end]).is_err(), "cut at {end}");
        }
        for at in 0..text.len() - 1 {
            let mut bytes = text.as_bytes().to_vec();
            bytes[at] ^= 1;
            assert!(KeyText::parse(&bytes).is_err(), "changed at {at}");
        }
    }

    #[test]
    fn the_sentences_name_the_fault_and_not_the_secret() {
        let text = sample();
        assert!(failure("").contains("is not a key file"));
        assert!(failure(&text.replace("key 1", "key 2")).contains("version 2"));
        assert!(failure(&text.replace("role: master", "role: title")).contains("checksum"));
        assert!(failure(&text.replace("secret: 00", "secret: 0x")).contains("64 hexadecimal digits"));
        assert!(failure(&format!("{}more\n", *text)).contains("more text"));
        let secret = text.lines().nth(3).unwrap().trim_start_matches("secret: ");
        assert!(!failure(&text.replace("check: ", "chock: ")).contains(secret));
    }

    #[test]
    fn a_sealed_key_needs_its_passphrase() {
        let key = Key::from_secret(KeyRole::Title, std::array::from_fn(|i| i as u8));
        let text = KeyText::sealed(&key, Sealing::with_salt([3; 16]), b"open sesame").unwrap().to_text();
        assert!(!text.contains(hex::encode(key.secret()).as_str()));
        let sealed = KeyText::parse(text.as_bytes()).unwrap();
        assert!(sealed.is_sealed());
        assert_eq!(sealed.key(Some(b"open sesame")), Ok(key));
        assert_eq!(sealed.key(None), Err(KeyTextError::Sealed));
        assert!(matches!(sealed.key(Some(b"open barley")), Err(KeyTextError::Passphrase(_))));
        // The role and id are bound to the sealed secret.
        let forged = KeyText { role: KeyRole::Master, ..sealed };
        assert!(forged.key(Some(b"open sesame")).is_err());
    }

    #[test]
    fn an_id_of_another_key_is_noticed() {
        let key = Key::from_secret(KeyRole::Title, [1; SECRET_BYTES]);
        let text = KeyText { id: "00112233445566aa".into(), ..KeyText::open(&key) }.to_text();
        let error = KeyText::parse(text.as_bytes()).unwrap().key(None).unwrap_err();
        assert!(error.to_string().contains("not that of its secret"), "{error}");
    }
}

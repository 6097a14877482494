//! The text of a key file: written in one way only, read strictly, so that damage is told from a wrong key.

use anyhow::{Result, bail, ensure};
use sha2::{Digest, Sha256};
use watermark_core::{KeyRole, SECRET_BYTES};
use zeroize::Zeroizing;

use super::seal::{Parameters, Sealed};
use crate::hex;

const MAGIC: &str = "watermark-key";
const VERSION: &str = "1";
/// Bytes of the checksum. It finds accidents; whoever changes a file on purpose can also change its checksum.
const CHECK_BYTES: usize = 4;
const DAMAGED: &str = "the key file is damaged or cut short";
const RESTORE: &str = "restore it from a backup";

/// A key file, taken apart.
pub(super) struct KeyText {
    pub(super) role: KeyRole,
    pub(super) id: String,
    pub(super) body: Body,
}

/// How the secret is kept.
pub(super) enum Body {
    /// As it is.
    Open(Zeroizing<[u8; SECRET_BYTES]>),
    /// Under a passphrase.
    Sealed(Sealed),
}

impl KeyText {
    /// The lines up to the secret, which the seal binds.
    pub(super) fn header_with(&self, parameters: &Parameters) -> String {
        format!("{}kdf: {parameters}\n", self.header())
    }

    /// The lines that the seal of this key binds; empty for an open key.
    pub(super) fn sealed_header(&self) -> String {
        match &self.body {
            Body::Open(_) => String::new(),
            Body::Sealed(sealed) => self.header_with(&sealed.parameters),
        }
    }

    fn header(&self) -> String {
        format!("{MAGIC} {VERSION}\nrole: {}\nid: {}\n", role_name(self.role), self.id)
    }

    /// The whole file.
    pub(super) fn to_text(&self) -> Zeroizing<String> {
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
}

/// Name of a role, in files and in output.
pub(crate) fn role_name(role: KeyRole) -> &'static str {
    match role {
        KeyRole::Master => "master",
        KeyRole::Title => "title",
        KeyRole::DetectOnly => "detect-only",
    }
}

/// Takes a key file apart. Line ends of either kind are accepted.
pub(super) fn parse(bytes: &[u8]) -> Result<KeyText> {
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    let mut lines = text.lines();
    match lines.next().and_then(|line| line.split_once(' ')) {
        Some((MAGIC, VERSION)) => {}
        Some((MAGIC, version)) if version.bytes().all(|b| b.is_ascii_digit()) => {
            bail!("is a key file of version {version}, this program reads version {VERSION}; use a newer program")
        }
        _ => bail!("is not a key file: its first line is not `{MAGIC} {VERSION}`; `watermark keygen` makes one"),
    }
    let role = match field(lines.next(), "role")? {
        "master" => KeyRole::Master,
        "title" => KeyRole::Title,
        "detect-only" => KeyRole::DetectOnly,
        _ => bail!("{DAMAGED}: its `role` line does not say master, title or detect-only; {RESTORE}"),
    };
    let id = field(lines.next(), "id")?.to_owned();
    ensure!(hex::decode::<8>(&id).is_some(), "{DAMAGED}: its `id` line does not hold 16 hexadecimal digits; {RESTORE}");
    let body = match lines.next() {
        Some(line) if line.starts_with("kdf: ") => {
            let parameters = Parameters::parse(field(Some(line), "kdf")?)?;
            Body::Sealed(Sealed { parameters, bytes: digits(field(lines.next(), "sealed")?, "sealed")? })
        }
        line => Body::Open(digits(field(line, "secret")?, "secret")?),
    };
    let told = field(lines.next(), "check")?;
    let key = KeyText { role, id, body };
    ensure!(told == checked_part(&key), "{DAMAGED}: its checksum does not fit; {RESTORE}");
    ensure!(lines.all(str::is_empty), "{DAMAGED}: there is more text after its last line; {RESTORE}");
    Ok(key)
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
    let Some(value) = value else { bail!("{DAMAGED}: its `{name}` line is missing; {RESTORE}") };
    Ok(value)
}

fn digits<const N: usize>(text: &str, name: &str) -> Result<Zeroizing<[u8; N]>> {
    let Some(bytes) = hex::decode(text) else {
        bail!("{DAMAGED}: its `{name}` line does not hold {} hexadecimal digits; {RESTORE}", 2 * N)
    };
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Zeroizing<String> {
        let body = Body::Open(Zeroizing::new(std::array::from_fn(|i| 7 * i as u8)));
        KeyText { role: KeyRole::Master, id: "00112233445566aa".into(), body }.to_text()
    }

    fn failure(text: &str) -> String {
        format!("{:#}", parse(text.as_bytes()).err().expect("refused"))
    }

    #[test]
    fn the_text_is_read_as_written_with_either_line_end() {
        let text = sample();
        assert_eq!(*parse(text.as_bytes()).unwrap().to_text(), *text);
        assert_eq!(*parse(text.replace('\n', "\r\n").as_bytes()).unwrap().to_text(), *text);
    }

    #[test]
    fn every_cut_and_every_changed_byte_is_noticed() {
        let text = sample();
        // The last line end alone carries nothing.
        for end in 0..text.len() - 1 {
            assert!(parse(&text.as_bytes()[..end]).is_err(), "cut at {end}");
        }
        for at in 0..text.len() - 1 {
            let mut bytes = text.as_bytes().to_vec();
            bytes[at] ^= 1;
            assert!(parse(&bytes).is_err(), "changed at {at}");
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
}

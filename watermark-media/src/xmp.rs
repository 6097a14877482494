//! The one thing that is looked for in XMP: a link to a C2PA manifest that lies elsewhere.
//!
//! C2PA puts the address of such a manifest into `dcterms:provenance`, as an attribute or an element. The prefix is taken
//! as it is, as C2PA's own tools do. The property is older than C2PA and may also hold prose about who owned a picture,
//! so only an address counts.

use std::ops::Range;

const PROPERTY: &[u8] = b"dcterms:provenance";
const RESOURCE: &[u8] = b"rdf:resource";
/// How an address begins: those of the web, and that of a manifest in the same file.
const ADDRESSES: [&[u8]; 3] = [b"https://", b"http://", b"self#"];
/// What begins like a tag that may hold a link and is none, and how it ends.
const PASSED_OVER: [(&[u8], &[u8]); 5] =
    [(b"<!--", b"-->"), (b"<![CDATA[", b"]]>"), (b"<!", b">"), (b"<?", b"?>"), (b"</", b">")];

/// The attributes and elements of a packet that name a manifest, in order. Spaces in their place leave sound XML. What is
/// no XML is read up to there.
pub(crate) fn links(packet: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = find(packet, b"<", at) {
        if let Some((open, close)) = PASSED_OVER.iter().find(|(open, _)| packet[start..].starts_with(open)) {
            let Some(end) = find(packet, close, start + open.len()) else { break };
            at = end + close.len();
            continue;
        }
        let Some(tag) = Tag::parse(packet, start) else { break };
        at = tag.end;
        if let Some(end) = tag.as_link(packet) {
            found.push(start..end);
            at = end;
            continue;
        }
        let links =
            tag.attributes.into_iter().filter(|a| a.is(packet, PROPERTY) && is_address(&packet[a.value.clone()]));
        found.extend(links.map(|attribute| attribute.name.start..attribute.value.end + 1));
    }
    found
}

/// A tag, as positions in the packet.
struct Tag {
    name: Range<usize>,
    attributes: Vec<Attribute>,
    /// Whether it has no content.
    empty: bool,
    /// After its last character.
    end: usize,
}

/// The value is without its quotes.
struct Attribute {
    name: Range<usize>,
    value: Range<usize>,
}

impl Attribute {
    fn is(&self, packet: &[u8], name: &[u8]) -> bool {
        &packet[self.name.clone()] == name
    }
}

impl Tag {
    /// The tag at `start`, if it is whole.
    fn parse(packet: &[u8], start: usize) -> Option<Self> {
        let name = start + 1..word(packet, start + 1);
        let mut attributes = Vec::new();
        let mut at = name.end;
        loop {
            at = spaces(packet, at);
            match *packet.get(at)? {
                b'>' => {
                    let empty = packet[at - 1] == b'/';
                    return Some(Self { name, attributes, empty, end: at + 1 });
                }
                // Of an empty tag.
                b'/' => at += 1,
                _ => {
                    let name = at..word(packet, at);
                    let equals = spaces(packet, name.end);
                    let open = spaces(packet, equals + 1);
                    let quote = packet.get(open..=open).filter(|quote| matches!(quote, [b'"' | b'\'']))?;
                    let close = (packet[equals] == b'=').then(|| find(packet, quote, open + 1))??;
                    attributes.push(Attribute { name, value: open + 1..close });
                    at = close + 1;
                }
            }
        }
    }

    /// The end of the element, if it is the property and holds an address.
    fn as_link(&self, packet: &[u8]) -> Option<usize> {
        if &packet[self.name.clone()] != PROPERTY {
            return None;
        }
        let resource = self.attributes.iter().find(|attribute| attribute.is(packet, RESOURCE));
        let resource = resource.is_some_and(|attribute| is_address(&packet[attribute.value.clone()]));
        if self.empty {
            return resource.then_some(self.end);
        }
        let close = find(packet, b"<", self.end)?;
        let tail = packet[close..].strip_prefix(b"</")?.strip_prefix(PROPERTY)?;
        let end = packet.len() - tail.len() + find(tail, b">", 0)? + 1;
        (resource || is_address(&packet[self.end..close])).then_some(end)
    }
}

/// Whether a value is one address, with nothing else.
fn is_address(value: &[u8]) -> bool {
    let value = value.trim_ascii();
    let begins = |with: &&[u8]| value.get(..with.len()).is_some_and(|head| head.eq_ignore_ascii_case(with));
    ADDRESSES.iter().any(begins) && !value.iter().any(u8::is_ascii_whitespace)
}

/// Where `what` begins, at `from` or after it.
pub(crate) fn find(text: &[u8], what: &[u8], from: usize) -> Option<usize> {
    text.get(from..)?.windows(what.len()).position(|window| window == what).map(|at| from + at)
}

/// The end of the name at `at`.
fn word(packet: &[u8], at: usize) -> usize {
    let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'=' | b'>' | b'/');
    packet[at..].iter().position(ends).map_or(packet.len(), |length| at + length)
}

/// The first character at `at` or after it that is no space.
fn spaces(packet: &[u8], at: usize) -> usize {
    let rest = packet.get(at..).unwrap_or_default();
    rest.iter().position(|byte| !byte.is_ascii_whitespace()).map_or(packet.len(), |length| at + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(packet: &str) -> Vec<&str> {
        links(packet.as_bytes()).into_iter().map(|range| &packet[range]).collect()
    }

    #[test]
    fn attributes_and_elements_with_an_address_are_links() {
        let attribute = "<rdf:Description rdf:about=\"\" dcterms:provenance = 'https://a.org/m?a=1&amp;b>2' x:y='1'/>";
        assert_eq!(texts(attribute), ["dcterms:provenance = 'https://a.org/m?a=1&amp;b>2'"]);
        let element = "<a><dcterms:provenance>\n HTTP://a.org/m </dcterms:provenance ><b/></a>";
        assert_eq!(texts(element), ["<dcterms:provenance>\n HTTP://a.org/m </dcterms:provenance >"]);
        let resource = "<dcterms:provenance rdf:resource=\"self#jumbf=/c2pa/x\"/> <b/>";
        assert_eq!(texts(resource), ["<dcterms:provenance rdf:resource=\"self#jumbf=/c2pa/x\"/>"]);
        assert_eq!(texts(&format!("{attribute}{element}{resource}")).len(), 3);
    }

    #[test]
    fn prose_and_other_places_are_none() {
        for packet in [
            "<a dcterms:provenance=\"Bought in Paris, see https://a.org\"/>",
            "<a dcterms:provenance=\"https://a.org is where it was bought\"/>",
            "<dcterms:provenance>From the estate of the painter</dcterms:provenance>",
            "<dcterms:provenance><rdf:Alt/></dcterms:provenance>",
            "<a b=\"dcterms:provenance='https://a.org'\">dcterms:provenance='https://a.org'</a>",
            "<!-- <a dcterms:provenance='https://a.org'/> --><a/>",
            "<![CDATA[<a dcterms:provenance='https://a.org'/>]]>",
            "<a dcterms:provenanceStatement='https://a.org' xdcterms:provenance='https://a.org'/>",
            "<a dc:source='https://a.org'/>",
        ] {
            assert_eq!(texts(packet), Vec::<&str>::new(), "{packet}");
        }
    }

    #[test]
    fn every_beginning_of_a_packet_is_read_without_harm() {
        let packet = "<?x?><!-- a --><a dcterms:provenance = 'https://a.org' b=\"c\"><dcterms:provenance rdf:resource='http://b'>\
             </dcterms:provenance></a>";
        for end in 0..packet.len() {
            for at in 0..end {
                links(&packet.as_bytes()[at..end]);
            }
        }
        assert_eq!(texts(packet).len(), 2);
    }
}

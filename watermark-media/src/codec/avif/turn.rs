//! How the container turns a picture (`irot`, then `imir`), as the eight ways of EXIF.

use super::FORMAT;
use super::boxes::Property;
use crate::{Error, Orientation, Result};

/// For quarter turns to the left and then: nothing, top and bottom exchanged, left and right exchanged.
const WAYS: [[u16; 3]; 4] = [[1, 4, 2], [8, 5, 7], [3, 2, 4], [6, 7, 5]];

/// The way that the properties of a picture say.
pub(super) fn of(properties: &[Property]) -> Result<Orientation> {
    let place = |kind: &[u8; 4]| properties.iter().position(|property| property.kind == *kind);
    let value = |at: Option<usize>| match at {
        None => Ok(None),
        Some(at) => match properties[at].body.first() {
            Some(&value) => Ok(Some(usize::from(value))),
            None => Err(Error::corrupt(FORMAT, "it does not say how it is turned")),
        },
    };
    let (turn, mirror) = (place(b"irot"), place(b"imir"));
    let mut quarters = value(turn)?.unwrap_or(0) & 3;
    let mirrored = value(mirror)?.map_or(0, |axis| (axis & 1) + 1);
    // A turn after a mirror is the mirror after the opposite turn.
    if mirrored > 0 && turn > mirror {
        quarters = (4 - quarters) % 4;
    }
    Ok(Orientation::from_exif(WAYS[quarters][mirrored]))
}

/// The properties that say a way, in their order.
pub(super) fn properties(turn: Orientation) -> Vec<Property> {
    let (quarters, mirrored) = match turn.exif() {
        2 => (0, 2),
        3 => (2, 0),
        4 => (0, 1),
        5 => (1, 1),
        6 => (3, 0),
        7 => (3, 1),
        8 => (1, 0),
        _ => (0, 0),
    };
    let property = |kind: &[u8; 4], value: u8| Property { kind: *kind, body: vec![value], essential: true };
    let turned = (quarters > 0).then(|| property(b"irot", quarters));
    turned.into_iter().chain((mirrored > 0).then(|| property(b"imir", mirrored - 1))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_ways_come_back() {
        for way in 1..=8 {
            let way = Orientation::from_exif(way);
            assert_eq!(of(&properties(way)).expect("a way"), way);
        }
    }

    #[test]
    fn the_other_order_counts() {
        // Mirrored left to right, then a quarter to the left: stored (x, y) of a W x H picture goes to (W - 1 - x, y)
        // and from there to (y, x), which is the transposed picture, 5.
        let property = |kind: &[u8; 4], value| Property { kind: *kind, body: vec![value], essential: true };
        assert_eq!(of(&[property(b"imir", 1), property(b"irot", 1)]).expect("a way").exif(), 5);
        assert_eq!(of(&[property(b"irot", 1), property(b"imir", 1)]).expect("a way").exif(), 7);
        assert!(of(&[Property { kind: *b"irot", body: Vec::new(), essential: true }]).is_err());
    }
}

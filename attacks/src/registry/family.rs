//! A family: a name, what its number means, and the function.

use crate::Result;
use image::RgbImage;

/// Numbers that a family takes.
#[derive(Debug, Clone, Copy)]
enum Numbers {
    /// None: the name stands alone.
    None,
    /// Every number from the first to the second.
    Real(f64, f64),
    /// Whole numbers only.
    Whole(f64, f64),
    /// Odd numbers only.
    Odd(f64, f64),
    /// This one.
    Only(f64),
}

/// Attacks of one kind, told apart by a number or alone.
pub struct Family {
    name: &'static str,
    /// What the number means, with its unit.
    meaning: &'static str,
    numbers: Numbers,
    /// Every parameter in words.
    words: fn(f64) -> String,
    /// The attack: picture, number, seed.
    function: fn(&RgbImage, f64, u64) -> Result<RgbImage>,
}

type Words = fn(f64) -> String;
type Function = fn(&RgbImage, f64, u64) -> Result<RgbImage>;

impl Family {
    /// Without a number.
    pub(super) const fn alone(name: &'static str, words: Words, function: Function) -> Self {
        Self { name, meaning: "", numbers: Numbers::None, words, function }
    }

    /// With a number within `range`.
    pub(super) const fn real(
        name: &'static str,
        meaning: &'static str,
        range: (f64, f64),
        words: Words,
        function: Function,
    ) -> Self {
        Self { name, meaning, numbers: Numbers::Real(range.0, range.1), words, function }
    }

    /// With a whole number within `range`.
    pub(super) const fn whole(
        name: &'static str,
        meaning: &'static str,
        range: (f64, f64),
        words: Words,
        function: Function,
    ) -> Self {
        Self { name, meaning, numbers: Numbers::Whole(range.0, range.1), words, function }
    }

    /// With an odd number within `range`.
    pub(super) const fn odd(
        name: &'static str,
        meaning: &'static str,
        range: (f64, f64),
        words: Words,
        function: Function,
    ) -> Self {
        Self { name, meaning, numbers: Numbers::Odd(range.0, range.1), words, function }
    }

    /// With one number, that belongs to fixed parameters.
    pub(super) const fn only(
        name: &'static str,
        meaning: &'static str,
        number: f64,
        words: Words,
        function: Function,
    ) -> Self {
        Self { name, meaning, numbers: Numbers::Only(number), words, function }
    }

    /// The part of the name that all of the family have, such as `jpeg`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What the number after the name means, with its unit; empty when there is none.
    pub fn meaning(&self) -> &'static str {
        self.meaning
    }

    /// The least and the largest number; `None` when the name stands alone.
    pub fn range(&self) -> Option<(f64, f64)> {
        match self.numbers {
            Numbers::None => None,
            Numbers::Real(low, high) | Numbers::Whole(low, high) | Numbers::Odd(low, high) => Some((low, high)),
            Numbers::Only(number) => Some((number, number)),
        }
    }

    /// The number in `name` when it is one of this family's names; the inner `None` is a name without a number.
    pub(super) fn number_in(&self, name: &str) -> Option<Option<f64>> {
        let rest = name.strip_prefix(self.name)?;
        if rest.is_empty() {
            return matches!(self.numbers, Numbers::None).then_some(None);
        }
        let number: f64 = rest.strip_prefix('-')?.parse().ok()?;
        let fits = match self.numbers {
            Numbers::None => false,
            Numbers::Real(low, high) => (low..=high).contains(&number),
            Numbers::Whole(low, high) => (low..=high).contains(&number) && number.fract() == 0.0,
            Numbers::Odd(low, high) => (low..=high).contains(&number) && number % 2.0 == 1.0,
            Numbers::Only(only) => number == only,
        };
        fits.then_some(Some(number))
    }

    pub(super) fn describe(&self, number: Option<f64>) -> String {
        (self.words)(number.unwrap_or_default())
    }

    pub(super) fn apply(&self, picture: &RgbImage, number: Option<f64>, seed: u64) -> Result<RgbImage> {
        (self.function)(picture, number.unwrap_or_default(), seed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn untouched(picture: &RgbImage, _: f64, _: u64) -> Result<RgbImage> {
        Ok(picture.clone())
    }

    #[test]
    fn numbers_are_taken_as_the_family_says() {
        let words: Words = |n| format!("{n}");
        let alone = Family::alone("flip-h", words, untouched);
        assert_eq!((alone.number_in("flip-h"), alone.number_in("flip-h-3")), (Some(None), None));
        let real = Family::real("rotate", "degrees", (-360.0, 360.0), words, untouched);
        assert_eq!(real.number_in("rotate--7.5"), Some(Some(-7.5)));
        for name in ["rotate", "rotate-", "rotate-x", "rotate-361", "rotate-inner-5", "rotate-NaN", "rotate7"] {
            assert_eq!(real.number_in(name), None, "{name}");
        }
        let odd = Family::odd("median", "side", (3.0, 7.0), words, untouched);
        let taken: Vec<bool> = (0..10).map(|n| odd.number_in(&format!("median-{n}")).is_some()).collect();
        assert_eq!(taken, [false, false, false, true, false, true, false, true, false, false]);
        let whole = Family::whole("jpeg", "quality", (1.0, 100.0), words, untouched);
        assert_eq!((whole.number_in("jpeg-50"), whole.number_in("jpeg-50.5")), (Some(Some(50.0)), None));
        let only = Family::only("social", "longest side", 600.0, words, untouched);
        assert_eq!((only.number_in("social-600"), only.number_in("social-601")), (Some(Some(600.0)), None));
        assert_eq!(only.range(), Some((600.0, 600.0)));
    }
}

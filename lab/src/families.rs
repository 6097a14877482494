//! Attacks by family: the groups of rows in a table.

/// The family of an attack, from its name: what stands before the number; of a chain, `chain`.
pub(crate) fn family(name: &str) -> &str {
    if name.contains('+') {
        return "chain";
    }
    name.char_indices()
        .find(|&(at, c)| c == '-' && name[at + 1..].starts_with(|next: char| next.is_ascii_digit() || next == '-'))
        .map_or(name, |(at, _)| &name[..at])
}

/// How strong an attack is within its family: the number in its name.
pub(crate) fn strength(name: &str) -> Option<f64> {
    name.strip_prefix(family(name))?.strip_prefix('-')?.parse().ok()
}

/// The row of attacks of growing strength that an attack is in, and its place there. A chain is placed by its first
/// link, among chains that go on alike.
pub(crate) fn series(name: &str) -> Option<(String, f64)> {
    let (first, rest) = name.split_once('+').map_or((name, None), |(first, rest)| (first, Some(rest)));
    let tail = rest.map(|rest| format!("+{rest}")).unwrap_or_default();
    Some((format!("{}{tail}", family(first)), strength(first)?))
}

/// What an attack does, in words, with its number.
pub(crate) fn describe(name: &str) -> String {
    if name.contains('+') {
        return name.split('+').map(describe).collect::<Vec<_>>().join(", then ");
    }
    let number = strength(name).map(|number| number.to_string()).unwrap_or_default();
    let words = match family(name) {
        "none" => "as marked",
        "jpeg" => "JPEG, 4:2:0, quality #",
        "jpeg444" => "JPEG, 4:4:4, quality #",
        "webp" => "WebP, quality #",
        "resize" => "both sides to # %, Lanczos to shrink, Catmull-Rom to enlarge",
        "aspect" => "width times #",
        "rotate" => "turned by # degrees on the same canvas",
        "rotate-grown" => "turned by # degrees, canvas grown to keep the corners",
        "rotate-inner" => "turned by # degrees, cut to the largest inner rectangle of the same proportions",
        "flip-h" => "mirrored left to right",
        "flip-v" => "mirrored top to bottom",
        "crop" => "# % of the area kept, at a random place, same proportions",
        "noise" => "Gaussian noise of standard deviation # code values",
        "blur" => "Gaussian blur of standard deviation # px",
        "median" => "median over # x # px",
        "nlm" => "non-local means, h # (10 without a number)",
        "bilateral" => "bilateral, diameter 9 px, 40 code values, 7 px",
        "brightness" => "samples times # %",
        "contrast" => "contrast times # % about mid grey",
        "gamma" => "gamma #",
        "greyscale" => "luma alone",
        "equalise" => "histogram equalised",
        other => return other.to_owned(),
    };
    words.replace('#', &number)
}

/// Names brought together by family, families in the order of their first name.
pub(crate) fn grouped(names: &[String]) -> Vec<(String, Vec<String>)> {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for name in names {
        match groups.iter_mut().find(|(known, _)| known == family(name)) {
            Some((_, members)) => members.push(name.clone()),
            None => groups.push((family(name).to_owned(), vec![name.clone()])),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_ends_before_its_number() {
        for (name, expected, number) in [
            ("jpeg-50", "jpeg", Some(50.0)),
            ("jpeg444-50", "jpeg444", Some(50.0)),
            ("rotate--7", "rotate", Some(-7.0)),
            ("rotate-inner-12.5", "rotate-inner", Some(12.5)),
            ("flip-h", "flip-h", None),
            ("crop-50+jpeg-70", "chain", None),
        ] {
            assert_eq!((family(name), strength(name)), (expected, number), "{name}");
        }
    }

    #[test]
    fn chains_that_go_on_alike_are_one_series() {
        assert_eq!(series("crop-25+jpeg-70"), Some(("crop+jpeg-70".to_owned(), 25.0)));
        assert_eq!(series("jpeg-30"), Some(("jpeg".to_owned(), 30.0)));
        assert_eq!(series("social+jpeg-70"), None);
    }

    #[test]
    fn a_description_has_the_number_and_a_chain_all_its_links() {
        assert_eq!(
            describe("crop-25+jpeg-70"),
            "25 % of the area kept, at a random place, same proportions, then JPEG, 4:2:0, quality 70"
        );
    }

    #[test]
    fn groups_keep_the_order_of_their_first_members() {
        let names = ["jpeg-50", "crop-5", "jpeg-30"].map(str::to_owned);
        let groups = grouped(&names);
        assert_eq!(groups[0], ("jpeg".to_owned(), vec!["jpeg-50".to_owned(), "jpeg-30".to_owned()]));
        assert_eq!(groups.len(), 2);
    }
}

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

    /// Rows of a study are grouped by name alone, as some are no attacks; both have to say the same of those that are.
    #[test]
    fn names_say_what_the_attacks_say() {
        for attack in attacks::standard() {
            let name = attack.name();
            assert_eq!((family(name), strength(name)), (attack.family(), attack.strength()), "{name}");
        }
    }

    #[test]
    fn chains_that_go_on_alike_are_one_series() {
        assert_eq!(series("crop-25+jpeg-70"), Some(("crop+jpeg-70".to_owned(), 25.0)));
        assert_eq!(series("jpeg-30"), Some(("jpeg".to_owned(), 30.0)));
        assert_eq!(series("social+jpeg-70"), None);
    }

    #[test]
    fn groups_keep_the_order_of_their_first_members() {
        let names = ["jpeg-50", "crop-5", "jpeg-30"].map(str::to_owned);
        let groups = grouped(&names);
        assert_eq!(groups[0], ("jpeg".to_owned(), vec!["jpeg-50".to_owned(), "jpeg-30".to_owned()]));
        assert_eq!(groups.len(), 2);
    }
}

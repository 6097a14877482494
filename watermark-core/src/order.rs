//! The one sort. A sort is some kilobytes of code for each type that is sorted; here numbers are, for all of them.

/// Puts items in the order of their numbers, the smallest first; those with equal numbers stay as they were.
pub(crate) fn ascending<T>(items: &mut Vec<T>, number: impl Fn(&T) -> f64) {
    let numbers: Vec<f64> = items.iter().map(number).collect();
    let mut taken: Vec<Option<T>> = items.drain(..).map(Some).collect();
    items.extend(places(&numbers).into_iter().filter_map(|place| taken[place].take()));
}

/// As [`ascending`], the largest first.
pub(crate) fn descending<T>(items: &mut Vec<T>, number: impl Fn(&T) -> f64) {
    ascending(items, |item| -number(item));
}

/// Places of the numbers, of the smallest first.
fn places(numbers: &[f64]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..numbers.len()).collect();
    places.sort_by(|&a, &b| numbers[a].total_cmp(&numbers[b]));
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_follow_their_numbers_and_equal_ones_stay() {
        let mut items = vec![(2.0, 'a'), (1.0, 'b'), (2.0, 'c'), (f64::INFINITY, 'd'), (-0.0, 'e'), (0.0, 'f')];
        ascending(&mut items, |item| item.0);
        assert_eq!(items.iter().map(|item| item.1).collect::<String>(), "efbacd");
        descending(&mut items, |item| item.0);
        assert_eq!(items.iter().map(|item| item.1).collect::<String>(), "dacbfe");
    }
}

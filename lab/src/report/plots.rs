//! Plots of a run: payload rate against strength, margins.

use crate::families;
use crate::plot::{Axis, Bars, Panel, Series, colour, grid};
use crate::results::Results;

/// Width of a bin of the margins, dB, and their range.
const BIN_DB: f64 = 1.0;
const MARGINS_DB: (f64, f64) = (-10.0, 30.0);

/// File name, words and SVG of every plot that the results are enough for.
pub(super) fn all(results: &Results) -> Vec<(&'static str, &'static str, String)> {
    let mut plots = Vec::new();
    let panels = strengths(results);
    if !panels.is_empty() {
        let words = "Exact payload, percent, against strength: every family with several strengths";
        plots.push(("strength.svg", words, grid(&panels, 4)));
    }
    let panels = margins(results);
    if !panels.is_empty() {
        let words = "Margins over the decoder's threshold, dB: trials read exactly and others";
        plots.push(("margins.svg", words, grid(&panels, 3)));
    }
    plots
}

/// Attacks with their strengths.
type Members = Vec<(f64, String)>;

/// A panel for each series with at least two strengths, a line for each class.
fn strengths(results: &Results) -> Vec<Panel> {
    let mut series: Vec<(String, Members)> = Vec::new();
    for attack in &results.manifest.attacks {
        let Some((name, strength)) = families::series(attack) else { continue };
        match series.iter_mut().find(|(known, _)| *known == name) {
            Some((_, members)) => members.push((strength, attack.clone())),
            None => series.push((name, vec![(strength, attack.clone())])),
        }
    }
    for (_, members) in &mut series {
        members.sort_by(|a, b| a.0.total_cmp(&b.0));
    }
    let classes = results.classes();
    let panel = |(name, members): (String, Members)| {
        let rate = |class: &str, attack: &str| {
            let rows: Vec<bool> = results.readings(class, attack).map(|row| row.ok).collect();
            (!rows.is_empty()).then(|| 100.0 * rows.iter().filter(|&&ok| ok).count() as f64 / rows.len() as f64)
        };
        let line = |(index, class): (usize, &String)| Series {
            name: class.clone(),
            colour: colour(index),
            points: members.iter().filter_map(|(x, attack)| Some((*x, rate(class, attack)?))).collect(),
        };
        let strengths = || members.iter().map(|(strength, _)| *strength);
        let (low, high) = (strengths().fold(f64::INFINITY, f64::min), strengths().fold(f64::NEG_INFINITY, f64::max));
        Panel {
            title: name,
            x: Axis::new("", low, high),
            y: Axis::new("", 0.0, 100.0),
            series: classes.iter().enumerate().map(line).collect(),
            bars: Vec::new(),
        }
    };
    series.into_iter().filter(|(_, members)| members.len() > 1).map(panel).collect()
}

/// A panel for each class: how many trials have which margin.
fn margins(results: &Results) -> Vec<Panel> {
    let bins = ((MARGINS_DB.1 - MARGINS_DB.0) / BIN_DB) as usize;
    let panel = |class: String| {
        let mut counts = [vec![0_u32; bins], vec![0_u32; bins]];
        for (_, of, row) in results.every_reading() {
            let Some(margin) = row.margin_db.filter(|_| of == class) else { continue };
            // What lies outside is counted in the last bin of its side.
            let bin = ((margin - MARGINS_DB.0) / BIN_DB).clamp(0.0, bins as f64 - 1.0) as usize;
            counts[usize::from(!row.ok)][bin] += 1;
        }
        let top = counts.iter().flatten().copied().max().unwrap_or(0);
        let bars = |which: usize, name: &str| Bars {
            name: name.to_owned(),
            colour: colour(which),
            start: MARGINS_DB.0,
            width: BIN_DB,
            heights: counts[which].iter().map(|&count| f64::from(count)).collect(),
        };
        (top > 0).then(|| Panel {
            title: class.clone(),
            x: Axis::new("margin dB", MARGINS_DB.0, MARGINS_DB.1),
            y: Axis::new("trials", 0.0, f64::from(top)),
            series: Vec::new(),
            bars: vec![bars(0, "exact"), bars(1, "not exact")],
        })
    };
    results.classes().into_iter().filter_map(panel).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::{Line, Manifest, ReadRow, Row, Trial};

    #[test]
    fn strengths_make_a_line_and_margins_a_histogram() {
        let attacks = ["jpeg-50", "jpeg-10", "none"].map(str::to_owned).to_vec();
        let line = |attack: &String| Line {
            class: "art".to_owned(),
            trial: Trial { attack: attack.clone(), ..Trial::default() },
            row: Row::Read(ReadRow { ok: attack != "jpeg-10", margin_db: Some(3.2), ..ReadRow::default() }),
            ..Line::default()
        };
        let lines = attacks.iter().map(line).collect();
        let results = Results::new(Manifest { attacks, ..Manifest::default() }, lines);
        let panels = strengths(&results);
        assert_eq!((panels.len(), panels[0].series[0].points.clone()), (1, vec![(10.0, 0.0), (50.0, 100.0)]));
        let panels = margins(&results);
        assert_eq!((panels[0].bars[0].heights[13], panels[0].bars[1].heights[13]), (2.0, 1.0));
        assert_eq!(all(&results).len(), 2);
    }
}

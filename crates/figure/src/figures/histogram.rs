//! Histograms of activations, layer by layer.

use hourglass_protocol::{ActivationView, Histogram};

use crate::csv::Csv;
use crate::drawing::Figure;
use crate::facts::Entries;
use crate::page::{Anchor, Item, Page, Rect, Stroke, Text};
use crate::plot::{self, Axis};
use crate::{Facts, Interval, Look, number};

/// Room above a plot for the name of its layer, with type of the usual size, and between plots.
const NAME: f32 = 30.0;
const BETWEEN: f32 = 14.0;

/// Each plot is to be wider than high.
const ASPECT: f32 = 1.5;

/// A bar that is this much higher than the next one is cut, and says its height.
const CUT: f64 = 2.5;

impl Figure for Vec<ActivationView> {
    fn title(&self) -> String {
        "Activations over the test images".to_owned()
    }

    fn page(&self, facts: &Facts, look: &Look, title: &str) -> Page {
        let (mut page, room) = plot::begin(look, title, &facts.line());
        let cells = room.cells(self.len(), BETWEEN, ASPECT);
        for (layer, cell) in self.iter().zip(cells) {
            draw(&mut page, layer, look, cell);
        }
        page
    }

    fn table(&self, _: &Facts, entries: &Entries) -> String {
        let mut csv = Csv::new(entries, &["layer", "from", "to", "count"]);
        for layer in self {
            for (bin, count) in layer.histogram.counts.iter().enumerate() {
                let [from, to] = edges(&layer.histogram, bin).map(|edge| edge.to_string());
                csv.row([layer.layer.label(), from, to, count.to_string()]);
            }
        }
        csv.into_text()
    }
}

fn draw(page: &mut Page, layer: &ActivationView, look: &Look, cell: Rect) {
    let (paper, t) = (look.paper(), look.type_sizes());
    let units = layer.unit_means.len();
    let name = format!("{}, {} units", layer.layer.label(), number::count_of(units));
    page.text(
        [cell.left, cell.top + t.room(8.0)],
        name,
        t.label,
        paper.text,
    );
    let figures = format!(
        "mean {} · {} with |h| < 0.01 · {} dead units",
        number::three_digits(f64::from(layer.mean)),
        number::percent(f64::from(layer.near_zero_fraction)),
        layer.dead_units,
    );
    page.text(
        [cell.left, cell.top + t.room(20.0)],
        figures,
        t.small,
        paper.text_dim,
    );

    let bars = shares(&layer.histogram);
    let (top, cut) = top(&bars);
    let ends = [layer.histogram.start, end(&layer.histogram)].map(f64::from);
    let x = Axis::linear("activation h", Interval::new(ends[0], ends[1]));
    let y = Axis::linear("% of activations", Interval::new(0.0, top * 1.06));
    let room = cell.within([0.0, t.room(NAME), 0.0, 0.0]);
    let plot = plot::frame(page, look, room, &x, &y, false);
    for (idx, share) in bars.iter().enumerate() {
        let [left, right] = edges(&layer.histogram, idx);
        let [from, to] = [
            plot.at([left, share.min(plot.y.max)]),
            plot.at([right, 0.0]),
        ];
        // A hair between bars.
        let bar = Rect::between([from[0] + 0.15, from[1]], [to[0] - 0.15, to[1]]);
        page.add(Item::Fill(bar, paper.train));
    }
    let mean = plot.at([f64::from(layer.mean), 0.0])[0];
    let stroke = Stroke::new(paper.test, 1.0).dashed(&[3.0, 2.0]);
    page.line([mean, plot.area.top], [mean, plot.area.bottom()], &stroke);
    let is_left = mean < plot.area.center()[0];
    let (at, anchor) = if is_left {
        (mean + 3.0, Anchor::Start)
    } else {
        (mean - 3.0, Anchor::End)
    };
    // Under the number of a bar that is cut, which may stand there as well.
    let base = plot.area.top + t.small * if cut.is_some() { 2.2 } else { 1.0 };
    page.add(Item::Text(Text {
        anchor,
        has_halo: true,
        ..Text::new([at, base], "mean", t.small, paper.test)
    }));
    if let Some(idx) = cut {
        let [left, right] = edges(&layer.histogram, idx);
        let is_left = f64::midpoint(left, right) < f64::midpoint(ends[0], ends[1]);
        let (beside, anchor) = if is_left {
            (right, Anchor::Start)
        } else {
            (left, Anchor::End)
        };
        let [x, _] = plot.at([beside, 0.0]);
        let x = if is_left { x + 3.0 } else { x - 3.0 };
        let text = format!("cut: {:.0} %", bars[idx]);
        let at = [x, plot.area.top + t.small];
        page.add(Item::Text(Text {
            anchor,
            has_halo: true,
            ..Text::new(at, text, t.small, paper.text)
        }));
    }
}

/// Each bin in per cent of all.
fn shares(histogram: &Histogram) -> Vec<f64> {
    let total = histogram.total().max(1) as f64;
    let counts = histogram.counts.iter();
    counts
        .map(|&count| 100.0 * f64::from(count) / total)
        .collect()
}

/// Where the axis ends, and the bar that is cut there, if one is.
fn top(bars: &[f64]) -> (f64, Option<usize>) {
    let highest = (0..bars.len()).max_by(|&a, &b| bars[a].total_cmp(&bars[b]));
    let Some(highest) = highest else {
        return (1.0, None);
    };
    let others = bars.iter().enumerate().filter(|&(idx, _)| idx != highest);
    let next = others.map(|(_, &share)| share).fold(0.0, f64::max);
    if next > 0.0 && bars[highest] > CUT * next {
        (1.3 * next, Some(highest))
    } else {
        (bars[highest].max(1e-9), None)
    }
}

fn edges(histogram: &Histogram, bin: usize) -> [f64; 2] {
    [bin, bin + 1].map(|edge| f64::from(histogram.start + histogram.bin_width * edge as f32))
}

fn end(histogram: &Histogram) -> f32 {
    histogram.start + histogram.bin_width * histogram.counts.len() as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_that_dwarfs_the_others_is_cut() {
        let (top_of_even, cut) = top(&[10.0, 12.0, 9.0]);
        assert!((top_of_even - 12.0).abs() < 1e-12 && cut.is_none());
        let (top_of_sparse, cut) = top(&[1.0, 60.0, 2.0]);
        assert!((top_of_sparse - 2.6).abs() < 1e-12);
        assert_eq!(cut, Some(1));
        assert_eq!(top(&[]), (1.0, None));
    }
}

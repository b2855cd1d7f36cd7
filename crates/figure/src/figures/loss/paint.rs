//! Draws the loss plot.

use crate::csv::Csv;
use crate::drawing::Figure;
use crate::facts::Entries;
use crate::page::{Anchor, Item, Page, Rect, Stroke, Text};
use crate::palette::{self, Paper, Rgb};
use crate::plot::{self, Axis, Key, Plot, Scale};
use crate::{Facts, Group, Interval, Look};
use hourglass_experiment::{Pen, Term};

use super::{Curve, Loss, SMOOTHING, Split, smoothed};

/// Points of a curve that are drawn: about three for each millimetre.
const MAX_POINTS: usize = 500;

/// Test curves of up to this many points show each of them.
const MAX_DOTS: usize = 60;

/// Share of the epochs whose lowest values may lie below the axis.
const BEGINNING: f64 = 0.02;

/// Classes whose colours other runs have, after the first of them.
const OTHERS: [u8; 3] = [6, 4, 8];

/// How many times longer a reference line may make the axis.
const MOST_STRETCH: f64 = 2.0;

/// The generator's term is weighted in the objective, and in nats beside the discriminator's: without its weight,
/// or not at all where the weight changed on the way.
fn in_units_of_group(loss: &Loss) -> Loss {
    let mut loss = loss.clone();
    if loss.group != Group::Adversary {
        return loss;
    }
    let Some(weight) = loss.generator_weight else {
        loss.curves.retain(|curve| curve.term != Term::Generator);
        return loss;
    };
    let of_generator = |curve: &&mut Curve| curve.term == Term::Generator;
    for curve in loss.curves.iter_mut().filter(of_generator) {
        for point in &mut curve.points {
            point[1] /= weight;
        }
    }
    loss
}

impl Figure for Loss {
    fn title(&self) -> String {
        "Training and test error".to_owned()
    }

    fn page(&self, facts: &Facts, look: &Look, title: &str) -> Page {
        page(self, facts, look, title)
    }

    fn table(&self, facts: &Facts, entries: &Entries) -> String {
        let columns = ["split", "term", "unit", "epoch", "value", "run"];
        let mut csv = Csv::new(entries, &columns);
        let own = self.curves.iter().map(|curve| (curve, &self.name));
        let others = self.others.iter();
        let others = others.flat_map(|run| run.curves.iter().map(|curve| (curve, &run.name)));
        for (curve, run) in own.chain(others) {
            let unit = facts.experiment.objective.unit(curve.term);
            for [epoch, value] in &curve.points {
                let row = [
                    curve.split.label(),
                    curve.term.key(),
                    unit.text(),
                    &epoch.to_string(),
                    &value.to_string(),
                    run,
                ];
                csv.row(row);
            }
        }
        csv.into_text()
    }
}

/// Draws it.
#[must_use]
fn page(loss: &Loss, facts: &Facts, look: &Look, title: &str) -> Page {
    let (mut page, room) = plot::begin(look, title, &facts.line());
    let paper = look.paper();
    let loss = &in_units_of_group(loss);
    let drawn = loss.drawn();
    let beside = beside(loss, look.dark);
    let top = legend(&mut page, look, loss, &drawn, &beside, room);
    let room = Rect::between([room.left, top], [room.right(), room.bottom()]);

    let mut terms: Vec<Term> = drawn.iter().map(|curve| curve.term).collect();
    terms.dedup();
    let mut title = loss.group.title(&facts.experiment, &terms);
    if loss.group == Group::Objective && terms.len() > 1 {
        title = format!("{}, {title}", loss.group.info().axis); // which was the unit alone
    }
    let of_others = beside.iter().map(|(curve, _)| *curve);
    let all: Vec<&Curve> = drawn.iter().copied().chain(of_others).collect();
    let y = Axis {
        scale: if loss.is_log {
            Scale::Log10
        } else {
            Scale::Linear
        },
        ..Axis::linear(
            title,
            loss.part
                .map_or_else(|| heights(loss, &all), |[_, values]| values),
        )
    };
    let epochs = all
        .iter()
        .flat_map(|curve| &curve.points)
        .map(|point| point[0]);
    let epochs = Interval::around(epochs).unwrap_or(Interval::new(0.0, 1.0));
    let epochs = Interval::new(epochs.min.floor(), epochs.max);
    let x = Axis::linear("epoch", loss.part.map_or(epochs, |[part, _]| part));
    let plot = plot::frame(&mut page, look, room, &x, &y, false);

    let mut items = Vec::new();
    for (curve, color) in &beside {
        let smooth = thinned(&loss.heights(&smooth(curve)), MAX_POINTS);
        let points = smooth.iter().map(|&point| plot.at(point)).collect();
        items.push(Item::Line(points, Stroke::new(*color, width(curve.split))));
    }
    for curve in &drawn {
        curve_items(loss, curve, paper, &plot, &mut items);
    }
    for (epoch, _) in &loss.marks {
        let [at, _] = plot.at([*epoch, plot.y.min]);
        let stroke = Stroke::new(paper.text_dim, 0.75).dashed(&[2.0, 2.0]);
        items.push(Item::Line(
            vec![[at, plot.area.top], [at, plot.area.bottom()]],
            stroke,
        ));
    }
    page.add(Item::Clipped(plot.area, items));
    marks(&mut page, look, &plot, &loss.marks);
    references(&mut page, look, loss, &plot);
    page
}

/// The curves of other runs with their colours: of each run a colour, fainter for its training images.
fn beside(loss: &Loss, dark: bool) -> Vec<(&Curve, Rgb)> {
    let paper = Paper::of(dark);
    let of = |(idx, run)| {
        let own = match idx {
            0 => paper.positive,
            idx => palette::class_rgb(dark, OTHERS[(idx - 1) % OTHERS.len()]),
        };
        loss.drawn_of(run).map(move |curve| {
            let color = match curve.split {
                Split::Train => palette::mix(paper.background, own, 0.5),
                Split::Test => own,
            };
            (curve, color)
        })
    };
    loss.others.iter().enumerate().flat_map(of).collect()
}

/// Width of the curves of other runs.
fn width(split: Split) -> f32 {
    match split {
        Split::Train => 0.9,
        Split::Test => 1.5,
    }
}

/// What holds the smooth curves and those reference lines that do not squeeze them.
fn heights(loss: &Loss, drawn: &[&Curve]) -> Interval {
    let points: Vec<[f64; 2]> = drawn
        .iter()
        .flat_map(|curve| loss.heights(&smooth(curve)))
        .collect();
    let of_curves = Interval::around(points.iter().map(|point| point[1]));
    let of_curves = of_curves.map(|all| {
        // A term that begins near zero leaves it within moments: the axis need not reach so far down.
        let end = points.iter().fold(0.0_f64, |end, point| end.max(point[0]));
        let later = points.iter().filter(|point| point[0] >= BEGINNING * end);
        let later = Interval::around(later.map(|point| point[1]));
        Interval::new(later.map_or(all.min, |later| later.min), all.max)
    });
    let of_curves = of_curves.unwrap_or(Interval::new(0.0, 1.0));
    let of_curves = if loss.is_log {
        of_curves
    } else {
        Interval::new(of_curves.min.min(0.0), of_curves.max)
    };
    let all = loss.references.iter().fold(of_curves, |all, line| {
        let at = loss.height(line.value);
        let with = Interval::new(all.min.min(at), all.max.max(at));
        if at.is_finite() && with.length() <= MOST_STRETCH * of_curves.length() {
            with
        } else {
            all
        }
    });
    if loss.is_log {
        all.padded(0.05)
    } else {
        Interval::new(all.min, all.max + 0.05 * all.length())
    }
}

/// Training curves are smoothed; test curves are means over many images already.
fn smooth(curve: &Curve) -> Vec<[f64; 2]> {
    match curve.split {
        Split::Train => smoothed(&curve.points, SMOOTHING),
        Split::Test => curve.points.clone(),
    }
}

fn curve_items(loss: &Loss, curve: &Curve, paper: &Paper, plot: &Plot, items: &mut Vec<Item>) {
    let color = color(loss.group, curve.term, curve.split, paper);
    let line = |points: &[[f64; 2]]| {
        points
            .iter()
            .map(|&point| plot.at(point))
            .collect::<Vec<_>>()
    };
    if curve.split == Split::Train && !loss.group.compares_networks() {
        let raw = envelope(&loss.heights(&curve.points), MAX_POINTS);
        items.push(Item::Line(line(&raw), Stroke::new(color, 0.6).faint(0.3)));
    }
    let smooth = thinned(&loss.heights(&smooth(curve)), MAX_POINTS);
    let (width, dashes) = pen(curve.term);
    let points = line(&smooth);
    if curve.split == Split::Test && points.len() <= MAX_DOTS && dashes.is_empty() {
        for [x, y] in &points {
            const R: f32 = 1.4;
            items.push(Item::Fill(
                Rect::between([x - R, y - R], [x + R, y + R]),
                color,
            ));
        }
    }
    let stroke = Stroke::new(color, width).dashed(dashes);
    items.push(Item::Line(points, stroke));
}

/// The colour of a curve: that of its split, or of its network where two are compared.
fn color(group: Group, term: Term, split: Split, paper: &Paper) -> Rgb {
    if group.compares_networks() {
        let of_network = if term.info().pen == Pen::Baseline {
            paper.text_dim
        } else {
            paper.positive
        };
        return match split {
            Split::Train => palette::mix(paper.background, of_network, 0.5),
            Split::Test => of_network,
        };
    }
    match split {
        Split::Train => paper.train,
        Split::Test => paper.test,
    }
}

/// Width and dashes of a term.
fn pen(term: Term) -> (f32, &'static [f32]) {
    match term.info().pen {
        Pen::Thick | Pen::Compared | Pen::Baseline => (1.5, &[]),
        Pen::Thin => (0.9, &[]),
        Pen::Dotted => (1.1, &[1.2, 2.4]),
        Pen::ShortDashes => (1.1, &[3.0, 2.0]),
        Pen::LongDashes => (1.1, &[6.0, 2.5]),
    }
}

/// Which colour and which line means what, in rows from the top of `room`. Gives where they end.
fn legend(
    page: &mut Page,
    look: &Look,
    loss: &Loss,
    drawn: &[&Curve],
    beside: &[(&Curve, Rgb)],
    room: Rect,
) -> f32 {
    let paper = look.paper();
    let mut keys: Vec<Key> = Vec::new();
    let mut add = |name: String, stroke: Stroke| {
        if !keys.iter().any(|known| known.name == name) {
            keys.push(Key::line(name, stroke));
        }
    };
    let mut terms: Vec<Term> = drawn.iter().map(|curve| curve.term).collect();
    terms.sort_unstable();
    terms.dedup();
    if loss.group.compares_networks() {
        for curve in drawn.iter().rev() {
            let name = format!("{}, {}", curve.term.label(), curve.split.label());
            let color = color(loss.group, curve.term, curve.split, paper);
            add(name, Stroke::new(color, 1.5));
        }
    } else {
        for split in Split::ALL {
            if drawn.iter().any(|curve| curve.split == split) {
                let name = match split {
                    Split::Train => "train (single steps faint, smoothed over about ten)",
                    Split::Test => "test",
                };
                let name = if beside.is_empty() {
                    name.to_owned()
                } else {
                    format!("{}, {name}", loss.name)
                };
                let color = color(loss.group, loss.group.main_term(), split, paper);
                add(name, Stroke::new(color, 1.5));
            }
        }
        for &term in terms.iter().filter(|_| terms.len() > 1) {
            let (width, dashes) = pen(term);
            add(
                term.label().to_owned(),
                Stroke::new(paper.text, width).dashed(dashes),
            );
        }
    }
    let names = loss.others.iter();
    let names = names.flat_map(|run| loss.drawn_of(run).map(|curve| (&run.name, curve.split)));
    for ((name, split), (_, color)) in names.zip(beside) {
        let name = format!("{name}, {}", split.label());
        keys.push(Key::line(name, Stroke::new(*color, width(split))));
    }
    plot::legend(page, look, keys, room)
}

/// Each line with its name at its right end, above it; one that is off the axis is left out.
fn references(page: &mut Page, look: &Look, loss: &Loss, plot: &Plot) {
    let (paper, t) = (look.paper(), look.type_sizes());
    let mut labels: Vec<f32> = Vec::new();
    for line in &loss.references {
        let height = loss.height(line.value);
        if !(height.is_finite() && plot.y.min <= height && height <= plot.y.max) {
            continue;
        }
        let [_, y] = plot.at([plot.x.min, height]);
        let stroke = Stroke::new(paper.text, 0.75).dashed(&[5.0, 3.0]);
        page.line([plot.area.left, y], [plot.area.right(), y], &stroke);
        // A name stands over its line; where two lines are close, the second name goes under.
        let is_near = |other: &f32| (other - (y - 3.0)).abs() < t.small * 1.1;
        let base = if labels.iter().any(is_near) || y - plot.area.top < t.small {
            y + t.small
        } else {
            y - 3.0
        };
        labels.push(base);
        let at = [plot.area.right() - 3.0, base];
        page.add(Item::Text(Text {
            anchor: Anchor::End,
            has_halo: true,
            ..Text::new(at, line.text(), t.small, paper.text)
        }));
    }
}

/// What changed, written upwards beside its line.
fn marks(page: &mut Page, look: &Look, plot: &Plot, marks: &[(f64, String)]) {
    let (paper, t) = (look.paper(), look.type_sizes());
    let seen = marks
        .iter()
        .filter(|(epoch, _)| (plot.x.min..=plot.x.max).contains(epoch));
    for (epoch, change) in seen {
        let [x, _] = plot.at([*epoch, plot.y.min]);
        let at = [x - 2.5, plot.area.top + 2.0];
        page.add(Item::Text(Text {
            anchor: Anchor::End,
            is_upright: true,
            has_halo: true,
            ..Text::new(at, change.clone(), t.small, paper.text_dim)
        }));
    }
}

/// About `max` points: of each stretch the lowest and the highest value, so that no peak is lost.
fn envelope(points: &[[f64; 2]], max: usize) -> Vec<[f64; 2]> {
    if points.len() <= max {
        return points.to_vec();
    }
    let stretches = points.chunks(points.len().div_ceil(max / 2));
    let ends = stretches.flat_map(|stretch| {
        let by_height = |a: &&[f64; 2], b: &&[f64; 2]| a[1].total_cmp(&b[1]);
        let ends = [
            stretch.iter().min_by(by_height),
            stretch.iter().max_by(by_height),
        ];
        let mut ends: Vec<[f64; 2]> = ends.into_iter().flatten().copied().collect();
        ends.sort_by(|a, b| a[0].total_cmp(&b[0]));
        ends
    });
    ends.collect()
}

/// Every n-th point, so that about `max` are left, the last among them.
fn thinned(points: &[[f64; 2]], max: usize) -> Vec<[f64; 2]> {
    let step = points.len().div_ceil(max).max(1);
    let last = points.len().saturating_sub(1);
    let kept = points.iter().enumerate();
    kept.filter(|(idx, _)| idx % step == 0 || *idx == last)
        .map(|(_, &point)| point)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinning_keeps_peaks_and_ends() {
        let mut points: Vec<[f64; 2]> = (0..10_000).map(|x| [f64::from(x), 1.0]).collect();
        points[5_003][1] = 9.0;
        let drawn = envelope(&points, 500);
        assert!(drawn.len() <= 502 && drawn.contains(&[5_003.0, 9.0]));
        assert!(drawn.windows(2).all(|pair| pair[0][0] <= pair[1][0]));
        let line = thinned(&points, 500);
        assert!(line.len() <= 502);
        assert_eq!((line.first(), line.last()), (points.first(), points.last()));
    }
}

//! The latent scatter: the code of every test image as a point of the plane.

use hourglass_experiment::LatentPrior;
use hourglass_protocol::{Axes, CodeTable, DataSetId, SampleIdx};

use crate::csv::Csv;
use crate::drawing::Figure;
use crate::facts::Entries;
use crate::font::{self, Weight};
use crate::marks::mixed;
use crate::page::{Item, Marks, Page, Rect, Stroke};
use crate::palette::{N_MARKS, Paper, class_rgb, class_shape};
use crate::plot::{self, Axis, Plot};
use crate::{Facts, Interval, Look, TypeSizes, number};

/// Marks are drawn in this many layers, each with every class, so that no class covers the others.
const N_LAYERS: usize = 10;

/// Room for the legend at the right, in pixels, with type of the usual size.
const LEGEND_WIDTH: f32 = 62.0;

/// Height of a line of the legend, in points.
const ROW: f32 = 15.0;
/// From the marks of a legend to the names.
const NAME_LEFT: f32 = 15.0;

/// Between the plot and its legend.
const LEGEND_GAP: f32 = 16.0;

/// Space around the points, as a share of their extent.
const PADDING: f64 = 0.03;

/// What a scatter shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Scatter {
    /// Every test image's code and place.
    pub table: CodeTable,
    /// Classes that are left out of the picture; the table has them, and says so.
    pub hidden: Vec<u8>,
    /// Samples that a person chose, for the table.
    pub selected: Vec<SampleIdx>,
    /// The part of the plane that is drawn, across and up; all of it if none.
    pub part: Option<[Interval; 2]>,
}

impl Figure for Scatter {
    fn title(&self) -> String {
        let n = number::count_of(self.table.labels.len());
        format!("Latent space of {n} test images")
    }

    fn page(&self, facts: &Facts, look: &Look, title: &str) -> Page {
        draw((&self.table, &self.hidden, self.part), facts, look, title)
    }

    fn table(&self, _: &Facts, entries: &Entries) -> String {
        let Scatter {
            table,
            hidden,
            selected,
            ..
        } = self;
        let of = match table.scatter.axes {
            Axes::Raw => "code unit",
            Axes::Pca { .. } | Axes::Turned { .. } => "principal component",
        };
        let [x, y] = table.scatter.pair.map(|axis| axis + 1);
        let [x, y] = [format!("x ({of} {x})"), format!("y ({of} {y})")];
        let first = [
            "sample",
            "label",
            &x,
            &y,
            "mse (per pixel)",
            "hidden",
            "selected",
        ];
        let units = (1..=table.size).map(|unit| format!("h{unit}"));
        let columns: Vec<String> = first.map(str::to_owned).into_iter().chain(units).collect();
        let mut csv = Csv::new(entries, &columns);
        let codes = table.codes.chunks_exact(table.size.max(1));
        for (idx, (sample, code)) in table.scatter.samples.iter().zip(codes).enumerate() {
            let label = table.labels[idx];
            let [x, y] = table.scatter.points[idx];
            let flag = |is: bool| u8::from(is).to_string();
            let first = [
                sample.to_string(),
                label.to_string(),
                x.to_string(),
                y.to_string(),
                table.mse_per_pixel[idx].to_string(),
                flag(hidden.contains(&label)),
                flag(selected.contains(sample)),
            ];
            csv.row(first.into_iter().chain(code.iter().map(f32::to_string)));
        }
        csv.into_text()
    }
}

/// Draws the points of a table but for the hidden classes; all of them, or those of a part of the plane.
#[must_use]
pub fn draw(
    (table, hidden, part): (&CodeTable, &[u8], Option<[Interval; 2]>),
    facts: &Facts,
    look: &Look,
    title: &str,
) -> Page {
    let points = &table.scatter.points;
    let (mut page, room) = plot::begin(look, title, &facts.line());
    let shown: Vec<usize> = (0..points.len())
        .filter(|&idx| !hidden.contains(&table.labels[idx]))
        .collect();
    let prior = outline_of(facts, table.scatter.axes);
    let ends = |axis: usize| {
        if let Some(part) = part {
            return part[axis];
        }
        let of_points = shown.iter().map(|&idx| f64::from(points[idx][axis]));
        let of_prior = prior.iter().flatten().map(|point| f64::from(point[axis]));
        let interval = Interval::around(of_points.chain(of_prior));
        interval.unwrap_or(Interval::new(-1.0, 1.0)).padded(PADDING)
    };
    let [x, y] = axis_titles(table.scatter.axes, table.scatter.pair);
    let [x, y] = [Axis::linear(x, ends(0)), Axis::linear(y, ends(1))];
    let (paper, t) = (look.paper(), look.type_sizes());
    let left = room.within([
        0.0,
        0.0,
        legend_width(facts.data, LEGEND_WIDTH, t, room.height),
        0.0,
    ]);
    let plot = plot::frame(&mut page, look, left, &x, &y, true);
    let positions = shown.iter().map(|&idx| {
        let sample = points[idx].map(f64::from);
        (table.labels[idx], plot.at(sample))
    });
    // Of a part of the plane, only what lies in it is drawn.
    let positions = positions.filter(|(_, at)| part.is_none() || plot.area.contains(*at));
    let positions: Vec<(u8, [f32; 2])> = positions.collect();
    let radius = radius(positions.len(), &plot);
    cloud(&mut page, look.dark, radius, &positions);
    outline(&mut page, paper, &plot, &prior);
    let place = (
        plot.area.right() + 16.0,
        plot.area.top + t.room(4.0),
        room.height,
    );
    class_legend(&mut page, look, facts.data, place, hidden);
    page
}

/// The points in layers, mixed.
pub fn cloud(page: &mut Page, dark: bool, radius: f32, points: &[(u8, [f32; 2])]) {
    let last = points.iter().map(|&(label, _)| label).max().unwrap_or(0);
    let mixed: Vec<(u8, [f32; 2])> = mixed(points.len()).map(|place| points[place]).collect();
    for layer in mixed.chunks(mixed.len().div_ceil(N_LAYERS).max(1)) {
        for class in 0..=last.max(N_MARKS - 1) {
            let of_class = layer.iter().filter(|(label, _)| *label == class);
            page.add(Item::Marks(Marks {
                class,
                shape: class_shape(class),
                radius,
                color: class_rgb(dark, class),
                points: of_class.map(|&(_, at)| at).collect(),
            }));
        }
    }
}

/// Lines of the prior over the points; a dense cloud would hide them.
pub fn outline(page: &mut Page, paper: &Paper, plot: &Plot, lines: &[Vec<[f32; 2]>]) {
    let lines = lines.iter().map(|line| {
        let points = line.iter().map(|point| plot.at(point.map(f64::from)));
        Item::Line(points.collect(), Stroke::new(paper.text, 0.8).faint(0.7))
    });
    let lines: Vec<Item> = lines.collect();
    if !lines.is_empty() {
        page.add(Item::Clipped(plot.area, lines));
    }
}

/// The outline of the prior, where the plane is two units of the code.
#[must_use]
pub fn outline_of(facts: &Facts, axes: Axes) -> Vec<Vec<[f32; 2]>> {
    let code_size = facts.experiment.architecture.code_size();
    let prior = facts.experiment.objective.prior.distribution();
    let prior = prior.filter(|prior| axes == Axes::Raw && prior.shows_in_two_of(code_size));
    prior.map_or_else(Vec::new, LatentPrior::outline)
}

/// Room for the legend of a picture that high: at least so much, and enough for the longest name in each of its columns.
#[must_use]
pub fn legend_width(id: DataSetId, least: f32, t: TypeSizes, height: f32) -> f32 {
    let n_columns = id.n_classes().div_ceil(legend_rows(t, height)).max(1);
    t.room(least).max(n_columns as f32 * column_width(id, t))
}

/// Room for a class of the legend.
fn column_width(id: DataSetId, t: TypeSizes) -> f32 {
    let names = id.spec().classes.iter();
    let widths = names.map(|name| font::width(name, t.label, Weight::Regular));
    t.room(NAME_LEFT) + widths.fold(0.0, f32::max) + LEGEND_GAP
}

/// Classes below one another; more begin another column.
fn legend_rows(t: TypeSizes, height: f32) -> usize {
    /// Rows for the heading, and for the names of those that are hidden.
    const OTHERS: usize = 4;
    ((height / t.room(ROW)) as usize)
        .saturating_sub(OTHERS)
        .max(1)
}

/// Colour and shape of each class, downwards from a place; the hidden ones are left out and named.
pub fn class_legend(
    page: &mut Page,
    look: &Look,
    id: DataSetId,
    (left, top, height): (f32, f32, f32),
    hidden: &[u8],
) {
    let (paper, t) = (look.paper(), look.type_sizes());
    let row = t.room(ROW);
    let n_rows = legend_rows(t, height);
    let heading = match id.spec().class_noun {
        Some("digit") => "Digit",
        _ => "Class",
    };
    page.text([left, top + t.room(4.0)], heading, t.small, paper.text_dim);
    let shown: Vec<u8> = id
        .classes()
        .filter(|class| !hidden.contains(class))
        .collect();
    for (place, &class) in shown.iter().enumerate() {
        let left = left + (place / n_rows) as f32 * column_width(id, t);
        let y = top + (place % n_rows + 1) as f32 * row;
        page.add(Item::Marks(Marks {
            class,
            shape: class_shape(class),
            radius: t.room(3.8),
            color: class_rgb(look.dark, class),
            points: vec![[left + t.room(4.0), y]],
        }));
        let at = [left + t.room(NAME_LEFT), y + t.label * 0.36];
        page.text(at, id.class_name(class), t.label, paper.text);
    }
    let mut y = top + (shown.len().min(n_rows) + 1) as f32 * row;
    if !hidden.is_empty() {
        let hidden: Vec<String> = hidden.iter().map(|&class| id.class_name(class)).collect();
        for line in ["not shown:", &hidden.join(", ")] {
            y += t.room(11.0);
            page.text([left, y], line, t.small, paper.text_dim);
        }
    }
}

/// Small enough that ten thousand marks are a cloud, large enough that a hundred can be seen.
#[must_use]
pub fn radius(n_points: usize, plot: &Plot) -> f32 {
    let Rect { width, height, .. } = plot.area;
    let room_each = width * height / (n_points.max(1) as f32);
    (0.38 * room_each.sqrt()).clamp(1.3, 4.0)
}

/// What the two axes show, with the share of variance or the name of the unit.
#[must_use]
pub fn axis_titles(axes: Axes, pair: [usize; 2]) -> [String; 2] {
    match axes {
        // A single unit is drawn over itself.
        Axes::Raw => pair.map(|unit| format!("code unit {}", unit + 1)),
        Axes::Pca { explained } | Axes::Turned { explained } => [0, 1].map(|axis| {
            let percent = 100.0 * explained[axis];
            format!(
                "principal component {} ({percent:.1} % of variance)",
                pair[axis] + 1
            )
        }),
    }
}

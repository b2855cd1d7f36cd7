//! What many runs reached: a figure of theirs over a setting, every seed as a faint point, their medians joined.

use std::path::Path;

use crate::csv::Csv;
use crate::error::{FigureError, UnknownEnding};
use crate::facts::Entries;
use crate::format::Format;
use crate::interval::Interval;
use crate::look::Look;
use crate::page::{Anchor, Item, Marks, Page, Rect, Stroke, Text};
use crate::palette::{self, ClassShape, Rgb};
use crate::plot::{self, Axis, Key, Plot, Scale};
use crate::size::Size;

/// Its usual size.
pub const SIZE: Size = Size::Millimetres([140.0, 90.0]);

/// As what it is written.
pub const FORMATS: [Format; 4] = [Format::Png, Format::Svg, Format::Pdf, Format::Csv];

/// Values that span more than this many times the least of them are drawn by their logarithms.
const LOG_SPAN: f64 = 15.0;

/// Lines after which colours and marks begin again.
const N_PENS: usize = 100;

/// Radius of a run and of a median, in pixels.
const RUN: f32 = 2.2;
const MEDIAN: f32 = 3.4;

/// A quantity along an axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quantity {
    /// In the table.
    pub key: String,
    /// For people.
    pub label: String,
}

/// The runs of one value of the setting.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// The setting.
    pub x: f64,
    /// What each run reached, by its seed.
    pub runs: Vec<(u64, f64)>,
    /// Their median.
    pub median: f64,
}

/// The runs that share their other settings.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What tells them from the others; empty if nothing does.
    pub name: String,
    /// Rising in the setting.
    pub points: Vec<Point>,
}

/// What many runs reached.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepFigure {
    /// What they are, in a line.
    pub from: String,
    pub x: Quantity,
    pub y: Quantity,
    pub lines: Vec<Line>,
    /// What PCA reaches, by the setting.
    pub baseline: Vec<[f64; 2]>,
    /// Whether both axes count evenly, whatever the values span.
    pub is_linear: bool,
}

impl SweepFigure {
    /// As what a file is to be written, by its ending.
    ///
    /// # Errors
    /// When no format has that ending.
    pub fn format_of(path: &Path) -> Result<Format, UnknownEnding> {
        Format::among(path, &FORMATS, "sweep")
    }

    /// Its own title.
    #[must_use]
    pub fn title(&self) -> String {
        let Self { x, y, .. } = self;
        let mut title = format!("{} over {}", y.label, x.label);
        if let Some(first) = title.get(..1).map(str::to_uppercase) {
            title.replace_range(..1, &first);
        }
        title
    }

    /// The file of the figure.
    ///
    /// # Errors
    /// When it is too large.
    pub fn file(&self, format: Format, look: &Look) -> Result<Vec<u8>, FigureError> {
        let own = look.title.as_ref().filter(|title| !title.trim().is_empty());
        let title = own.cloned().unwrap_or_else(|| self.title());
        let entries = vec![
            ("Title", title.clone()),
            ("Description", self.from.clone()),
            (
                "Software",
                concat!("Hourglass ", env!("CARGO_PKG_VERSION")).to_owned(),
            ),
        ];
        match format {
            Format::Csv => Ok(self.table(&entries).into_bytes()),
            format => crate::written(format, &self.page(look, &title), look, &entries),
        }
    }

    fn table(&self, entries: &Entries) -> String {
        let columns = ["group", &self.x.key, "seed", &self.y.key];
        let mut csv = Csv::new(entries, &columns);
        for line in &self.lines {
            for point in &line.points {
                let x = point.x.to_string();
                for (seed, value) in &point.runs {
                    csv.row([&line.name, &x, &seed.to_string(), &value.to_string()]);
                }
                csv.row([&line.name, &x, "median", &point.median.to_string()]);
            }
        }
        for [x, value] in &self.baseline {
            csv.row(["PCA", &x.to_string(), "", &value.to_string()]);
        }
        csv.into_text()
    }

    /// Colours and marks of classes, which stay apart in every theme and for every eye.
    fn pen(&self, idx: usize, look: &Look) -> Pen {
        let class = u8::try_from(idx % N_PENS).unwrap_or_default();
        let color = if self.lines.len() == 1 {
            look.paper().test
        } else {
            palette::class_rgb(look.dark, class)
        };
        Pen {
            class,
            shape: palette::class_shape(class),
            color,
        }
    }

    /// Draws it.
    #[must_use]
    pub fn page(&self, look: &Look, title: &str) -> Page {
        let (mut page, room) = plot::begin(look, title, &self.from);
        let paper = look.paper();
        let pens: Vec<Pen> = (0..self.lines.len())
            .map(|idx| self.pen(idx, look))
            .collect();
        let keys = self.lines.iter().zip(&pens).map(|(line, pen)| Key {
            name: match line.name.as_str() {
                "" => "median over the seeds; each run faint".to_owned(),
                name => name.to_owned(),
            },
            stroke: Stroke::new(pen.color, 1.5),
            shape: Some(pen.shape),
        });
        let top = plot::legend(&mut page, look, keys.collect(), room);
        let room = Rect::between([room.left, top], [room.right(), room.bottom()]);

        let points = || self.lines.iter().flat_map(|line| &line.points);
        let of_baseline = self.baseline.iter();
        let xs = points().map(|point| point.x);
        let values = points().flat_map(|point| point.runs.iter().map(|(_, value)| *value));
        let ys = values.chain(of_baseline.map(|[_, value]| *value));
        let (x_axis, across) = axis(&self.x.label, xs, self.is_linear, true);
        let (y_axis, up) = axis(&self.y.label, ys, self.is_linear, false);
        let plot = plot::frame(&mut page, look, room, &x_axis, &y_axis, false);
        let at = |[x, y]: [f64; 2]| plot.at([across(x), up(y)]);

        let mut items = Vec::new();
        let ends: Vec<[f32; 2]> = self.baseline.iter().map(|&point| at(point)).collect();
        if !ends.is_empty() {
            let stroke = Stroke::new(paper.text, 0.75).dashed(&[5.0, 3.0]);
            items.push(Item::Line(ends.clone(), stroke));
        }
        for (line, pen) in self.lines.iter().zip(&pens) {
            let runs = line.points.iter().flat_map(|point| {
                let values = point.runs.iter();
                values.map(|(_, value)| at([point.x, *value]))
            });
            let faint = palette::mix(paper.background, pen.color, 0.45);
            items.push(pen.marks(RUN, faint, runs.collect()));
            let medians = line.points.iter();
            let medians: Vec<[f32; 2]> = medians.map(|point| at([point.x, point.median])).collect();
            items.push(Item::Line(medians.clone(), Stroke::new(pen.color, 1.5)));
            items.push(pen.marks(MEDIAN, pen.color, medians));
        }
        page.add(Item::Clipped(plot.area, items));
        name_baseline(&mut page, look, &plot, &ends);
        page
    }
}

/// How a line is drawn.
struct Pen {
    class: u8,
    shape: ClassShape,
    color: Rgb,
}

impl Pen {
    fn marks(&self, radius: f32, color: Rgb, points: Vec<[f32; 2]>) -> Item {
        Item::Marks(Marks {
            class: self.class,
            shape: self.shape,
            radius,
            color,
            points,
        })
    }
}

/// "PCA" at the higher end of its line, above it, so that the line falls away from its name.
fn name_baseline(page: &mut Page, look: &Look, plot: &Plot, ends: &[[f32; 2]]) {
    let (Some(&first), Some(&last)) = (ends.first(), ends.last()) else {
        return;
    };
    let (paper, t) = (look.paper(), look.type_sizes());
    let is_falling = first[1] < last[1]; // on a page, down is more
    let ([x, y], anchor) = if is_falling {
        (first, Anchor::Start)
    } else {
        (last, Anchor::End)
    };
    let above = y - t.room(4.0);
    let base = if above - plot.area.top < t.small {
        y + t.small
    } else {
        above
    };
    page.add(Item::Text(Text {
        anchor,
        has_halo: true,
        ..Text::new(
            [x, base],
            "PCA with as many components",
            t.small,
            paper.text,
        )
    }));
}

/// An axis that holds these values, and where a value lies on it: by its logarithm where they span much, or a
/// person chose them evenly by it, as 4, 8, 16 are.
fn axis(
    label: &str,
    values: impl Iterator<Item = f64>,
    is_linear: bool,
    are_chosen: bool,
) -> (Axis, impl Fn(f64) -> f64) {
    let mut values: Vec<f64> = values.filter(|value| value.is_finite()).collect();
    values.sort_by(f64::total_cmp);
    values.dedup_by(|a, b| a.total_cmp(b).is_eq());
    let all = Interval::around(values.iter().copied()).unwrap_or(Interval::new(0.0, 1.0));
    let is_positive = values.first().is_some_and(|&least| least > 0.0);
    let spans_much = || all.max / all.min > LOG_SPAN;
    let is_log = !is_linear && is_positive && (spans_much() || are_chosen && is_geometric(&values));
    let place = move |value: f64| if is_log { value.log10() } else { value };
    let interval = Interval::new(place(all.min), place(all.max)).padded(0.05);
    let scale = if is_log { Scale::Log10 } else { Scale::Linear };
    let axis = Axis {
        scale,
        ..Axis::linear(label, interval)
    };
    (axis, place)
}

/// Whether each of some rising values is the one before it times the same factor.
fn is_geometric(rising: &[f64]) -> bool {
    /// By how much of it the factors may differ: settings are rounded.
    const TOLERANCE: f64 = 0.1;
    let factors = rising.iter().zip(rising.iter().skip(1));
    let factors: Vec<f64> = factors.map(|(a, b)| b / a).collect();
    let Some(&first) = factors.first() else {
        return false;
    };
    let is_alike = |factor: &f64| (factor - first).abs() <= TOLERANCE * (first - 1.0);
    factors.len() > 1 && first > 1.0 + TOLERANCE && factors.iter().all(is_alike)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::USUAL_TYPE;

    fn figure() -> SweepFigure {
        let quantity = |key: &str, label: &str| Quantity {
            key: key.to_owned(),
            label: label.to_owned(),
        };
        let point = |x: f64, values: [f64; 3]| Point {
            x,
            runs: values
                .iter()
                .copied()
                .zip(1..)
                .map(|(value, seed)| (seed, value))
                .collect(),
            median: values[1],
        };
        let line = |name: &str, scale: f64| Line {
            name: name.to_owned(),
            points: vec![
                point(2.0, [0.05, 0.06, 0.07].map(|value| scale * value)),
                point(64.0, [0.01, 0.011, 0.012].map(|value| scale * value)),
            ],
        };
        SweepFigure {
            from: "basic-32 · MNIST · 12 runs".to_owned(),
            x: quantity("code", "code size"),
            y: quantity("test.mse_per_pixel", "test MSE per pixel"),
            lines: vec![line("l1=1e-4", 1.0), line("l1=0.01", 2.0)],
            baseline: vec![[2.0, 0.056], [64.0, 0.009]],
            is_linear: false,
        }
    }

    #[test]
    fn the_table_has_every_run_its_median_and_the_baseline() {
        let figure = figure();
        assert_eq!(figure.title(), "Test MSE per pixel over code size");
        let table = figure.table(&vec![("Title", "A".to_owned())]);
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines[1], "group,code,seed,test.mse_per_pixel");
        assert_eq!(lines[2], "l1=1e-4,2,1,0.05");
        assert_eq!(lines[5], "l1=1e-4,2,median,0.06");
        assert_eq!(lines.last(), Some(&"PCA,64,,0.009"));
        assert_eq!(lines.len(), 2 + 2 * 2 * 4 + 2);
    }

    #[test]
    fn an_axis_counts_by_logarithms_where_the_values_do() {
        let scale =
            |values: &[f64], is_linear| axis("", values.iter().copied(), is_linear, true).0.scale;
        assert_eq!(scale(&[4.0, 8.0, 16.0, 32.0], false), Scale::Log10);
        assert_eq!(scale(&[4.0, 8.0, 12.0, 16.0], false), Scale::Linear);
        assert_eq!(scale(&[1e-4, 1e-3, 1e-2], false), Scale::Log10);
        assert_eq!(scale(&[1e-4, 1e-3, 1e-2], true), Scale::Linear);
        assert_eq!(scale(&[0.0, 1e-3, 1e-2], false), Scale::Linear);
        assert_eq!(scale(&[5.0], false), Scale::Linear);
        assert_eq!(scale(&[], false), Scale::Linear);
    }

    #[test]
    fn every_run_lies_within_the_axes_and_the_medians_are_joined() {
        let figure = figure();
        let look = Look {
            size: SIZE,
            scale: 1.0,
            type_points: USUAL_TYPE,
            dark: false,
            title: None,
        };
        let page = figure.page(&look, "Title");
        let clipped = page.items.iter().find_map(|item| match item {
            Item::Clipped(area, items) => Some((area, items)),
            _ => None,
        });
        let (area, items) = clipped.expect("the plot");
        let dots = items.iter().filter_map(|item| match item {
            Item::Marks(marks) => Some(marks.points.clone()),
            _ => None,
        });
        let dots: Vec<[f32; 2]> = dots.flatten().collect();
        assert_eq!(dots.len(), 2 * 2 * (3 + 1), "three runs and their median");
        assert!(dots.iter().all(|&dot| area.contains(dot)), "{dots:?}");
        let joined = items
            .iter()
            .filter(|item| matches!(item, Item::Line(points, _) if points.len() == 2));
        assert_eq!(joined.count(), 3, "two groups and PCA");
        for format in [Format::Svg, Format::Png, Format::Pdf, Format::Csv] {
            assert!(!figure.file(format, &look).expect("a file").is_empty());
        }
    }
}

//! The frame of a plot: title and experiment above, axes with round ticks, and where a value lies on the page.

use super::font::{self, Weight};
use super::page::{Anchor, Item, Marks, Page, Rect, Stroke, Text, wrapped};
use super::palette::{ClassShape, Rgb};
use super::ticks::{self, Tick};
use super::type_sizes::TypeSizes;
use super::{Interval, Look};

/// Margin of a page, in pixels.
pub const MARGIN: f32 = 12.0;

/// Length of a tick, in pixels.
const TICK: f32 = 3.5;

/// How an axis counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Evenly.
    Linear,
    /// As log₁₀ of its values, which the interval holds.
    Log10,
}

/// One axis of a plot.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// What it shows, with the unit.
    pub title: String,
    /// The stretch it shows.
    pub interval: Interval,
    /// How it counts.
    pub scale: Scale,
}

impl Axis {
    /// An axis that counts evenly.
    #[must_use]
    pub fn linear(title: impl Into<String>, interval: Interval) -> Self {
        Self {
            title: title.into(),
            interval,
            scale: Scale::Linear,
        }
    }

    fn ticks(&self, length: f32, label: f32) -> Vec<Tick> {
        match self.scale {
            Scale::Linear => ticks::linear(self.interval, length, label),
            Scale::Log10 => ticks::log10(self.interval, length, label),
        }
    }
}

/// Where the values of a plot lie on its page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plot {
    /// Between the axes.
    pub area: Rect,
    /// What the horizontal axis shows.
    pub x: Interval,
    /// What the vertical axis shows.
    pub y: Interval,
}

impl Plot {
    /// Where a point lies on the page.
    #[must_use]
    pub fn at(&self, [x, y]: [f64; 2]) -> [f32; 2] {
        let share = |value: f64, interval: Interval| (value - interval.min) / interval.length();
        let [across, up] = [share(x, self.x), share(y, self.y)];
        let [across, up] = [across as f32, up as f32];
        [
            self.area.left + across * self.area.width,
            self.area.bottom() - up * self.area.height,
        ]
    }
}

/// Begins a page: the title, under it where the numbers are from; without a title neither. Gives what is left of the
/// page.
#[must_use]
pub fn begin(look: &Look, title: &str, from: &str) -> (Page, Rect) {
    let (paper, t) = (look.paper(), look.type_sizes());
    let mut page = Page::new(look.size.in_pixels(), paper.background);
    let room = page.rect().within([MARGIN; 4]);
    if title.is_empty() {
        return (page, room);
    }
    let mut y = room.top + t.title * 0.8;
    page.add(Item::Text(Text {
        weight: Weight::SemiBold,
        ..Text::new([room.left, y], title, t.title, paper.text)
    }));
    y += t.room(3.0);
    for line in wrapped(from, t.small, room.width) {
        y += t.small * 1.3;
        page.text([room.left, y], line, t.small, paper.text_dim);
    }
    let body = Rect::between([room.left, y + t.room(10.0)], [room.right(), room.bottom()]);
    (page, body)
}

/// A line of a legend.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    pub name: String,
    pub stroke: Stroke,
    /// The mark on the line, if its points have one.
    pub shape: Option<ClassShape>,
}

impl Key {
    /// Of a line without marks.
    #[must_use]
    pub fn line(name: impl Into<String>, stroke: Stroke) -> Self {
        Self {
            name: name.into(),
            stroke,
            shape: None,
        }
    }
}

/// Which line means what, in rows from the top of `room`. Gives where they end.
#[must_use]
pub fn legend(page: &mut Page, look: &Look, keys: Vec<Key>, room: Rect) -> f32 {
    let (paper, t) = (look.paper(), look.type_sizes());
    let (swatch, row) = (t.room(20.0), t.room(15.0));
    let [mut x, mut y] = [room.left, room.top + t.room(4.0)];
    for key in keys {
        let width = swatch + 5.0 + font::width(&key.name, t.small, Weight::Regular);
        if x > room.left && x + width > room.right() {
            x = room.left;
            y += row;
        }
        page.line([x, y], [x + swatch, y], &key.stroke);
        if let Some(shape) = key.shape {
            page.add(Item::Marks(Marks {
                class: 0,
                shape,
                radius: t.room(3.2),
                color: key.stroke.color,
                points: vec![[x + swatch / 2.0, y]],
            }));
        }
        let at = [x + swatch + 5.0, y + t.small * 0.36];
        page.text(at, key.name, t.small, paper.text);
        x += width + t.room(16.0);
    }
    y + t.room(12.0)
}

/// Draws the frame of a plot into a part of a page. With `equal_units` the axes grow until a unit is as long on
/// both.
#[must_use]
pub fn frame(
    page: &mut Page,
    look: &Look,
    room: Rect,
    x: &Axis,
    y: &Axis,
    equal_units: bool,
) -> Plot {
    let (paper, t) = (look.paper(), look.type_sizes());
    let (mut x, mut y) = (x.clone(), y.clone());
    let below = TICK + t.small + t.room(4.0) + line_height(&x.title, t);
    let height = (room.height - below - t.small / 2.0).max(1.0);
    // How much room labels need depends on the stretch, which depends on the room: the second time they agree.
    for _ in 0..2 {
        let left = left_of(&y, height, t);
        let width = (room.width - left - t.small).max(1.0);
        if equal_units {
            let [across, up] = [f64::from(width), f64::from(height)];
            let unit = (x.interval.length() / across).max(y.interval.length() / up);
            x.interval = x.interval.with_length(unit * across);
            y.interval = y.interval.with_length(unit * up);
        }
    }
    let left = left_of(&y, height, t);
    let plot = Plot {
        area: Rect {
            left: room.left + left,
            top: room.top + t.small / 2.0,
            width: (room.width - left - t.small).max(1.0),
            height,
        },
        x: x.interval,
        y: y.interval,
    };
    horizontal(page, look, &plot, &x, room);
    vertical(page, look, &plot, &y, room);
    let [left, bottom] = [plot.area.left, plot.area.bottom()];
    let axis = Stroke::new(paper.text, 0.75);
    page.line([left, plot.area.top], [left, bottom], &axis);
    page.line([left, bottom], [plot.area.right(), bottom], &axis);
    plot
}

fn line_height(title: &str, t: TypeSizes) -> f32 {
    if title.is_empty() { 0.0 } else { t.label * 1.4 }
}

/// Room for ticks, their labels and the title of a vertical axis.
fn left_of(y: &Axis, height: f32, t: TypeSizes) -> f32 {
    let labels = y.ticks(height, t.room(LABEL_HEIGHT));
    let widths = labels.iter().filter_map(|tick| tick.label.as_deref());
    let widths = widths.map(|label| font::width(label, t.small, Weight::Regular));
    line_height(&y.title, t) + widths.fold(0.0, f32::max) + TICK + 6.0
}

/// Distance of labels of the usual size on a vertical axis, in pixels.
const LABEL_HEIGHT: f32 = 22.0;

/// Distance of labels of the usual size on a horizontal axis, in pixels.
const LABEL_WIDTH: f32 = 48.0;

/// Ticks without a label are shorter.
fn length_of(tick: &Tick) -> f32 {
    if tick.label.is_some() {
        TICK
    } else {
        TICK * 0.55
    }
}

fn horizontal(page: &mut Page, look: &Look, plot: &Plot, x: &Axis, room: Rect) {
    let (paper, t) = (look.paper(), look.type_sizes());
    let bottom = plot.area.bottom();
    for tick in x.ticks(plot.area.width, t.room(LABEL_WIDTH)) {
        let [at, _] = plot.at([tick.at, plot.y.min]);
        let length = length_of(&tick);
        if tick.label.is_some() {
            page.line(
                [at, plot.area.top],
                [at, bottom],
                &Stroke::new(paper.grid, 0.6),
            );
        }
        page.line(
            [at, bottom],
            [at, bottom + length],
            &Stroke::new(paper.text, 0.75),
        );
        if let Some(label) = tick.label {
            let y = bottom + TICK + t.small;
            page.text_at([at, y], label, t.small, paper.text, Anchor::Middle);
        }
    }
    let [middle, _] = plot.area.center();
    let at = [middle, room.bottom() - 2.0];
    page.text_at(at, x.title.clone(), t.label, paper.text, Anchor::Middle);
}

fn vertical(page: &mut Page, look: &Look, plot: &Plot, y: &Axis, room: Rect) {
    let (paper, t) = (look.paper(), look.type_sizes());
    let left = plot.area.left;
    for tick in y.ticks(plot.area.height, t.room(LABEL_HEIGHT)) {
        let [_, at] = plot.at([plot.x.min, tick.at]);
        let length = length_of(&tick);
        if tick.label.is_some() {
            page.line(
                [left, at],
                [plot.area.right(), at],
                &Stroke::new(paper.grid, 0.6),
            );
        }
        page.line(
            [left - length, at],
            [left, at],
            &Stroke::new(paper.text, 0.75),
        );
        if let Some(label) = tick.label {
            let at = [left - TICK - 3.0, at + t.small * 0.36];
            page.text_at(at, label, t.small, paper.text, Anchor::End);
        }
    }
    // A long title of large type is set smaller, so that all of it can be read.
    let length = font::width(&y.title, t.label, Weight::Regular);
    let size = t.label * (room.height / length.max(1.0)).min(1.0);
    let middle = plot.area.center()[1];
    let ends = [room.top, room.bottom()].map(|end| (middle - end).abs());
    let past_the_end = (0.5 * length.min(room.height) - ends[0].min(ends[1])).max(0.0);
    let middle = middle
        + if ends[0] < ends[1] {
            past_the_end
        } else {
            -past_the_end
        };
    let at = [room.left + t.label * 0.8, middle];
    page.add(Item::Text(Text {
        anchor: Anchor::Middle,
        is_upright: true,
        ..Text::new(at, y.title.clone(), size, paper.text)
    }));
}

/// A strip that says which colour stands for which value, from left to right, with a label at its start, its middle
/// and its end.
pub fn color_bar(
    page: &mut Page,
    look: &Look,
    bar: Rect,
    labels: [&str; 3],
    color: impl Fn(f32) -> Rgb,
) {
    const STEPS: u8 = 128;
    let (paper, t) = (look.paper(), look.type_sizes());
    let steps = (0..STEPS).map(|step| f32::from(step) / f32::from(STEPS - 1) * 2.0 - 1.0);
    let edge = Stroke::new(paper.border, 0.6);
    page.image(bar, usize::from(STEPS), steps.map(color).collect(), &edge);
    let y = bar.bottom() + t.small;
    for (label, x, anchor) in [
        (labels[0], bar.left, Anchor::Start),
        (labels[1], bar.center()[0], Anchor::Middle),
        (labels[2], bar.right(), Anchor::End),
    ] {
        page.text_at([x, y], label, t.small, paper.text_dim, anchor);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Labelled ticks of an even axis are multiples of 1, 2 or 5 · 10ᵏ, all within it, and as far apart as asked.
        #[test]
        fn even_ticks_are_tidy(min in -1e4..1e4_f64, length in 1e-3..1e4_f64) {
            let axis = Axis::linear("", Interval::new(min, min + length));
            let ticks = axis.ticks(400.0, 40.0);
            prop_assert!(ticks.len() >= 2, "{ticks:?}");
            let step = ticks[1].at - ticks[0].at;
            let mantissa = step / 10_f64.powf(step.log10().floor());
            let is_round = [1.0, 2.0, 5.0, 10.0].iter().any(|round| (mantissa - round).abs() < 1e-4);
            prop_assert!(is_round, "step {step}");
            for pair in ticks.windows(2) {
                prop_assert!((pair[1].at - pair[0].at - step).abs() < 1e-6 * step);
            }
            for tick in &ticks {
                let whole = tick.at / step;
                prop_assert!((whole - whole.round()).abs() < 1e-3, "{} is no multiple of {step}", tick.at);
                prop_assert!(tick.at >= min - 1e-5 * step && tick.at <= min + length + 1e-5 * step);
            }
            prop_assert!(step / length * 400.0 >= 39.9, "labels {} apart", step / length * 400.0);
        }

        /// On a logarithmic axis every decade has its tick.
        #[test]
        fn decades_have_ticks(min in -6.0..2.0_f64, length in 1.0..8.0_f64) {
            let axis = Axis { scale: Scale::Log10, ..Axis::linear("", Interval::new(min, min + length)) };
            let ticks = axis.ticks(300.0, LABEL_HEIGHT);
            let decades = min.ceil() as i32..=(min + length).floor() as i32;
            for decade in decades {
                let found = ticks.iter().any(|tick| (tick.at - f64::from(decade)).abs() < 1e-9);
                prop_assert!(found, "10^{decade} has no tick");
            }
        }
    }
}

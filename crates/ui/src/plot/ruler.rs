//! The ticks of one axis on their way through `egui_plot`, which asks for the grid first, then for the labels.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use egui::{Painter, Rangef, Ui};
use egui_plot::{GridInput, GridMark};

use super::{Interval, Tick};
use crate::theme::{self, space};

/// Distances in points over which the library makes a grid line stronger. From one point on, so that
/// [`GridInput::base_step_size`] is what a point is worth.
pub const GRID_SPACING: Rangef = Rangef {
    min: 1.0,
    max: 101.0,
};
/// Distance that we tell the library for lines with a label: full strength.
const LABELLED_POINTS: f64 = 200.0;
/// Distance that we tell the library for the fine lines between: 45 percent.
const FINE_POINTS: f64 = 46.0;

/// The ticks of an axis: made when the library asks for the grid, looked up when it asks for the labels.
pub struct Ruler<'a> {
    make: MakeTicks<'a>,
    label_points: f32,
    /// How far before the end the title of the axis starts, in points; 0 without a title.
    title_points: f32,
    /// The horizontal axis below a vertical one.
    below: Option<Rc<Self>>,
    ticks: RefCell<Vec<Tick>>,
    shown: Cell<Interval>,
    length_points: Cell<f32>,
    painter: Painter,
}

impl<'a> Ruler<'a> {
    /// A ruler whose labels need `label_points` each.
    pub fn new(ui: &Ui, make: MakeTicks<'a>, label_points: f32) -> Self {
        Self {
            make,
            label_points,
            title_points: 0.0,
            below: None,
            ticks: RefCell::default(),
            shown: Cell::new(Interval::new(0.0, 1.0)),
            length_points: Cell::new(0.0),
            painter: ui.painter().clone(),
        }
    }

    /// Leaves room for a title at the end.
    pub fn ending_before(mut self, title: &str) -> Self {
        if !title.is_empty() {
            self.title_points = width(&self.painter, title) + space::S;
        }
        self
    }

    /// Keeps out of the corner where the labels of `below` may stand.
    pub fn on_top_of(mut self, below: &Rc<Self>) -> Self {
        self.below = Some(Rc::clone(below));
        self
    }

    /// The grid lines.
    pub fn marks(&self, input: &GridInput) -> Vec<GridMark> {
        let interval = Interval::new(input.bounds.0, input.bounds.1);
        let length_points = (interval.length() / input.base_step_size) as f32;
        let ticks = (self.make)(interval, length_points, self.label_points);
        let marks = ticks.iter().map(|tick| {
            let points = match &tick.label {
                Some(_) => LABELLED_POINTS,
                None => FINE_POINTS,
            };
            GridMark {
                value: tick.at,
                step_size: points * input.base_step_size,
            }
        });
        let marks = marks.collect();
        self.shown.set(interval);
        self.length_points.set(length_points);
        self.ticks.replace(ticks);
        marks
    }

    /// What a tick of a horizontal axis says; nothing where the title stands.
    pub fn x_label(&self, mark: GridMark) -> String {
        let label = self.label(mark);
        let points_left = self.length_points.get() - self.place(mark.value);
        let is_free = points_left >= self.title_points + width(&self.painter, &label) / 2.0;
        if is_free || self.title_points == 0.0 {
            label
        } else {
            String::new()
        }
    }

    /// What a tick of a vertical axis says; nothing in a corner that is taken.
    pub fn y_label(&self, mark: GridMark) -> String {
        let half_line = theme::text::size::SMALL / 2.0;
        let in_corner = self.place(mark.value) < half_line;
        if in_corner
            && self
                .below
                .as_ref()
                .is_some_and(|below| below.takes_corner())
        {
            return String::new();
        }
        self.label(mark)
    }

    /// Whether a label reaches under those of the vertical axis.
    fn takes_corner(&self) -> bool {
        let ticks = self.ticks.borrow();
        let first = ticks.iter().find(|tick| tick.label.is_some());
        first.is_some_and(|tick| {
            let width = tick
                .label
                .as_ref()
                .map_or(0.0, |label| width(&self.painter, label));
            self.place(tick.at) - width / 2.0 < -space::XS
        })
    }

    /// What a tick says; nothing for fine lines.
    fn label(&self, mark: GridMark) -> String {
        let ticks = self.ticks.borrow();
        let is_marked = |tick: &&Tick| tick.at.total_cmp(&mark.value).is_eq();
        let tick = ticks.iter().find(is_marked);
        tick.and_then(|tick| tick.label.clone()).unwrap_or_default()
    }

    /// How far from the start of the axis a number lies, in points.
    fn place(&self, at: f64) -> f32 {
        let shown = self.shown.get();
        let share = ((at - shown.min) / shown.length()) as f32;
        share * self.length_points.get()
    }
}

/// The width of small text, in points.
pub fn width(painter: &Painter, text: &str) -> f32 {
    let font = theme::regular(theme::text::size::SMALL);
    let galley = painter.layout_no_wrap(text.to_owned(), font, theme::TRANSPARENT);
    galley.size().x
}

/// Ticks for a stretch of an axis, given its length and the room that a label needs, both in points.
pub type MakeTicks<'a> = &'a (dyn Fn(Interval, f32, f32) -> Vec<Tick> + 'a);

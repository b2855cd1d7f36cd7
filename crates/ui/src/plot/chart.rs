//! One plot in the colours and the type of the theme.

use std::rc::Rc;

use egui::emath::GuiRounding as _;
use egui::{
    Align, Align2, Label, Layout, Rangef, Sense, Stroke, TextStyle, Ui, UiBuilder, Vec2, vec2,
};
use egui_plot::{AxisHints, Plot, PlotMemory, PlotResponse, PlotUi};

use super::ruler::{self, MakeTicks, Ruler};
use super::{Bounds, Follow, View};
use crate::legend;
use crate::theme::{self, space};

/// What a chart shows of the plane.
pub enum Range<'a> {
    /// This.
    Fixed(Bounds),
    /// What holds the data, until someone drags or zooms.
    Free {
        /// What holds the data.
        fit: Bounds,
        /// What is shown.
        view: &'a mut View,
        /// How fast that follows the data.
        follow: Follow,
        /// Whether a unit is as long on both axes.
        equal_units: bool,
    },
}

/// A plot that fills the space there is. Its margins depend on the font alone, so that nothing moves when
/// numbers change and plots above each other line up.
pub struct Chart<'a> {
    /// Tells it from its neighbours.
    pub id_salt: &'a str,
    /// What the horizontal axis shows, with its unit, from long to short: the first that leaves room for the
    /// ticks is shown. The title of the other axis stands above, see [`heading`].
    pub x_titles: &'a [&'a str],
    /// Ticks of the horizontal axis.
    pub x_ticks: MakeTicks<'a>,
    /// Ticks of the vertical axis.
    pub y_ticks: MakeTicks<'a>,
    /// What is shown.
    pub range: Range<'a>,
}

/// The line above a chart: the title of its vertical axis, and controls from right to left at the end. Where
/// both do not fit, the title is what gives way.
pub fn heading(ui: &mut Ui, title: &str, controls: impl FnOnce(&mut Ui)) {
    ui.spacing_mut().item_spacing.y = 2.0;
    let size = vec2(ui.available_width(), legend::HEIGHT);
    let layout = Layout::right_to_left(Align::Center);
    ui.allocate_ui_with_layout(size, layout, |ui| {
        controls(ui);
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let title = theme::dim(ui, title);
            ui.add(Label::new(title).truncate());
        });
    });
}

/// The width of the title in a heading with some room before controls, in points.
#[must_use]
pub fn heading_width(ui: &Ui, title: &str) -> f32 {
    ruler::width(ui.painter(), title) + space::M
}

impl<'a> Chart<'a> {
    /// Draws the axes and what `add_items` adds. More can be painted on top within the frame of the
    /// response's transform.
    pub fn show(
        self,
        ui: &mut Ui,
        add_items: impl FnOnce(&mut PlotUi<'a>) + 'a,
    ) -> PlotResponse<()> {
        let rect = ui
            .available_rect_before_wrap()
            .round_to_pixels(ui.pixels_per_point());
        ui.advance_cursor_after_rect(rect);
        let builder = UiBuilder::new().id_salt(self.id_salt).max_rect(rect);
        let mut inside = ui.new_child(builder);
        // Axis lines at the left and below take the place of the library's frame.
        inside.visuals_mut().widgets.noninteractive.bg_stroke = Stroke::NONE;
        let x_title = self.x_title(&inside);
        let response = self.show_plot(&mut inside, add_items);
        paint_axis_lines(ui, &response, x_title);
        response
    }

    fn x_title(&self, ui: &Ui) -> &'a str {
        /// Share of the axis that its title may take.
        const MOST: f32 = 0.35;
        let room = MOST * (ui.available_width() - margins(ui).x);
        let mut titles = self.x_titles.iter().copied();
        titles
            .find(|title| ruler::width(ui.painter(), title) <= room)
            .unwrap_or("")
    }

    fn show_plot(
        self,
        ui: &mut Ui,
        add_items: impl FnOnce(&mut PlotUi<'a>) + 'a,
    ) -> PlotResponse<()> {
        let margins = margins(ui);
        let id = ui.make_persistent_id(self.id_salt);
        let plot = self.dressed(ui, margins).id(id);
        match self.range {
            Range::Fixed(bounds) => within(plot, bounds)
                .sense(Sense::hover())
                .allow_drag(false)
                .allow_zoom(false)
                .allow_axis_zoom_drag(false)
                .allow_double_click_reset(false)
                .show(ui, move |plot| {
                    plot.set_auto_bounds(true);
                    add_items(plot);
                }),
            Range::Free {
                mut fit,
                view,
                follow,
                equal_units,
            } => {
                if equal_units {
                    fit = fit.with_equal_units(ui.available_size() - margins);
                }
                let mut plot = within(plot, view.follow(ui.ctx(), fit, follow));
                if equal_units {
                    plot = plot.data_aspect(1.0);
                }
                // A plot that moved to another place of the window is a new one to the library.
                let is_new = view.is_new() || PlotMemory::load(ui.ctx(), id).is_none();
                if is_new {
                    plot = plot.reset(); // what was chosen before means something else now
                }
                let response = plot.show(ui, move |plot| {
                    if is_new {
                        plot.set_auto_bounds(true);
                    }
                    zoom_by_wheel(plot);
                    add_items(plot);
                });
                view.remember(ui.ctx(), id, &response.transform);
                response
            }
        }
    }

    /// The library's plot in our clothes.
    fn dressed(&self, ui: &Ui, margins: Vec2) -> Plot<'a> {
        let tokens = theme::tokens_of(ui);
        let line = ui.text_style_height(&TextStyle::Small);
        let x_title = self.x_title(ui);
        // Labels as far apart as reads well.
        let x = Rc::new(Ruler::new(ui, self.x_ticks, 4.2 * line).ending_before(x_title));
        let y = Rc::new(Ruler::new(ui, self.y_ticks, 1.9 * line).on_top_of(&x));
        let [x_labels, y_labels] = [Rc::clone(&x), Rc::clone(&y)];
        let hints = |axis: AxisHints<'a>, thickness: f32| {
            axis.min_thickness(thickness)
                .label_spacing(Rangef::new(0.0, 1.0)) // the ticks have found their distance
                .tick_label_color(tokens.text_dim)
                .tick_label_font(TextStyle::Small.resolve(ui.style()))
        };
        let x_hints =
            hints(AxisHints::new_x(), margins.y).formatter(move |mark, _| x_labels.x_label(mark));
        let y_hints =
            hints(AxisHints::new_y(), margins.x).formatter(move |mark, _| y_labels.y_label(mark));
        Plot::new(self.id_salt)
            .min_size(Vec2::splat(1.0))
            .grid_color(tokens.grid)
            .grid_fade(1.0)
            .grid_spacing(ruler::GRID_SPACING)
            .x_grid_spacer(move |input| x.marks(&input))
            .y_grid_spacer(move |input| y.marks(&input))
            .custom_x_axes(vec![x_hints])
            .custom_y_axes(vec![y_hints])
            .show_x(false)
            .show_y(false)
            .allow_scroll(false) // the wheel zooms
            .allow_boxed_zoom(false)
    }
}

/// While the bounds are automatic, shows these.
fn within(plot: Plot<'_>, bounds: Bounds) -> Plot<'_> {
    let Bounds { x, y } = bounds;
    plot.default_x_bounds(x.min, x.max)
        .default_y_bounds(y.min, y.max)
}

/// Room at the left for labels of up to seven digits, and below for a line, in whole pixels.
fn margins(ui: &Ui) -> Vec2 {
    let line = ui.text_style_height(&TextStyle::Small);
    vec2(2.9 * line, line + 2.0).round_to_pixels(ui.pixels_per_point())
}

fn zoom_by_wheel(plot: &mut PlotUi<'_>) {
    let scrolled = plot.ctx().input(|input| input.smooth_scroll_delta().y);
    if scrolled != 0.0 && plot.response().contains_pointer() {
        // A notch of the wheel is about 50 points: a factor of 1.22.
        plot.zoom_bounds_around_hovered(Vec2::splat((scrolled / 250.0).exp()));
    }
}

fn paint_axis_lines(ui: &Ui, response: &PlotResponse<()>, x_title: &str) {
    let tokens = theme::tokens_of(ui);
    let frame = *response.transform.frame();
    let line = Stroke::new(1.0, tokens.border);
    let painter = ui.painter();
    painter.hline(frame.x_range(), frame.bottom(), line);
    painter.vline(frame.left(), frame.y_range(), line);
    let font = TextStyle::Small.resolve(ui.style());
    let at = frame.right_bottom();
    painter.text(at, Align2::RIGHT_TOP, x_title, font, tokens.text_dim);
}

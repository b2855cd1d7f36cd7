//! The panel of the filters: weights of encoder and decoder as tiles, and the maps a digit leaves in a layer.

mod bank;
mod grid;
mod interact;
mod layout;

use std::sync::Arc;

use egui::{ComboBox, Role, Slider, Ui, WidgetInfo, vec2};

use super::action::Action;
use super::pane::Pane;
use super::panel::Panel;
use super::plot::heading;
use super::segmented::{Segment, named, segmented};
use super::theme::{self, space};
use super::{card, followed, number, signed_legend};
use bank::{Bank, FilterScale, FilterSort, FilterSource, signed};
use grid::{FilterGrid, FilterLook};
use hourglass_experiment::LayerName;
use hourglass_experiment::network::{Connection, Link, Network, Place, Shape, Tile};
use hourglass_protocol::{DataSetId, FilterRequest, ProbeRequest, Snapshot};
use hourglass_state::{LabState, RunView};

/// Sides of a tile, in points.
const SIDES: std::ops::RangeInclusive<f32> = 20.0..=120.0;

/// Height of the line below the tiles, in points, and the least height with which it is shown.
const FOOTER: f32 = 26.0;
const LEAST_WITH_FOOTER: f32 = 90.0;

#[derive(Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct FiltersPanel {
    options: FiltersOptions,
    #[serde(skip)]
    kept: FiltersScene,
}

/// What is shown, and how.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
struct FiltersOptions {
    connection: Connection,
    shown: FilterAspect,
    scale: FilterScale,
    sort: FilterSort,
    side: f32,
}

impl Default for FiltersOptions {
    fn default() -> Self {
        Self {
            connection: Connection::Encoder(0),
            shown: FilterAspect::default(),
            scale: FilterScale::default(),
            sort: FilterSort::default(),
            side: 42.0,
        }
    }
}

/// What is shown of a layer of maps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
enum FilterAspect {
    #[default]
    Weights,
    /// What the digit that is followed makes of it.
    Maps,
}

/// What is kept from frame to frame.
#[derive(Default)]
struct FiltersScene {
    /// The layer that another view chose, until it is known which connection that is.
    wanted: Option<LayerName>,
    grid: FilterGrid,
}

impl FiltersPanel {
    /// Shows what belongs to this layer from the next frame on.
    pub fn choose(&mut self, layer: LayerName) {
        self.kept.wanted = Some(layer);
    }
}

impl Panel for FiltersPanel {
    /// Shows the weights of the run in progress.
    fn ui(&mut self, ui: &mut Ui, view: RunView<'_>, actions: &mut Vec<Action>) {
        let state = view.state;
        let Self { options, kept } = self;
        let network = state.run.as_ref().map(|run| Network::new(&run.experiment));
        let Some(network) = network else {
            let appears = "what each unit looks for and draws appears here";
            let body = |ui: &mut Ui| card::before_model(ui, state, appears);
            card::card(ui, Pane::Filters.title(), |_| {}, body);
            return;
        };
        if let Some(layer) = kept.wanted.take() {
            options.connection = network.filters_of(layer).unwrap_or(options.connection);
        }
        let link = network.link(options.connection);
        let Some(link) = link.or_else(|| network.pictured_links().next()) else {
            return;
        };
        options.connection = link.connection;
        let layer = layer_of_maps(&network, link);
        let shows_maps = layer.is_some() && options.shown == FilterAspect::Maps;
        let (mut connection, mut shown) = (options.connection, options.shown);
        let mut edited = *options;
        card::card(
            ui,
            Pane::Filters.title(),
            |ui| {
                layer_choice(ui, &mut connection, &network, link);
                if layer.is_some() {
                    let clicked = shown_choice(ui, options.shown);
                    shown = clicked.unwrap_or(shown);
                }
                if shows_maps {
                    followed::choice(ui, state, actions);
                }
            },
            |ui| {
                let snapshot = state.run.as_ref().and_then(|run| run.snapshot.as_ref());
                let source = snapshot.and_then(|snapshot| {
                    source(snapshot, state, link, layer.filter(|_| shows_maps))
                });
                let data = state.dataset.as_ref().map(|dataset| dataset.id);
                let what = title(&network, link, source.as_ref(), data);
                let bank = source.as_ref().and_then(|source| source.bank(&network));
                if let Some((source, bank)) = source.as_ref().zip(bank) {
                    body(ui, &what, source, &bank, &mut edited, kept);
                } else {
                    let text = format!("{} is being computed", link.label());
                    card::empty(ui, &text, "This takes a moment");
                }
            },
        );
        *options = FiltersOptions {
            connection,
            shown,
            ..edited
        };
    }

    fn look(&self, state: &LabState, request: &mut ProbeRequest) {
        if state.run.is_some() {
            request.filters = Some(FilterRequest {
                connection: self.options.connection,
                all_scales: self.options.scale == FilterScale::All,
            });
        }
        request.followed = Some(state.followed);
    }
}

/// The layer whose maps can be shown instead of weights.
fn layer_of_maps(network: &Network, link: &Link) -> Option<LayerName> {
    let Place::Layer(layer) = link.pictured() else {
        return None;
    };
    let shape = network.node(link.pictured())?.shape;
    shape.maps().map(|_| layer)
}

/// The newest look, if it is what is asked for.
fn source(
    snapshot: &Snapshot,
    state: &LabState,
    link: &Link,
    maps_of: Option<LayerName>,
) -> Option<FilterSource> {
    let means = snapshot.unit_means.as_ref();
    let means = means
        .filter(|means| means.connection == link.connection)
        .map(Arc::clone);
    if let Some(layer) = maps_of {
        let flow = snapshot.flow.as_ref();
        let flow = flow.filter(|flow| flow.sample == state.followed)?;
        return Some(FilterSource::Maps(Arc::clone(flow), layer, means));
    }
    let view = snapshot.filters.as_ref();
    let view = view.filter(|view| view.connection == link.connection)?;
    Some(FilterSource::Weights(Arc::clone(view), means))
}

/// The choice of the weights.
fn layer_choice(ui: &mut Ui, chosen: &mut Connection, network: &Network, link: &Link) {
    ui.spacing_mut().interact_size.y = 21.0; // as high as the choices in other headers
    ui.spacing_mut().button_padding.y = 1.0;
    let room = ui.available_width();
    let text = link.label();
    let combo = ComboBox::from_id_salt("filters")
        .icon(theme::chevron)
        .width(room.min(110.0))
        .truncate()
        .selected_text(theme::dim(ui, &text))
        .show_ui(ui, |ui| {
            for link in network.pictured_links() {
                ui.selectable_value(chosen, link.connection, link.label());
            }
        });
    combo.response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ComboBox, ui.is_enabled(), "Weights of");
        info.current_text_value = Some(text.clone());
        info
    });
    combo
        .response
        .on_hover_text("Layer whose weights are shown: what its units look for, or what they draw");
}

fn shown_choice(ui: &mut Ui, shown: FilterAspect) -> Option<FilterAspect> {
    let segments = [
        Segment {
            value: FilterAspect::Weights,
            text: "kernels",
            help: "The weights that produce each map",
        },
        Segment {
            value: FilterAspect::Maps,
            text: "maps",
            help: "The maps of this layer for the followed test image",
        },
    ];
    segmented(ui, "Shown", shown, &segments)
}

/// What the tiles are, in a line above them.
fn title(
    network: &Network,
    link: &Link,
    source: Option<&FilterSource>,
    data: Option<DataSetId>,
) -> String {
    let shape = |place| network.node(place).map(|node| node.shape);
    if let Some(FilterSource::Maps(flow, ..)) = source {
        let Some(maps) = shape(link.pictured()).and_then(Shape::maps) else {
            return String::new();
        };
        let shown = data.map_or_else(|| "image".to_owned(), |id| id.class_title(flow.label));
        return format!(
            "{} maps of {}×{} · {shown}, test image {}",
            maps.channels, maps.height, maps.width, flow.sample
        );
    }
    let n = shape(link.pictured()).map_or(0, Shape::n_parts);
    let n = number::count_of(n);
    let paints = matches!(link.connection, Connection::Decoder(_));
    match link.tile {
        Some(Tile::Pixels) if paints => format!("what each of {n} units draws"),
        Some(Tile::Pixels) => format!("what each of {n} units looks for"),
        Some(Tile::LinearPath) if paints => format!("{n} units · linear path to the pixels"),
        Some(Tile::LinearPath) => format!("{n} units · linear path from the pixels"),
        Some(Tile::Kernels) => {
            let inputs = shape(link.from).map_or(0, Shape::n_parts);
            let side = link.kernel();
            if inputs == 1 {
                format!("{n} kernels of {side}×{side}")
            } else {
                format!(
                    "{side}×{side} kernels · {n} output maps (rows) × {inputs} input maps (columns)"
                )
            }
        }
        Some(Tile::Maps) => format!("{n} units (rows) × input maps (columns)"),
        None => String::new(),
    }
}

fn body(
    ui: &mut Ui,
    what: &str,
    source: &FilterSource,
    bank: &Bank<'_>,
    options: &mut FiltersOptions,
    kept: &mut FiltersScene,
) {
    heading(ui, what, |ui| {
        let clicked = named(ui, "colours per", "Colour scale", options.scale, &SCALES);
        options.scale = clicked.unwrap_or(options.scale);
        let clicked = segmented(ui, "Order", options.sort, &SORTS);
        options.sort = clicked.unwrap_or(options.sort);
    });
    let look = FilterLook {
        scale: options.scale,
        sort: options.sort,
        side: options.side.clamp(*SIDES.start(), *SIDES.end()),
    };
    let room = ui.available_size();
    let has_footer = room.y >= LEAST_WITH_FOOTER;
    let footer = if has_footer { FOOTER + space::XS } else { 0.0 };
    let upper = vec2(room.x, (room.y - footer).max(0.0));
    let name = format!("{what}, {} tiles; arrow keys choose one", bank.len());
    let told = ui
        .allocate_ui(upper, |ui| {
            ui.set_min_size(upper);
            kept.grid.show(ui, &name, source, bank, look)
        })
        .inner;
    if has_footer {
        ui.add_space(space::XS);
        show_footer(ui, bank, told, options);
    }
}

const SCALES: [Segment<'static, FilterScale>; 3] = [
    Segment {
        value: FilterScale::Tile,
        text: "tile",
        help: "The colours of each tile end at its largest value, so faint tiles are visible too",
    },
    Segment {
        value: FilterScale::Layer,
        text: "layer",
        help: "One scale for the layer; for weights it ends at the 99.5th percentile",
    },
    Segment {
        value: FilterScale::All,
        text: "all",
        help: "One scale for all layers, the widest of them",
    },
];

const SORTS: [Segment<'static, FilterSort>; 3] = [
    Segment {
        value: FilterSort::Index,
        text: "index",
        help: "Tiles in the order of the layer",
    },
    Segment {
        value: FilterSort::Norm,
        text: "norm",
        help: "Largest norm first: the square root of the sum of squares",
    },
    Segment {
        value: FilterSort::Activity,
        text: "activity",
        help: "The unit that is most active over the test images first",
    },
];

/// Legend, what is told of a tile, and the size of tiles.
fn show_footer(ui: &mut Ui, bank: &Bank<'_>, told: Option<usize>, options: &mut FiltersOptions) {
    ui.horizontal(|ui| {
        ui.set_height(FOOTER);
        let is_known = options.scale != FilterScale::Tile || told.is_some();
        let ends = if is_known {
            let end = bank.end(options.scale, told.unwrap_or(0));
            [signed(-end), signed(end)]
        } else {
            ["−max".to_owned(), "max".to_owned()]
        };
        let help = match options.scale {
            FilterScale::Tile => "Each tile has its own scale; point at a tile to see its ends",
            FilterScale::Layer => "The scale of this layer: few values lie beyond its ends",
            FilterScale::All => "One scale for all layers",
        };
        signed_legend::show(ui, [&ends[0], &ends[1]], help);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if ui.available_width() > 110.0 {
                size_slider(ui, options);
            }
            let text = told.map(|tile| {
                let facts = bank.facts(tile).join(" · ");
                format!("{} · {facts}", bank.name(tile))
            });
            if let Some(text) = text {
                card::caption(ui, &text);
            }
        });
    });
}

fn size_slider(ui: &mut Ui, options: &mut FiltersOptions) {
    ui.scope(|ui| {
        ui.spacing_mut().slider_width = 80.0;
        theme::slider_style(ui);
        let slider = Slider::new(&mut options.side, SIDES).show_value(false);
        ui.add(slider)
            .on_hover_text("Size of the tiles")
            .accessible_name("Tile size");
    });
}

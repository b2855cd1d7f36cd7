//! The application: owns the worker's handle, the state and the panels.
//!
//! [`App::tick`] takes in what the worker reports, [`App::show`] draws, and [`App::perform`] is the one place
//! where an action becomes a message. The window never waits for the worker.

mod backup;
mod comparing;
mod costs;
mod dialog;
mod dropped;
mod events;
mod export;
mod farewell;
mod fonts;
mod graphics;
mod guide;
mod icon;
mod image_reader;
mod keep;
mod memory;
mod outbox;
mod pace;
mod path_question;
mod perform;
mod picture;
mod skipped;
mod typed;
mod user_images;
mod window;

use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, Instant};

use egui::{CentralPanel, Context, Event, Frame, Panel, RawInput, Ui, ViewportCommand};

use hourglass_experiment::{Experiment, PresetId};
use hourglass_protocol::{DataSource, DeviceChoice};
use hourglass_state::{LabState, Session};
use hourglass_train::threads;
use hourglass_ui::Sheet;
use hourglass_ui::command_palette::CommandPalette;
use hourglass_ui::data_page::DataPage;
use hourglass_ui::experiment_panel::{ExperimentPanel, rail};
use hourglass_ui::export::ExportDialog;
use hourglass_ui::help::Help;
use hourglass_ui::layout::Layout;
use hourglass_ui::lessons::Course;
use hourglass_ui::notices::{Notes, Views};
use hourglass_ui::panels::Panels;
use hourglass_ui::top_bar::{ThreadFacts, TopBar, WindowFacts};
use hourglass_ui::tour::{self, Place, Tour};
use hourglass_ui::{
    Action, banner, compare, drop_overlay, left_behind, previous, question, replay, shortcuts,
    theme,
};
use hourglass_worker::{Wake, Worker};

use backup::{Backups, Keeping};
use costs::millis_since_start;
use export::{Exporter, Previewer};
use fonts::LastResort;
use graphics::Graphics;
use image_reader::UserImageFiles;
use outbox::Outbox;
use pace::Pace;
use path_question::Dialog;
use picture::Picture;

pub use backup::unsaved_runs_folder;
pub use costs::{WindowCosts, note_start, peak_memory_mib};
pub use dropped::Opened;
pub use farewell::Farewells;
pub use graphics::Loss;
pub use picture::{PictureError, PictureOptions};
pub use window::{Display, Look, Renderer, WindowError, WindowOptions, run};

/// Makes a worker; called at the start and after each crash.
pub type SpawnWorker = Rc<dyn Fn(Wake) -> Worker>;

/// Width of the experiment panel at first and its limits, in points.
const EXPERIMENT_WIDTH: f32 = 316.0;
const EXPERIMENT_WIDTHS: std::ops::RangeInclusive<f32> = 290.0..=460.0;
/// Width of the rail that it is folded into, in points.
const RAIL_WIDTH: f32 = 44.0;

/// Time in which things glide from one state to the next, where frames are cheap.
const GLIDE_SECS: f32 = 0.12;

/// What the window starts with.
#[derive(Clone, Debug, PartialEq)]
pub struct StartOptions {
    /// Where the digits come from.
    pub data: DataSource,
    /// The experiment asked for on the command line; the remembered one when absent.
    pub experiment: Option<Experiment>,
    /// The device asked for; the worker was told so already.
    pub device: DeviceChoice,
    /// User images to open, files or folders.
    pub user_images: Vec<PathBuf>,
    /// The folder of the run to continue; a new one is started if absent.
    pub run: Option<PathBuf>,
    /// Whether it trains as soon as it has a run.
    pub trains: bool,
    /// Where unsaved runs are backed up; nowhere if absent.
    pub backups: Option<PathBuf>,
    /// Time between two backups of a run that learns, if it is not to be the usual one.
    pub backup_every: Option<Duration>,
    /// Whether the processor imitates the graphics card that draws the window.
    pub draws_in_software: bool,
    /// The graphics adapters that can be chosen to train on.
    pub adapters: Vec<(String, DeviceChoice)>,
    /// What the window has to say first.
    pub warning: Option<String>,
}

impl Default for StartOptions {
    fn default() -> Self {
        Self {
            data: DataSource::Auto,
            experiment: None,
            device: DeviceChoice::Auto,
            user_images: Vec::new(),
            run: None,
            trains: false,
            backups: None,
            backup_every: None,
            draws_in_software: false,
            adapters: Vec::new(),
            warning: None,
        }
    }
}

impl StartOptions {
    /// Starts with a preset.
    #[must_use]
    pub fn with_preset(self, preset: PresetId) -> Self {
        Self {
            experiment: Some(preset.preset().experiment()),
            ..self
        }
    }
}

/// What explains the program, and the search.
#[derive(Debug, Default)]
struct Guide {
    /// The sheet over the right of the window.
    sheet: Option<Sheet>,
    /// The search over everything.
    commands: CommandPalette,
    /// How far a person is in the lessons.
    course: Course,
    /// The bubbles that show a newcomer around.
    tour: Tour,
    /// The scale before it was raised for a projector.
    scale_before: Option<f32>,
    /// A lesson had its view fill the window, for room; all views come back when it ends.
    has_enlarged: bool,
}

/// The application.
pub struct App {
    spawn_worker: SpawnWorker,
    wake: Wake,
    pace: Pace,
    /// None after a crash, until the restart.
    worker: Option<Worker>,
    last_resort: LastResort,
    outbox: Outbox,
    state: LabState,
    exporter: Exporter,
    previewer: Previewer,
    dialog: Dialog,
    user_images: UserImageFiles,
    keeping: Keeping,

    window: WindowFacts,
    help: Help,
    guide: Guide,
    top_bar: TopBar,
    experiment_panel: ExperimentPanel,
    comparison_panel: ExperimentPanel,
    layout: Layout,
    panels: Panels,
    notes: Notes,
    export: ExportDialog,
    data_page: DataPage,
    /// The picture that this window is only there for, if it is.
    picture: Option<Picture>,
    /// The device that draws the window.
    graphics: Graphics,
    /// What it was started to do, as soon as it has a run.
    first: Option<Action>,
    /// Whether a frame was drawn.
    has_drawn: bool,
}

impl App {
    /// Starts a worker and asks it for data; fonts and themes are installed, and what is found in `storage`
    /// is restored.
    #[must_use]
    pub fn new(
        ctx: &Context,
        storage: Option<&dyn eframe::Storage>,
        start: StartOptions,
        spawn_worker: SpawnWorker,
    ) -> Self {
        theme::install(ctx);
        let last_resort = LastResort::default();
        last_resort.install(ctx);
        ctx.options_mut(|options| options.zoom_with_keyboard = false); // the window remembers its own scale
        let pace = Pace::new(start.draws_in_software);
        let wake = {
            let ctx = ctx.clone();
            let pace = pace.clone();
            Wake::new(move || ctx.request_repaint_after(pace.interval())) // the earliest request counts
        };
        let mut app = Self {
            worker: None,
            wake,
            pace,
            spawn_worker,
            outbox: Outbox::default(),
            last_resort,
            state: LabState::default(),
            exporter: Exporter::default(),
            previewer: Previewer::default(),
            dialog: Dialog::default(),
            user_images: UserImageFiles::default(),
            keeping: Keeping::new(Backups::new(start.backups).every(start.backup_every)),
            window: WindowFacts {
                theme: egui::ThemePreference::System,
                scale: 1.0,
                device: start.device,
                threads: ThreadFacts::default(),
                exporting: None,
                presents: false,
                glides: true,
            },
            help: Help::default(),
            guide: Guide::default(),
            top_bar: TopBar::default(),
            experiment_panel: ExperimentPanel::default(),
            comparison_panel: ExperimentPanel::of_comparison(),
            layout: Layout::default(),
            panels: Panels::default(),
            notes: Notes::default(),
            export: ExportDialog::default(),
            data_page: DataPage::default(),
            picture: None,
            graphics: Graphics::default(),
            first: start.trains.then_some(Action::Train),
            has_drawn: false,
        };
        app.data_page.ask(&start.data);
        app.state.session = Session::new(start.data, start.run);
        if let Some(storage) = storage {
            app.restore(storage);
        }
        app.window.threads.in_use = threads::in_use().get();
        app.window.threads.available = threads::available().get();
        if let Some(experiment) = start.experiment {
            app.state.draft = experiment;
        }
        app.look_for_left_behind();
        ctx.set_theme(app.window.theme);
        ctx.set_zoom_factor(app.window.scale);
        theme::set_presenting(ctx, app.window.presents);
        app.state.adapters = start.adapters;
        if let Some(warning) = start.warning {
            app.state.notices.warning(warning);
        }
        app.start_worker();
        if !start.user_images.is_empty() {
            app.read_pictures(start.user_images);
        }
        app
    }

    /// What the window knows.
    #[must_use]
    pub fn state(&self) -> &LabState {
        &self.state
    }

    /// Takes in what the worker reports; called before each frame, also while the window is hidden.
    pub fn tick(&mut self, ctx: &Context) {
        self.state.notices.set_clock(ctx.input(|input| input.time));
        if self.drain_events() {
            ctx.request_repaint(); // there is more, but the frame must not wait for it
        }
        if let Some(action) = self.take_answer() {
            self.perform(ctx, action);
        }
        self.take_user_images();
        self.follow_export();
        self.keep_watch(ctx);
        if self.state.run.is_some()
            && let Some(action) = self.first.take()
        {
            self.perform(ctx, action);
        }
        if let Some(picture) = &mut self.picture
            && let Some(action) = picture.step(ctx, &self.state)
        {
            self.perform(ctx, action);
        }
        self.look();
        self.send_waiting();
        if !self.outbox.is_empty() {
            ctx.request_repaint_after(Duration::from_millis(30));
        }
    }

    /// Draws the window and performs the actions pushed in it.
    pub fn show(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx().clone();
        let mut actions = dropped::pushed(&ctx, &mut self.state.notices);
        shortcuts::listen(&ctx, &self.state, self.switches(), &mut actions);
        let Self {
            state,
            window,
            help,
            top_bar,
            experiment_panel,
            comparison_panel,
            layout,
            panels,
            notes,
            export,
            data_page,
            guide,
            ..
        } = self;
        replay::listen(&ctx, state, &mut actions);
        top_bar.ui(ui, state, *window, notes, &mut actions);
        banner::crash(ui, state, &mut actions);
        banner::not_backed_up(ui, state, &mut actions);
        left_behind::offer(ui, state, &mut actions);
        previous::offer(ui, state, &mut actions);
        compare::strip(ui, state, &mut actions);
        let gap = theme::space::GAP;
        // Nothing is painted behind the cards: the surface is what the window is cleared with.
        if layout.enlarged().is_none() {
            let is_folded = experiment_panel.is_folded;
            let (name, width, widths) = if is_folded {
                ("experiment rail", RAIL_WIDTH, RAIL_WIDTH..=RAIL_WIDTH)
            } else {
                ("experiment", EXPERIMENT_WIDTH, EXPERIMENT_WIDTHS)
            };
            Panel::left(name)
                .frame(Frame::new().inner_margin(egui::Margin {
                    left: margin(gap),
                    right: margin(gap / 2.0),
                    top: margin(gap),
                    bottom: margin(gap),
                }))
                .default_size(width)
                .size_range(widths)
                .resizable(!is_folded)
                .show_separator_line(false)
                .show(ui, |ui| {
                    let place = ui.max_rect();
                    tour::note(ui.ctx(), Place::Experiment, place);
                    if is_folded {
                        rail::show(ui, state, &mut actions);
                    } else {
                        experiment_panel.ui(ui, state, &mut actions);
                    }
                });
        }
        replay::bar(ui, state, &mut actions);
        let is_alone = layout.enlarged().is_some();
        let beside = if is_alone { gap } else { gap / 2.0 };
        let room = ui.available_rect_before_wrap();
        CentralPanel::default()
            .frame(Frame::new().inner_margin(egui::Margin {
                left: margin(beside),
                right: margin(gap),
                top: margin(gap),
                bottom: margin(gap),
            }))
            .show(ui, |ui| {
                guide.course.ui(ui, state, &mut actions);
                layout.ui(ui, panels, state, &mut actions);
            });
        layout.listen(&ctx, &mut actions);
        previous::listen(&ctx, state, &mut actions); // after the panels, which may take back something of their own
        let asked = guide.course.step().map(|step| step.look);
        let in_use = layout.place_in_use(asked, ctx.pointer_latest_pos());
        notes.ui(ui, state, Views { room, in_use }, &mut actions);
        export.ui(ui, state, panels, &mut actions);
        data_page.ui(ui, state, &mut actions);
        help.ui(ui, &mut actions);
        compare::dialog(ui, state, comparison_panel, &mut actions);
        self.show_guide(ui, &mut actions);
        left_behind::list(ui, &self.state, &mut actions);
        question::ask(ui, &self.state, &mut actions);
        if let Some(typed) = &mut self.dialog.typed {
            typed.field.ui(ui, &mut actions);
        }
        if self.picture.is_none() {
            let Self {
                guide,
                state,
                layout,
                ..
            } = self;
            guide.tour.ui(ui, state, layout, &mut actions);
        }
        drop_overlay::show(&ctx);
        self.after_frame(&ctx, actions);
    }

    fn after_frame(&mut self, ctx: &Context, actions: Vec<Action>) {
        self.last_resort.look(ctx);
        let has_changed = !actions.is_empty();
        for action in actions {
            self.perform(ctx, action);
        }
        self.look();
        self.send_waiting();
        if has_changed {
            ctx.request_repaint(); // what was changed is shown by the next frame
        }
        if let Some(secs) = self.notes.next_change_secs(&self.state) {
            ctx.request_repaint_after(Duration::from_secs_f64(secs));
        }
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        self.tick(ctx);
    }

    fn ui(&mut self, ui: &mut Ui, frame: &mut eframe::Frame) {
        if let Some(secs) = frame.info().cpu_usage {
            self.pace.note_frame(Duration::from_secs_f32(secs));
        }
        if !self.graphics.begin_frame() {
            ui.ctx().send_viewport_cmd(ViewportCommand::Close); // the worker keeps the run, and another window opens
            return;
        }
        let jumps = self.pace.is_calm() || !self.window.glides;
        let glide_secs = if jumps { 0.0 } else { GLIDE_SECS };
        ui.ctx()
            .all_styles_mut(|style| style.animation_time = glide_secs);
        let started = Instant::now();
        self.show(ui);
        if let Some(picture) = &mut self.picture {
            picture.count_frame(started.elapsed());
        }
        if !self.has_drawn {
            self.has_drawn = true;
            log::info!(
                "first frame drawn {:.0} ms after the start",
                millis_since_start()
            );
        }
    }

    /// The surface that the panels' cards lie on. Painted as rectangles, it cost a fifth of a frame where a graphics
    /// card is imitated.
    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        let surface = theme::tokens(visuals.dark_mode).surface;
        surface.to_normalized_gamma_f32()
    }

    fn raw_input_hook(&mut self, _ctx: &Context, input: &mut RawInput) {
        if self.picture.is_some() {
            // Wherever the pointer happens to be, nothing is highlighted.
            input
                .events
                .retain(|event| !matches!(event, Event::PointerMoved(_)));
        }
    }

    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        if self.picture.is_none() {
            self.remember(storage); // a picture leaves no trace
        }
    }
}

const fn margin(points: f32) -> i8 {
    points as i8
}

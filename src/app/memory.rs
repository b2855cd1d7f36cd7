//! What is remembered between sessions. Each part is stored on its own: one that cannot be read, because it
//! is old or damaged, falls back to its default and takes nothing else along.

use std::num::NonZeroUsize;

use eframe::Storage;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::App;
use hourglass_state::Keep;
use hourglass_train::threads;
use hourglass_ui::panels::{Recall, Remember};
use hourglass_ui::shortcuts::SCALE_RANGE;

const THEME: &str = "theme";
const SCALE: &str = "scale";
const EXPERIMENT: &str = "experiment";
const LAYOUT: &str = "layout";
const TOP_BAR: &str = "top-bar";
const EXPERIMENT_PANEL: &str = "experiment-panel";
const EXPORT: &str = "export";
const RECENT_RUNS: &str = "recent-runs";
const THREADS: &str = "threads";
const PRESENTS: &str = "presents";
const GLIDES: &str = "glides";
const LESSONS: &str = "lessons";
/// Whether the tour goes on; not there before the first window.
const TOUR: &str = "tour";

impl App {
    pub(super) fn restore(&mut self, storage: &dyn Storage) {
        read(storage, THEME, &mut self.window.theme);
        read(storage, SCALE, &mut self.window.scale);
        if !SCALE_RANGE.contains(&self.window.scale) {
            self.window.scale = 1.0;
        }
        read(storage, THREADS, &mut self.window.threads.asked);
        let asked = self.window.threads.asked.and_then(NonZeroUsize::new);
        threads::limit(asked); // unless the command line said it
        read(storage, PRESENTS, &mut self.window.presents);
        read(storage, GLIDES, &mut self.window.glides);
        read(storage, LESSONS, &mut self.guide.course);
        self.guide.course = std::mem::take(&mut self.guide.course).mended();
        let mut is_newcomer = storage.get_string(LAYOUT).is_none();
        read(storage, TOUR, &mut is_newcomer);
        self.guide.tour.go_to(is_newcomer.then_some(0));
        let mut draft = self.state.draft.clone();
        read(storage, EXPERIMENT, &mut draft);
        if draft.validate().is_ok() {
            self.state.draft = draft;
        }
        let mut layout = self.layout.clone();
        read(storage, LAYOUT, &mut layout);
        if let Some(layout) = layout.completed() {
            self.layout = layout;
        }
        read(storage, TOP_BAR, &mut self.top_bar);
        read(storage, EXPERIMENT_PANEL, &mut self.experiment_panel);
        self.panels.restore(&mut Reader(storage));
        read(storage, EXPORT, &mut self.export);
        read(storage, RECENT_RUNS, &mut self.state.keep.recent);
        self.state.keep.recent.truncate(Keep::MAX_RECENT);
    }

    pub(super) fn remember(&self, storage: &mut dyn Storage) {
        write(storage, THEME, &self.window.theme);
        write(storage, SCALE, &self.window.scale);
        write(storage, EXPERIMENT, &self.state.draft);
        write(storage, LAYOUT, &self.layout);
        write(storage, TOP_BAR, &self.top_bar);
        write(storage, EXPERIMENT_PANEL, &self.experiment_panel);
        self.panels.remember(&mut Writer(storage));
        write(storage, EXPORT, &self.export);
        write(storage, RECENT_RUNS, &self.state.keep.recent);
        write(storage, THREADS, &self.window.threads.asked);
        write(storage, PRESENTS, &self.window.presents);
        write(storage, GLIDES, &self.window.glides);
        write(storage, LESSONS, &self.guide.course);
        write(storage, TOUR, &self.guide.tour.is_on());
    }
}

/// What was remembered of the panels.
struct Reader<'a>(&'a dyn Storage);

impl Recall for Reader<'_> {
    fn restore<T: DeserializeOwned>(&mut self, name: &str, value: &mut T) {
        read(self.0, name, value);
    }
}

/// Where the panels are remembered.
struct Writer<'a>(&'a mut dyn Storage);

impl Remember for Writer<'_> {
    fn remember<T: Serialize>(&mut self, name: &str, value: &T) {
        write(self.0, name, value);
    }
}

fn read<T: DeserializeOwned>(storage: &dyn Storage, key: &str, value: &mut T) {
    let Some(text) = storage.get_string(key) else {
        return;
    };
    match serde_json::from_str(&text) {
        Ok(stored) => *value = stored,
        Err(error) => {
            log::info!("the remembered {key} is of another version and left out: {error}");
        }
    }
}

fn write<T: Serialize>(storage: &mut dyn Storage, key: &str, value: &T) {
    match serde_json::to_string(value) {
        Ok(text) => storage.set_string(key, text),
        Err(error) => log::warn!("the {key} cannot be remembered: {error}"),
    }
}

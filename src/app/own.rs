//! What becomes of actions on user images.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use egui::ColorImage;

use super::App;
use super::dialog::Question;
use super::photos::{Job, News, Photos};
use hourglass_data::photo::{self, Picture};
use hourglass_protocol::{OwnId, PenStroke, Preparation};
use hourglass_state::{Drawing, MAX_OWN, Reading};
use hourglass_ui::Pane;
use hourglass_ui::{DrawEdit, OwnAction};

/// Files that are named one by one when they are no pictures; the others follow in one notice.
const MAX_NAMED: usize = 3;

/// What is said when the thread that reads pictures is gone.
const CRASHED: &str = "an image could not be read: the thread that reads images crashed. Please report this and include \
                       the image";

/// User images as they were read, and the thread that reads them.
#[derive(Default)]
pub(super) struct OwnPictures {
    photos: Photos,
    /// What the images are prepared from, also of those whose removal can be taken back.
    pictures: HashMap<OwnId, Arc<Picture>>,
    /// What could not be read of the current files.
    not_read: Vec<String>,
    n_pasted: usize,
    n_drawn: usize,
    /// Whether the drawing is another than the digit made of it.
    drawing_changed: bool,
}

impl App {
    pub(super) fn perform_own(&mut self, action: OwnAction) {
        match action {
            OwnAction::Open => self.ask(Question::Pictures),
            OwnAction::Read(paths) => self.read_pictures(paths),
            OwnAction::Paste(image) => self.paste(&image),
            OwnAction::CancelReading => self.own.photos.cancel(),
            OwnAction::Choose(id) => self.state.own.choose(id),
            OwnAction::Prepare(id, wish) => self.prepare_again(id, wish),
            OwnAction::TakeEach(id) => self.take_each(id),
            OwnAction::Remove(id) => {
                self.state.own.remove(id);
                self.forget_pictures();
            }
            OwnAction::Clear => {
                self.state.own.clear();
                self.forget_pictures();
            }
            OwnAction::Restore => self.state.own.restore(),
            OwnAction::Draw(edit) => self.draw(edit),
        }
    }

    /// Takes in what the thread that reads pictures reports.
    pub(super) fn take_photos(&mut self) {
        while let Some(news) = self.own.photos.try_news() {
            match news {
                News::Progress { n_done, n_files } => {
                    self.state.own.reading = Some(Reading { n_done, n_files });
                }
                News::Read {
                    name,
                    picture,
                    wish,
                    prepared,
                } => {
                    let added = self.state.own.add(name, wish, prepared);
                    match added {
                        Some(id) => drop(self.own.pictures.insert(id, picture)),
                        None => self.say_that_it_is_full(1),
                    }
                }
                News::NotRead { message } => self.own.not_read.push(message),
                News::NoRoom { n_left_out } => self.say_that_it_is_full(n_left_out),
                News::Done => self.state.own.reading = None,
                News::Crashed => {
                    self.state.own.reading = None;
                    self.own.not_read.push(CRASHED.to_owned());
                }
                News::Prepared { id, wish, prepared } => {
                    self.state.own.set_prepared(id, wish, prepared);
                }
            }
        }
        if self.state.own.reading.is_none() {
            self.name_what_was_not_read();
        }
    }

    pub(super) fn read_pictures(&mut self, paths: Vec<PathBuf>) {
        self.layout.bring_forward(Pane::YourImage);
        let room = self.state.own.room();
        if room == 0 {
            self.say_that_it_is_full(paths.len());
            return;
        }
        let n_files = paths.len();
        self.state.own.reading = Some(Reading { n_done: 0, n_files });
        self.own.photos.read(paths, room, &self.wake);
    }

    fn paste(&mut self, image: &ColorImage) {
        self.layout.bring_forward(Pane::YourImage);
        self.own.n_pasted += 1;
        let rgba = image
            .pixels
            .iter()
            .flat_map(egui::Color32::to_srgba_unmultiplied);
        let job = Job::Take {
            name: format!("Pasted {}", self.own.n_pasted),
            width: image.width(),
            height: image.height(),
            rgba: rgba.collect(),
        };
        self.own.photos.send(job, &self.wake);
    }

    fn prepare_again(&mut self, id: OwnId, wish: Preparation) {
        self.state.own.set_wish(id, wish);
        if let Some(picture) = self.own.pictures.get(&id) {
            let picture = Arc::clone(picture);
            self.own
                .photos
                .send(Job::Prepare { id, picture, wish }, &self.wake);
        }
    }

    fn take_each(&mut self, id: OwnId) {
        let (Some(own), Some(picture)) = (self.state.own.find(id), self.own.pictures.get(&id))
        else {
            return;
        };
        let mut groups: Vec<usize> = own.prepared.digits().collect();
        let (n_digits, room) = (groups.len(), self.state.own.room());
        groups.truncate(room);
        let job = Job::TakeEach {
            name: own.name.clone(),
            picture: Arc::clone(picture),
            wish: own.wish,
            groups,
        };
        self.own.photos.send(job, &self.wake);
        if n_digits > room {
            self.say_that_it_is_full(n_digits - room);
        }
    }

    fn draw(&mut self, edit: DrawEdit) {
        let drawing = &mut self.state.own.drawing;
        match edit {
            DrawEdit::Begin { at, radius } => drawing.begin(at, radius),
            DrawEdit::Extend(at) => drawing.extend(at),
            DrawEdit::Undo => drawing.undo(),
            DrawEdit::Redo => drawing.redo(),
            DrawEdit::Clear => drawing.clear(),
            DrawEdit::Add => {
                self.add_drawing();
                return;
            }
        }
        self.own.drawing_changed = true;
    }

    /// Makes the drawing a digit where it changed. It takes three milliseconds, so it is done once for all that
    /// the pen did in a frame, and the digit follows the pen.
    pub(super) fn prepare_drawing(&mut self) {
        if !std::mem::take(&mut self.own.drawing_changed) {
            return;
        }
        let drawing = &mut self.state.own.drawing;
        let prepared = (!drawing.is_empty())
            .then(|| Arc::new(photo::prepare(&picture_of(drawing), &photo::OF_DRAWINGS)));
        drawing.set_prepared(prepared);
    }

    /// Adds the drawing to the images and leaves the canvas empty.
    fn add_drawing(&mut self) {
        self.prepare_drawing();
        let own = &mut self.state.own;
        let Some(prepared) = own.drawing.prepared().cloned() else {
            return;
        };
        let name = format!("Drawing {}", self.own.n_drawn + 1);
        let Some(id) = own.add(name, photo::OF_DRAWINGS, prepared) else {
            self.say_that_it_is_full(1);
            return;
        };
        let picture = Arc::new(picture_of(&own.drawing));
        own.drawing.clear();
        own.drawing.set_prepared(None);
        self.own.n_drawn += 1;
        self.own.pictures.insert(id, picture);
    }

    fn forget_pictures(&mut self) {
        let own = &self.state.own;
        self.own.pictures.retain(|&id, _| own.may_need(id));
    }

    fn say_that_it_is_full(&mut self, n_left_out: usize) {
        self.state.notices.warning(format!(
            "{n_left_out} more did not fit: at most {MAX_OWN} of your images are kept. Remove some first"
        ));
    }

    fn name_what_was_not_read(&mut self) {
        let mut messages = std::mem::take(&mut self.own.not_read);
        let others = messages.split_off(messages.len().min(MAX_NAMED));
        for message in messages {
            self.state.notices.error(message);
        }
        if !others.is_empty() {
            let (n, list) = (others.len(), others.join("\n"));
            self.state
                .notices
                .error(format!("{n} more could not be read:\n{list}"));
        }
    }
}

fn picture_of(drawing: &Drawing) -> Picture {
    let strokes: Vec<PenStroke> = drawing.strokes().cloned().collect();
    photo::picture_of(&strokes)
}

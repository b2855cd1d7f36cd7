//! What becomes of actions on user images.

use std::path::PathBuf;
use std::sync::Arc;

use egui::ColorImage;

use super::App;
use super::image_reader::{Job, News, Unprepared, UserImageFiles};
use super::path_question::Question;
use hourglass_data::user_image::{self, Picture};
use hourglass_protocol::{PenStroke, Preparation, UserImageId};
use hourglass_state::{Drawing, MAX_USER_IMAGES, Reading};
use hourglass_ui::Pane;
use hourglass_ui::{DrawEdit, UserImageAction};

/// Files that are named one by one when they are no pictures; the others follow in one notice.
const MAX_NAMED: usize = 3;

/// What is said when the thread that reads pictures is gone.
const CRASHED: &str = "an image could not be read: the thread that reads images crashed. Please report this and include \
                       the image";

impl App {
    pub(super) fn perform_own(&mut self, action: UserImageAction) {
        match action {
            UserImageAction::Open => self.ask(Question::Pictures),
            UserImageAction::Read(paths) => self.read_pictures(paths),
            UserImageAction::Paste(image) => self.paste(&image),
            UserImageAction::CancelReading => self.user_images.image_reader.cancel(),
            UserImageAction::Choose(id) => self.state.user_images.choose(id),
            UserImageAction::Prepare(id, preparation) => self.prepare_again(id, preparation),
            UserImageAction::TakeEach(id) => self.take_each(id),
            UserImageAction::Remove(id) => {
                self.state.user_images.remove(id);
                self.forget_pictures();
            }
            UserImageAction::Clear => {
                self.state.user_images.clear();
                self.forget_pictures();
            }
            UserImageAction::Restore => self.state.user_images.restore(),
            UserImageAction::Draw(edit) => self.draw(edit),
        }
    }

    /// Takes in what the thread that reads pictures reports.
    pub(super) fn take_user_images(&mut self) {
        while let Some(news) = self.user_images.image_reader.try_news() {
            match news {
                News::Progress { n_done, n_files } => {
                    self.state.user_images.reading = Some(Reading { n_done, n_files });
                }
                News::Read {
                    name,
                    picture,
                    preparation,
                    prepared,
                } => {
                    let added = self.state.user_images.add(name, preparation, prepared);
                    match added {
                        Some(id) => drop(self.user_images.pictures.insert(id, picture)),
                        None => self.say_that_it_is_full(1),
                    }
                }
                News::NotRead { message } => self.user_images.not_read.push(message),
                News::NoRoom { n_left_out } => self.say_that_it_is_full(n_left_out),
                News::Done => self.state.user_images.reading = None,
                News::Crashed => {
                    self.state.user_images.reading = None;
                    self.user_images.not_read.push(CRASHED.to_owned());
                }
                News::Prepared {
                    id,
                    preparation,
                    prepared,
                } => {
                    self.user_images.renewing.remove(&id);
                    self.state
                        .user_images
                        .set_prepared(id, preparation, prepared);
                }
            }
        }
        if self.state.user_images.reading.is_none() {
            self.name_what_was_not_read();
        }
        self.follow_data_set();
    }

    /// Images become those of the data set in use.
    fn follow_data_set(&mut self) {
        let Some(dataset) = &self.state.dataset else {
            return;
        };
        let target = dataset.image_target();
        if self.state.user_images.target != target {
            self.state.user_images.target = target;
            self.user_images.renewing.clear();
            self.user_images.drawing_changed = true;
        }
        let UserImageFiles {
            pictures, renewing, ..
        } = &mut self.user_images;
        let outdated = self.state.user_images.outdated().filter_map(|image| {
            let picture = pictures.get(&image.id)?;
            renewing.insert(image.id).then(|| Unprepared {
                id: image.id,
                picture: Arc::clone(picture),
                preparation: image.preparation,
            })
        });
        let outdated: Vec<Unprepared> = outdated.collect();
        if !outdated.is_empty() {
            let job = Job::Renew(outdated, target);
            self.user_images.image_reader.send(job, &self.wake);
        }
    }

    pub(super) fn read_pictures(&mut self, paths: Vec<PathBuf>) {
        self.layout.bring_forward(Pane::YourImage);
        let room = self.state.user_images.room();
        if room == 0 {
            self.say_that_it_is_full(paths.len());
            return;
        }
        let n_files = paths.len();
        self.state.user_images.reading = Some(Reading { n_done: 0, n_files });
        let target = self.state.user_images.target;
        self.user_images
            .image_reader
            .read(paths, room, target, &self.wake);
    }

    fn paste(&mut self, image: &ColorImage) {
        self.layout.bring_forward(Pane::YourImage);
        self.user_images.n_pasted += 1;
        let rgba = image
            .pixels
            .iter()
            .flat_map(egui::Color32::to_srgba_unmultiplied);
        let job = Job::Take {
            name: format!("Pasted {}", self.user_images.n_pasted),
            width: image.width(),
            height: image.height(),
            rgba: rgba.collect(),
            target: self.state.user_images.target,
        };
        self.user_images.image_reader.send(job, &self.wake);
    }

    fn prepare_again(&mut self, id: UserImageId, preparation: Preparation) {
        self.state.user_images.set_preparation(id, preparation);
        if let Some(picture) = self.user_images.pictures.get(&id) {
            let unprepared = Unprepared {
                id,
                picture: Arc::clone(picture),
                preparation,
            };
            let job = Job::Prepare(unprepared, self.state.user_images.target);
            self.user_images.image_reader.send(job, &self.wake);
        }
    }

    fn take_each(&mut self, id: UserImageId) {
        let (Some(user_image), Some(picture)) = (
            self.state.user_images.find(id),
            self.user_images.pictures.get(&id),
        ) else {
            return;
        };
        let mut groups: Vec<usize> = user_image.prepared.digits().collect();
        let (n_digits, room) = (groups.len(), self.state.user_images.room());
        groups.truncate(room);
        let job = Job::TakeEach {
            name: user_image.name.clone(),
            picture: Arc::clone(picture),
            preparation: user_image.preparation,
            groups,
        };
        self.user_images.image_reader.send(job, &self.wake);
        if n_digits > room {
            self.say_that_it_is_full(n_digits - room);
        }
    }

    fn draw(&mut self, edit: DrawEdit) {
        let drawing = &mut self.state.user_images.drawing;
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
        self.user_images.drawing_changed = true;
    }

    /// Prepares the drawing where it changed. It takes three milliseconds, so it is done once for all that the pen did
    /// in a frame, and the image follows the pen.
    pub(super) fn prepare_drawing(&mut self) {
        if !std::mem::take(&mut self.user_images.drawing_changed) {
            return;
        }
        let target = self.state.user_images.target;
        let drawing = &mut self.state.user_images.drawing;
        let prepared = (!drawing.is_empty()).then(|| {
            Arc::new(user_image::prepare_for(
                &picture_of(drawing),
                &user_image::OF_DRAWINGS,
                &target,
            ))
        });
        drawing.set_prepared(prepared);
    }

    /// Adds the drawing to the images and leaves the canvas empty.
    fn add_drawing(&mut self) {
        self.prepare_drawing();
        let user_images = &mut self.state.user_images;
        let Some(prepared) = user_images.drawing.prepared().cloned() else {
            return;
        };
        let name = format!("Drawing {}", self.user_images.n_drawn + 1);
        let Some(id) = user_images.add(name, user_image::OF_DRAWINGS, prepared) else {
            self.say_that_it_is_full(1);
            return;
        };
        let picture = Arc::new(picture_of(&user_images.drawing));
        user_images.drawing.clear();
        user_images.drawing.set_prepared(None);
        self.user_images.n_drawn += 1;
        self.user_images.pictures.insert(id, picture);
    }

    fn forget_pictures(&mut self) {
        let user_images = &self.state.user_images;
        self.user_images
            .pictures
            .retain(|&id, _| user_images.may_need(id));
    }

    fn say_that_it_is_full(&mut self, n_left_out: usize) {
        self.state.notices.warning(format!(
            "{n_left_out} more did not fit: at most {MAX_USER_IMAGES} of your images are kept. Remove some first"
        ));
    }

    fn name_what_was_not_read(&mut self) {
        let mut messages = std::mem::take(&mut self.user_images.not_read);
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
    user_image::picture_of(&strokes)
}

//! The preview of the dialog: what it shows is gathered once, and drawn anew, on a thread of its own, whenever a choice
//! changes.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::{io, thread};

use egui::ColorImage;

use super::exporter::known;
use hourglass_figure::{Content, Facts, FigureError, FigureRequest, Format};
use hourglass_protocol::{Gather, Gathered};
use hourglass_state::LabState;
use hourglass_ui::export::{Drawn, Preview};
use hourglass_worker::Wake;

/// Lines of a table that are shown, and letters of each: more than there is room for.
const MAX_LINES: usize = 60;
const MAX_LETTERS: usize = 160;

/// What the dialog shows, and what is on its way there.
#[derive(Debug, Default)]
pub(in crate::app) struct Previewer {
    /// What was gathered since the dialog was opened; `None` where there is none.
    gathered: Vec<(Gather, Option<Arc<Gathered>>)>,
    /// What the worker gathers.
    waits_for: Option<FigureRequest>,
    /// What the dialog was given last.
    shown: Option<FigureRequest>,
    drawing: Option<Receiver<Preview>>,
}

/// From what a preview is drawn.
enum Source {
    Known(Box<(Facts, Content)>),
    Gathered(Arc<Gathered>),
}

impl Previewer {
    /// Goes after what the dialog wants to show: at most one preview is drawn at a time, and after it the one that is
    /// wanted then. Gives what the worker is to gather, if it has to.
    pub fn follow(
        &mut self,
        wanted: Option<&FigureRequest>,
        state: &LabState,
        wake: &Wake,
    ) -> Option<Gather> {
        let Some(wanted) = wanted else {
            *self = Self::default();
            return None;
        };
        if self.drawing.is_some() || self.shown.as_ref() == Some(wanted) {
            return None;
        }
        let source = match wanted.gather() {
            None => known(wanted, state).map(|figure| Source::Known(Box::new(figure))),
            Some(gather) => match self.gathered.iter().find(|(of, _)| *of == gather) {
                Some((_, gathered)) => gathered.clone().map(Source::Gathered),
                None if self.waits_for.is_some() => return None,
                None => {
                    self.waits_for = Some(wanted.clone());
                    return Some(gather);
                }
            },
        };
        self.shown = Some(wanted.clone());
        self.drawing = Some(
            match source.map(|source| start(wanted.clone(), source, wake)) {
                Some(Ok(drawing)) => drawing,
                Some(Err(error)) => at_once(nothing(wanted, error.to_string())),
                None => at_once(nothing(wanted, "the model gave no numbers".to_owned())),
            },
        );
        None
    }

    /// Takes numbers that may be those it waits for.
    pub fn take_gathered(&mut self, gathered: &Gathered) {
        let is_awaited = |waiting: &mut FigureRequest| waiting.is_answered_by(&gathered.numbers);
        if let Some(waiting) = self.waits_for.take_if(is_awaited)
            && let Some(gather) = waiting.gather()
        {
            let gathered = Some(Arc::new(gathered.clone()));
            self.gathered.push((gather, gathered));
        }
    }

    /// The numbers will not come.
    pub fn give_up(&mut self) {
        if let Some(gather) = self.waits_for.take().and_then(|of| of.gather()) {
            self.gathered.push((gather, None));
        }
    }

    /// Another run began: what was gathered is of one that is gone.
    pub fn forget(&mut self) {
        self.gathered.clear();
        self.waits_for = None;
        self.shown = None;
    }

    /// The preview, once it is drawn.
    pub fn take(&mut self) -> Option<Preview> {
        match self.drawing.as_ref()?.try_recv() {
            Err(TryRecvError::Empty) => None,
            Ok(preview) => {
                self.drawing = None;
                Some(preview)
            }
            Err(TryRecvError::Disconnected) => {
                self.drawing = None;
                let of = self.shown.as_ref()?;
                Some(nothing(
                    of,
                    "drawing it crashed; please report this".to_owned(),
                ))
            }
        }
    }
}

fn nothing(of: &FigureRequest, why: String) -> Preview {
    Preview {
        of: of.clone(),
        own_title: None,
        drawn: Drawn::Nothing(why),
    }
}

fn at_once(preview: Preview) -> Receiver<Preview> {
    let (sender, receiver) = sync_channel(1);
    sender.try_send(preview).ok(); // there is room for one
    receiver
}

fn start(of: FigureRequest, source: Source, wake: &Wake) -> io::Result<Receiver<Preview>> {
    let (sender, receiver) = sync_channel(1);
    let wake = wake.clone();
    thread::Builder::new()
        .name("figure-writer".to_owned())
        .spawn(move || {
            sender.send(preview(of, source)).ok(); // the dialog may be closed
            wake.call();
        })?;
    Ok(receiver)
}

fn preview(of: FigureRequest, source: Source) -> Preview {
    let (facts, content) = match source {
        Source::Known(figure) => *figure,
        Source::Gathered(gathered) => of.content(Gathered::clone(&gathered)),
    };
    let drawn = match of.format {
        Format::Csv => table(&of, &facts, &content),
        Format::Png | Format::Svg | Format::Pdf | Format::Gif | Format::Html => {
            let picture = content.picture(&facts, &of.look);
            picture.map(|picture| {
                let size = [picture.width, picture.height].map(|side| side as usize);
                let pixels = picture.bytes.chunks_exact(3);
                let pixels: Vec<u8> = pixels
                    .flat_map(|rgb| [rgb[0], rgb[1], rgb[2], u8::MAX])
                    .collect();
                Drawn::Picture(Arc::new(ColorImage::from_rgba_premultiplied(size, &pixels)))
            })
        }
    };
    Preview {
        own_title: Some(content.title()),
        drawn: drawn.unwrap_or_else(|error| Drawn::Nothing(error.to_string())),
        of,
    }
}

fn table(of: &FigureRequest, facts: &Facts, content: &Content) -> Result<Drawn, FigureError> {
    let file = content.file(of.format, facts, &of.look, &mut |_| {
        ControlFlow::Continue(())
    })?;
    let text = String::from_utf8_lossy(&file);
    let lines = text.lines().take(MAX_LINES);
    let lines: Vec<String> = lines
        .map(|line| line.chars().take(MAX_LETTERS).collect())
        .collect();
    Ok(Drawn::Table(lines.join("\n")))
}

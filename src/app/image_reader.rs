//! The thread that reads images and prepares them, so that a large photograph never blocks the window.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use crossbeam_channel::{Receiver, Sender, TryRecvError, TrySendError, bounded};

use hourglass_data::user_image::{self, Picture};
use hourglass_protocol::{ImageTarget, Preparation, Prepared, UserImageId};
use hourglass_worker::Wake;

/// Jobs that wait for the thread; a person never reaches this many.
const JOBS: usize = 64;

/// Pictures that wait for the window: a frame takes them all, so memory stays that of a few.
const NEWS: usize = 4;

/// What the thread is to do.
pub(super) enum Job {
    /// Read files, and the pictures in folders; no more than there is room for.
    Read {
        paths: Vec<PathBuf>,
        room: usize,
        target: ImageTarget,
        cancel: Cancel,
    },
    /// Take a picture as the clipboard has it: red, green, blue and opacity, row by row.
    Take {
        name: String,
        width: usize,
        height: usize,
        rgba: Vec<u8>,
        target: ImageTarget,
    },
    /// Make each of these groups of a picture's ink an image of its own.
    TakeEach {
        name: String,
        picture: Arc<Picture>,
        preparation: Preparation,
        groups: Vec<usize>,
    },
    /// Prepare an image in another way.
    Prepare(Unprepared, ImageTarget),
    /// Prepare images for another data set.
    Renew(Vec<Unprepared>, ImageTarget),
}

/// An image that is to be prepared anew.
pub(super) struct Unprepared {
    pub id: UserImageId,
    pub picture: Arc<Picture>,
    pub preparation: Preparation,
}

impl Unprepared {
    fn prepare(self, target: &ImageTarget) -> News {
        News::Prepared {
            id: self.id,
            preparation: self.preparation,
            prepared: Arc::new(user_image::prepare_for(
                &self.picture,
                &self.preparation,
                target,
            )),
        }
    }
}

/// What the thread reports.
pub(super) enum News {
    /// This many of the files are done.
    Progress { n_done: usize, n_files: usize },
    /// A picture, prepared.
    Read {
        name: String,
        picture: Arc<Picture>,
        preparation: Preparation,
        prepared: Arc<Prepared>,
    },
    /// A file that is no picture; the message names it.
    NotRead { message: String },
    /// This many files were left out because there was no room for more.
    NoRoom { n_left_out: usize },
    /// The files of a job are done.
    Done,
    /// The thread is gone; the next job starts another.
    Crashed,
    /// An image prepared anew.
    Prepared {
        id: UserImageId,
        preparation: Preparation,
        prepared: Arc<Prepared>,
    },
}

/// Tells a job whether it is still wanted.
pub(super) struct Cancel {
    number: u64,
    /// Jobs up to this number are no longer wanted.
    until: Arc<AtomicU64>,
}

impl Cancel {
    fn is_cancelled(&self) -> bool {
        self.number <= self.until.load(Ordering::Relaxed)
    }
}

/// The thread, once there was something to do for it. Dropping it lets the thread end.
#[derive(Default)]
pub(super) struct ImageReader {
    lanes: Option<(Sender<Job>, Receiver<News>)>,
    n_reads: u64,
    cancelled_until: Arc<AtomicU64>,
}

impl ImageReader {
    /// Reads files and folders.
    pub(super) fn read(
        &mut self,
        paths: Vec<PathBuf>,
        room: usize,
        target: ImageTarget,
        wake: &Wake,
    ) {
        self.n_reads += 1;
        let cancel = Cancel {
            number: self.n_reads,
            until: Arc::clone(&self.cancelled_until),
        };
        self.send(
            Job::Read {
                paths,
                room,
                target,
                cancel,
            },
            wake,
        );
    }

    /// Stops reading after the current file, and reads nothing else that was asked for.
    pub(super) fn cancel(&self) {
        self.cancelled_until.store(self.n_reads, Ordering::Relaxed);
    }

    /// Hands a job over; one that does not fit is dropped, and logged.
    pub(super) fn send(&mut self, job: Job, wake: &Wake) {
        let lanes = self.lanes.take().or_else(|| start(wake));
        let Some((jobs, news)) = lanes else { return };
        match jobs.try_send(job) {
            Ok(()) => self.lanes = Some((jobs, news)),
            Err(TrySendError::Full(_)) => {
                log::warn!("too many images are waiting already");
                self.lanes = Some((jobs, news));
            }
            Err(TrySendError::Disconnected(_)) => {
                log::warn!("the thread that reads images is gone");
            }
        }
    }

    /// The next thing reported, if there is one.
    pub(super) fn try_news(&mut self) -> Option<News> {
        let (_, news) = self.lanes.as_ref()?;
        match news.try_recv() {
            Ok(news) => Some(news),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => {
                self.lanes = None;
                Some(News::Crashed)
            }
        }
    }
}

fn start(wake: &Wake) -> Option<(Sender<Job>, Receiver<News>)> {
    let (job_sender, jobs) = bounded(JOBS);
    let (news, news_receiver) = bounded(NEWS);
    let wake = wake.clone();
    let started = thread::Builder::new()
        .name("hourglass-images".to_owned())
        .spawn(move || work(&jobs, &Reporter { news, wake }));
    match started {
        Ok(_detached) => Some((job_sender, news_receiver)),
        Err(error) => {
            log::warn!("no thread to read images on could be started: {error}");
            None
        }
    }
}

struct WindowGone;

struct Reporter {
    news: Sender<News>,
    wake: Wake,
}

impl Reporter {
    /// Waits for room: the window takes news in every frame.
    fn report(&self, news: News) -> Result<(), WindowGone> {
        self.news.send(news).map_err(|_| WindowGone)?;
        self.wake.call();
        Ok(())
    }
}

/// Works until the window is gone.
fn work(jobs: &Receiver<Job>, reporter: &Reporter) {
    let mut held = None;
    while let Some(job) = held.take().or_else(|| jobs.recv().ok()) {
        let done = match job {
            Job::Read {
                paths,
                room,
                target,
                cancel,
            } => read(&paths, room, &target, &cancel, reporter),
            Job::Take {
                name,
                width,
                height,
                rgba,
                target,
            } => take(name, [width, height], &rgba, &target, reporter),
            Job::TakeEach {
                name,
                picture,
                preparation,
                groups,
            } => take_each(&name, &picture, preparation, &groups, reporter),
            Job::Prepare(unprepared, target) => {
                // A slider that is dragged: only the newest preparation about an image counts.
                held = jobs.try_recv().ok();
                let is_outdated =
                    matches!(&held, Some(Job::Prepare(next, _)) if next.id == unprepared.id);
                if is_outdated {
                    continue;
                }
                reporter.report(unprepared.prepare(&target))
            }
            Job::Renew(all, target) => all
                .into_iter()
                .try_for_each(|unprepared| reporter.report(unprepared.prepare(&target))),
        };
        if done.is_err() {
            break;
        }
    }
}

fn read(
    paths: &[PathBuf],
    room: usize,
    target: &ImageTarget,
    cancel: &Cancel,
    reporter: &Reporter,
) -> Result<(), WindowGone> {
    let files = user_image::find(paths);
    let n_files = files.len();
    let mut n_read = 0;
    for (n_done, file) in files.into_iter().enumerate() {
        if cancel.is_cancelled() {
            break;
        }
        if n_read == room {
            let n_left_out = n_files - n_done;
            reporter.report(News::NoRoom { n_left_out })?;
            break;
        }
        reporter.report(News::Progress { n_done, n_files })?;
        let picture = file.and_then(|path| Ok((name_of(&path), user_image::read(&path)?)));
        match picture {
            Ok((name, picture)) => {
                n_read += 1;
                report_picture(name, picture, target, reporter)?;
            }
            Err(error) => {
                let message = error.to_string();
                reporter.report(News::NotRead { message })?;
            }
        }
    }
    reporter.report(News::Done)
}

fn take(
    name: String,
    [width, height]: [usize; 2],
    rgba: &[u8],
    target: &ImageTarget,
    reporter: &Reporter,
) -> Result<(), WindowGone> {
    match Picture::from_rgba(width, height, rgba) {
        Some(picture) => report_picture(name, picture, target, reporter),
        None => reporter.report(News::NotRead {
            message: "the image on the clipboard is empty".to_owned(),
        }),
    }
}

fn take_each(
    name: &str,
    picture: &Arc<Picture>,
    preparation: Preparation,
    groups: &[usize],
    reporter: &Reporter,
) -> Result<(), WindowGone> {
    for (idx, &group) in groups.iter().enumerate() {
        let preparation = preparation.taking(group);
        reporter.report(News::Read {
            name: format!("{name} · {}", idx + 1),
            picture: Arc::clone(picture),
            preparation,
            prepared: Arc::new(user_image::prepare(picture, &preparation)),
        })?;
    }
    Ok(())
}

fn report_picture(
    name: String,
    picture: Picture,
    target: &ImageTarget,
    reporter: &Reporter,
) -> Result<(), WindowGone> {
    let preparation = Preparation::default();
    let prepared = Arc::new(user_image::prepare_for(&picture, &preparation, target));
    reporter.report(News::Read {
        name,
        picture: Arc::new(picture),
        preparation,
        prepared,
    })
}

fn name_of(path: &std::path::Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}

/// User images as they were read, and the thread that reads them.
#[derive(Default)]
pub(super) struct UserImageFiles {
    pub image_reader: ImageReader,
    /// What the images are prepared from, also of those whose removal can be taken back.
    pub pictures: HashMap<UserImageId, Arc<Picture>>,
    /// Those that are being prepared for the data set in use.
    pub renewing: HashSet<UserImageId>,
    /// What could not be read of the current files.
    pub not_read: Vec<String>,
    pub n_pasted: usize,
    pub n_drawn: usize,
    /// Whether the drawing is another than the digit made of it.
    pub drawing_changed: bool,
}

//! `hourglass reconstruct`: user images through a trained model.

mod asked;
mod output;

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};

use hourglass_data::user_image::{self, Picture};
use hourglass_protocol::{
    Backdrop, Centring, DeviceChoice, ImageTarget, Paper, Preparation, PreparedImage, ProbeRequest,
    Resizing, UserImageId, UserImageLook,
};

use super::args::DataArgs;
use super::engine::Engine;
use super::occupied::check_writable;
use super::progress::Progress;
use asked::{Asked, Digit};
use output::{HEADER, check_table, row, unused_name, write_pictures, write_table};

/// Images that are looked at in one go.
const AT_ONCE: usize = 100;

/// Reconstructs images with a trained model.
#[derive(Clone, Debug, Args)]
pub struct ReconstructArgs {
    /// Folder of the run whose model is used
    #[arg(long, value_name = "DIR")]
    run: PathBuf,
    /// Folder to write into; it is created if it is missing
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Images (PNG, JPEG, GIF, BMP, WebP), or folders of them
    #[arg(required = true, value_name = "FILE|DIR")]
    pictures: Vec<PathBuf>,
    /// Swap light and dark; `auto` does so if the background is light
    #[arg(long, value_enum, default_value_t)]
    invert: YesNo,
    /// How an image of other proportions is made to fit, where the data set is not of handwriting: with a margin, cut to
    /// its middle, or stretched; `auto` does as the data set's own images were
    #[arg(long, value_enum, default_value_t)]
    resize: ResizeChoice,
    /// For handwriting, as all that follow but --backdrop: crop to the ink and fit it into 20×20, or fit the whole image
    /// into 28×28
    #[arg(long, value_enum, default_value_t)]
    crop: YesNo,
    /// Raise faint ink to full strength
    #[arg(long, value_enum, default_value_t)]
    stretch: YesNo,
    /// Make edges as steep as MNIST's; `auto` does so if they are softer than a pixel of the result
    #[arg(long, value_enum, default_value_t)]
    sharpen: YesNo,
    /// Whether the paper has one shade
    #[arg(long, value_enum, default_value_t)]
    paper: PaperChoice,
    /// What is moved to the middle: the centre of mass, as in MNIST, the box around the ink, or nothing
    #[arg(long, value_enum, default_value_t)]
    centre: CentreChoice,
    /// Adjust a pen that is much thinner or thicker than MNIST's to MNIST's width
    #[arg(long, value_enum, default_value_t)]
    pen: YesNo,
    /// Take every digit in an image as an image of its own, in reading order, instead of only one
    #[arg(long)]
    each: bool,
    /// What is behind transparent pixels
    #[arg(long, value_enum, default_value_t)]
    backdrop: BackdropChoice,
    /// The share of full ink from which a pixel counts for the crop, such as 0.25
    #[arg(long, value_name = "SHARE", value_parser = share)]
    threshold: Option<f32>,
    #[command(flatten)]
    data: DataArgs,
    /// Device to compute on: `auto`, `cpu` or `gpu`
    #[arg(long, default_value_t)]
    device: DeviceChoice,
}

/// A decision that is made from the picture unless it is made here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum YesNo {
    /// Depends on the image.
    #[default]
    Auto,
    /// Always.
    Yes,
    /// Never.
    No,
}

impl YesNo {
    fn choice(self) -> Option<bool> {
        match self {
            Self::Auto => None,
            Self::Yes => Some(true),
            Self::No => Some(false),
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum ResizeChoice {
    /// As the data set's images were.
    #[default]
    Auto,
    /// All of it, with a margin.
    Pad,
    /// Its middle.
    Crop,
    /// All of it, with other proportions.
    Stretch,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum PaperChoice {
    /// Depends on the image.
    #[default]
    Auto,
    /// One shade.
    Even,
    /// Shades that change slowly.
    Uneven,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum CentreChoice {
    /// By mass if it is cropped.
    #[default]
    Auto,
    /// The centre of mass.
    Mass,
    /// The box around the ink.
    Box,
    /// It stays in its place.
    No,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum BackdropChoice {
    /// White, unless nothing would show on it.
    #[default]
    Auto,
    /// White.
    White,
    /// Black.
    Black,
}

impl ReconstructArgs {
    fn preparation(&self) -> Preparation {
        Preparation {
            backdrop: match self.backdrop {
                BackdropChoice::Auto => None,
                BackdropChoice::White => Some(Backdrop::White),
                BackdropChoice::Black => Some(Backdrop::Black),
            },
            invert: self.invert.choice(),
            resizing: match self.resize {
                ResizeChoice::Auto => None,
                ResizeChoice::Pad => Some(Resizing::Pad),
                ResizeChoice::Crop => Some(Resizing::Crop),
                ResizeChoice::Stretch => Some(Resizing::Stretch),
            },
            paper: match self.paper {
                PaperChoice::Auto => None,
                PaperChoice::Even => Some(Paper::Flat),
                PaperChoice::Uneven => Some(Paper::Uneven),
            },
            stretch: self.stretch.choice(),
            threshold: self.threshold,
            crop: self.crop.choice(),
            sharpen: self.sharpen.choice(),
            centring: match self.centre {
                CentreChoice::Auto => None,
                CentreChoice::Mass => Some(Centring::Mass),
                CentreChoice::Box => Some(Centring::Box),
                CentreChoice::No => Some(Centring::Kept),
            },
            pen: self.pen.choice(),
            region: None,
            take: None,
        }
    }
}

/// Rebuilds pictures and writes what came of them.
///
/// # Errors
/// When the run, the data, the device or the folder is not fit, or when not every picture could be rebuilt and
/// written; those that could are written all the same.
pub fn run(args: &ReconstructArgs) -> Result<()> {
    check_writable(&args.out)?;
    check_table(&args.out)?;
    let progress = Progress::new();
    let engine = Engine::start(args.device)?;
    let opened = engine.open_run(&args.run, args.data.source()?.as_ref(), &progress)?;
    let target = opened.dataset.image_target();
    let preparation = Manner {
        preparation: args.preparation(),
        target,
        each: args.each,
    };
    let mut asked = prepare(&args.pictures, &preparation, &progress);
    let images: Vec<PreparedImage> = (1..)
        .zip(&asked)
        .filter_map(|(id, asked)| {
            let digit = asked.digit.as_ref().ok()?;
            Some(PreparedImage {
                id: UserImageId(id),
                shape: target.shape(),
                pixels: Arc::clone(&digit.pixels),
            })
        })
        .collect();
    let looks = look(&engine, &images, &progress)?;
    let mut table = HEADER.to_owned();
    let mut names = HashSet::new();
    for (id, asked) in (1..).zip(&mut asked) {
        let found = looks.iter().find(|look| look.id == UserImageId(id));
        if let (Ok(digit), Some(look)) = (&asked.digit, found) {
            let name = unused_name(&asked.path, asked.number, &mut names);
            if let Err(error) = write_pictures(&args.out, &name, target.shape(), digit, look) {
                let error = format!("{}: {error}", asked.path.display());
                progress.line(&format!("error: {error}"));
                asked.digit = Err(error);
            }
        }
        table.push_str(&row(asked, found));
    }
    progress.finish();
    let place = write_table(&args.out, &table)?;
    let (n_all, n_bad) = (
        asked.len(),
        asked.iter().filter(|asked| asked.digit.is_err()).count(),
    );
    progress.line(&format!(
        "{} of {n_all} images reconstructed; their errors are in {}",
        n_all - n_bad,
        place.display()
    ));
    if n_bad > 0 {
        bail!("{n_bad} of {n_all} images could not be read or written; they are listed above");
    }
    Ok(())
}

/// How images are prepared.
struct Manner {
    preparation: Preparation,
    target: ImageTarget,
    /// Whether every digit of an image is taken.
    each: bool,
}

fn prepare(paths: &[PathBuf], manner: &Manner, progress: &Progress) -> Vec<Asked> {
    let files = user_image::find(paths);
    let n_files = files.len();
    let mut asked = Vec::with_capacity(n_files);
    for (idx, file) in files.into_iter().enumerate() {
        progress.set(idx as f64 / n_files as f64, "reading images…".to_owned());
        let path = file
            .as_ref()
            .map_or_else(|error| error.path().to_owned(), Clone::clone);
        match file.and_then(|path| user_image::read(&path)) {
            Ok(picture) => {
                let digits = digits(&picture, manner);
                asked.extend(digits.into_iter().map(|(number, digit)| Asked {
                    path: path.clone(),
                    number,
                    digit: Ok(digit),
                }));
            }
            Err(error) => {
                progress.line(&format!("error: {error}"));
                asked.push(Asked {
                    path,
                    number: None,
                    digit: Err(error.to_string()),
                });
            }
        }
    }
    asked
}

/// The digit of a picture, or each of them with its number.
fn digits(picture: &Picture, manner: &Manner) -> Vec<(Option<usize>, Digit)> {
    let prepare =
        |preparation: &Preparation| user_image::prepare_for(picture, preparation, &manner.target);
    let first = prepare(&manner.preparation);
    let places: Vec<usize> = first.digits().collect();
    let n_digits = places.len();
    if !manner.each || n_digits < 2 {
        return vec![(None, Digit::of(first, None))];
    }
    let digits = (1..).zip(places).map(|(number, place)| {
        let prepared = prepare(&manner.preparation.taking(place));
        let of = format!("digit {number} of {n_digits}");
        (Some(number), Digit::of(prepared, Some(of)))
    });
    digits.collect()
}

fn look(
    engine: &Engine,
    images: &[PreparedImage],
    progress: &Progress,
) -> Result<Vec<UserImageLook>> {
    progress.set(1.0, "reconstructing…".to_owned());
    let mut looks = Vec::with_capacity(images.len());
    for (revision, images) in (1..).zip(images.chunks(AT_ONCE)) {
        let snapshot = engine.look(ProbeRequest {
            revision,
            samples: Vec::new(),
            layer: None,
            scatter: None,
            user_images: images.into(),
            ..ProbeRequest::default()
        })?;
        let view = snapshot
            .user_images
            .context("the model was not evaluated")?;
        looks.extend(view.images.iter().cloned());
    }
    Ok(looks)
}

fn share(text: &str) -> Result<f32, String> {
    let share = text.parse::<f32>().ok();
    share
        .filter(|share| *share > 0.0 && *share < 1.0)
        .ok_or_else(|| "give a fraction between 0 and 1, such as 0.25".to_owned())
}

//! `hourglass train --animation`: the latent space over the run, as an animated GIF.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Result, bail};
use clap::Args;

use hourglass_experiment::Experiment;
use hourglass_figure::{Content, Facts, FigureKind, Film, Format, Look, Size, USUAL_TYPE};
use hourglass_files::whole_file;
use hourglass_protocol::DatasetDescription;

use super::args::Theme;
use super::engine::Engine;
use super::occupied;
use super::progress::Progress;

/// An animation of the run.
#[derive(Clone, Debug, Args)]
pub struct AnimationArgs {
    /// Also write the latent space over the run as an animated GIF
    #[arg(long, value_name = "FILE.gif")]
    animation: Option<PathBuf>,
    /// Width and height of the animation
    #[arg(long, value_name = "WIDTHxHEIGHT", requires = "animation")]
    animation_size: Option<Size>,
    /// Maximum number of frames in the animation
    #[arg(long, value_name = "N", requires = "animation", default_value_t = Film::N_FRAMES)]
    animation_frames: usize,
    /// Light or dark
    #[arg(long, value_enum, requires = "animation", default_value = "light")]
    animation_theme: Theme,
}

impl AnimationArgs {
    /// Finds out before the training that the file's name is fit, and has frames taken.
    ///
    /// # Errors
    /// When the file is no GIF, or may not be written.
    pub fn begin(&self, engine: &Engine, replace: bool) -> Result<()> {
        if let Some(file) = &self.animation {
            Format::of(file, FigureKind::Film)?;
            occupied::check_file(file, replace)?;
            engine.record_film();
        }
        Ok(())
    }

    /// Writes what was recorded.
    ///
    /// # Errors
    /// When nothing was recorded, or the file cannot be written.
    pub fn write(
        &self,
        engine: &Engine,
        experiment: Experiment,
        dataset: &DatasetDescription,
        progress: &Progress,
    ) -> Result<()> {
        let Some(file) = &self.animation else {
            return Ok(());
        };
        let frames = engine.film();
        let Some(last) = frames.last() else {
            bail!("nothing was recorded: the run ended before its first step");
        };
        let facts = Facts {
            experiment,
            data: dataset.id,
            step: last.scatter.step,
            epoch: last.epoch,
        };
        let recorded = Film {
            labels: Arc::clone(&dataset.test_labels),
            hidden: Vec::new(),
            frames,
        };
        let content = Content::Film(recorded.thinned(self.animation_frames));
        let size = self
            .animation_size
            .unwrap_or(FigureKind::Film.default_size());
        let look = Look {
            size,
            scale: size.default_scale(),
            type_points: USUAL_TYPE,
            dark: self.animation_theme == Theme::Dark,
            title: None,
        };
        let gif = content.file(Format::Gif, &facts, &look, &mut |share| {
            progress.set(f64::from(share), "drawing the animation…".to_owned());
            if engine.is_interrupted() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })?;
        whole_file::write(file, &gif)?;
        Ok(())
    }
}

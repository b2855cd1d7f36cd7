//! What `hourglass export` can be asked for.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use clap::Args;

use hourglass_figure::{
    FigureKind, Group, Look, PIXELS_PER_INCH, SCALES, Size, TYPE_POINTS, USUAL_TYPE,
};
use hourglass_protocol::{DeviceChoice, SampleIdx};

use crate::cli::args::{DataArgs, Theme};

/// A figure or a table of a run folder.
#[derive(Clone, Debug, Args)]
pub struct ExportArgs {
    /// What to draw: `scatter`, `loss`, `digits`, `manifold`, `filters` or `histogram` of a run, `sweep` of many runs;
    /// a run as a `page` for any browser; or its network as `onnx`. `gif` needs a run in training, see `hourglass train --animation`
    #[arg(value_name = "WHAT", value_parser = what)]
    pub what: What,
    /// The folder of the run
    #[arg(long, value_name = "DIR", required_unless_present = "sweep")]
    pub run: Option<PathBuf>,
    #[command(flatten)]
    pub many: SweepArgs,
    /// The file to write; its extension selects the format: .png, .svg, .pdf or .csv, of a page .html
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Replace the file even if something else made it
    #[arg(long)]
    pub force: bool,
    /// Width and height, such as 160x120mm on paper or 1600x1200 on a screen
    #[arg(long, value_name = "WIDTHxHEIGHT")]
    pub size: Option<Size>,
    /// PNG pixels per pixel of the size, or per 1/96 inch of paper; by default 1, or 3 on paper (288 dpi)
    #[arg(long, value_parser = scale)]
    pub scale: Option<f32>,
    /// The same as PNG pixels per inch
    #[arg(long, value_name = "PIXELS", value_parser = dpi, conflicts_with = "scale")]
    pub dpi: Option<f32>,
    /// Size of the type of axes and legends in points, from 5 to 14; titles are larger, ticks smaller
    #[arg(long, value_name = "POINTS", value_parser = type_points, default_value_t = USUAL_TYPE)]
    pub type_size: f32,
    /// Light, for print, or dark, for slides
    #[arg(long, value_enum, default_value = "light")]
    pub theme: Theme,
    /// Title of the figure, instead of its own
    #[arg(long)]
    pub title: Option<String>,
    /// Classes that the scatter leaves out, such as 3,7; the table marks them, and a page can show them
    #[arg(long, value_name = "CLASSES", value_delimiter = ',')]
    pub hide: Vec<u8>,
    /// Test images to draw in `digits` and `page`, by number; by default the first of each class
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',')]
    pub samples: Vec<SampleIdx>,
    /// Curves of the loss, alone or on a page: `objective`, `layers`, `adversary`, `accuracy`, `jacobian`, `classes` or `errors`
    #[arg(long, value_parser = group, default_value = "objective")]
    pub curves: Group,
    /// Folders of other runs whose curve the loss plot draws beside this one
    #[arg(long, value_name = "DIR")]
    pub beside: Vec<PathBuf>,
    /// Draw on linear axes instead of logarithmic ones
    #[arg(long)]
    pub linear: bool,
    #[command(flatten)]
    pub data: DataArgs,
    /// Device to compute on: `auto`, `cpu` or `gpu`
    #[arg(long, default_value_t = DeviceChoice::Cpu)]
    pub device: DeviceChoice,
}

/// What to draw of a sweep.
#[derive(Clone, Debug, Args)]
pub struct SweepArgs {
    /// Of `sweep`: its folder
    #[arg(long, value_name = "DIR", conflicts_with = "run")]
    pub sweep: Option<PathBuf>,
    /// Of `sweep`: the setting along the horizontal axis; by default the first that varies
    #[arg(long, value_name = "SETTING", requires = "sweep")]
    pub x: Option<String>,
    /// Of `sweep`: the figure along the vertical axis, a column of `runs.csv` or the beginnings of its words
    #[arg(
        long,
        value_name = "FIGURE",
        requires = "sweep",
        default_value = "test.mse_per_pixel"
    )]
    pub y: String,
    /// Of `sweep`: the settings of which each combination is a line; by default all others that vary
    #[arg(
        long,
        value_name = "SETTING,…",
        value_delimiter = ',',
        requires = "sweep"
    )]
    pub group: Vec<String>,
}

impl ExportArgs {
    /// How the figure is to look; its own size is `usual`.
    pub fn look(&self, usual: Size) -> Look {
        let size = self.size.unwrap_or(usual);
        Look {
            size,
            scale: self.scale.or(self.dpi).unwrap_or(size.default_scale()),
            type_points: self.type_size,
            dark: self.theme == Theme::Dark,
            title: self.title.clone(),
        }
    }
}

/// What the picture is of.
#[derive(Clone, Copy, Debug)]
pub enum What {
    /// A run.
    Of(FigureKind),
    /// Many.
    Sweep,
    /// Its network.
    Onnx,
}

fn what(text: &str) -> Result<What, String> {
    match text {
        "sweep" => Ok(What::Sweep),
        "onnx" => Ok(What::Onnx),
        text => kind(text).map(What::Of),
    }
}

fn kind(text: &str) -> Result<FigureKind, String> {
    let names: Vec<&str> = FigureKind::ALL.iter().map(|kind| kind.name()).collect();
    let found = FigureKind::ALL
        .iter()
        .copied()
        .find(|kind| kind.name() == text);
    found.ok_or_else(|| format!("choose one of {}, sweep, onnx", names.join(", ")))
}

fn scale(text: &str) -> Result<f32, String> {
    number_in(text, &SCALES)
}

/// Pixels per inch, as a scale.
fn dpi(text: &str) -> Result<f32, String> {
    let [least, most] = [SCALES.start(), SCALES.end()].map(|scale| scale * PIXELS_PER_INCH);
    Ok(number_in(text, &(least..=most))? / PIXELS_PER_INCH)
}

fn type_points(text: &str) -> Result<f32, String> {
    number_in(text, &TYPE_POINTS)
}

fn number_in(text: &str, range: &RangeInclusive<f32>) -> Result<f32, String> {
    let number = text.parse().ok().filter(|number| range.contains(number));
    number.ok_or_else(|| format!("choose a number from {} to {}", range.start(), range.end()))
}

fn group(text: &str) -> Result<Group, String> {
    let names: Vec<&str> = Group::all()
        .into_iter()
        .map(|group| group.info().name)
        .collect();
    let found = Group::all()
        .into_iter()
        .find(|group| group.info().name == text);
    found.ok_or_else(|| format!("choose one of {}", names.join(", ")))
}

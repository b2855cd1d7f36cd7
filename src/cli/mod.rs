//! The command line: the same engine, without a window.

mod animation;
mod args;
mod bench;
mod cancel;
mod cell;
mod codes;
mod data;
mod describe;
mod doctor;
mod engine;
mod exit;
mod export;
mod first_word;
mod generate;
mod help;
mod machine;
mod occupied;
mod one_file;
mod presets;
mod progress;
mod reconstruct;
mod reproduce;
mod run;
mod saving;
mod shell;
mod sweep;
mod train;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, CommandFactory, Parser, Subcommand};

use crate::app::{Display, Renderer};
use hourglass_experiment::PresetId;
use hourglass_protocol::DeviceChoice;
use hourglass_ui::Pane;

pub use args::Theme;
pub use exit::exit_code;
pub use first_word::check as check_first_word;

/// A desktop laboratory for autoencoders: watch one learn, from the inside.
///
/// Without a command, the window opens.
#[derive(Debug, Parser)]
#[command(
    version,
    about,
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true, // ours knows the manual as well
    after_help = help::topics()
)]
pub struct Cli {
    /// What to do instead of opening the window.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// How to open the window.
    #[command(flatten)]
    pub window: WindowArgs,
    /// Threads of the processor to work on; by default all of them
    #[arg(long, value_name = "N", global = true, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub threads: Option<u16>, // of this type in `sweep run` too, where it is of each run
}

/// How to open the window.
#[derive(Clone, Debug, Args)]
pub struct WindowArgs {
    /// What to open, as if it were dropped on the window: a run, a data set, or images
    #[arg(value_name = "FILE|DIR")]
    pub files: Vec<PathBuf>,
    /// Start with this preset instead of the last experiment
    #[arg(long)]
    pub preset: Option<PresetId>,
    /// Continue the run in this folder or `.hourglass` file
    #[arg(long, value_name = "DIR|FILE", conflicts_with = "preset")]
    pub run: Option<PathBuf>,
    /// Start training as soon as the data set is loaded
    #[arg(long, conflicts_with = "screenshot")]
    pub train: bool,
    #[command(flatten)]
    pub data: args::DataArgs,
    /// Device to train on: `auto`, `cpu`, `gpu`, or a graphics card by name, part of it, or number (see `doctor`)
    #[arg(long, default_value_t)]
    pub device: DeviceChoice,
    /// What draws the window; by default wgpu, or glow if only the processor can draw
    #[arg(long, value_enum, default_value_t)]
    pub renderer: Renderer,
    /// Which display system opens the window, on Linux; under Wayland you cannot drop files on the window
    #[arg(long, value_enum, default_value_t)]
    pub display: Display,
    /// Time between two backups of a run in training, in milliseconds, for tests that kill many windows quickly
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u64).range(1..), hide = true)]
    pub backup_every: Option<u64>,
    /// Destroy the graphics device that draws the window after this many frames, to see what follows
    #[arg(long, value_name = "FRAMES", hide = true)]
    pub lose_graphics: Option<u32>,
    /// …in the middle of that frame
    #[arg(long, requires = "lose_graphics", hide = true)]
    pub while_drawing: bool,
    /// Light or dark, overriding the remembered theme
    #[arg(long, value_enum)]
    pub theme: Option<Theme>,
    /// Size of the window in points, such as 1280x800
    #[arg(long, value_name = "WIDTHxHEIGHT", value_parser = size)]
    pub size: Option<[f32; 2]>,
    /// Scale of everything: 1.5 for a projector
    #[arg(long)]
    pub scale: Option<f32>,
    /// The view to bring to the front of its tabs: `loss`, `digits`, `latent`, `activations`, `gradients`, `filters`,
    /// `manifold`, `sliders`, `your-image`, `network` or `numbers`
    #[arg(long, value_name = "VIEW", value_parser = view)]
    pub view: Option<Pane>,
    /// Open one of your own images, or a folder of them; may be given several times
    #[arg(long = "own", value_name = "FILE|DIR")]
    pub user_images: Vec<PathBuf>,
    /// Take a screenshot of the window and close it
    #[arg(long, value_name = "FILE.png")]
    pub screenshot: Option<PathBuf>,
    /// Epochs to train before the screenshot
    #[arg(long, requires = "screenshot", default_value_t = 0)]
    pub epochs: u64,
    /// Write the window's cost (time and memory) as JSON
    #[arg(long, requires = "screenshot", value_name = "FILE.json", hide = true)]
    pub costs: Option<PathBuf>,
}

/// What the program does without a window.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the presets with their sources and their expected figures
    Presets,
    /// Train without a window and write a run folder
    Train(train::TrainArgs),
    /// Do many runs of one experiment, here or on a cluster, and gather what they reach
    #[command(subcommand)]
    Sweep(sweep::SweepCommand),
    /// Train presets and compare the results with the published figures
    Reproduce(reproduce::ReproduceArgs),
    /// Turn a run folder into one file, to keep or to send
    Pack(one_file::PackArgs),
    /// Turn such a file back into a run folder
    Unpack(one_file::UnpackArgs),
    /// Reconstruct your own images with a trained model
    Reconstruct(reconstruct::ReconstructArgs),
    /// Export a figure of a run, or its numbers as a table
    Export(export::ExportArgs),
    /// Write the code of every image for notebooks: `NumPy`, CSV, Parquet, or the Embedding Projector
    Codes(codes::CodesArgs),
    /// Measure how fast this machine trains and draws
    Bench(bench::BenchArgs),
    /// Fetch, list or check data sets
    #[command(subcommand)]
    Data(data::DataCommand),
    /// Say what this machine has: adapters, device, renderer, data, versions
    Doctor,
    /// Write man pages, or completions for a shell
    #[command(subcommand)]
    Generate(generate::GenerateCommand),
    /// Print the options of a command, or a page of the manual
    Help(help::HelpArgs),
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// When not everything that was asked for could be done.
    pub fn run(self) -> Result<()> {
        match self {
            Self::Presets => presets::run(),
            Self::Train(args) => train::run(&args),
            Self::Sweep(command) => sweep::run(&command),
            Self::Reproduce(args) => reproduce::run(&args),
            Self::Pack(args) => one_file::pack(&args),
            Self::Unpack(args) => one_file::unpack(&args),
            Self::Reconstruct(args) => reconstruct::run(&args),
            Self::Export(args) => export::run(&args),
            Self::Codes(args) => codes::run(&args),
            Self::Bench(args) => bench::run(&args),
            Self::Data(command) => data::run(&command),
            Self::Doctor => doctor::run(),
            Self::Generate(command) => generate::run(&command, Cli::command()),
            Self::Help(args) => help::run(&args, Cli::command()),
        }
    }
}

/// Reads `--size`.
fn size(text: &str) -> Result<[f32; 2], String> {
    let sides = text.split_once('x').and_then(|(width, height)| {
        let side = |text: &str| {
            text.parse::<f32>()
                .ok()
                .filter(|side| (300.0..=8000.0).contains(side))
        };
        Some([side(width)?, side(height)?])
    });
    sides.ok_or_else(|| {
        "write width x height in points, each from 300 to 8000, such as 1280x800".to_owned()
    })
}

/// Reads `--view`.
fn view(text: &str) -> Result<Pane, String> {
    let mut panes = Pane::ALL.into_iter();
    panes.find(|pane| pane.name() == text).ok_or_else(|| {
        let names = Pane::ALL.map(Pane::name).join(", ");
        format!("choose one of {names}")
    })
}

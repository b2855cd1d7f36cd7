//! `hourglass sweep slurm`: a script for `sbatch`.

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;

use crate::cli::shell::{absolute, program, quoted};

use super::folder::read;

/// Seconds before the time limit at which SLURM has a run save and come back. SLURM's own clock is right to a minute.
const NOTICE_SECS: u32 = 120;

/// Prints a script for SLURM.
#[derive(Clone, Debug, Args)]
pub struct SlurmArgs {
    /// The folder of the sweep, which all nodes must see at this place
    #[arg(value_name = "DIR")]
    sweep: PathBuf,
    /// Most runs at the same time
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
    /// Partition to run in, instead of the cluster's usual one
    #[arg(long, value_name = "NAME", value_parser = word)]
    partition: Option<String>,
    /// Time limit of a run, as SLURM writes it; one that is not done by then is queued again and goes on
    #[arg(long, value_name = "HH:MM:SS", value_parser = word, default_value = "01:00:00")]
    time: String,
    /// Memory of a run
    #[arg(long, value_name = "SIZE", value_parser = word, default_value = "2G")]
    mem: String,
    /// Processor cores of a run
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), default_value_t = 2)]
    cpus: u32,
    /// Train on a graphics card, and ask SLURM for one as `--gres` takes it
    #[arg(long, value_name = "GRES", num_args = 0..=1, default_missing_value = "gpu:1", value_parser = word)]
    gpu: Option<String>,
    /// Another line of options for SLURM, such as "--account=ml"; may be given several times
    #[arg(long, value_name = "OPTION", value_parser = line, allow_hyphen_values = true)]
    option: Vec<String>,
    /// The program on the nodes, if it lies elsewhere there
    #[arg(long, value_name = "PATH")]
    program: Option<PathBuf>,
}

/// Prints it.
///
/// # Errors
/// When there is no such sweep, or nobody reads what is printed.
pub fn run(args: &SlurmArgs) -> Result<()> {
    let n = read(&args.sweep)?.tasks().len();
    if n == 0 {
        bail!("this sweep has no runs");
    }
    write!(io::stdout(), "{}", script(args, n)?)?;
    Ok(())
}

fn script(args: &SlurmArgs, n: usize) -> Result<String> {
    let folder = absolute(&args.sweep)?;
    let limit = args
        .limit
        .map_or_else(String::new, |limit| format!("%{limit}"));
    let mut options = vec![
        "--job-name=hourglass".to_owned(),
        format!("--array=1-{n}{limit}"),
        format!("--time={}", args.time),
        format!("--mem={}", args.mem),
        format!("--cpus-per-task={}", args.cpus),
        "--requeue".to_owned(),
        "--open-mode=append".to_owned(),
        format!("--signal=B:USR1@{NOTICE_SECS}"),
        format!(
            "--output={}",
            quoted(&format!("{folder}/logs/slurm-%a.out"))
        ),
    ];
    options.extend(
        args.partition
            .iter()
            .map(|name| format!("--partition={name}")),
    );
    options.extend(args.gpu.iter().map(|gres| format!("--gres={gres}")));
    options.extend(args.option.iter().cloned());
    let options: Vec<String> = options
        .iter()
        .map(|option| format!("#SBATCH {option}"))
        .collect();
    let device = if args.gpu.is_some() { "gpu" } else { "cpu" };
    let (options, program) = (options.join("\n"), program(args.program.as_deref())?);
    let folder = quoted(&folder);
    Ok(format!(
        r#"#!/bin/sh
{options}

# Each task of the array does the run of its number: what is done is left alone, what was begun goes on.
export RAYON_NUM_THREADS="${{SLURM_CPUS_PER_TASK:-1}}"
{program} sweep task {folder} "$SLURM_ARRAY_TASK_ID" --device {device} &
task=$!

# Shortly before the time limit the run saves, and comes back to the queue.
come_back() {{
    trap '' USR1
    kill -TERM "$task"
    wait "$task"
    scontrol requeue "${{SLURM_ARRAY_JOB_ID}}_${{SLURM_ARRAY_TASK_ID}}"
    exit 0
}}
trap come_back USR1
trap 'kill -TERM "$task"' TERM INT

# A signal ends the first `wait`; the second has what the run ended with.
wait "$task"
status=$?
while kill -0 "$task" 2>/dev/null; do
    wait "$task"
    status=$?
done
exit "$status"
"#
    ))
}

/// What stands in an option must not begin another one.
fn word(text: &str) -> Result<String, String> {
    if text.is_empty() || text.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err("write it as one word".to_owned());
    }
    Ok(text.to_owned())
}

fn line(text: &str) -> Result<String, String> {
    if !text.starts_with("--") || text.contains(char::is_control) {
        return Err("write one option that begins with --".to_owned());
    }
    Ok(text.to_owned())
}

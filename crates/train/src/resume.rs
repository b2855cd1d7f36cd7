//! The file that training continues from: everything of a run that changes, complete in itself.
//!
//! It is a Burnpack file, as Burn keeps its own records, followed by the SHA-256 of all bytes before it. So a
//! flipped bit anywhere is noticed, and what is read further was written by this program or on purpose.

use std::sync::Arc;

use burn::store::burn_pack::{Reader, Tensor as Packed, Writer};
use burn::tensor::{Bytes, DType, Device};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::checkpoint::{Averaged, Best};
use super::readback::ParameterValues;
use super::{Checkpoint, TrainError, Trainer};
use hourglass_data::Dataset;
use hourglass_experiment::Experiment;
use hourglass_protocol::{BestEpoch, DataPlace, Mark};

/// Number of the file's layout. 1 was the state of an optimizer alone, without a number.
const FORMAT: u32 = 3;
/// The layout of runs without mean and best weights, which versions before 3 read.
const PLAIN_FORMAT: u32 = 2;

/// Bytes of the checksum at the end.
const CHECKSUM: usize = 32;

/// Entries of the file's metadata.
const FORMAT_KEY: &str = "hourglass";
const RUN_KEY: &str = "run";

/// What stands before the numbers in the names of tensors.
const PARAMETER: &str = "parameter/";
const AVERAGE: &str = "average/";
const BEST: &str = "best/";
const OPTIMIZER: &str = "optimizer/";

/// A run, ready to go on.
#[derive(Clone, Debug)]
pub struct Resume {
    /// Its experiment, and what else it was doing.
    pub run: ResumedRun,
    /// What it has learned and where it is.
    pub checkpoint: Checkpoint,
}

/// What a run was doing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResumedRun {
    /// The data set's name in files.
    pub data: String,
    /// Where it lies, if it is a person's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_place: Option<DataPlace>,
    /// Training images of that data set.
    pub n_train: usize,
    /// Epochs after which it is finished.
    pub epochs_goal: u64,
    /// Time in which it did not wait, in seconds.
    pub elapsed_secs: f64,
    /// Time spent in training steps, in seconds.
    pub training_secs: f64,
    /// Images trained on.
    pub images: u64,
    /// Its experiment.
    pub experiment: Experiment,
    /// The moments at which that changed, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Mark>,
}

/// Why bytes are no run to go on from.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ResumeError {
    /// A file of the first layout: an optimizer's state without the weights it belongs to.
    #[error("it was written by an older version and contains only the optimizer's state")]
    Older,
    /// A file of a later layout.
    #[error("it was written by a newer version (format {0}): open it with that one")]
    Newer(u32),
    /// Some bytes are not as they were written.
    #[error(
        "it is damaged: its checksum differs. Restore it from a backup, or delete it to start from the weights alone"
    )]
    Damaged,
    /// The bytes are as they were written, and make no sense.
    #[error("it is not a run of this program: {0}")]
    Foreign(String),
    /// The device failed.
    #[error(transparent)]
    Train(#[from] TrainError),
}

/// The metadata beside what [`Resume::run`] holds.
#[derive(Serialize, Deserialize)]
struct Header {
    step: u64,
    epoch: u64,
    position: usize,
    n_optimizers: usize,
    error_curve: Vec<[f64; 2]>,
    /// Steps in the mean of the weights; none if there is no mean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    n_averaged: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    best: Option<BestEpoch>,
    run: ResumedRun,
}

impl Resume {
    /// The trainer that goes on where the run was left, on digits like those it learned from.
    ///
    /// # Errors
    /// When the numbers are not those of the experiment's networks, or the device fails.
    pub fn trainer(self, dataset: Arc<Dataset>, device: &Device) -> Result<Trainer, ResumeError> {
        let Self { run, checkpoint } = self;
        let foreign = |reason: &str| Err(ResumeError::Foreign(reason.to_owned()));
        let training = &run.experiment.training;
        if checkpoint.position >= training.samples_per_epoch(dataset.train.len()) {
            return foreign("its position is past the end of its epoch");
        }
        let trainer = Trainer::resume(run.experiment, dataset, device, &checkpoint)?;
        // Restoring passes over what it does not find: whatever is there reads back as it was written.
        let found = trainer.checkpoint()?;
        let is_same = found.optimizers.len() == checkpoint.optimizers.len()
            && (sets_of(&found).into_iter().zip(sets_of(&checkpoint)))
                .all(|(found, saved)| are_same(found, saved));
        if !is_same {
            return foreign("its weights are not those of its experiment");
        }
        Ok(trainer)
    }
}

/// Its weights: those in training, their mean, and the best.
fn sets_of(checkpoint: &Checkpoint) -> [Option<&[ParameterValues]>; 3] {
    let average = checkpoint.average.as_ref();
    let best = checkpoint.best.as_ref();
    [
        Some(&checkpoint.parameters[..]),
        average.map(|average| &average.parameters[..]),
        best.map(|best| &best.parameters[..]),
    ]
}

fn are_same(a: Option<&[ParameterValues]>, b: Option<&[ParameterValues]>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same_parameter(a, b))
        }
        (None, None) => true,
        _ => false,
    }
}

/// Bit for bit, so that NaN equals itself.
fn is_same_parameter(a: &ParameterValues, b: &ParameterValues) -> bool {
    let bits = |parameter: &ParameterValues| -> Vec<u32> {
        let values = parameter.values.iter();
        values.map(|value| value.to_bits()).collect()
    };
    a.id == b.id && a.shape == b.shape && bits(a) == bits(b)
}

/// A run as bytes.
///
/// # Errors
/// When Burn does not take the tensors, or the experiment has no text.
pub fn write(resume: &Resume) -> Result<Vec<u8>, ResumeError> {
    let foreign = |error: &dyn std::fmt::Display| ResumeError::Foreign(error.to_string());
    let Checkpoint {
        parameters,
        optimizers,
        average,
        best,
        error_curve,
        step,
        epoch,
        position,
    } = &resume.checkpoint;
    let header = Header {
        step: *step,
        epoch: *epoch,
        position: *position,
        n_optimizers: optimizers.len(),
        error_curve: error_curve.clone(),
        n_averaged: average.as_ref().map(|average| average.n_steps),
        best: best.as_ref().map(|best| best.found),
        run: resume.run.clone(),
    };
    let format = match (average, best) {
        (None, None) => PLAIN_FORMAT,
        _ => FORMAT,
    };
    // TOML, because its numbers are read to the last bit.
    let header = toml::to_string(&header).map_err(|error| foreign(&error))?;
    let parameters = packed(PARAMETER, parameters);
    let average = average
        .iter()
        .flat_map(|it| packed(AVERAGE, &it.parameters));
    let best = best.iter().flat_map(|it| packed(BEST, &it.parameters));
    let parameters = parameters.chain(average).chain(best);
    let optimizers = optimizers.iter().enumerate().map(|(idx, state)| {
        let name = format!("{OPTIMIZER}{idx:04}");
        Packed::new(name, DType::U8, [state.len()], None, state.clone())
    });
    let packed = Writer::new(parameters.chain(optimizers).collect())
        .with_metadata(FORMAT_KEY, &format.to_string())
        .with_metadata(RUN_KEY, &header)
        .into_bytes()
        .map_err(|error| foreign(&error))?;
    let mut file = packed.to_vec();
    file.extend(Sha256::digest(&file));
    Ok(file)
}

/// Parameters as the file's tensors, in an order that their names keep.
fn packed<'a>(
    prefix: &'a str,
    parameters: &'a [ParameterValues],
) -> impl Iterator<Item = Packed> + 'a {
    parameters.iter().enumerate().map(move |(idx, parameter)| {
        let values = parameter.values.iter();
        let bytes = values.flat_map(|value| value.to_le_bytes()).collect();
        Packed::new(
            format!("{prefix}{idx:04}/{}", parameter.name),
            DType::F32,
            parameter.shape.clone(),
            Some(parameter.id.val()),
            Bytes::from_bytes_vec(bytes),
        )
    })
}

/// Reads what [`write()`] wrote. Memory is bounded by the file's size.
///
/// # Errors
/// What is wrong with the bytes.
pub fn read(file: &[u8]) -> Result<Resume, ResumeError> {
    let foreign = |error: &dyn std::fmt::Display| ResumeError::Foreign(error.to_string());
    let (content, checksum) = file.split_at(file.len().saturating_sub(CHECKSUM));
    if Sha256::digest(content).as_slice() != checksum {
        return Err(if is_older(file) {
            ResumeError::Older
        } else {
            ResumeError::Damaged
        });
    }
    let pack = Reader::from_bytes(Bytes::from_bytes_vec(content.to_vec()))
        .map_err(|error| foreign(&error))?;
    let entry = |key: &str| pack.metadata().get(key).cloned().unwrap_or_default();
    match entry(FORMAT_KEY).parse() {
        Ok(PLAIN_FORMAT | FORMAT) => {}
        Ok(newer @ FORMAT..) => return Err(ResumeError::Newer(newer)),
        _ => return Err(foreign(&"it has no format number")),
    }
    let header: Header = toml::from_str(&entry(RUN_KEY)).map_err(|error| foreign(&error))?;

    let (mut parameters, mut optimizers) = (Vec::new(), Vec::new());
    let (mut averaged, mut best) = (Vec::new(), Vec::new());
    let tensors = pack.into_tensors().map_err(|error| foreign(&error))?;
    for tensor in tensors {
        // in the order of their names, and so of their numbers
        let (name, dtype, shape, id, bytes) =
            tensor.into_parts().map_err(|error| foreign(&error))?;
        let sets = [
            (PARAMETER, &mut parameters),
            (AVERAGE, &mut averaged),
            (BEST, &mut best),
        ];
        let mut sets = sets.into_iter();
        let set = sets.find_map(|(prefix, set)| Some((name.strip_prefix(prefix)?, set)));
        if let (Some((name, set)), Some(id)) = (set, id)
            && dtype == DType::F32
        {
            let (quads, _) = bytes.as_chunks::<4>();
            set.push(ParameterValues {
                id: id.into(),
                name: name
                    .split_once('/')
                    .map_or(name, |(_, name)| name)
                    .to_owned(),
                shape: shape.to_vec(),
                values: quads.iter().map(|quad| f32::from_le_bytes(*quad)).collect(),
            });
        } else if name.starts_with(OPTIMIZER) && dtype == DType::U8 {
            optimizers.push(Bytes::from_bytes_vec(bytes.to_vec()));
        } else {
            return Err(foreign(&format!(
                "it contains {name}, which is not part of a run"
            )));
        }
    }
    if optimizers.len() != header.n_optimizers {
        return Err(foreign(&"an optimizer's state is missing"));
    }
    for state in &optimizers {
        check_state(state, &parameters).map_err(ResumeError::Foreign)?;
    }
    Ok(Resume {
        run: header.run,
        checkpoint: Checkpoint {
            parameters,
            optimizers,
            average: header.n_averaged.map(|n_steps| Averaged {
                parameters: averaged,
                n_steps,
            }),
            best: header.best.map(|found| Best {
                parameters: best,
                found,
            }),
            error_curve: header.error_curve,
            step: header.step,
            epoch: header.epoch,
            position: header.position,
        },
    })
}

/// Whether the bytes are a Burnpack file without our number: the first layout.
fn is_older(file: &[u8]) -> bool {
    let pack = Reader::from_bytes(Bytes::from_bytes_vec(file.to_vec()));
    pack.is_ok_and(|pack| !pack.metadata().contains_key(FORMAT_KEY))
}

/// An optimizer keeps tensors of its parameters' shapes. Burn takes them as they are, and a step with others
/// would panic.
fn check_state(state: &Bytes, parameters: &[ParameterValues]) -> Result<(), String> {
    let pack = Reader::from_bytes(Bytes::from_bytes_vec(state.to_vec()))
        .map_err(|error| error.to_string())?;
    for tensor in pack.into_tensors().map_err(|error| error.to_string())? {
        let of = |parameter: &&ParameterValues| Some(parameter.id.val()) == tensor.param_id;
        let fits = parameters.iter().find(of).is_some_and(|parameter| {
            tensor.shape.to_vec() == parameter.shape && tensor.dtype == DType::F32
        });
        if !fits {
            let name = &tensor.name;
            return Err(format!(
                "{name} in the optimizer's state matches no parameter"
            ));
        }
    }
    Ok(())
}

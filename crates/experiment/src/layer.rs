//! A layer of a network, as an experiment lists it: what it makes of a shape, and what it learns.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Activation, ImageShape};

/// Most maps that a convolution makes.
pub(crate) const MAX_CHANNELS: usize = 256;

/// One entry of a list of layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Layer {
    /// Each of its units is connected with every input.
    Dense { units: usize },
    /// Square kernels that slide over maps, on a border of zeros.
    Convolution(Kernels),
    /// 2×2 max-pooling; of an odd side the last row and column pool by themselves.
    Pool {},
    /// Repeats every value twice in each direction, then cuts what is more than `height` and `width`.
    Upsample { height: usize, width: usize },
    /// Maps to units, channel by channel, row by row.
    Flatten {},
    /// Units to maps, the other way round.
    Reshape(ImageShape),
    /// A function of each value.
    Activation { function: Activation },
}

/// The kernels of a convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kernels {
    /// Maps made.
    pub channels: usize,
    /// Height and width.
    #[serde(default = "three")]
    pub kernel: usize,
    /// Rows and columns from one position to the next.
    #[serde(default = "one")]
    pub stride: usize,
    /// Rows and columns of zeros on each side of the maps.
    #[serde(default = "one")]
    pub padding: usize,
}

/// How the values of a layer lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// In a row.
    Units(usize),
    /// In maps.
    Maps(ImageShape),
}

/// What a layer learns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weights {
    Dense {
        inputs: usize,
        units: usize,
    },
    /// Those of the encoder's mirrored layer, transposed: only the biases are its own.
    Tied {
        units: usize,
    },
    Convolution {
        inputs: usize,
        kernels: Kernels,
    },
}

/// Most units of a dense layer in a list: those of the largest map of the compact forms.
const MAX_UNITS: usize = 1 << 16;

/// Most weights of one layer, so that a file cannot ask for more memory than any network here has.
const MAX_WEIGHTS: usize = 1 << 27;

/// Most values that a layer makes of one image, for the same reason: five times those of the compact forms.
const MAX_VALUES: usize = 1 << 20;

const MAX_KERNEL: usize = 15;

fn three() -> usize {
    3
}

fn one() -> usize {
    1
}

impl Layer {
    /// A convolution with kernels of 3×3 that keeps height and width.
    #[must_use]
    pub fn convolution(channels: usize) -> Self {
        Self::Convolution(Kernels {
            channels,
            kernel: three(),
            stride: one(),
            padding: one(),
        })
    }

    #[must_use]
    pub fn activation(function: Activation) -> Self {
        Self::Activation { function }
    }

    #[must_use]
    pub fn upsample(to: ImageShape) -> Self {
        let ImageShape { height, width, .. } = to;
        Self::Upsample { height, width }
    }

    /// Fully connected layers of these sizes, the first of them the inputs', with an activation between them.
    #[must_use]
    pub fn dense_chain(sizes: &[usize], between: Activation) -> Vec<Self> {
        let units = sizes.iter().skip(1);
        let mut layers: Vec<Self> = units
            .flat_map(|&units| [Self::Dense { units }, Self::activation(between)])
            .collect();
        layers.pop(); // none behind the last
        layers
    }

    /// What it makes of an input.
    ///
    /// # Errors
    /// Why it cannot, and what to do.
    pub fn output(self, input: Shape) -> Result<Shape, String> {
        match (self, input) {
            (Self::Activation { .. }, _) => Ok(input),
            (Self::Flatten {}, _) => Ok(Shape::Units(input.size())),
            (Self::Dense { units }, Shape::Units(_)) => Ok(Shape::Units(units)),
            (Self::Dense { .. }, Shape::Maps(_)) => Err(format!(
                "it takes units and gets {input} maps: put a flatten layer before it"
            )),
            (Self::Convolution(kernels), Shape::Maps(from)) => kernels.output(from),
            (Self::Pool {}, Shape::Maps(from)) => Ok(Shape::Maps(ImageShape {
                height: from.height.div_ceil(2),
                width: from.width.div_ceil(2),
                ..from
            })),
            (Self::Upsample { height, width }, Shape::Maps(from)) => {
                let reaches = |to: usize, from: usize| to == 2 * from || to + 1 == 2 * from;
                if reaches(height, from.height) && reaches(width, from.width) {
                    return Ok(Shape::Maps(ImageShape {
                        height,
                        width,
                        ..from
                    }));
                }
                let [height, width] = [from.height, from.width].map(|side| 2 * side);
                Err(format!(
                    "it doubles {input} maps: choose a height and width of {height} and {width}, or one less to cut \
                     the last row or column"
                ))
            }
            (Self::Reshape(to), _) if to.n_values() == input.size() => Ok(Shape::Maps(to)),
            (Self::Reshape(to), _) => Err(format!(
                "it needs {} values and gets {}: choose another shape, or as many units before it",
                to.n_values(),
                input.size()
            )),
            (Self::Convolution(_) | Self::Pool {} | Self::Upsample { .. }, Shape::Units(units)) => {
                Err(format!(
                    "it takes maps and gets {units} units: put a reshape layer before it"
                ))
            }
        }
    }

    /// What it learns from inputs of this shape; `None` if it learns nothing.
    #[must_use]
    pub fn weights(self, input: Shape) -> Option<Weights> {
        match self {
            Self::Dense { units } => Some(Weights::Dense {
                inputs: input.size(),
                units,
            }),
            Self::Convolution(kernels) => Some(Weights::Convolution {
                inputs: input.n_parts(),
                kernels,
            }),
            Self::Pool {}
            | Self::Upsample { .. }
            | Self::Flatten {}
            | Self::Reshape(_)
            | Self::Activation { .. } => None,
        }
    }

    /// Whether its numbers are within reason; the compact forms have ranges of their own.
    ///
    /// # Errors
    /// What is not, and what to choose.
    pub fn check(self, met: Shape) -> Result<(), String> {
        self.check_numbers()?;
        let n_parameters = self.weights(met).map_or(0, Weights::n_parameters);
        let n_values = self.output(met).map_or(0, Shape::size);
        if n_parameters > MAX_WEIGHTS || n_values > MAX_VALUES {
            return Err(format!(
                "it has {n_parameters} parameters and makes {n_values} values of an image, and a layer has at most \
                 {MAX_WEIGHTS} and {MAX_VALUES}: choose a smaller one"
            ));
        }
        Ok(())
    }

    fn check_numbers(self) -> Result<(), String> {
        let within = |name: &str, value: usize, least: usize, most: usize| {
            if (least..=most).contains(&value) {
                Ok(())
            } else {
                Err(format!(
                    "{name} is {value}: choose a value from {least} to {most}"
                ))
            }
        };
        match self {
            Self::Dense { units } => within("units", units, 1, MAX_UNITS),
            Self::Convolution(Kernels {
                channels,
                kernel,
                stride,
                padding,
            }) => within("channels", channels, 1, MAX_CHANNELS)
                .and_then(|()| within("kernel", kernel, 1, MAX_KERNEL))
                .and_then(|()| within("stride", stride, 1, kernel))
                .and_then(|()| within("padding", padding, 0, kernel - 1)),
            Self::Reshape(ImageShape {
                height,
                width,
                channels,
            }) => {
                within("channels", channels, 1, MAX_UNITS)?;
                within("height", height, 1, MAX_UNITS)?;
                within("width", width, 1, MAX_UNITS)
            }
            Self::Upsample { height, width } => {
                within("height", height, 1, MAX_UNITS)?;
                within("width", width, 1, MAX_UNITS)
            }
            Self::Pool {} | Self::Flatten {} | Self::Activation { .. } => Ok(()),
        }
    }
}

impl Kernels {
    fn output(self, from: ImageShape) -> Result<Shape, String> {
        let Self {
            channels,
            kernel,
            stride,
            padding,
        } = self;
        let side =
            |side: usize| Some((side + 2 * padding).checked_sub(kernel)? / stride.max(1) + 1);
        match (side(from.height), side(from.width)) {
            (Some(height), Some(width)) => Ok(Shape::Maps(ImageShape {
                height,
                width,
                channels,
            })),
            _ => Err(format!(
                "its kernels of {kernel}×{kernel} are larger than {} maps with a border of {padding}: choose a \
                 smaller kernel or more padding",
                Shape::Maps(from)
            )),
        }
    }
}

/// The word of a summary: `conv 4`, `pool`.
impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dense { units } => write!(f, "dense {units}"),
            Self::Convolution(kernels) => {
                let Kernels { kernel, stride, .. } = kernels;
                write!(f, "conv {}", kernels.channels)?;
                if *kernel != three() {
                    write!(f, " of {kernel}×{kernel}")?;
                }
                if *stride != one() {
                    write!(f, " by {stride}")?;
                }
                Ok(())
            }
            Self::Pool {} => f.write_str("pool"),
            Self::Upsample { .. } => f.write_str("up"),
            Self::Flatten {} => f.write_str("flatten"),
            Self::Reshape(to) => write!(f, "reshape {}", Shape::Maps(*to)),
            Self::Activation { function } => f.write_str(function.label()),
        }
    }
}

impl Weights {
    /// How many numbers: weights and biases.
    #[must_use]
    pub fn n_parameters(self) -> usize {
        match self {
            Self::Dense { inputs, units } => inputs.saturating_add(1).saturating_mul(units), // a bias for each unit
            Self::Tied { units } => units,
            Self::Convolution { inputs, kernels } => {
                let Kernels {
                    channels, kernel, ..
                } = kernels;
                let of_map = inputs.saturating_mul(kernel * kernel).saturating_add(1);
                of_map.saturating_mul(channels)
            }
        }
    }
}

impl Shape {
    /// How many values.
    #[must_use]
    pub fn size(self) -> usize {
        match self {
            Self::Units(units) => units,
            Self::Maps(maps) => maps.n_values(),
        }
    }

    /// Units or maps: what has weights of its own.
    #[must_use]
    pub fn n_parts(self) -> usize {
        match self {
            Self::Units(units) => units,
            Self::Maps(maps) => maps.channels,
        }
    }

    /// The maps, where its values lie in maps.
    #[must_use]
    pub fn maps(self) -> Option<ImageShape> {
        match self {
            Self::Units(_) => None,
            Self::Maps(maps) => Some(maps),
        }
    }
}

/// `64`, `14×14×8`.
impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Units(units) => write!(f, "{units}"),
            Self::Maps(maps) => write!(f, "{}×{}×{}", maps.height, maps.width, maps.channels),
        }
    }
}

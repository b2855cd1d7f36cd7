//! What a setting can be set to, and how the types of an experiment become it and come back.

use std::mem::discriminant;

use crate::{
    Activation, Corruption, Emphasis, Experiment, Half, ImageShape, InitializationKind,
    LatentPrior, Layer, MomentumSchedule, OptimizerKind, Prior, Reconstruction, Schedule, Sparsity,
    Target, Updates,
};

/// The value of a setting, whatever its type in the experiment.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Number(f64),
    /// A seed; every one of 64 bits, which no double holds.
    Seed(u64),
    /// One of the options of a choice, by its place among them.
    Choice(usize),
    Flag(bool),
    /// One number for each layer.
    List(Vec<f64>),
    Layers(Vec<Layer>),
    /// An optional number that is left out.
    Absent,
}

/// Where in the experiment a setting is kept.
#[derive(Clone, Copy)]
pub struct Place {
    /// `None` if the experiment has no such place, as one without a prior has no β.
    pub(super) get: fn(&Experiment) -> Option<Value>,
    /// Does nothing where the experiment has no such place.
    pub(super) set: fn(&mut Experiment, &Value),
}

/// The place of a setting: `at!(training.epochs)`, or `at!(PATTERN = objective.prior => prior.beta)` where it is
/// only there while another setting is of one kind.
macro_rules! at {
    ($($field:ident).+) => {
        $crate::field::value::Place {
            get: |experiment| Some(experiment.$($field).+.value()),
            set: |experiment, value| experiment.$($field).+.put(value),
        }
    };
    ($pattern:pat = $($whole:ident).+ => $part:expr) => {
        $crate::field::value::Place {
            get: |experiment| match &experiment.$($whole).+ {
                $pattern => Some($part.value()),
                _ => None,
            },
            set: |experiment, value| {
                if let $pattern = &mut experiment.$($whole).+ {
                    $part.put(value);
                }
            },
        }
    };
}
pub(super) use at;

/// A type that a setting may have in the experiment.
pub(super) trait Leaf {
    fn value(&self) -> Value;
    /// Takes on a value of its own kind; any other changes nothing.
    fn put(&mut self, value: &Value);
}

impl Leaf for f32 {
    fn value(&self) -> Value {
        Value::Number(shortest(*self))
    }

    fn put(&mut self, value: &Value) {
        if let Value::Number(number) = value {
            *self = *number as f32;
        }
    }
}

impl Leaf for f64 {
    fn value(&self) -> Value {
        Value::Number(*self)
    }

    fn put(&mut self, value: &Value) {
        if let Value::Number(number) = value {
            *self = *number;
        }
    }
}

impl Leaf for usize {
    fn value(&self) -> Value {
        Value::Number(*self as f64) // counts beyond 2⁵³ are far outside every range anyway
    }

    fn put(&mut self, value: &Value) {
        if let Value::Number(number) = value {
            *self = number.round() as usize;
        }
    }
}

impl Leaf for u64 {
    fn value(&self) -> Value {
        Value::Seed(*self)
    }

    fn put(&mut self, value: &Value) {
        if let Value::Seed(seed) = value {
            *self = *seed;
        }
    }
}

impl Leaf for bool {
    fn value(&self) -> Value {
        Value::Flag(*self)
    }

    fn put(&mut self, value: &Value) {
        if let Value::Flag(flag) = value {
            *self = *flag;
        }
    }
}

impl<T: Leaf + Default> Leaf for Option<T> {
    fn value(&self) -> Value {
        self.as_ref().map_or(Value::Absent, Leaf::value)
    }

    fn put(&mut self, value: &Value) {
        if *value == Value::Absent {
            *self = None;
        } else {
            self.get_or_insert_default().put(value);
        }
    }
}

impl Leaf for Vec<usize> {
    fn value(&self) -> Value {
        Value::List(self.iter().map(|&count| count as f64).collect())
    }

    fn put(&mut self, value: &Value) {
        if let Value::List(numbers) = value {
            *self = numbers.iter().map(|n| n.round() as usize).collect();
        }
    }
}

impl Leaf for ImageShape {
    fn value(&self) -> Value {
        vec![self.height, self.width, self.channels].value()
    }

    fn put(&mut self, value: &Value) {
        let mut numbers = Vec::new();
        numbers.put(value);
        if let [height, width, channels] = numbers[..] {
            *self = Self {
                height,
                width,
                channels,
            };
        }
    }
}

impl Leaf for Vec<Layer> {
    fn value(&self) -> Value {
        Value::Layers(self.clone())
    }

    fn put(&mut self, value: &Value) {
        if let Value::Layers(layers) = value {
            self.clone_from(layers);
        }
    }
}

/// A type with a few alternatives. Those with numbers of their own are chosen with numbers that show.
pub(super) trait Choices: Copy + 'static {
    const ALL: &'static [Self];
    fn label(self) -> &'static str;
}

macro_rules! choices {
    ($($kind:ident::$all:ident),+ $(,)?) => {$(
        impl Choices for $kind {
            const ALL: &'static [Self] = &$kind::$all;

            fn label(self) -> &'static str {
                $kind::label(self)
            }
        }
    )+};
}

choices!(
    Activation::ALL,
    Half::ALL,
    InitializationKind::ALL,
    LatentPrior::ALL,
    MomentumSchedule::ALL,
    OptimizerKind::ALL,
    Reconstruction::ALL,
    Schedule::ALL,
    Corruption::KINDS,
    Emphasis::KINDS,
    Prior::KINDS,
    Sparsity::KINDS,
    Target::KINDS,
    Updates::KINDS,
);

/// The names of all alternatives.
pub(super) fn labels<T: Choices>() -> Vec<&'static str> {
    T::ALL.iter().map(|&option| option.label()).collect()
}

impl<T: Choices> Leaf for T {
    fn value(&self) -> Value {
        let is_it = |option: &T| discriminant(option) == discriminant(self);
        Value::Choice(T::ALL.iter().position(is_it).unwrap_or(T::ALL.len()))
    }

    fn put(&mut self, value: &Value) {
        let Value::Choice(index) = value else { return };
        if let Some(option) = T::ALL.get(*index)
            && *value != self.value()
        {
            *self = *option;
        }
    }
}

/// The double a person would write for this single: 0.3 rather than 0.30000001192.
fn shortest(value: f32) -> f64 {
    value.to_string().parse().unwrap_or(f64::from(value))
}

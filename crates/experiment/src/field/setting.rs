//! A setting: a row of the table.

use std::fmt;

use super::kind::{Kind, Section};
use super::value::{Place, Value};
use crate::{Activation, Course, Experiment, Layer, number};

/// A setting: a row of the table. Two are the same if they are the same row.
#[derive(Clone, Copy)]
pub struct Field {
    /// Where it stands in `experiment.toml`. Settings that never exist together may share a place.
    pub path: &'static str,
    /// The short name that `--set` knows.
    pub short: Option<&'static str>,
    /// Its name for people, everywhere.
    pub label: &'static str,
    /// The name at its control, where the section says the rest; the label where absent.
    pub row: Option<&'static str>,
    pub section: Section,
    /// Whether it is one of the few that a beginner needs.
    pub is_basic: bool,
    pub kind: Kind,
    /// The name of a choice's first option for `--set`, if files leave that one out: it switches nothing on. Empty where
    /// the first option is one like the others.
    pub left_out: &'static str,
    /// What it is and does, and what is typical.
    pub help: &'static str,
    /// The setting that brings it, where it is not always there.
    pub needs: Option<&'static Field>,
    /// Whether it has a control in an experiment that has a place for it.
    pub(super) shown: fn(&Experiment) -> bool,
    /// Why it changes nothing in an experiment, and what would let it; `None` where it has an effect. Its control is
    /// greyed then, and who asks for it is told. A row that an experiment has no place for may say why here, where
    /// [`Field::needs`] does not say enough.
    pub(super) idle: fn(&Experiment) -> Option<String>,
    /// Whether a run can take it on at its next step.
    pub(super) live: fn(&Experiment) -> bool,
    pub(super) place: Place,
    /// What it makes of a quantity over the epochs, where it makes it change.
    pub(super) course: fn(&Experiment) -> Option<Course>,
}

impl Field {
    /// A setting that is always there and that a run takes on at its next step; the rows say the rest.
    pub(super) const LIVE: Self = Self {
        path: "",
        short: None,
        label: "",
        row: None,
        section: Section::Data,
        is_basic: false,
        kind: Kind::Flag,
        left_out: "none",
        help: "",
        needs: None,
        shown: |_| true,
        idle: |_| None,
        live: |_| true,
        place: Place {
            get: |_| None,
            set: |_, _| {},
        },
        course: |_| None,
    };

    /// The same of a setting that fixes the weights' shapes, their first values or the order of the parts.
    pub(super) const NEW_MODEL: Self = Self {
        live: |_| false,
        ..Self::LIVE
    };

    /// Its value; `None` if the experiment has no such setting.
    #[must_use]
    pub fn get(&self, experiment: &Experiment) -> Option<Value> {
        (self.place.get)(experiment)
    }

    /// Changes an experiment, together with what makes no sense any more; nothing where it has no such setting.
    pub fn set(&self, experiment: &mut Experiment, value: &Value) {
        if self.get(experiment).is_some_and(|before| before != *value) {
            (self.place.set)(experiment, value);
        }
    }

    /// Whether it has a control in an experiment: one that can be used, unless [`Field::why_idle`] says why not.
    #[must_use]
    pub fn is_shown(&self, experiment: &Experiment) -> bool {
        self.get(experiment).is_some() && (self.shown)(experiment)
    }

    /// Why it changes nothing in an experiment, and what would let it; `None` where it has an effect.
    #[must_use]
    pub fn why_idle(&self, experiment: &Experiment) -> Option<String> {
        let is_absent = self.get(experiment).is_none();
        (self.idle)(experiment).or_else(|| is_absent.then(|| self.why_absent(experiment)))
    }

    /// The setting of an experiment that would bring this one, with what it brings at once: this one, or another that
    /// brings this one in turn.
    #[must_use]
    pub fn brought_by<'a>(&'a self, experiment: &Experiment) -> Option<(&'static Self, &'a Self)> {
        let (mut needs, mut brought) = (self.needs?, self);
        while needs.get(experiment).is_none()
            && let Some(further) = needs.needs
        {
            (needs, brought) = (further, needs);
        }
        Some((needs, brought))
    }

    /// Why an experiment has no such setting: another one does not bring it.
    fn why_absent(&self, experiment: &Experiment) -> String {
        let Some((needs, brought)) = self.brought_by(experiment) else {
            return format!("this experiment has no {}", self.label);
        };
        let now = needs.text_in(experiment);
        let (label, needed) = (self.label, needs.label);
        match needs.kind {
            Kind::Choice(_) => {
                let brings = |value: &Value| {
                    let mut other = experiment.clone();
                    needs.set(&mut other, value);
                    brought.get(&other).is_some()
                };
                let options = needs.alternatives(experiment).into_iter().filter(brings);
                let options: Vec<String> = options
                    .map(|option| format!("“{}”", needs.text_of(&option)))
                    .collect();
                let options = options.join(" or ");
                format!(
                    "“{label}” belongs to the {needed} {options}, and the {needed} of this experiment is “{now}”: choose \
                     another {needed} first"
                )
            }
            _ => format!("“{label}” belongs to {needed}, which is off: switch it on first"),
        }
    }

    /// Whether an experiment carries a value of it that switches something on and changes nothing, as another choice
    /// may leave it behind.
    #[must_use]
    pub fn is_left_over(&self, experiment: &Experiment) -> bool {
        let is_on = match (&self.kind, self.get(experiment)) {
            (Kind::Number(number), Some(Value::Number(value))) => {
                number.optional.is_some() || (number.min == 0.0 && value != 0.0)
            }
            (Kind::Choice(_), Some(Value::Choice(chosen))) => {
                chosen > 0 && !self.left_out.is_empty()
            }
            (Kind::Flag, Some(Value::Flag(is_on))) => is_on,
            _ => false,
        };
        is_on && self.why_idle(experiment).is_some()
    }

    /// How the quantity that it schedules goes over the epochs; none if that does not change.
    #[must_use]
    pub fn course(&self, experiment: &Experiment) -> Option<Course> {
        (self.course)(experiment)
    }

    /// Whether a run of this experiment can take it on at its next step.
    #[must_use]
    pub fn is_live(&self, experiment: &Experiment) -> bool {
        (self.live)(experiment)
    }

    /// What it is, what it does and its range: the hover text of its control.
    #[must_use]
    pub fn hover_text(&self) -> String {
        match &self.kind {
            Kind::Number(number) if number.optional.is_none() => number.hover_text(self.help),
            Kind::List(list) => list.n_items.hover_text(self.help),
            Kind::Number(_) | Kind::Choice(_) | Kind::Flag | Kind::Layers | Kind::Seed => {
                self.help.to_owned()
            }
        }
    }

    /// Its value in an experiment as differences name it; where there is none, as what is switched off.
    pub(crate) fn text_in(&self, experiment: &Experiment) -> String {
        let none = match self.kind {
            Kind::Flag => Value::Flag(false),
            _ => Value::List(Vec::new()),
        };
        self.text_of(&self.get(experiment).unwrap_or(none))
    }

    /// A value as differences between experiments name it.
    #[must_use]
    pub fn text_of(&self, value: &Value) -> String {
        match (value, &self.kind) {
            (Value::Number(number), _) => number::exact(*number),
            (Value::Seed(seed), _) => seed.to_string(),
            (Value::Choice(index), Kind::Choice(labels)) => {
                labels().get(*index).copied().unwrap_or_default().to_owned()
            }
            (Value::Flag(true), _) => "yes".to_owned(),
            (Value::Flag(false), _) => "no".to_owned(),
            (Value::List(numbers), _) if !numbers.is_empty() => {
                let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
                numbers.join("-")
            }
            (Value::Layers(layers), _) => {
                let layers: Vec<String> = layers.iter().map(ToString::to_string).collect();
                layers.join(", ")
            }
            (Value::Absent, Kind::Number(number)) => {
                let absent = number.optional.map(|optional| optional.absent);
                absent.unwrap_or("none").to_owned()
            }
            _ => "none".to_owned(),
        }
    }

    /// Other values that it may take on in an experiment.
    #[must_use]
    pub fn alternatives(&self, experiment: &Experiment) -> Vec<Value> {
        let Some(now) = self.get(experiment) else {
            return Vec::new();
        };
        let others = match (&self.kind, &now) {
            (Kind::Number(number), _) => {
                let top = number.rail.min(1e6);
                let mut others = vec![Value::Number(number.min), Value::Number(top)];
                others.extend(number.optional.map(|_| Value::Absent));
                others
            }
            (Kind::Choice(labels), _) => (0..labels().len()).map(Value::Choice).collect(),
            (Kind::Flag, _) => vec![Value::Flag(true), Value::Flag(false)],
            (Kind::List(list), Value::List(values)) => {
                vec![Value::List(vec![list.item.min; values.len().max(1)])]
            }
            (Kind::Layers, Value::Layers(layers)) => {
                let further = Layer::activation(Activation::Tanh);
                vec![Value::Layers([&layers[..], &[further]].concat())]
            }
            (Kind::List(_) | Kind::Layers | Kind::Seed, _) => vec![Value::Seed(11)],
        };
        others.into_iter().filter(|other| *other != now).collect()
    }

    /// Whether it differs between two experiments, or the setting that brings it does.
    pub(super) fn is_touched(&self, before: &Experiment, after: &Experiment) -> bool {
        self.get(before) != self.get(after)
            || self
                .needs
                .is_some_and(|other| other.is_touched(before, after))
    }
}

/// Why a setting of how all layers are trained together changes nothing: a plan without that part.
pub(super) fn without_joint_training(experiment: &Experiment) -> Option<String> {
    (!experiment.trains_jointly()).then(|| {
        "it acts while all layers are trained together, and the plan has 0 epochs of that: layer-wise pre-training and \
         fine-tuning leave it out. Give the training some epochs"
            .to_owned()
    })
}

impl PartialEq for Field {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for Field {}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.path, self.label)
    }
}

//! The panel's controls by name, and showing one that is asked for: its section opens, it is scrolled to and has
//! the focus.

use egui::{Align, Context, Id, Response};

use super::section::Section;

/// A control of the panel.
#[derive(Debug, PartialEq, Eq)]
pub struct Control {
    /// Its accessible name.
    pub name: &'static str,
    section: Section,
    /// The control that has to be set before this one is there; itself where it always is.
    needs: &'static str,
}

impl Control {
    /// The title of its section.
    #[must_use]
    pub fn section(&self) -> &'static str {
        self.section.title()
    }

    /// The control that has to be set before this one is there; none where it always is.
    #[must_use]
    pub fn needs(&self) -> Option<&'static str> {
        (self.needs != self.name).then_some(self.needs)
    }
}

const fn always(name: &'static str, section: Section) -> Control {
    with(name, section, name)
}

const fn with(name: &'static str, section: Section, needs: &'static str) -> Control {
    Control {
        name,
        section,
        needs,
    }
}

/// Every control that can be asked for, in the order of the panel.
pub static CONTROLS: [Control; 37] = [
    always("data set", Section::Data),
    always("kind of network", Section::Architecture),
    with("hidden layer 1", Section::Architecture, "kind of network"),
    with("code size", Section::Architecture, "kind of network"),
    with("tied weights", Section::Architecture, "kind of network"),
    with(
        "hidden activation",
        Section::Architecture,
        "kind of network",
    ),
    always("code activation", Section::Architecture),
    always("output activation", Section::Architecture),
    always("corruption", Section::Objective),
    with("noise fraction ν", Section::Objective, "corruption"),
    with("noise level σ", Section::Objective, "corruption"),
    with("other strength at test", Section::Objective, "corruption"),
    always("target", Section::Objective),
    with("rotation", Section::Objective, "target"),
    always("loss", Section::Objective),
    always("sparsity", Section::Penalties),
    with("L1 weight λ", Section::Penalties, "sparsity"),
    with("target activation ρ", Section::Penalties, "sparsity"),
    with("sparsity weight β", Section::Penalties, "sparsity"),
    always("contraction λ", Section::Penalties),
    always("prior", Section::Penalties),
    with("KL weight β", Section::Penalties, "prior"),
    with("KL warm-up", Section::Penalties, "prior"),
    with("capacity C", Section::Penalties, "prior"),
    with("adversarial weight λ", Section::Penalties, "prior"),
    with("discriminator rate", Section::Penalties, "prior"),
    always("optimizer", Section::Training),
    always("learning rate", Section::Training),
    always("learning rate schedule", Section::Training),
    with("momentum", Section::Training, "optimizer"),
    always("batch size", Section::Training),
    always("epochs", Section::Training),
    with("training images", Section::Training, "seed"),
    always("seed", Section::Training),
    always("weight decay", Section::Training),
    always("layer-wise pre-training", Section::Plan),
    always("fine-tuning with labels", Section::Plan),
];

/// A control on its way to being found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Search {
    control: &'static Control,
    /// Whether the control that has to be set first is looked for instead.
    looks_for_needs: bool,
}

impl Search {
    pub(super) fn new(control: &'static Control) -> Self {
        Self {
            control,
            looks_for_needs: false,
        }
    }

    pub(super) fn section(self) -> Section {
        self.control.section
    }

    /// Tells the controls of this frame what is looked for.
    pub(super) fn begin(self, ctx: &Context) {
        let name = if self.looks_for_needs {
            self.control.needs
        } else {
            self.control.name
        };
        ctx.data_mut(|data| data.insert_temp(wanted(), name));
    }

    /// What is still to be looked for once all controls were drawn.
    pub(super) fn end(self, ctx: &Context) -> Option<Self> {
        let is_missing = ctx.data_mut(|data| data.remove_temp::<&'static str>(wanted()).is_some());
        (is_missing && !self.looks_for_needs).then_some(Self {
            looks_for_needs: true,
            ..self
        })
    }
}

fn wanted() -> Id {
    Id::unique("wanted-control")
}

/// Scrolls to a control and gives it the focus, if it is the one looked for.
pub(super) fn arrive(response: &Response, name: &str) {
    let ctx = &response.ctx;
    let found = ctx.data(|data| data.get_temp::<&'static str>(wanted()));
    if found == Some(name) {
        ctx.data_mut(|data| data.remove_temp::<&'static str>(wanted()));
        response.scroll_to_me(Some(Align::Center));
        response.request_focus();
    }
}

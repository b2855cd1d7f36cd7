//! Showing a control that is asked for: its section opens, it is scrolled to and has the focus.

use egui::{Align, Context, Id, Response};

use hourglass_experiment::field::{self, Field, Section};

/// A control of the panel that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    DataSet,
    Setting(&'static Field),
}

impl Control {
    /// Every control, in the order of the panel.
    pub fn all() -> impl Iterator<Item = Self> {
        let with_control = |field: &&Field| field.section != Section::Data; // those the data set settles
        let settings = field::fields().filter(with_control).map(Self::Setting);
        [Self::DataSet].into_iter().chain(settings)
    }

    /// Its name for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::DataSet => "data set",
            Self::Setting(field) => field.label,
        }
    }

    #[must_use]
    pub fn section(self) -> Section {
        match self {
            Self::DataSet => Section::Data,
            Self::Setting(field) => field.section,
        }
    }

    /// Whether it is there among the few settings for a beginner, too.
    #[must_use]
    pub fn is_basic(self) -> bool {
        match self {
            Self::DataSet => true,
            Self::Setting(field) => field.is_basic,
        }
    }

    /// The control that has to be set before this one is shown; `None` if it always is.
    #[must_use]
    pub fn needs(self) -> Option<Self> {
        match self {
            Self::DataSet => None,
            Self::Setting(field) => field.needs.map(Self::Setting),
        }
    }

    /// Tells the controls of this frame what is looked for.
    pub(super) fn seek(self, ctx: &Context) {
        ctx.data_mut(|data| data.insert_temp(wanted(), Some(self)));
    }

    /// What is still to be looked for once all controls were drawn: the one that brings it, where it is not there.
    pub(super) fn end_seeking(self, ctx: &Context) -> Option<Self> {
        let is_missing = ctx.data_mut(|data| data.remove_temp::<Option<Self>>(wanted()).is_some());
        self.needs().filter(|_| is_missing)
    }
}

fn wanted() -> Id {
    Id::unique("wanted-control")
}

/// Scrolls to a control and gives it the focus, if it is the one looked for. One that is greyed cannot have it: the one
/// that brings it is looked for next.
pub(super) fn arrive(response: &Response, control: Control) {
    if !response.enabled() {
        return;
    }
    let ctx = &response.ctx;
    let found = ctx.data(|data| data.get_temp::<Option<Control>>(wanted()));
    if found == Some(Some(control)) {
        ctx.data_mut(|data| data.remove_temp::<Option<Control>>(wanted()));
        response.scroll_to_me(Some(Align::Center));
        response.request_focus();
    }
}

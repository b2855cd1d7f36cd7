//! How running text is set, and what changes for a projector.

use egui::{Context, FontId, Id, TextStyle, Ui};

use super::{mono, regular, semibold, text};

/// Sizes of text that is read, in points.
pub mod reading_size {
    /// Running text.
    pub const BODY: f32 = 15.0;
    /// Captions.
    pub const SMALL: f32 = 13.0;
    pub const FIGURE: f32 = 13.5;
}

/// How much thicker the lines of plots are for a projector.
const THICK: f32 = 1.75;

/// Sets the text of a ui for reading: larger than that of controls, with more room between paragraphs.
pub fn reading(ui: &mut Ui) {
    let sizes: [(TextStyle, FontId); 5] = [
        (text::DISPLAY, semibold(text::size::DISPLAY)),
        (text::BODY, regular(reading_size::BODY)),
        (text::BUTTON, regular(reading_size::BODY - 1.0)),
        (text::SMALL, regular(reading_size::SMALL)),
        (text::FIGURE, mono(reading_size::FIGURE)),
    ];
    let style = ui.style_mut();
    style.text_styles = sizes.into();
    style.spacing.item_spacing.y = 6.0;
    style.spacing.interact_size.y = 26.0;
}

/// Makes the lines of all plots thick for a projector, or thin again.
pub fn set_presenting(ctx: &Context, is_presenting: bool) {
    ctx.data_mut(|data| data.insert_temp(Id::unique("presenting"), is_presenting));
}

/// What the widths of lines in plots are multiplied by.
#[must_use]
pub fn thickness(ctx: &Context) -> f32 {
    let is_presenting = ctx.data(|data| data.get_temp::<bool>(Id::unique("presenting")));
    if is_presenting == Some(true) {
        THICK
    } else {
        1.0
    }
}

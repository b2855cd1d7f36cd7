//! The typographic scale, as egui's text styles.

use egui::TextStyle;

/// Titles of windows; 17 pt semibold.
pub const DISPLAY: TextStyle = TextStyle::Heading;
/// Running text and labels; 13 pt. Titles of cards are this in semibold, see [`super::title`].
pub const BODY: TextStyle = TextStyle::Body;
/// Controls; 13 pt.
pub const BUTTON: TextStyle = TextStyle::Button;
/// Captions, units, axis labels; 11.5 pt.
pub const SMALL: TextStyle = TextStyle::Small;
/// Numbers that change or stand in columns; 12 pt, all digits of one width.
pub const FIGURE: TextStyle = TextStyle::Monospace;

/// Sizes of the scale, in points.
pub mod size {
    /// Of [`super::DISPLAY`].
    pub const DISPLAY: f32 = 17.0;
    /// Of [`super::BODY`] and [`super::BUTTON`].
    pub const BODY: f32 = 13.0;
    /// Of [`super::SMALL`].
    pub const SMALL: f32 = 11.5;
    /// Of [`super::FIGURE`].
    pub const FIGURE: f32 = 12.0;
    /// Of icons beside text of [`super::BODY`].
    pub const ICON: f32 = 17.0;
}

//! A page of the manual as it is drawn: headings, paragraphs, lists, tables and code.

use egui::text::{LayoutJob, TextFormat};
use egui::{
    Align, FontId, Frame, Label, Layout, Link, Margin, OpenUrl, RichText, ScrollArea, Stroke, Ui,
    vec2,
};
use hourglass_manual::markdown::{Block, Marker, Span, Style};
use hourglass_manual::{Page, anchor};

use crate::theme::reading_size::{BODY, FIGURE};
use crate::theme::{self, space};

/// Sizes of headings by level, in points.
const HEADINGS: [f32; 3] = [22.0, 17.0, BODY];
/// Width of a letter in a table, to divide its width among columns, in points.
const LETTER: f32 = 7.6;
/// Between the columns of a table, in points.
const GAP: f32 = 14.0;
/// How far the text of an item is indented, in points.
const INDENT: f32 = 22.0;

/// Draws a page; returns the target of a link to another page that was clicked.
pub(super) fn show(ui: &mut Ui, blocks: &[Block], sought: &mut Option<String>) -> Option<String> {
    theme::reading(ui);
    ui.spacing_mut().interact_size.y = 0.0; // a line of text is as high as its letters, so that links stand on it
    let mut followed = None;
    for (idx, block) in blocks.iter().enumerate() {
        match block {
            Block::Heading(level, words) => heading(ui, *level, words, sought),
            Block::Paragraph(spans) => text(ui, spans, false, &mut followed),
            Block::Item(marker, spans) => item(ui, *marker, spans, &mut followed),
            Block::Table(rows) => table(ui, rows, &mut followed),
            Block::Code(lines) => code(ui, idx, lines),
            Block::Picture { .. } => {} // the window shows the real thing
        }
    }
    ui.add_space(space::L);
    followed
}

fn heading(ui: &mut Ui, level: usize, words: &str, sought: &mut Option<String>) {
    if level > 1 {
        ui.add_space(space::M);
    }
    let size = HEADINGS[level.clamp(1, HEADINGS.len()) - 1];
    let text = RichText::new(words).font(theme::semibold(size));
    let label = ui.add(Label::new(text).wrap());
    if *sought == Some(anchor(words)) {
        label.scroll_to_me(Some(Align::TOP));
        *sought = None;
    }
}

fn item(ui: &mut Ui, marker: Marker, spans: &[Span], followed: &mut Option<String>) {
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        let sign = match marker {
            Marker::Bullet => "•".to_owned(),
            Marker::Number(number) => format!("{number}."),
        };
        let size = vec2(INDENT, BODY);
        let layout = Layout::left_to_right(Align::TOP);
        ui.allocate_ui_with_layout(size, layout, |ui| {
            ui.set_min_width(INDENT);
            ui.label(sign);
        });
        ui.vertical(|ui| text(ui, spans, false, followed));
    });
}

/// Lines of code, which scroll sideways when they are long.
fn code(ui: &mut Ui, idx: usize, lines: &str) {
    let t = theme::tokens_of(ui);
    Frame::new()
        .fill(t.plot)
        .stroke(Stroke::new(1.0, t.border))
        .corner_radius(6)
        .inner_margin(Margin::same(10))
        .show(ui, |ui| {
            ScrollArea::horizontal()
                .id_salt(("code", idx))
                .auto_shrink([false, true])
                .show(ui, |ui| {
                    let text = RichText::new(lines).font(theme::mono(FIGURE));
                    ui.add(Label::new(text).extend());
                });
        });
}

fn table(ui: &mut Ui, rows: &[Vec<Vec<Span>>], followed: &mut Option<String>) {
    let widths = widths(rows, ui.available_width());
    for (idx, row) in rows.iter().enumerate() {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = GAP;
            for (cell, width) in row.iter().zip(&widths) {
                let layout = Layout::top_down(Align::Min);
                ui.allocate_ui_with_layout(vec2(*width, 0.0), layout, |ui| {
                    ui.set_width(*width);
                    text(ui, cell, idx == 0, followed);
                });
            }
        });
        ui.add(egui::Separator::default().spacing(5.0));
    }
}

/// Widths of the columns, in points: narrow ones take what they need, wide ones share the rest.
fn widths(rows: &[Vec<Vec<Span>>], available: f32) -> Vec<f32> {
    let letters = |cell: &Vec<Span>| -> usize {
        let counts = cell.iter().map(|span| span.text.chars().count());
        counts.sum()
    };
    let n_columns = rows.first().map_or(0, Vec::len);
    let needed: Vec<f32> = (0..n_columns)
        .map(|column| rows.iter().map(|row| letters(&row[column])).max())
        .map(|most| (most.unwrap_or(0) + 1) as f32 * LETTER)
        .collect();
    let mut rest = available - GAP * n_columns.saturating_sub(1) as f32;
    let mut order: Vec<usize> = (0..n_columns).collect();
    order.sort_by(|&one, &other| needed[one].total_cmp(&needed[other]));
    let mut widths = vec![0.0; n_columns];
    for (idx, &column) in order.iter().enumerate() {
        let fair = rest / (n_columns - idx) as f32;
        widths[column] = needed[column].min(fair);
        rest -= widths[column];
    }
    widths
}

/// A line of text in its styles, broken where there is no more room.
fn text(ui: &mut Ui, spans: &[Span], is_head: bool, followed: &mut Option<String>) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        let is_link = |span: &Span| matches!(span.style, Style::Link(_));
        for stretch in spans.chunk_by(|one, other| !is_link(one) && !is_link(other)) {
            match &stretch[0].style {
                Style::Link(target) => link(ui, &stretch[0].text, target, followed),
                _ => {
                    ui.label(job(ui, stretch, is_head));
                }
            }
        }
    });
}

fn job(ui: &Ui, spans: &[Span], is_head: bool) -> LayoutJob {
    let t = theme::tokens_of(ui);
    let mut job = LayoutJob::default();
    for span in spans {
        let font: FontId = match span.style {
            Style::Code => theme::mono(FIGURE),
            Style::Strong => theme::semibold(BODY),
            _ if is_head => theme::semibold(BODY),
            _ => theme::regular(BODY),
        };
        let mut format = TextFormat::simple(font, t.text);
        if span.style == Style::Code {
            format.background = t.plot;
        }
        job.append(&span.text, 0.0, format);
    }
    job
}

/// A link to another page or into the web; a file of the project is only named.
fn link(ui: &mut Ui, words: &str, target: &str, followed: &mut Option<String>) {
    let is_web = target.starts_with("https://");
    let page = Page::linked(target);
    if page.is_none() && !is_web {
        ui.label(words);
        return;
    }
    let help = page.map_or(target.to_owned(), |page| {
        format!("The page “{}” of the manual", page.title())
    });
    if ui.add(Link::new(words)).on_hover_text(help).clicked() {
        if is_web {
            ui.open_url(OpenUrl::new_tab(target));
        } else {
            *followed = Some(target.to_owned());
        }
    }
}
